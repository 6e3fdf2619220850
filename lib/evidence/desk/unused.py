"""Results that no analysis uses, each with the reason that the selection knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from evidence.dataset import Dataset
from evidence.dataset.columns import LONGEST_HINT
from evidence.effects.counted import first_counts
from evidence.question import COMPARATOR_TYPES, Question, Result, RowKey, Rule
from evidence.question.main_outcome import main_outcome
from evidence.question.model import LeftOut
from evidence.results.pipeline import selected

_NOT_ASKED = "No question asks for this outcome."
_BOTH_ZERO = "Nobody had the event in either arm: it is shown, and there is no ratio to pool."
_ELSEWHERE = "measures.csv says that the measure answers {}."
_TABLES = ("arm_results", "contrasts")


@dataclass(frozen=True, slots=True)
class Unused:
    """A result that no analysis uses.

    Attributes
    ----------
    file, line : str, int
        Where its row stands.
    study_id, outcome, measure, where : str
        `where` is the arm or the two arms, and the time.
    reason : str
        A sentence, with what it means here and what to do where something can be done.
    rule : str
        The rule in words, without what it means here: what is counted.
    key : RowKey
        Names the row, as the selection does.
    mendable : bool
        A row of measures.csv or arms.csv is missing.
    """

    file: str
    line: int
    study_id: str
    outcome: str
    measure: str
    where: str
    reason: str
    rule: str
    key: RowKey
    mendable: bool = False

    def __str__(self) -> str:
        """One line."""
        place = f"data/{self.file}:{self.line}: {self.study_id}: {self.outcome}, {self.measure!r}"
        return f"{place} ({self.where}): not used: {self.reason}"


def unused(ds: Dataset, study_ids: Iterable[str] | None = None) -> tuple[Unused, ...]:
    """List the results that no analysis uses, in the order of their tables.

    A row is used when some question of its drugs and an outcome keeps it. Rows of people flagged out, of a
    baseline, of another dose or time and the like are listed too: the reason says so. Tables without the
    settings that rule the selection answer no question; of them `mendable` results are listed.
    """
    if ds.rows("settings", key="measure_hierarchy").empty:
        return mendable(ds, study_ids)
    wanted = None if study_ids is None else set(study_ids)
    rows = [row for row in _rows(ds) if wanted is None or row.study_id in wanted]
    if not rows:
        return ()
    found = ds.once(_reached) if wanted is None else _reached(ds, wanted)
    return tuple(item for row in rows if (item := _unused(row, found, ds)) is not None)


def mendable(ds: Dataset, study_ids: Iterable[str] | None = None) -> tuple[Unused, ...]:
    """List the results that lack a row of measures.csv or arms.csv; quick, because no question is asked."""
    wanted = None if study_ids is None else set(study_ids)
    rows = (row for row in _rows(ds) if wanted is None or row.study_id in wanted)
    return tuple(item for row in rows if (item := _missing(row, ds)) is not None)


def in_short(items: Iterable[Unused]) -> Iterator[str]:
    """Yield one line for each reason with the number of results."""
    counts = Counter(item.rule for item in items)
    for rule, count in counts.most_common():
        yield f"  {count:4}  {rule}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A result with its place; `labels` are its arms."""

    table: str
    line: int
    key: RowKey
    study_id: str
    labels: tuple[str, ...]
    outcome: str
    measure: str
    time_label: str


@dataclass(frozen=True, slots=True)
class _Reached:
    """What the selection said: results by row, reasons by row, reasons by study and outcome."""

    used: Mapping[RowKey, Result]
    rows: Mapping[RowKey, LeftOut]
    studies: Mapping[tuple[str, str], LeftOut]


def _rows(ds: Dataset) -> Iterator[_Row]:
    for table in _TABLES:
        raw = ds.raw[table]
        for line, cells in zip(raw.lines, raw.rows, strict=True):
            row = dict(zip(raw.header, cells, strict=True))
            names = ("arm",) if table == "arm_results" else ("arm_a", "arm_b")
            labels = tuple(row[name] for name in names)
            key = (table, row["study_id"], *labels, row["outcome"], row["measure"], row["time_label"])
            yield _Row(
                table, line, key, row["study_id"], labels, row["outcome"], row["measure"], row["time_label"]
            )


