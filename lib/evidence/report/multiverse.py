"""Every defensible analysis of a question, and how far the answers agree."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import pandas as pd

from evidence.charts import specification_curve as curve
from evidence.charts.figure import Figure
from evidence.charts.forest import Measure
from evidence.charts.words import number, plural
from evidence.dataset import Dataset
from evidence.harmonise import Effect, Options, effects, poolable
from evidence.meta import multiverse as universe
from evidence.meta.options import Interval
from evidence.meta.tau2 import Estimator
from evidence.question import Question, select

_TAU2: Final[tuple[Estimator, ...]] = ("REML", "DL", "PM")
_INTERVALS: Final[tuple[Interval, ...]] = ("HKSJ", "HKSJ-adhoc", "wald")
_EVIDENCE: Final = ("reported", "with derived", "with bounded")
_FLAGS: Final = {
    "standard": "flags applied",
    "without_caution": "cautioned out",
    "with_excluded": "excluded in",
}
_DESIGNS: Final = {"all": "all designs", "parallel": "parallel only", "crossover": "crossover only"}
DIMENSIONS: Final = (
    "Evidence",
    "Flags",
    "Time in window",
    "Correlation",
    "± read as",
    "Design",
    "tau²",
    "Interval",
)


@dataclass(frozen=True, slots=True)
class Multiverse:
    """All defensible analyses of one question.

    Attributes
    ----------
    question : Question
    table : DataFrame
        One row per distinct analysis: its choices, k, estimate, interval, and what the interval excludes.
    mid : float
        The smallest important difference in points, positive.
    """

    question: Question
    table: pd.DataFrame
    mid: float

    @property
    def estimable(self) -> pd.DataFrame:
        """The analyses that give an estimate."""
        return self.table[self.table["estimable"]]

    @property
    def sentence(self) -> str:
        """In how many analyses the interval excludes no effect, and lies beyond the MID."""
        found = self.estimable
        if found.empty:
            return "No defensible analysis gives an estimate."
        null, beyond = int(found["excludes_null"].sum()), int(found["beyond_mid"].sum())
        count = plural(len(found), "defensible analysis", "defensible analyses")
        lowest, highest = float(found["estimate"].min()), float(found["estimate"].max())
        return (
            f"Of {count}, {null:,} have an interval that excludes no effect and {beyond:,} one wholly beyond "
            f"{number(-self.mid, 0)} points; estimates run from {number(lowest)} to {number(highest)} points."
        )


def multiverse(ds: Dataset, question: Question) -> Multiverse:
    """Pool a question about pain under every combination of defensible choices.

    Choices that leave the same effects and the same pooling are one analysis and count once.
    """
    mid = float(ds.setting("mid_pain_points"))
    specifications = list(_distinct(ds, question))
    table = universe.run(specifications, mid=-mid) if specifications else pd.DataFrame({"estimable": []})
    return Multiverse(question, table, mid)


def _distinct(ds: Dataset, question: Question) -> Iterator[universe.Specification]:
    seen: set[object] = set()
    for names, found in _bodies(ds, question):
        for evidence, design in product(_EVIDENCE, _DESIGNS):
            body = [effect for effect in found if design in ("all", effect.design)]
            numeric = _of_class(body, evidence)
            bounds = [e.bound for e in body if e.bound is not None] if evidence == "with bounded" else []
            if not numeric or (evidence == "with bounded" and not bounds):
                continue
            for tau2, ci in _methods(len(numeric), bool(bounds)):
                content = (tuple((e.study_id, e.yi, e.vi) for e in numeric), repr(bounds), tau2, ci)
                if content in seen:
                    continue
                seen.add(content)
                labels = (evidence, *names, _DESIGNS[design], tau2, ci)
                yield universe.Specification(
                    np.array([e.yi for e in numeric], dtype=float),
                    np.array([e.vi for e in numeric], dtype=float),
                    dict(zip(DIMENSIONS, labels, strict=True)),
                    tuple(bounds),
                    tau2,
                    ci,
                )


def _methods(k: int, bounded: bool) -> list[tuple[Estimator, Interval]]:
    if bounded:
        return [("REML", "HKSJ"), ("ML", "HKSJ")]
    return [("REML", "wald")] if k == 1 else list(product(_TAU2, _INTERVALS))


def _bodies(ds: Dataset, question: Question) -> Iterator[tuple[tuple[str, ...], tuple[Effect, ...]]]:
    """Yield the effects under each choice of flags, time, correlation and reading of ±."""
    low, high = (float(ds.setting(f"correlation_crossover_{end}")) for end in ("low", "high"))
    middle = float(ds.setting("correlation_crossover"))
    for flags, time in product(_FLAGS, ("latest", "earliest")):
        selection = select(question, ds, time_rule=time, flag_rule=flags)  # type: ignore[arg-type]
        for correlation, spread in product((middle, low, high), ("recorded", "se", "sd")):
            options = Options(
                correlation=correlation,
                spread=spread,  # type: ignore[arg-type]
                time_rule=time,  # type: ignore[arg-type]
                flag_rule=flags,  # type: ignore[arg-type]
            )
            names = (_FLAGS[flags], time, f"{correlation:g}", spread)
            yield names, effects(selection, ds, options)


def _of_class(body: list[Effect], evidence: str) -> tuple[Effect, ...]:
    return poolable(body, Options(classes=("reported",)) if evidence == "reported" else Options())


def multiverse_figure(key: str, title: str, found: Multiverse, drug: str) -> Figure:
    """Draw the specification curve.

    Raises
    ------
    ValueError
        When no analysis gives an estimate.
    """
    rows = found.estimable.to_dict("records")
    specifications = tuple(
        curve.Specification(
            tuple(str(row[name]) for name in DIMENSIONS),
            float(row["estimate"]),
            float(row["ci_low"]),
            float(row["ci_high"]),
            main=position == _main(rows),
        )
        for position, row in enumerate(rows)
    )
    measure = Measure(
        "Mean difference in pain, points on 0–100",
        mid=(-found.mid,),
        favours_low=f"favours {drug}",
        favours_high="favours comparator",
    )
    return curve.specification_curve(
        key, title, curve.SpecificationCurve(measure, DIMENSIONS, specifications)
    )


def _main(rows: list[dict[Hashable, Any]]) -> int | None:
    """Find the report's own analysis: reported and derived effects, REML, Hartung-Knapp never narrower."""
    own = {"Flags": _FLAGS["standard"], "Time in window": "latest", "tau²": "REML"}
    for position, row in enumerate(rows):
        pooled = row["Evidence"] != "with bounded" and row["Interval"] in ("HKSJ-adhoc", "wald")
        if pooled and all(row[name] == value for name, value in own.items()):
            return position
    return None
