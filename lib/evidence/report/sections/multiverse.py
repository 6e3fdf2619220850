"""A question analysed under many sets of choices that can be argued for, and how far the results agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
import pandas as pd

from evidence.charts.figure import Figure
from evidence.charts.speccurve import speccurve_figure
from evidence.dataset import Dataset, once
from evidence.effects import Effect, Options, effects, poolable
from evidence.effects.model import Spread
from evidence.meta import multiverse as universe
from evidence.meta.bound import Bound
from evidence.meta.options import Interval
from evidence.meta.tau2 import Estimator
from evidence.question import FlagRule, Question, Selection, TimeRule, main_outcome
from evidence.report.sections.findings import points_measure
from evidence.results.pipeline import selected
from evidence.wording.labels import Labels
from evidence.wording.numbers import number, plural

_TAU2: Final[dict[Estimator, str]] = {
    "REML": "REML",
    "DL": "DerSimonian–Laird",
    "PM": "Paule–Mandel",
    "ML": "ML",
}
_INTERVALS: Final[dict[Interval, str]] = {
    "HKSJ-adhoc": "Hartung–Knapp, not below t",
    "HKSJ": "Hartung–Knapp",
    "wald": "normal (Wald)",
}
_PROFILE: Final = "profile likelihood"  # the interval of analyses with bounds
_EVIDENCE: Final = {
    "with derived": "with derived effects",
    "reported": "reported effects only",
    "with bounded": "with bounds too",
}
_FLAGS: Final[dict[FlagRule, str]] = {
    "standard": "without excluded trials",
    "without_caution": "without cautioned trials too",
    "with_excluded": "with excluded trials",
}
_DESIGNS: Final = {"all": "all designs", "parallel": "parallel only", "crossover": "crossover only"}
_SPREADS: Final[dict[Spread, str]] = {
    "recorded": "± as recorded",
    "se": "± read as standard error",
    "sd": "± read as standard deviation",
}
_TAU2_TRIED: Final[tuple[Estimator, ...]] = ("REML", "DL", "PM")
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
    """What a question answers under many sets of choices.

    Attributes
    ----------
    question : Question
    table : DataFrame
        One row per analysis that differs from the others in its effects or in how they are pooled: its
        choices, k, estimate, interval, what the interval excludes; ``main`` marks the report's own pool, and
        ``distinct`` the first analysis of each result.
    mid : float
        The smallest important difference in points, with the sign that favours the drug.
    """

    question: Question
    table: pd.DataFrame
    mid: float

    @property
    def estimable(self) -> pd.DataFrame:
        """The analyses that give an estimate."""
        return self.table[self.table["estimable"]]

    @property
    def results(self) -> pd.DataFrame:
        """One analysis for each different result, the report's own first where there is one.

        Analyses of the same trials whose estimates and intervals agree to 1e-9 give one result: estimators
        of tau² that all find 0, intervals for one trial.
        """
        return self.table[self.table["distinct"]]

    @property
    def extent(self) -> str:
        """How many sets of choices give an estimate, for a title: "under 36 sets of choices"."""
        return f"under {plural(len(self.estimable), 'set')} of choices"

    @property
    def sentence(self) -> str:
        """How many different results there are, and how many exclude zero, and lie beyond the MID."""
        found = self.results
        count = plural(len(self.estimable), "analysis", "analyses")
        if found.empty:
            return "No set of choices gives an estimate."
        if len(found) == 1:
            return self._only(count)
        null, beyond = (_some(int(found[name].sum()), len(found)) for name in ("excludes_null", "beyond_mid"))
        lowest, highest = (number(float(end)) for end in (found["estimate"].min(), found["estimate"].max()))
        run = f"estimates run from {lowest} to {highest}" if lowest != highest else f"each is {lowest}"
        return (
            f"{count} give {len(found):,} different results; in {null} of them the interval excludes "
            f"zero, and in {beyond} it lies wholly beyond {number(self.mid, 0)} points; {run} points."
        )

    @property
    def place(self) -> str:
        """Where the report's own result stands among the different results, from the cautious end."""
        found = self.results
        if found.empty or not found["main"].any():
            return self.sentence
        ordered = found.sort_values("estimate", ascending=self.mid > 0, kind="stable", ignore_index=True)
        rank = int(ordered.index[ordered["main"]][0]) + 1
        own = f"The report's own result is number {rank:,} of {len(found):,} from the cautious end."
        return f"{self.sentence} {own}"

    def _only(self, count: str) -> str:
        row = self.results.iloc[0]
        verb = "gives" if len(self.estimable) == 1 else "all give"
        if row["beyond_mid"]:
            said = f"its interval lies wholly beyond {number(self.mid, 0)} points"
        else:
            said = f"its interval {'excludes' if row['excludes_null'] else 'includes'} zero"
        return f"{count} {verb} one result, {number(float(row['estimate']))} points; {said}."


@dataclass(frozen=True, slots=True)
class _Trials:
    """The effects that a set of choices leaves, with the names of these choices."""

    names: tuple[str, ...]
    numeric: tuple[Effect, ...]
    bounded: tuple[Effect, ...]

    @property
    def bounds(self) -> tuple[Bound, ...]:
        return tuple(effect.bound for effect in self.bounded if effect.bound is not None)

    @property
    def studies(self) -> frozenset[str]:
        return frozenset(effect.study_id for effect in (*self.numeric, *self.bounded))

    @property
    def content(self) -> object:
        """What is pooled: choices that leave the same content are one."""
        return tuple((e.study_id, e.yi, e.vi) for e in self.numeric), repr(self.bounds)


