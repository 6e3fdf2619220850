"""From the rows of one study to the results that could stand for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, permutations

from evidence.question.arms import Refusal, compare
from evidence.question.model import ArmPair, Comparison, Question, Rule, Stated
from evidence.question.records import Arm, ArmRow, ContrastRow, Measure, RowKey, Study, flip
from evidence.question.rules import Rules
from evidence.question.tables import Tables


@dataclass(frozen=True, slots=True)
class Place:
    """What the rows of one candidate have in common; `when` orders candidates in time."""

    window: str
    experimental: str
    control: str
    kind: str
    time_days: float | None
    when: float | None
    source: str
    crossover_period: str | None


@dataclass(slots=True)
class Candidate:
    """The rows of one comparison, kind of measure and time."""

    place: Place
    comparison: Comparison
    pairs: list[ArmPair] = field(default_factory=list)
    contrasts: list[Stated] = field(default_factory=list)

    @property
    def rows(self) -> list[RowKey]:
        """Keys of the source rows."""
        arms = [row.key for pair in self.pairs for row in (*pair.experimental, pair.control)]
        return [*arms, *(stated.row.key for stated in self.contrasts)]

    @property
    def time_labels(self) -> list[str]:
        """Time labels of the source rows."""
        labels = [pair.control.time_label for pair in self.pairs]
        labels += [stated.row.time_label for stated in self.contrasts]
        return [label for label in dict.fromkeys(labels) if label]


@dataclass(slots=True)
class Sorted:
    """The candidates of one study, and the rows that are out with the first reason met."""

    candidates: dict[Place, Candidate] = field(default_factory=dict)
    out: dict[RowKey, Refusal] = field(default_factory=dict)

    def leave_out(self, row: RowKey, reason: Refusal) -> None:
        """Leave a row out; the first reason stands."""
        self.out.setdefault(row, reason)


@dataclass(frozen=True, slots=True)
class Context:
    """One study, what is asked of it, and by which rules."""

    study: Study
    question: Question
    tables: Tables
    rules: Rules

    def arm(self, label: str) -> Arm:
        """Return the arm that a label of the study means."""
        return self.tables.arms[self.study.study_id, label]

    def measure(self, row: ArmRow | ContrastRow) -> Measure:
        """Return what the measure of a row tells."""
        return self.tables.measures[row.outcome, row.measure]

    def window(self, row: ArmRow | ContrastRow) -> str:
        """Return the time window of a row."""
        if self.question.window == "any":
            return "any"
        if row.time_days is not None:
            return self.rules.windows.window(row.time_days)
        note = self.tables.times.get((row.study_id, row.time_label))
        return note.window if note and note.window else "not_stated"

    def when(self, row: ArmRow | ContrastRow) -> float | None:
        """Return what orders a row in time: its day, or the last day of the window that its label tells."""
        if row.time_days is not None:
            return row.time_days
        note = self.tables.times.get((row.study_id, row.time_label))
        return self.rules.windows.end(note.window) if note and note.window else None

    def place(self, row: ArmRow | ContrastRow, comparison: Comparison) -> Place:
        """Return where a row of a comparison belongs."""
        names = (comparison.experimental[0].arm, comparison.control.arm)
        period = row.crossover_period if isinstance(row, ArmRow) else None
        source = row.source or self.study.source_type
        kind = self.measure(row).kind
        return Place(self.window(row), *names, kind, row.time_days, self.when(row), source, period)


def sort_rows(context: Context) -> Sorted:
    """Sort the rows of one study into candidates and rows that are out."""
    found = Sorted()
    study_id = context.study.study_id
    arm_rows = [row for row in context.tables.arm_rows[study_id] if _usable(row, context, found)]
    _add_pairs(arm_rows, context, found)
    for row in context.tables.contrast_rows[study_id]:
        if _usable(row, context, found):
            _add_contrast(row, context, found)
    _drop_whole_periods(context, found)
    return found


def _usable(row: ArmRow | ContrastRow, context: Context, found: Sorted) -> bool:
    """Whether a row can be placed at all; "other" counts only where measures.csv says so."""
    if (row.outcome, row.measure) not in context.tables.measures:
        if row.outcome == context.question.outcome:
            found.leave_out(row.key, Refusal(Rule.UNLISTED_MEASURE, f"{row.measure}."))
        return False
    refusal = _refusal(row, context)
    if refusal:
        found.leave_out(row.key, refusal)
    return refusal is None


def _refusal(row: ArmRow | ContrastRow, context: Context) -> Refusal | None:
    labels = (row.arm,) if isinstance(row, ArmRow) else (row.arm_a, row.arm_b)
    unknown = [label for label in labels if (row.study_id, label) not in context.tables.arms]
    if unknown:
        return Refusal(Rule.UNKNOWN_ARM, f"{', '.join(unknown)}.")
    if row.time_days == 0:
        return Refusal(Rule.BASELINE, "")
    if isinstance(row, ContrastRow) and _within_arm(row, context):
        return Refusal(Rule.WITHIN_ARM, "")
    return None if row.says_something else Refusal(Rule.NO_STATEMENT, "")


def _within_arm(row: ContrastRow, context: Context) -> bool:
    """Whether a row is a direction without a test, in a study flagged as reporting changes within arms."""
    flagged = any(flag.flag == "within_arm_only" for flag in context.tables.flags[row.study_id])
    return flagged and row.p_operator is None and row.estimate is None


def _add_pairs(rows: list[ArmRow], context: Context, found: Sorted) -> None:
    """Add every two arms with the same measure and time that test the drug."""
    refused: dict[RowKey, Refusal] = {}
    paired: set[RowKey] = set()
    for _, together in groupby(sorted(rows, key=_statistic), key=_statistic):
        for one, other in permutations(list(together), 2):
            test = compare(context.arm(one.arm), context.arm(other.arm), context.question.drugs)
            if isinstance(test, Refusal):
                refused[one.key] = test
            elif not test.reversed:
                pair = ArmPair((one,), other, context.measure(one))
                _candidate(one, test.comparison, context, found).pairs.append(pair)
                paired.update((one.key, other.key))
    for row in rows:
        if row.key not in paired:
            alone = Refusal(Rule.ONE_ARM, f"{row.arm}, {row.measure}.")
            found.leave_out(row.key, refused.get(row.key, alone))


def _statistic(row: ArmRow) -> tuple[str, str, float, str, str]:
    days = -1.0 if row.time_days is None else row.time_days
    return (row.outcome, row.measure, days, row.time_label or "", row.kind or "")


def _add_contrast(row: ContrastRow, context: Context, found: Sorted) -> None:
    test = compare(context.arm(row.arm_a), context.arm(row.arm_b), context.question.drugs)
    if isinstance(test, Refusal):
        found.leave_out(row.key, test)
        return
    stated = Stated(flip(row) if test.reversed else row, context.measure(row))
    _candidate(row, test.comparison, context, found).contrasts.append(stated)


def _candidate(
    row: ArmRow | ContrastRow, comparison: Comparison, context: Context, found: Sorted
) -> Candidate:
    place = context.place(row, comparison)
    return found.candidates.setdefault(place, Candidate(place, comparison))


def _drop_whole_periods(context: Context, found: Sorted) -> None:
    """Let tests over a whole period give way to results at its last day."""
    for candidate in found.candidates.values():
        whole = [stated for stated in candidate.contrasts if _whole_period(stated.row, context.tables)]
        if whole and len(whole) < len(candidate.contrasts) + len(candidate.pairs):
            candidate.contrasts = [stated for stated in candidate.contrasts if stated not in whole]
            for stated in whole:
                found.leave_out(stated.row.key, Refusal(Rule.WHOLE_PERIOD, f"{stated.row.time_label}."))


def _whole_period(row: ContrastRow, tables: Tables) -> bool:
    note = tables.times.get((row.study_id, row.time_label))
    return bool(note and note.whole_period)
