"""Trials that stand apart: prevention, acute cases, and whatever else a flag keeps out of the analyses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from evidence import dataset
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.question import Study
from evidence.report.sections.trials import source_of
from evidence.results.trials import trial_rows
from evidence.wording.labels import Labels, spaced
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import interval, listing, number, p_value, plural

_TIMING: Final = ("prevention", "perioperative", "acute")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A flag that keeps a study out of every pooled analysis."""

    study_id: str
    flag: str
    detail: str


@dataclass(frozen=True, slots=True)
class Given:
    """What a study gave."""

    study_id: str
    drug: str
    route: str
    dose: str | None
    comparator: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a trial prints of one comparison."""

    study_id: str
    arm_a: str
    arm_b: str
    outcome: str
    measure: str
    time_label: str
    effect: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    p_operator: str | None
    favours: str | None

    @property
    def words(self) -> str:
        """The comparison as printed: effect, test, direction."""
        parts = []
        if self.estimate is not None:
            ends = (self.ci_low, self.ci_high)
            spread = f" ({interval(*ends, 2)})" if ends != (None, None) else ""
            parts.append(f"{self.effect} {number(self.estimate, 2)}{spread}")
        if self.p_operator == "ns":
            parts.append("not significant")
        elif self.p_value is not None and self.p_operator:
            parts.append(p_value(self.p_value, self.p_operator))
        if self.favours in ("experimental", "control"):
            parts.append(f"in favour of {self.arm_a if self.favours == 'experimental' else self.arm_b}")
        return ", ".join(parts) or "no number and no direction"


def study_names(ds: Dataset, study_ids: Iterable[str]) -> dict[str, str]:
    """Return "Sigtermans 2009" for each study."""
    rows = ds.records(Study, "studies", study_id=sorted(set(study_ids)))
    return {row.study_id: row.label for row in rows}


def kept_out(ds: Dataset, study_ids: Iterable[str]) -> dict[str, str]:
    """Return the words of the flags that keep studies out of the analyses."""
    rows = ds.records(Exclusion, "flags", study_id=sorted(set(study_ids)), severity="exclude")
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.study_id, []).append(f"{spaced(row.flag)}: {row.detail}")
    return {study: "; ".join(said) for study, said in found.items()}


@dataclass(frozen=True)
class Apart:
    """The trials of prevention, of operations and of acute cases."""

    ds: Dataset

    def exclusions(self, flag: str) -> tuple[Exclusion, ...]:
        """Return the studies that carry a flag of timing."""
        return tuple(self.ds.records(Exclusion, "flags", flag=flag, severity="exclude"))

    def count(self, flag: str) -> str:
        """Return the number of trials with a flag: "7 trials"."""
        return plural(len(self.exclusions(flag)), "trial")

    def people(self, flag: str) -> str:
        """Return the people randomised in these trials, where the text says how many."""
        rows = trial_rows(self.ds, [row.study_id for row in self.exclusions(flag)])
        stated = [row.n_randomised for row in rows.values() if row.n_randomised is not None]
        count = plural(sum(stated), "person", "people")
        if len(stated) == len(rows):
            return count
        silent = len(rows) - len(stated)
        return (
            f"at least {count} ({silent} of {len(rows)} {'does' if silent == 1 else 'do'} not say how many)"
        )

    def rule(self, flag: str) -> str:
        """Return the rule in the words of the table of flags."""
        rows = self.ds.rows("flag_kinds", flag=flag)
        return str(rows["meaning"].iloc[0])

    def table(self, flag: str) -> Table:
        """List these trials: who, what, what they report, and the rule."""
        out = self.exclusions(flag)
        ids = [row.study_id for row in out]
        studies = {row.study_id: row for row in self.ds.records(Study, "studies", study_id=ids)}
        rows_of = trial_rows(self.ds, ids)
        given = self.ds.records(Given, "interventions", study_id=ids)
        said = self.ds.records(Said, "contrasts", study_id=ids)
        rows = tuple(
            (
                Cell(studies[row.study_id].label, detail=source_of(rows_of[row.study_id])),
                Cell(rows_of[row.study_id].people),
                Cell(labels_of(self.ds).detail(studies[row.study_id].condition_detail or "not stated")),
                Cell(_given(row.study_id, given)),
                Cell(_reported(row.study_id, said, labels_of(self.ds))),
                Cell(row.detail),
            )
            for row in out
        )
        caption = f"Trials kept apart: {self.rule(flag)[0].lower()}{self.rule(flag)[1:]}"
        return Table(f"apart-{flag}", caption, _COLUMNS, rows)

    def also(self) -> Table:
        """List why other trials are kept out: each flag with its rule and its trials."""
        rows = self.ds.records(Exclusion, "flags", severity="exclude")
        others = sorted({row.flag for row in rows} - set(_TIMING))
        names = study_names(self.ds, [row.study_id for row in rows])
        cells = tuple(
            (
                Cell(spaced(flag)),
                Cell(self.rule(flag)),
                Cell(f"{sum(row.flag == flag for row in rows):,}"),
                Cell(listing(names[row.study_id] for row in rows if row.flag == flag)),
            )
            for flag in others
        )
        columns = (Column("Flag"), Column("Rule"), Column("Trials", "right"), Column("Which"))
        return Table("apart-others", "Other trials kept out of the analyses, and why", columns, cells)


_COLUMNS: Final = (
    Column("Trial"),
    Column("People", "right", "randomised (analysed)"),
    Column("Who"),
    Column("Given"),
    Column("What the text read reports"),
    Column("Why apart"),
)


def apart() -> Apart:
    """Return the trials that stand apart in the project's tables."""
    return Apart(dataset.load())


def _given(study_id: str, given: Sequence[Given]) -> str:
    return "; ".join(
        f"{spaced(row.route)} {row.drug}{f', {row.dose}' if row.dose else ''}, against "
        f"{row.comparator or 'a comparison not stated'}"
        for row in given
        if row.study_id == study_id
    )


def _reported(study_id: str, said: Sequence[Said], labels: Labels) -> str:
    found = [
        f"{labels.outcome(row.outcome)} ({row.measure}, {row.time_label}): {row.words}"
        for row in said
        if row.study_id == study_id
    ]
    return "; ".join(found) or "no comparison between arms in the text read"
