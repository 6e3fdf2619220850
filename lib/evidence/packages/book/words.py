"""Numbers and sentences of a chapter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from evidence.charts.figure import Figure
from evidence.packages.book.results import Result
from evidence.packages.model import Settings
from evidence.wording.html import PAGE_MIME, Html, escape, markup
from evidence.wording.numbers import NBSP, number

METHODS = {"IV": "inverse variance", "MH": "Mantel–Haenszel", "PETO": "Peto's method"}
MODELS = {"common": "common effect", "random": "random effects"}
MOST = 1e12
"""What is larger is shown as this."""


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs; escaped unless `Html`."""

    paragraphs: tuple[str, ...]

    def _repr_html_(self) -> str:
        return "".join(f"<p>{markup(text)}</p>" for text in self.paragraphs)

    def _repr_markdown_(self) -> str:
        return "\n\n".join(plain(text) for text in self.paragraphs)


@dataclass(frozen=True)
class Together:
    """Tables, figures and paragraphs of one cell, one below the other."""

    parts: tuple[Any, ...]

    def _repr_html_(self) -> str:
        return "".join(part._repr_html_() for part in self.parts)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """Give the build the files of every figure."""
        figures = [part for part in self.parts if isinstance(part, Figure)]
        bundles = [figure._repr_mimebundle_().get(PAGE_MIME, {}) for figure in figures]
        files = [file for bundle in bundles if isinstance(bundle, dict) for file in bundle.get("figures", [])]
        return {PAGE_MIME: {"figures": files}} if files else {}


def plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    for char in "\\`*_{}[]<>#|$~^&":
        text = text.replace(char, f"\\{char}")
    return text


def digits(result: Result) -> int:
    """Decimals that tell the effects of an analysis apart: two for ratios, else by the errors."""
    if result.analysis.settings.log_scale or not result.k:
        return 2
    error = float(min(result.vi) ** 0.5)
    return int(min(4, max(0, 1 - math.floor(math.log10(error)))))


def in_digits(result: Result, value: float) -> str:
    """A value on the scale of pooling as it is shown."""
    return number(min(max(result.shown(value), -MOST), MOST), digits(result))


def span(result: Result, estimate: float, low: float, high: float) -> str:
    """Effect and limits as shown: "0.90 (0.84 to 0.96)"."""
    return f"{in_digits(result, estimate)} ({ends(result, low, high)})"


def ends(result: Result, low: float, high: float) -> str:
    """Limits as shown: "0.84 to 0.96"."""
    return f"{in_digits(result, low)} to {in_digits(result, high)}"


def measure_name(settings: Settings) -> str:
    """The measure with its unit, as a caption has it."""
    name = settings.name[:1].upper() + settings.name[1:].lower() if settings.name.istitle() else settings.name
    swapped = ", of people without the event" if settings.swap else ""
    return f"{name}{swapped}{f' ({settings.unit})' if settings.unit else ''}"


def how(settings: Settings) -> str:
    """Method, model, estimator and interval in words."""
    parts = [METHODS[settings.method], MODELS[settings.model]]
    if settings.model == "random":
        parts.append({"DL": "DerSimonian–Laird", "REML": "REML"}[settings.tau2])
        parts.append({"wald": "Wald interval", "HKSJ": "Hartung–Knapp interval"}[settings.ci])
    return ", ".join(parts)


def level(value: float) -> str:
    """A confidence level: "95 % CI"."""
    return f"{value * 100:g}{NBSP}% CI"


def share(probability: float) -> str:
    """A probability in per cent that never says more than it is: "over 99 %"."""
    if probability > 0.99:
        return f"over 99{NBSP}%"
    return f"under 1{NBSP}%" if probability < 0.01 else f"{100 * probability:.0f}{NBSP}%"


def strong(text: str) -> Html:
    """Text in bold."""
    return Html(f"<b>{escape(text)}</b>")