def _reached(ds: Dataset, study_ids: set[str] | None = None) -> _Reached:
    """Ask every question that a page asks: the main outcome in each window, other outcomes at any time."""
    used: dict[RowKey, Result] = {}
    rows: dict[RowKey, LeftOut] = {}
    studies: dict[tuple[str, str], LeftOut] = {}
    main = main_outcome(ds).code
    outcomes = [
        word for word in ds.contract.table("arm_results").column("outcome").allowed if word != "other"
    ]
    for drug, group in _drugs(ds, study_ids):
        for outcome in outcomes:
            for types in (None, COMPARATOR_TYPES):
                if types is not None and outcome != main:
                    continue
                window = None if outcome == main else "any"
                asked = Question(drug, group, outcome=outcome, comparator_types=types, window=window)
                selection = selected(ds, asked)
                used |= {row: result for result in selection.results for row in result.rows}
                for out in (*selection.left_out, *selection.silent):
                    if out.row is not None:
                        rows.setdefault(out.row, out)
                    else:
                        studies.setdefault((out.study_id, outcome), out)
    return _Reached(used, rows, studies)


def _drugs(ds: Dataset, study_ids: set[str] | None) -> list[tuple[str, str | None]]:
    """Return the drugs and combinations to ask for; with the condition when a few studies are meant."""
    given = {} if study_ids is None else {"study_id": sorted(study_ids)}
    drugs = set(ds.rows("interventions", **given)["drug"])
    for table in _TABLES:
        drugs |= set(ds.rows(table, **given)["drug"].dropna())
    groups: set[str | None] = (
        {None} if study_ids is None else set(ds.rows("studies", **given)["condition_group"])
    )
    return sorted(((drug, group) for drug in drugs for group in groups), key=str)


def _unused(row: _Row, found: _Reached, ds: Dataset) -> Unused | None:
    result = found.used.get(row.key)
    if result is not None:
        counts = first_counts(result) if row.outcome != main_outcome(ds).code else None
        none = counts is not None and counts.events_experimental + counts.events_control == 0
        return _item(row, _BOTH_ZERO, _BOTH_ZERO) if none else None
    if (missing := _missing(row, ds)) is not None:
        return missing
    out = found.rows.get(row.key) or found.studies.get((row.study_id, row.outcome))
    answers = set(ds.rows("measures", outcome=row.outcome, measure=row.measure)["answers"]) - {row.outcome}
    if answers and (out is None or out.rule in (Rule.UNLISTED_MEASURE, Rule.NOTHING_USABLE)):
        said = _ELSEWHERE.format(" and ".join(sorted(answers)).replace("_", " "))
        return _item(row, said, "measures.csv says that the measure answers another outcome.")
    if row.outcome == "other" or out is None:
        return _item(row, _NOT_ASKED, _NOT_ASKED)
    return _item(row, out.sentence, out.why)


def _missing(row: _Row, ds: Dataset) -> Unused | None:
    """Say which row of measures.csv or arms.csv is missing, with near spellings."""
    if row.outcome != "other":
        known = list(ds.rows("measures", outcome=row.outcome)["measure"])
        if row.measure not in known:
            said = (
                f"{Rule.UNLISTED_MEASURE.value} {_offered(row.measure, known, 'add a row to measures.csv')}"
            )
            return _item(row, said, Rule.UNLISTED_MEASURE.value, can=True)
    labels = list(ds.rows("arms", study_id=row.study_id)["label"])
    if unknown := [label for label in row.labels if label not in labels]:
        offered = _offered(unknown[0], labels, "add a row to arms.csv")
        said = f"{Rule.UNKNOWN_ARM.value} {', '.join(map(repr, unknown))}: {offered}"
        return _item(row, said, Rule.UNKNOWN_ARM.value, can=True)
    return None


def _offered(word: str, known: list[str], remedy: str) -> str:
    near = get_close_matches(word[:LONGEST_HINT], known, n=3, cutoff=0.6)
    return f"{remedy}, or write {' or '.join(map(repr, near))}." if near else f"{remedy}."


def _item(row: _Row, reason: str, rule: str, *, can: bool = False) -> Unused:
    time = row.time_label or "time not stated"
    where = f"{' v '.join(row.labels)}, {time}"
    return Unused(
        file=f"{row.table}.csv",
        line=row.line,
        study_id=row.study_id,
        outcome=row.outcome,
        measure=row.measure,
        where=where,
        reason=reason,
        rule=rule,
        key=row.key,
        mendable=can,
    )
