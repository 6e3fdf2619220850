"""Which trials the Cochrane review has and this book has not, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from evidence import dataset
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.question.records import Flag, Study
from evidence.report.sections.apart import kept_out
from evidence.wording.labels import labels as labels_of
from evidence.wording.labels import spaced
from evidence.wording.numbers import listing, plural
from nmda.beside import COCHRANE
from nmda.review_rows import ReviewRow

#: Flags of trials that ask another question than the review.
_ANOTHER_QUESTION = ("acute", "prevention", "perioperative", "no_pain_outcome", "dose_comparison")


@dataclass(frozen=True)
class Included:
    """The trials of the review that are known by name, and those of this book."""

    ds: Dataset

    @cached_property
    def rows(self) -> tuple[ReviewRow, ...]:
        """Every row of the review."""
        return self.ds.records(ReviewRow, "review_rows")

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        """Every study of this book."""
        return self.ds.records(Study, "studies")

    @property
    def labels(self) -> tuple[str, ...]:
        """Trials that contribute a row, as the review labels them, in alphabetical order."""
        return tuple(sorted({row.study_label for row in self.rows}))

    @cached_property
    def total(self) -> int:
        """Trials that the review includes, by its own count."""
        found = self.ds.rows("reviews", review_id=COCHRANE, outcome="study_count")
        return int(found["k_studies"].iloc[0])

    def unnamed(self) -> str:
        """Say how many of the review's trials contribute no row and are named nowhere."""
        named = len(self.labels)
        return (
            f"The review includes {plural(self.total, 'trial')}. {named:,} of them contribute a row to an "
            f"analysis. The other {self.total - named:,} are not named in any source that could be reached."
        )

    def table(self) -> Table:
        """List the review's trials that are known by name: where they stand in it and in this book."""
        out = kept_out(self.ds, [row.study for row in self.rows if row.study])
        columns = (
            Column("Trial in the review"),
            Column("Analyses with a row", "right"),
            Column("Randomisation", note="the review's judgement, the one domain that is public"),
            Column("In this book"),
            Column("How it enters here"),
        )
        rows = tuple(self._row(label, out) for label in self.labels)
        return Table("cochrane-trials", "The review's trials that are known by name", columns, rows)

    def _row(self, label: str, out: dict[str, str]) -> tuple[Cell, ...]:
        own = [row for row in self.rows if row.study_label == label]
        main = list(dict.fromkeys(row.analysis for row in own if row.subgroup_by is None))
        ids = list(dict.fromkeys(row.study for row in own if row.study))
        names = {study.study_id: study.label for study in self.studies}
        kept = "; ".join(dict.fromkeys(out[i] for i in ids if i in out))
        return (
            Cell(label),
            Cell(f"{len(main):,}", value=len(main), detail=", ".join(main)),
            Cell(own[0].rob2_randomisation),
            Cell(listing(names[i] for i in ids) or "no"),
            Cell(f"left out: {kept}" if kept else self._outcomes(own)),
        )

    def _outcomes(self, own: Sequence[ReviewRow]) -> str:
        outcomes = {row.outcome for row in own}
        if "pain_intensity" not in outcomes:
            named = listing(labels_of(self.ds).outcome(outcome) for outcome in sorted(outcomes))
            return f"not on pain: {named}"
        against = {row.comparator_type for row in own if row.outcome == "pain_intensity"}
        return "in analyses of pain" if "placebo" in against else "against another drug, kept apart"

    def ours(self) -> Table:
        """Count this book's trials that are not among those known by name, by the reason."""
        there = {row.study for row in self.rows}
        groups: dict[str, list[Study]] = {}
        for study in self.studies:
            if study.study_id not in there:
                groups.setdefault(self.reason(study), []).append(study)
        ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
        columns = (Column("Why not in the review"), Column("Trials", "right"), Column("Which"))
        rows = tuple(
            (Cell(reason), Cell(f"{len(found):,}", value=len(found)), Cell(listing(s.label for s in found)))
            for reason, found in ordered
        )
        return Table("cochrane-ours", "This book's trials that are not in its rows", columns, rows)

    @cached_property
    def _flags(self) -> tuple[Flag, ...]:
        return self.ds.records(Flag, "flags")

    def reason(self, study: Study) -> str:
        """Return why a trial of this book is not known to be in the review."""
        if study.condition_group in self.ds.words("conditions_outside_cochrane"):
            return f"{labels_of(self.ds).condition(study.condition_group)}: outside its scope"
        flagged = [
            f.flag for f in self._flags if f.study_id == study.study_id and f.flag in _ANOTHER_QUESTION
        ]
        if flagged:
            return f"{spaced(flagged[0])}: another question"
        if study.year is not None and study.year >= self._year:
            return "published in its year or later: probably after its search"
        return "not known: it may be among the trials that are not named"

    @cached_property
    def _year(self) -> int:
        return int(self.ds.rows("reviews", review_id=COCHRANE)["year"].iloc[0])


def included() -> Included:
    """Return the two lists of trials on the project's tables."""
    return Included(dataset.load())
