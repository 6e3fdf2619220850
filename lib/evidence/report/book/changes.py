"""What changed since the last version: the answers and studies of the tables beside those released last."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.dataset.views import Row
from evidence.question import WINDOWS
from evidence.question.records import records
from evidence.report.book.answers import OVERVIEW, reports_of
from evidence.report.book.answers import answers as rows_of_answers
from evidence.wording.labels import Labels
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import interval, listing, number, plural

#: Drug, condition group (None for the overview of a drug), route, window.
Key = tuple[str, str | None, str, str]
#: Tables that hold what studies report and are compared study by study.
STUDY_TABLES: Final = ("studies", "interventions", "arm_results", "contrasts", "arms", "flags")
#: Decimals of released estimates.
DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question in one version of the tables.

    Attributes
    ----------
    statement, numbers : str
        As on the page; empty for a released answer.
    trials : int
        That give a number, a bound or a direction.
    people : int
        Behind the pooled estimate.
    certainty : str
    estimate : tuple of (estimate, lower, upper) or None
        In points; None where nothing is pooled.
    """

    statement: str
    numbers: str
    trials: int
    people: int
    certainty: str
    estimate: tuple[float, float, float] | None

    @property
    def released(self) -> tuple[object, ...]:
        """What a released version keeps of an answer."""
        rounded = None if self.estimate is None else tuple(round(value, DIGITS) for value in self.estimate)
        return self.trials, self.people, self.certainty, rounded

    @property
    def words(self) -> str:
        """The estimate, its trials and its certainty in a cell of a table."""
        size = "no estimate"
        if self.estimate is not None:
            size = f"{number(self.estimate[0])} ({interval(*self.estimate[1:])})"
        return f"{size}; {plural(self.trials, 'trial')}; {self.certainty}"


@dataclass(frozen=True, slots=True)
class _Released:
    """A row of released_answers.csv."""

    version: str
    drug: str
    condition_group: str
    route: str
    window: str
    trials: int
    people: int
    certainty: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None

    @property
    def key(self) -> Key:
        condition = None if self.condition_group == OVERVIEW else self.condition_group
        return self.drug, condition, self.route, self.window

    @property
    def answer(self) -> Answer:
        limits = (self.estimate, self.ci_low, self.ci_high)
        known = None if None in limits else limits
        return Answer("", "", self.trials, self.people, self.certainty, known)  # type: ignore[arg-type]


def report_answers(ds: Dataset, drug: str, condition: str | None) -> dict[Key, Answer]:
    """Return the answers of one report on pain, by route and window."""
    return {
        (drug, condition, row["route"], row["window"]): _answer(row)
        for row in rows_of_answers(ds, drug=drug, condition=condition)
    }


def answers(ds: Dataset) -> dict[Key, Answer]:
    """Return the answer to every question on pain."""
    return {
        key: answer
        for drug, condition in reports_of(ds)
        for key, answer in report_answers(ds, drug, condition).items()
    }


def _answer(row: Row) -> Answer:
    kept = {name: row[name] for name in ("statement", "numbers", "trials", "people", "certainty")}
    estimate = (row["estimate"], row["ci_low"], row["ci_high"]) if row["k"] else None
    return Answer(**kept, estimate=estimate)


def study_digests(ds: Dataset) -> dict[str, str]:
    """Return a digest of everything that the tables say of each study."""
    texts: dict[str, list[str]] = {}
    for name in STUDY_TABLES:
        frame = ds.rows(name)
        for study, rows in frame.groupby("study_id", sort=True):
            texts.setdefault(str(study), []).append(f"{name}\n{rows.to_csv(index=False)}")
    return {
        study: hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16] for study, parts in texts.items()
    }


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
        rows = records(self.ds.rows("released_answers", version=self.version), _Released)
        return {row.key: row.answer for row in rows}

    @cached_property
    def after(self) -> Mapping[Key, Answer]:
        """The answers now."""
        return answers(self.ds)

    @cached_property
    def moved(self) -> tuple[Key, ...]:
        """The questions whose answer differs."""
        keys = sorted({*self.before, *self.after}, key=order)
        return tuple(key for key in keys if _kept(self.before.get(key)) != _kept(self.after.get(key)))

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
        differ = "differs" if len(self.moved) == 1 else "differ"
        return (
            f"Since version {self.version}: {listing(counts)}; "
            f"{len(self.moved):,} of {plural(asked, 'answer')} on pain {differ}."
        )

    def studies(self) -> str:
        """Name the studies that were added, removed or corrected."""
        groups = (("Added", self.added), ("Removed", self.removed), ("Corrected", self.corrected))
        return " ".join(f"{what}: {listing(ids)}." for what, ids in groups if ids) or "No study changed."

    def table(self) -> Table:
        """List every answer that differs, before and after."""
        columns = (
            Column("Question"),
            Column(f"Version {self.version}", note="points on 0–100, 95% CI; trials; certainty"),
            Column(f"Version {self.current}", note="the same"),
        )
        rows = tuple(
            (
                Cell(_name(key, labels_of(self.ds))),
                Cell(_words(self.before.get(key))),
                Cell(_words(self.after.get(key))),
            )
            for key in self.moved
        )
        return Table("changed-answers", "Answers that differ from the last version", columns, rows)


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


def _kept(answer: Answer | None) -> tuple[object, ...] | None:
    return None if answer is None else answer.released


def _words(answer: Answer | None) -> str:
    return "no such question" if answer is None else answer.words


def _name(key: Key, labels: Labels) -> str:
    drug, condition, route, window = key
    where = labels.condition(condition) + ("" if condition else ", overview")
    return f"{labels.subject(drug, route)}: {where}, {labels.window(window)}"
