"""Figures of a chapter: tidy frames in, figures of this library out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from evidence import meta
from evidence.charts.figure import Figure
from evidence.charts.forest import Heads, Kind, forest_figure
from evidence.charts.funnel import funnel_figure
from evidence.charts.measure import Measure
from evidence.charts.speccurve import speccurve_figure
from evidence.packages.book.results import FEWEST_TAU, LEVEL, Result
from evidence.packages.book.words import digits, how, level, measure_name
from evidence.packages.model import Settings
from evidence.packages.reproduce import Result as Pool

AGAIN: Final = "Analysed again"
TOTAL: Final = "All rows that count in the total"
REST: Final = "Rows that count in the total only"

FARTHEST: Final = 1e6
"""Ratios beyond this, or below its inverse, are drawn at it: no axis shows more."""

Cells = dict[str, Any]


def key_of(result: Result, what: str) -> str:
    """Anchor of a figure or table of an analysis."""
    return f"{what}-{result.analysis.key.replace('.', '-')}"


def axis(result: Result) -> Measure:
    """What lies on the axis of an analysis's figures."""
    settings = result.analysis.settings
    mid = result.outcome.mid
    places = () if mid is None else tuple(sorted({result.shown(-mid), result.shown(mid)}))
    return Measure(
        name=measure_name(settings),
        null=result.null,
        mid=places,
        log=settings.log_scale,
        digits=digits(result),
        favours_low=settings.favours_low or "lower",
        favours_high=settings.favours_high or "higher",
        level=settings.study_level,
    )


def forest_of(result: Result) -> Figure:
    """The forest plot as the review set it up, and below it what this library makes of the same studies."""
    settings = result.analysis.settings
    return forest_figure(
        key_of(result, "forest"),
        result.analysis.name,
        forest_frame(result),
        caption=f"{result.set_up}: {how(settings)}.",
        measure=axis(result),
        heads=Heads(detail="", people="Events" if settings.data == "dichotomous" else "People"),
        kinds={"reported": Kind("study", "effect and interval of a study")},
        curves=_curve(result),
    )


def forest_frame(result: Result) -> pd.DataFrame:
    """The tidy frame that `evidence.charts.forest.forest` draws.

    Returns
    -------
    DataFrame
        Rows of studies by subgroup with their subtotals, the review's total, and in the block `AGAIN` REML
        with Hartung and Knapp's interval and the posterior.
    """
    rows = result.computed.rows.join(result.analysis.rows[["events_a", "n_a", "events_b", "n_b"]])
    labels = list(dict.fromkeys(rows["subgroup"]))
    found: list[Cells] = []
    for label in labels:
        own = rows[rows["subgroup"] == label]
        block = label or (REST if len(labels) > 1 else "")
        found += [_study(result, row) | {"block": block} for row in own.to_dict("records")]
        pool = result.computed.subgroups.get(label)
        if label and pool is not None:
            found.append(_review_pool(result, "Subtotal", pool) | {"block": block})
    if result.computed.total is not None:
        block = "" if len(labels) < 2 and "" in labels else TOTAL
        found.append(_review_pool(result, "Total", result.computed.total) | {"block": block})
    return pd.DataFrame([*found, *_again(result)])


def _study(result: Result, row: Mapping[Any, Any]) -> Cells:
    people = _people(result.analysis.settings, row)
    if not math.isfinite(row["yi"]):
        return {"label": f"{row['study']}: not estimable{f' ({people})' if people else ''}", "kind": "note"}
    return {
        "label": str(row["study"]),
        "kind": "reported",
        "est": _held(result, row["estimate"]),
        "lo": _held(result, row["ci_low"]),
        "hi": _held(result, row["ci_high"]),
        "n": people,
        "weight": row["weight"] if row["weight"] > 0 else None,
    }


def _people(settings: Settings, row: Mapping[Any, Any]) -> str:
    arms = []
    for arm in "ab":
        people, events = float(row[f"n_{arm}"]), float(row[f"events_{arm}"])
        if not people > 0:
            return ""
        counted = settings.data == "dichotomous" and math.isfinite(events)
        arms.append(f"{events:g}/{people:g}" if counted else f"{people:g}")
    return " v ".join(arms)


