"""How certainty is spread over the answers, now and in the last version, and what it was rated down for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.dataset.views import Row
from evidence.grade.certainty import DOMAINS, IF_LOW_BIAS, LEVELS, NAME
from evidence.report.book.answers import answers, reports_of
from evidence.report.book.changes import Changes, changes, name_of, order
from evidence.report.book.released import Key
from evidence.report.sections.answer_rows import down_of
from evidence.wording.labels import labels
from evidence.wording.numbers import capital, plural

_STEPS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Ratings:
    """The certainty of every answer on pain beside that of the version released last."""

    ds: Dataset
    since: Changes

    @cached_property
    def now(self) -> dict[Key, Row]:
        """The rows of the answers by question."""
        return {
            (drug, condition, row["route"], row["window"]): row
            for drug, condition in reports_of(self.ds)
            for row in answers(self.ds, drug=drug, condition=condition)
        }

    def levels(self) -> Table:
        """Count the answers at each level: in the last version, as computed, and if risk of bias were low."""
        before = Counter(answer.certainty for answer in self.since.before.values())
        counted = [
            before,
            Counter(row["certainty"] for row in self.now.values()),
            Counter(row["if_low_bias"] for row in self.now.values()),
        ]
        columns = (
            Column("Certainty"),
            Column(f"Version {self.since.version}", "right"),
            Column(f"Version {self.since.current}", "right", "as computed"),
            Column(IF_LOW_BIAS, "right"),
        )
        rows = [(Cell(capital(level)), *(_count(each[level]) for each in counted)) for level in LEVELS]
        rows.append((Cell("Answers"), *(_count(sum(each.values())) for each in counted)))
        return Table("ratings-levels", f"Answers by {NAME}", columns, tuple(rows))

    def domains(self) -> Table:
        """Count the answers by what each GRADE domain takes off their certainty."""
        columns = (Column("Domain"), *(Column(_step(down), "right") for down in _STEPS))
        rows = tuple(
            (
                Cell(capital(name)),
                *(_count(sum(r[down_of(name)] == down for r in self.now.values())) for down in _STEPS),
            )
            for name in DOMAINS
        )
        return Table("ratings-domains", "Answers by what rates them down", columns, rows)

    def moved(self) -> Table:
        """List the answers whose level differs from the last version, each with what rates it down now."""
        columns = (
            Column("Question"),
            Column(f"Version {self.since.version}"),
            Column(f"Version {self.since.current}", note=NAME),
            Column(IF_LOW_BIAS),
            Column("Rated down for", note="everything else counts no longer"),
            Column("Trials", note="with a number; with a test only"),
        )
        keys = sorted(self.now.keys() & self.since.before.keys(), key=order)
        rows = tuple(
            self._row(key) for key in keys if self.now[key]["certainty"] != self.since.before[key].certainty
        )
        return Table("ratings-moved", "Answers whose certainty differs from the last version", columns, rows)

    def _row(self, key: Key) -> tuple[Cell, ...]:
        row = self.now[key]
        return (
            Cell(name_of(key, labels(self.ds))),
            Cell(self.since.before[key].certainty),
            Cell(f"{row['certainty']}, of {row['target'] or 'no size'}"),
            Cell(row["if_low_bias"]),
            Cell(row["rated_down"] or "nothing"),
            Cell(f"{row['k']}; {row['trials'] - row['k']}"),
        )

    def sentence(self) -> str:
        """Say how many answers are where they were, and how many of those rest on one trial's number."""
        same = [
            row
            for key, row in self.now.items()
            if key in self.since.before and row["certainty"] == self.since.before[key].certainty
        ]
        few = _few(same)
        return (
            f"Of {plural(len(self.now), 'answer')}, {len(same):,} {'has' if len(same) == 1 else 'have'} the "
            f"certainty of version {self.since.version}; in {few:,} of these at most one trial gives "
            "a number."
        )


def ratings(ds: Dataset) -> Ratings:
    """Return the certainty of every answer on pain, now and in the version released last."""
    return Ratings(ds, changes(ds))


def _few(rows: Iterable[Row]) -> int:
    return sum(row["k"] < 2 for row in rows)


def _count(value: int) -> Cell:
    return Cell(f"{value:,}", value=value)


def _step(down: int) -> str:
    return f"−{down}" if down else "not rated down"
