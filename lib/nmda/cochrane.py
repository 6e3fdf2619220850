"""The chapter "The Cochrane review, computed again": tables and the sentences that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from evidence import dataset
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, interval, listing, number, plural
from nmda.computed_again import Again, Computed, Result, compute_again
from nmda.review_rows import ReviewAnalysis, review_analyses

#: The main analyses whose results the review's abstract gives and this chapter begins with.
WEEK: Final = "1.1"
EVENTS: Final = "1.9"
#: The review's windows in its own words; it gives no days.
REVIEW_WINDOWS: Final = {
    "immediate": "48 hours to 1 week",
    "short": "up to 3 months",
    "medium": "medium term",
}
_MODELS: Final = (
    Column("As the review pools", "right", "DerSimonian–Laird, Wald"),
    Column("For few trials", "right", "REML, Hartung–Knapp"),
    Column("Posterior", "right", "median, 95% credible interval"),
)


@dataclass(frozen=True)
class Cochrane:
    """The review's analyses, each computed again."""

    ds: Dataset

    @cached_property
    def again(self) -> tuple[Again, ...]:
        """Every main analysis with an effect, in the review's order."""
        return tuple(compute_again(self.ds, found) for found in review_analyses(self.ds) if found.k)

    def one(self, number_: str) -> Again:
        """Return one analysis by the review's number."""
        return next(again for again in self.again if again.analysis.number == number_)

    @property
    def pain(self) -> tuple[Again, ...]:
        """Analyses of pain intensity."""
        return tuple(again for again in self.again if again.analysis.asked.outcome == "pain_intensity")

    @property
    def others(self) -> tuple[Again, ...]:
        """Analyses of everything else."""
        return tuple(again for again in self.again if again.analysis.asked.outcome != "pain_intensity")

    # the sentences that the chapter begins with

    def week(self) -> str:
        """Say what the review's result at one week owes to the trials that this book leaves out."""
        again = self.one(WEEK)
        found, trials = again.all.published, plural(again.analysis.k, "trial")
        said = f"For the first week the review pools {trials} of intravenous ketamine: {_points(found)}"
        return f"{said}, {_null(found, 0)}. {self._owed(again)}"

    def events(self) -> str:
        """Say what its result on adverse events owes to them."""
        again = self.one(EVENTS)
        counts = [
            f"{row.label} counts {row.events_a} of {row.n_a} with an event on ketamine and "
            f"{row.events_b} of {row.n_b} on placebo"
            for row in again.analysis.rows
            if row.label in again.left_out
        ]
        rows = f" {listing(counts)}." if counts else ""
        said = f"For any adverse event it finds a risk ratio of {_ratio(again.all.published)}"
        null = _null(again.all.published, 1)
        return f"{said}, {null}.{rows} {self._owed(again)}"

    def _owed(self, again: Again) -> str:
        names = listing(again.left_out)
        if again.kept is None:
            return "This book leaves out none of its trials." if not again.left_out else f"All are {names}."
        shown, null = (_ratio, 1.0) if again.analysis.ratio else (_points, 0.0)
        reasons = listing(dict.fromkeys(again.left_out.values()))
        few = plural(again.kept.k, "trial")
        them = "it" if len(again.left_out) == 1 else "them"
        kept = again.kept
        return (
            f"This book leaves out {names} ({reasons}). Without {them} the same method gives "
            f"{shown(kept.published)}, {_null(kept.published, null)}; REML with Hartung and Knapp's "
            f"interval, which allows for how little {few} can tell of their differences, gives "
            f"{shown(kept.knapp_hartung)}. The posterior moves from {shown(again.all.credible)} to "
            f"{shown(kept.credible)}.{_too(again)}"
        )

    # the tables

    def pain_table(self) -> Table:
        """List every analysis of pain under each model, without and with trials."""
        caption = "Pain, points on 0–100: every comparison and window of the review, computed again"
        return Table("cochrane-pain", caption, self._columns(), tuple(map(self._row, self.pain)))

    def other_table(self) -> Table:
        """List every other analysis: harms and the rest as risk ratios, scores on their scales."""
        caption = "Everything else: every outcome of the review, computed again"
        return Table("cochrane-others", caption, self._columns(), tuple(map(self._row, self.others)))

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("Comparison", note="the review's number of the analysis"),
            Column("Trials", "right", "people"),
            *_MODELS,
            Column("Without trials that this book leaves out", note="as the review pools; posterior"),
            Column("With this book's further trials", note="posterior"),
            Column("What follows"),
        )

    def _row(self, again: Again) -> tuple[Cell, ...]:
        analysis = again.analysis
        models = (again.all.published, again.all.knapp_hartung, again.all.credible)
        return (
            Cell(self.name(analysis), detail="; ".join(analysis.labels)),
            Cell(f"{analysis.k:,} ({analysis.people:,})", value=analysis.k),
            *(Cell(_shown(result, analysis), value=result[0]) for result in models),
            self._kept(again),
            self._more(again),
            Cell(follows(again)),
        )

    def _kept(self, again: Again) -> Cell:
        if not again.left_out:
            return Cell("leaves out none")
        if again.kept is None:
            return Cell("leaves out all", detail="; ".join(again.left_out))
        both = (_shown(result, again.analysis) for result in (again.kept.published, again.kept.credible))
        reasons = "; ".join(f"{label}: {reason}" for label, reason in again.left_out.items())
        return Cell("; posterior ".join(both), value=again.kept.published[0], detail=reasons)

    def _more(self, again: Again) -> Cell:
        if again.more is None:
            return Cell("no further trial with a number")
        names = listing(effect.label for effect in again.further)
        text = f"{_shown(again.more.credible, again.analysis)}, {plural(again.more.k, 'trial')}"
        return Cell(text, value=again.more.credible[0], detail=f"Added: {names}.")

    def leave_one_out(self) -> Table:
        """List every analysis of two or more trials without each of them."""
        rows = tuple(
            (
                Cell(self.name(again.analysis)),
                Cell(label),
                *(
                    Cell(_shown(result, again.analysis), value=result[0])
                    for result in (rest.published, rest.knapp_hartung, rest.credible)
                ),
                Cell("yes" if _turned(again.all, rest, again.analysis) else ""),
            )
            for again in self.again
            for label, rest in again.each_left_out.items()
        )
        columns = (
            Column("Comparison"),
            Column("Without"),
            *_MODELS,
            Column("Turns what the review's way says"),
        )
        return Table("cochrane-leave-one-out", "Every pool without each of its trials", columns, rows)

    def name(self, analysis: ReviewAnalysis) -> str:
        """Return what an analysis asks, in words, with its number."""
        asked, labels = analysis.asked, labels_of(self.ds)
        outcome = "" if asked.outcome == "pain_intensity" else f", {labels.outcome(asked.outcome)}"
        when = f", {REVIEW_WINDOWS[asked.window]}" if asked.window else ""
        against = f" v {asked.comparator}" if asked.comparator else ""
        scale = f" ({asked.scale})" if asked.scale not in (None, "0-100") else ""
        return f"{labels.subject(asked.drug, asked.route)}{against}{outcome}{scale}{when} ({analysis.number})"

    def turned(self) -> str:
        """Say in how many pools one trial decides what the review's way says."""
        many = [again for again in self.again if again.each_left_out]
        named = [self.name(again.analysis) for again in many if deciding(again)]
        some = f": {'; '.join(named)}" if named else ""
        return f"In {len(named):,} of {len(many):,} pools of two or more trials one trial decides{some}."


