"""What changed since the last version: the answers and studies of the tables beside those released last."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeVar

import pandas as pd

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.dataset.views import Row
from evidence.question import WINDOWS
from evidence.question.records import Study
from evidence.report.book.answers import answers as rows_of_answers
from evidence.report.book.answers import effects as rows_of_effects
from evidence.report.book.answers import others, reports_of
from evidence.report.book.released import (
    Answer,
    KeptPosterior,
    Key,
    OtherAnswer,
    OtherKey,
    ReleasedAnswer,
    ReleasedOutcome,
)
from evidence.wording.labels import Labels
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, listing, plural

A = TypeVar("A", Answer, OtherAnswer)
#: Tables that hold what studies report and are compared study by study.
STUDY_TABLES: Final = ("studies", "interventions", "arm_results", "contrasts", "arms", "flags", "rob2")


def report_answers(ds: Dataset, drug: str, condition: str | None) -> dict[Key, Answer]:
    """Return the answers of one report, by route and window."""
    return {
        (drug, condition, row["route"], row["window"]): _answer(row)
        for row in rows_of_answers(ds, drug=drug, condition=condition)
    }


def answers(ds: Dataset) -> dict[Key, Answer]:
    """Return the answer to every question on the main outcome."""
    return {
        key: answer
        for drug, condition in reports_of(ds)
        for key, answer in report_answers(ds, drug, condition).items()
    }


def other_answers_of(ds: Dataset, drug: str, condition: str | None) -> dict[OtherKey, OtherAnswer]:
    """Return what one report says on harms and other outcomes, by outcome and route."""
    return {
        (drug, condition, row["outcome"], row["route"]): OtherAnswer(
            row["trials"],
            None if row["estimate"] is None else (row["estimate"], row["ci_low"], row["ci_high"]),
            row["said"],
        )
        for row in others(ds, drug=drug, condition=condition)
    }


def other_answers(ds: Dataset) -> dict[OtherKey, OtherAnswer]:
    """Return what is said on every harm and other outcome."""
    return {
        key: answer
        for drug, condition in reports_of(ds)
        for key, answer in other_answers_of(ds, drug, condition).items()
    }


def spoken_of(sides: Iterable[OtherAnswer | None], studies: Iterable[Study]) -> tuple[str, ...]:
    """Return which of some studies are named in what is said on a harm or another outcome."""
    said = "; ".join(side.said for side in sides if side)
    named = {
        study.study_id for study in studies if re.search(rf"(?<!\w){re.escape(study.label)}(?!\w)", said)
    }
    return tuple(sorted(named))


def other_order(key: OtherKey) -> tuple[str, str, str, str]:
    """Return the place of an answer on a harm or another outcome."""
    drug, condition, outcome, route = key
    return drug, condition or "", outcome, route


def _answer(row: Row) -> Answer:
    kept = {name: row[name] for name in ("statement", "numbers", "trials", "people", "certainty")}
    estimate = (row["estimate"], row["ci_low"], row["ci_high"]) if row["k"] else None
    return Answer(**kept, estimate=estimate, posterior=KeptPosterior.of(row))


def study_digests(ds: Dataset) -> dict[str, str]:
    """Return a digest of everything that the tables say of each study."""
    texts: dict[str, list[str]] = {}
    for name in STUDY_TABLES:
        for study, text in _by_study(ds.rows(name)):
            texts.setdefault(study, []).append(f"{name}\n{text}")
    return {
        study: hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16] for study, parts in texts.items()
    }


def _by_study(frame: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield the rows of each study as CSV; the frame is written once, since pandas is slow to begin."""
    header, *rows = csv.reader(io.StringIO(frame.to_csv(index=False)))
    place = header.index("study_id")
    for study, own in groupby(sorted(rows, key=itemgetter(place)), key=itemgetter(place)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([header, *own])
        yield study, text.getvalue()


def order(key: Key) -> tuple[str, str, str, int]:
    """Return the place of a question: by drug, the overview first, then condition, route and window."""
    drug, condition, route, window = key
    return drug, condition or "", route, WINDOWS.index(window)


@dataclass(frozen=True)
class Changes:
    """The tables as they are beside the version released last.

    Attributes
    ----------
    version : str
        The version released last.
    current : str
        The version of the tables.
    """

    ds: Dataset
    version: str
    current: str

    @cached_property
    def before(self) -> Mapping[Key, Answer]:
        """The answers of the last version."""
        rows = self.ds.records(ReleasedAnswer, "released_answers", version=self.version)
        return {row.key: row.answer for row in rows}

    @cached_property
    def after(self) -> Mapping[Key, Answer]:
        """The answers now."""
        return answers(self.ds)

    @cached_property
    def moved(self) -> tuple[Key, ...]:
        """The questions whose answer differs."""
        keys = sorted({*self.before, *self.after}, key=order)
        return tuple(key for key in keys if not _alike(self.before.get(key), self.after.get(key)))

    @cached_property
    def others_before(self) -> Mapping[OtherKey, OtherAnswer]:
        """What the last version said on harms and other outcomes; empty when it did not keep it."""
        rows = self.ds.records(ReleasedOutcome, "released_outcomes", version=self.version)
        return {row.key: row.answer for row in rows}

    @cached_property
    def others_after(self) -> Mapping[OtherKey, OtherAnswer]:
        """What is said on them now."""
        return other_answers(self.ds) if self.others_before else {}

    @cached_property
    def others_moved(self) -> tuple[OtherKey, ...]:
        """The harms and other outcomes on which something else is said."""
        before, after = self.others_before, self.others_after
        keys = sorted({*before, *after}, key=other_order)
        return tuple(key for key in keys if not _alike(before.get(key), after.get(key)))

    def causes(self, key: Key) -> str:
        """Name the studies of a question that were added or corrected; say so when none of them was."""
        drug, condition, route, window = key
        rows = rows_of_effects(self.ds, drug=drug, condition=condition)
        inside = {row["study"] for row in rows if (row["route"], row["window"]) == (route, window)}
        return self._because(sorted(inside & {study.study_id for study in self._moved_studies}))

    def other_causes(self, key: OtherKey) -> str:
        """Name the studies behind a harm or another outcome that were added or corrected, or say so."""
        sides = self.others_before.get(key), self.others_after.get(key)
        return self._because(spoken_of(sides, self._moved_studies))

    def _because(self, own: Collection[str]) -> str:
        if own:
            return listing(own)
        gone = f"{listing(self.removed)} removed, or " if self.removed else ""
        return f"{gone}no study of its own: a shared value, such as the reference SD, or a rule"

    @cached_property
    def _moved_studies(self) -> tuple[Study, ...]:
        """Studies that were added or corrected."""
        ids = [*self.added, *self.corrected]
        return tuple(self.ds.records(Study, "studies", study_id=ids))

    @cached_property
    def _digests(self) -> tuple[dict[str, str], dict[str, str]]:
        rows = self.ds.rows("released_studies", version=self.version)
        return dict(zip(rows["study"], rows["digest"], strict=True)), study_digests(self.ds)

    @property
    def added(self) -> tuple[str, ...]:
        """Studies that are new."""
        old, new = self._digests
        return tuple(sorted(new.keys() - old.keys()))

    @property
    def removed(self) -> tuple[str, ...]:
        """Studies that are gone."""
        old, new = self._digests
        return tuple(sorted(old.keys() - new.keys()))

    @property
    def corrected(self) -> tuple[str, ...]:
        """Studies of which the tables say something else."""
        old, new = self._digests
        return tuple(sorted(study for study in old.keys() & new.keys() if old[study] != new[study]))

    def sentence(self) -> str:
        """Say in one sentence what changed."""
        counts = [
            f"{plural(len(self.added), 'study', 'studies')} added",
            f"{len(self.removed):,} removed",
            f"{len(self.corrected):,} corrected",
        ]
        asked = len({*self.before, *self.after})
        differ, outcome = "differs" if len(self.moved) == 1 else "differ", labels_of(self.ds).outcome()
        return (
            f"Since version {self.version}: {listing(counts)}; "
            f"{len(self.moved):,} of {plural(asked, 'answer')} on {outcome} {differ}. {self._others()}"
        )

    def _others(self) -> str:
        if not self.others_before:
            return "The last version did not keep what it said on harms and other outcomes."
        asked, moved = len({*self.others_before, *self.others_after}), len(self.others_moved)
        differ = "differs" if moved == 1 else "differ"
        return f"On harms and other outcomes {moved:,} of {plural(asked, 'answer')} {differ}."

    def studies(self) -> str:
        """Name the studies that were added, removed or corrected."""
        groups = (("Added", self.added), ("Removed", self.removed), ("Corrected", self.corrected))
        return " ".join(f"{what}: {listing(ids)}." for what, ids in groups if ids) or "No study changed."

    def table(self) -> Table:
        """List every answer that differs, before and after."""
        labels = labels_of(self.ds)
        columns = (
            Column("Question"),
            Column(f"Version {self.version}", note=f"{labels.main.unit}, 95% CI; trials; certainty"),
            Column(f"Version {self.current}", note="the same"),
            Column("Because of", note="studies added or corrected"),
        )
        rows = tuple(
            (
                Cell(name_of(key, labels)),
                Cell(_words(self.before.get(key))),
                Cell(_words(self.after.get(key))),
                Cell(self.causes(key)),
            )
            for key in self.moved
        )
        return Table("changed-answers", "Answers that differ from the last version", columns, rows)

    def others_table(self) -> Table:
        """List every harm and other outcome on which something else is said, before and after."""
        columns = (
            Column("Harm or outcome"),
            Column(f"Version {self.version}", note="what each trial says"),
            Column(f"Version {self.current}", note="the same"),
            Column("Because of", note="studies added or corrected"),
        )
        rows = tuple(
            (
                Cell(name_of_other(key, labels_of(self.ds))),
                Cell(_words(self.others_before.get(key))),
                Cell(_words(self.others_after.get(key))),
                Cell(self.other_causes(key)),
            )
            for key in self.others_moved
        )
        caption = "Harms and other outcomes on which something else is said than in the last version"
        return Table("changed-outcomes", caption, columns, rows)


def changes(ds: Dataset) -> Changes:
    """Return what changed since the version released last.

    Raises
    ------
    ValueError
        When no version was ever released.
    """
    versions = list(dict.fromkeys(ds.rows("released_studies")["version"]))
    if not versions:
        raise ValueError("released_studies.csv is empty: run `python -m evidence release` first")
    last = max(versions, key=lambda version: tuple(map(int, version.split("."))))
    return Changes(ds, last, str(ds.setting("data_version")))


def _alike(before: A | None, after: A | None) -> bool:
    return before is after if before is None or after is None else before.same(after)


def _words(answer: Answer | OtherAnswer | None) -> str:
    return "no such question" if answer is None else answer.words


def name_of(key: Key, labels: Labels) -> str:
    """Return the name of a question on the main outcome."""
    drug, condition, route, window = key
    where = labels.condition(condition) + ("" if condition else ", overview")
    return f"{labels.subject(drug, route)}: {where}, {labels.window(window)}"


def name_of_other(key: OtherKey, labels: Labels) -> str:
    """Return the name of a harm or another outcome with its drug, route and condition."""
    drug, condition, outcome, route = key
    where = labels.condition(condition) + ("" if condition else ", overview")
    return f"{capital(labels.outcome(outcome))}: {labels.subject(drug, route)}, {where}"