def _review_pool(result: Result, label: str, pool: Pool) -> Cells:
    settings = result.analysis.settings
    parts = [f"tau² {pool.tau2:.3g}"] if settings.model == "random" and pool.q_df else []
    if pool.q_df:
        parts.append(f"I² {pool.i2:.0f} %, p of heterogeneity {pool.q_p_value:.2g}")
    shows = settings.prediction and math.isfinite(pool.pi_low) and (result.printed or pool.q_df > 1)
    prediction = (pool.pi_low, pool.pi_high) if shows else None
    numbers = (pool.estimate, pool.ci_low, pool.ci_high)
    return _summary(result, label, "pooled", numbers, prediction, "; ".join(parts))


def _again(result: Result) -> Iterator[Cells]:
    if result.modern is None or result.k < 2:
        return
    modern = result.modern
    prediction = (modern.pi_low, modern.pi_high) if result.k >= FEWEST_TAU else None
    numbers = (modern.estimate, modern.ci_low, modern.ci_high)
    yield _summary(result, "REML, Hartung–Knapp", "pooled", numbers, prediction, level(LEVEL)) | {
        "block": AGAIN
    }
    if result.posterior is not None:
        numbers = (result.posterior.median, *result.posterior.interval(LEVEL))
        yield _summary(result, "Posterior", "posterior", numbers, None, "95 % credible interval") | {
            "block": AGAIN
        }


def _summary(
    result: Result,
    label: str,
    kind: str,
    numbers: tuple[float, float, float],
    prediction: tuple[float, float] | None,
    detail: str,
) -> Cells:
    estimate, low, high = (drawn(result, value) for value in numbers)
    ahead = {}
    if prediction is not None:
        ahead = {"pred_lo": drawn(result, prediction[0]), "pred_hi": drawn(result, prediction[1])}
    return {"label": label, "kind": kind, "est": estimate, "lo": low, "hi": high, "detail": detail} | ahead


def _curve(result: Result) -> pd.DataFrame | None:
    """Density of the posterior over all that it gives weight."""
    if result.posterior is None or result.k < 2:
        return None
    low, high = result.posterior.interval(0.999)
    at = np.linspace(low, high, 201)
    return pd.DataFrame(
        {
            "block": AGAIN,
            "x": [drawn(result, float(value)) for value in at],
            "density": result.posterior.density(at),
        }
    )


def drawn(result: Result, value: float) -> float:
    """A value on the scale of pooling where a figure draws it: ratios as ratios, none beyond `FARTHEST`."""
    if not result.analysis.settings.log_scale:
        return value
    farthest = math.log(FARTHEST)
    return math.exp(min(max(value, -farthest), farthest))


def _held(result: Result, value: float) -> float:
    return drawn(result, math.log(value)) if result.analysis.settings.log_scale else value


def funnel_of(result: Result) -> Figure:
    """The funnel plot of an analysis."""
    centre = meta.pool(result.yi, result.vi, model="common", ci="wald").estimate
    data = pd.DataFrame(
        {
            "label": result.labels,
            "est": [drawn(result, float(y)) for y in result.yi],
            "se": np.sqrt(result.vi),
        }
    )
    return funnel_figure(
        key_of(result, "funnel"),
        f"Funnel plot: {result.analysis.name}",
        data,
        measure=axis(result),
        pooled=drawn(result, centre),
        caption="The line is the common-effect estimate.",
    )


def curve_of(result: Result, ways: pd.DataFrame) -> Figure:
    """The specification curve of `many_ways`."""
    choices = ["Studies", "Estimator of tau²", "Interval"]
    data = ways.loc[ways["estimable"], [*choices, "main"]].copy()
    for name, column in {"est": "estimate", "lo": "ci_low", "hi": "ci_high"}.items():
        data[name] = [drawn(result, float(value)) for value in ways.loc[ways["estimable"], column]]
    return speccurve_figure(
        key_of(result, "ways"),
        f"Every choice: {result.analysis.name}",
        data,
        choices=choices,
        measure=axis(result),
    )