def cochrane() -> Cochrane:
    """Return the review's analyses on the project's tables."""
    return Cochrane(dataset.load())


def without_left_out(again: Again | None) -> str:
    """Return the review's pool without the trials that this book leaves out; empty where it leaves out none.

    Wherever a result of the review is set beside this book's, this stands beside it.
    """
    if again is None or again.kept is None:
        return ""
    shown = _ratio if again.analysis.ratio else _points
    return f"{shown(again.kept.published)} without {listing(again.left_out)}"


def analysis_of(ds: Dataset, drug: str, route: str, outcome: str, window: str | None) -> Again | None:
    """Return the review's analysis against placebo of a drug, route, outcome and window."""
    for found in review_analyses(ds):
        asked = found.asked
        if (asked.drug, asked.route, asked.outcome, asked.window) != (drug, route, outcome, window):
            continue
        if asked.comparator_type == "placebo" and found.k:
            return compute_again(ds, found)
    return None


def follows(again: Again) -> str:
    """Return the sentence that follows from an analysis.

    It says where the three models differ about whether there is no difference, and which single trials
    decide; of one trial it says what that trial found.
    """
    null = 1.0 if again.analysis.ratio else 0.0
    if again.all.k == 1:
        return f"One trial, {again.analysis.labels[0]}: its interval {_holds(again.all.published, null)}."
    said = {
        "the review's": _excludes(again.all.published, null),
        "Hartung and Knapp's": _excludes(again.all.knapp_hartung, null),
        "the posterior's": _excludes(again.all.credible, null),
    }
    excluding = [name for name, excluded in said.items() if excluded]
    if not excluding:
        models = "By every model the interval includes no difference"
    elif len(excluding) == len(said):
        models = "By every model the interval excludes no difference"
    else:
        without = [name for name, excluded in said.items() if not excluded]
        intervals, verb = ("interval", "excludes") if len(excluding) == 1 else ("intervals", "exclude")
        does = "does" if len(without) == 1 else "do"
        exclude = f"{capital(listing(excluding))} {intervals} {verb} no difference"
        models = f"{exclude}, {listing(without)} {does} not"
    found = deciding(again)
    if not found:
        return f"{models}; no single trial turns the review's."
    return f"{models}; without {' or without '.join(found)} the review's turns."


def deciding(again: Again) -> tuple[str, ...]:
    """Return the trials without which the review's way says the opposite about no difference."""
    rests = again.each_left_out.items()
    return tuple(label for label, rest in rests if _turned(again.all, rest, again.analysis))


def _turned(whole: Computed, rest: Computed, analysis: ReviewAnalysis) -> bool:
    null = 1.0 if analysis.ratio else 0.0
    return _excludes(whole.published, null) != _excludes(rest.published, null)


def _too(again: Again) -> str:
    """Name the other trials without which the review's way says the opposite."""
    others = [label for label in deciding(again) if label not in again.left_out]
    return f" Leaving out {' or '.join(others)} instead turns it too." if others else ""


def _excludes(result: Result, null: float) -> bool:
    return not result[1] <= null <= result[2]


def _holds(result: Result, null: float) -> str:
    return "excludes no difference" if _excludes(result, null) else "includes no difference"


def _null(result: Result, null: float) -> str:
    return f"an interval that {_holds(result, null)}"


def _points(result: Result) -> str:
    return f"{number(result[0])} points ({interval(result[1], result[2])})"


def _ratio(result: Result) -> str:
    return f"{number(result[0], 2)} ({interval(result[1], result[2], 2)})"


def _shown(result: Result, analysis: ReviewAnalysis) -> str:
    digits = 1 if analysis.asked.scale == "0-100" else 2
    if result[2] >= 1000:
        return f"{number(result[0], digits)} ({number(result[1], digits)} to over 1,000)"
    return f"{number(result[0], digits)} ({interval(result[1], result[2], digits)})"