@once
def multiverse(ds: Dataset, question: Question) -> Multiverse:
    """Pool a question under every combination of choices that can be argued for.

    Choices that leave the same effects and the same pooling are one analysis and count once.
    """
    mid = main_outcome(ds).favourable * main_outcome(ds).mid
    found = list(_analyses(ds, question))
    if not found:
        empty = pd.DataFrame({"estimable": [], "distinct": [], "main": []}, dtype=bool)
        return Multiverse(question, empty, mid)
    table = universe.run([one for _, one, _ in found], mid=mid)
    table["main"] = [main for *_, main in found]
    table["distinct"] = universe.distinct(table, [studies for studies, *_ in found])
    return Multiverse(question, table, mid)


def _analyses(
    ds: Dataset, question: Question
) -> Iterator[tuple[frozenset[str], universe.Specification, bool]]:
    """Yield each analysis with its studies, the report's own first, and whether it is the report's own.

    Every choice begins with the report's own, so that the first analysis is the report's: reported and
    derived effects, standard flags, the setting's time and correlation, ± as recorded, all designs, REML,
    Hartung-Knapp never narrower than Student's t. Without a number among these effects no analysis is it.
    """
    seen: set[object] = set()
    for place, trials in enumerate(_bodies(ds, question)):
        content = trials.content
        if not trials.numeric or content in seen:
            continue
        seen.add(content)
        for method, (tau2, ci) in enumerate(_methods(trials)):
            interval = _PROFILE if trials.bounds else _INTERVALS[ci]
            labels = (*trials.names, _TAU2[tau2], interval)
            specification = universe.Specification(
                np.array([e.yi for e in trials.numeric], dtype=float),
                np.array([e.vi for e in trials.numeric], dtype=float),
                dict(zip(DIMENSIONS, labels, strict=True)),
                trials.bounds,
                tau2,
                ci,
            )
            yield trials.studies, specification, (place, method) == (0, 0)


def _methods(trials: _Trials) -> Sequence[tuple[Estimator, Interval]]:
    """Return estimators and intervals, the report's own first; those that can matter only."""
    if trials.bounds:
        return [("REML", "HKSJ"), ("ML", "HKSJ")]
    if len(trials.numeric) == 1:
        return [("REML", "wald")]
    return list(product(_TAU2_TRIED, _INTERVALS))


def _bodies(ds: Dataset, question: Question) -> Iterator[_Trials]:
    """Yield the effects under each set of choices, the report's own set first."""
    for names, found in _readings(ds, question):
        for design, evidence in product(_DESIGNS, _EVIDENCE):
            body = [e for e in found if design in ("all", e.design) and not e.doubted]
            bounded = tuple(e for e in body if e.bound is not None) if evidence == "with bounded" else ()
            if evidence == "with bounded" and not bounded:
                continue
            options = Options(classes=("reported",)) if evidence == "reported" else Options()
            yield _Trials((_EVIDENCE[evidence], *names, _DESIGNS[design]), poolable(body, options), bounded)


def _readings(ds: Dataset, question: Question) -> Iterator[tuple[tuple[str, ...], tuple[Effect, ...]]]:
    """Yield the effects under each choice of flags, time, correlation and reading of ±."""
    own, low, high = (float(ds.setting(f"correlation_crossover{end}")) for end in ("", "_low", "_high"))
    times: list[TimeRule] = sorted(("latest", "earliest"), key=lambda time: time != ds.setting("time_rule"))
    readings = tuple(product((own, low, high), _SPREADS))
    known: list[tuple[Selection, list[tuple[Effect, ...]]]] = []
    for flags, time in product(_FLAGS, times):
        selection = selected(ds, question, time, flags)
        found = next((each for kept, each in known if _says_the_same(kept, selection)), None)
        if found is None:
            found = [effects(selection, ds, Options(correlation=r, spread=spread)) for r, spread in readings]
            known.append((selection, found))
        for (correlation, spread), each in zip(readings, found, strict=True):
            yield (_FLAGS[flags], time, f"{correlation:g}", _SPREADS[spread]), each


def _says_the_same(one: Selection, other: Selection) -> bool:
    """Whether two selections of one question keep the same rows, for whatever reason."""
    kept = ([replace(result, why="") for result in each.results] for each in (one, other))
    return one.silent == other.silent and next(kept) == next(kept)


def multiverse_figure(key: str, title: str, found: Multiverse, drug: str, labels: Labels) -> Figure:
    """Draw the specification curve: each different result once.

    Raises
    ------
    ValueError
        When no analysis gives an estimate.
    """
    names = {"estimate": "est", "ci_low": "lo", "ci_high": "hi"}
    data = found.results.rename(columns=names)[[*DIMENSIONS, *names.values(), "main"]]
    measure = points_measure(abs(found.mid), drug=drug, labels=labels)
    return speccurve_figure(
        key, title, data, choices=list(DIMENSIONS), measure=measure, caption=_caption(found)
    )


def _some(count: int, total: int) -> str:
    """Return a count out of several in words where it is none or all."""
    return "none" if count == 0 else "all" if count == total else f"{count:,}"


def _caption(found: Multiverse) -> str:
    """Say what one mark stands for, and where a reading of ± is not taken."""
    same = "Analyses with the same result are drawn once, under the first of their choices."
    parts = [found.sentence, same] if len(found.results) < len(found.estimable) else [found.sentence]
    if found.results["± read as"].nunique() > 1:
        parts.append(
            "A reading of ± is taken only for trials in which the limits of the scale allow such a spread."
        )
    return " ".join(parts)
