"""The words in which packages name data, measures, methods and models, and what each means here."""

from __future__ import annotations

import re
from typing import Final, Literal

from evidence.packages.model import Data, Method

MEASURES: Final[dict[str, str]] = {
    "risk ratio": "RR",
    "relative risk": "RR",
    "rr": "RR",
    "odds ratio": "OR",
    "or": "OR",
    "peto odds ratio": "PETO",
    "peto or": "PETO",
    "peto": "PETO",
    "risk difference": "RD",
    "rd": "RD",
    "mean difference": "MD",
    "md": "MD",
    "wmd": "MD",
    "standardized mean difference": "SMD",
    "standardised mean difference": "SMD",
    "std mean difference": "SMD",
    "smd": "SMD",
    "hedges g": "SMD",
}
NAMES: Final[dict[str, str]] = {
    "RR": "Risk Ratio",
    "OR": "Odds Ratio",
    "PETO": "Peto Odds Ratio",
    "RD": "Risk Difference",
    "MD": "Mean Difference",
    "SMD": "Std. Mean Difference",
    "GENERIC": "Effect",
}
OF_COUNTS: Final = ("RR", "OR", "RD", "PETO")
OF_MEANS: Final = ("MD", "SMD")
_RATIO: Final = re.compile(r"\b(ratio|rr|or|hr|irr|odds|hazards?)\b", re.IGNORECASE)


def words(text: str) -> str:
    """Lower-case words of a name, without points and hyphens."""
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", text.lower()).split())


def measure(name: str) -> str | None:
    """Code of a measure of two arms, or None where the name is none of them."""
    return MEASURES.get(words(name))


def is_ratio(name: str) -> bool:
    """Whether a measure of this name is pooled as a logarithm."""
    return bool(_RATIO.search(name))


def data(name: str) -> Data | None:
    """Kind of data, or None where the name is not known."""
    text = words(name)
    if "dichotom" in text or "binary" in text:
        return "dichotomous"
    if "contin" in text:
        return "continuous"
    if "o e" in f" {text} " or "observed" in text or text == "ipd":
        return "o-e"
    if "generic" in text or "contrast" in text or "inverse" in text or text == "giv":
        return "generic"
    return None


def method(name: str) -> Method | None:
    """Method of pooling, or None where the name is not known."""
    text = words(name).replace(" ", "")
    if text in ("mh", "mantelhaenszel"):
        return "MH"
    if text in ("iv", "inversevariance", "givi", "giv"):
        return "IV"
    if "peto" in text or text.startswith("exp") or "oe" in text:
        return "PETO"
    return None


def model(name: str) -> Literal["common", "random"] | None:
    """Model, or None where the name is not known."""
    text = words(name)
    if text.startswith(("fixed", "common", "equal")):
        return "common"
    return "random" if text.startswith("random") else None
