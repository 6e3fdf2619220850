"""What was tried: the trials of a question, one row each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from evidence.charts.html import Html, escape, link, markup
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.question import LeftOut, Selection
from evidence.question.records import Overlap, records
from evidence.wording.labels import Labels, spaced
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import plural

_COLUMNS = (
    Column("Trial"),
    Column("People", "right", "randomised (analysed)"),
    Column("Drug and dose"),
    Column("Compared with"),
    Column("Doubts"),
)


_MANY = 12  # trials from which on their table unfolds: the figures name every one of them


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A row of studies.csv, as far as a page shows it."""

    study_id: str
    title: str | None
    journal: str | None
    doi: str | None
    design: str
    blinding: str
    condition_group: str
    condition_detail: str | None
    n_randomised: int | None
    n_analysed: int | None
    followup_days: float | None
    source_url: str
    source_type: str

    @property
    def n(self) -> int | None:
        """People randomised, or analysed where only that is stated."""
        return self.n_analysed if self.n_randomised is None else self.n_randomised

    @property
    def people(self) -> str:
        """The numbers randomised and analysed, or that the text does not say."""
        if self.n_randomised is None and self.n_analysed is None:
            return "not stated"
        randomised = "not stated" if self.n_randomised is None else f"{self.n_randomised:,}"
        return randomised if self.n_analysed is None else f"{randomised} ({self.n_analysed:,})"

    @property
    def source(self) -> Html:
        """Title, journal, and the text that was read."""
        said = escape(". ".join(part for part in (self.title or "Title not stated", self.journal) if part))
        read = link(self.source_url.split(" ")[0], f"Read as: {spaced(self.source_type)}")
        return Html(f"{said}. {read}.")


@dataclass(frozen=True, slots=True)
class Regimen:
    """A row of interventions.csv."""

    study_id: str
    formulation: str | None
    route: str
    dose: str | None
    treatment_duration_days: float | None
    comparator: str | None
    comparator_type: str | None

    def said(self, labels: Labels) -> str:
        """Formulation, route and dose in words."""
        return ", ".join(part for part in (self.formulation, labels.route(self.route), self.dose) if part)


def trial_link(study_id: str, label: str) -> Html:
    """Return the name of a trial, leading to its entry in the list of studies."""
    return Html(link(f"site:chapters/studies.html#study-{study_id}", label))


def trial_rows(ds: Dataset, study_ids: Iterable[str]) -> dict[str, TrialRow]:
    """Return the rows of studies.csv, by study."""
    return {row.study_id: row for row in records(ds.rows("studies", study_id=list(study_ids)), TrialRow)}


def people_of(ds: Dataset, rows: Mapping[str, TrialRow]) -> int:
    """Count the people of trials, where stated; people who are in two of the trials count once."""
    ids = list(rows)
    shared = records(ds.rows("overlaps", study_id=ids, other_study_id=ids, shared="people"), Overlap)
    twice = sum(min(rows[o.study_id].n or 0, rows[o.other_study_id].n or 0) for o in shared)
    return sum(row.n or 0 for row in rows.values()) - twice


def regimens(ds: Dataset, study_ids: Iterable[str], drug: str) -> dict[str, Regimen]:
    """Return the rows of interventions.csv for a drug, by study."""
    rows = ds.rows("interventions", study_id=list(study_ids), drug=drug)
    return {row.study_id: row for row in records(rows, Regimen)}


@dataclass(frozen=True, slots=True)
class _Kind:
    flag: str
    meaning: str


def trials(selection: Selection, ds: Dataset, key: str, caption: str, shown: Collection[str]) -> Table:
    """List trials with who, regimen, comparator, design, and doubts in words."""
    ids = [study for study in selection.studies if study in shown]
    studies, given = trial_rows(ds, ids), regimens(ds, ids, selection.question.drug)
    meanings = {kind.flag: kind.meaning for kind in records(ds.rows("flag_kinds"), _Kind)}
    words = labels_of(ds)
    rows = tuple(_row(studies[i], given[i], selection, words, meanings) for i in ids)
    return Table(key, caption, _COLUMNS, rows, folded=len(rows) > _MANY)


def _row(
    study: TrialRow,
    regimen: Regimen,
    selection: Selection,
    labels: Labels,
    meanings: Mapping[str, str],
) -> tuple[Cell, ...]:
    name = trial_link(study.study_id, selection.studies[study.study_id].label)
    who = labels.detail(study.condition_detail or labels.condition(study.condition_group))
    comparator = regimen.comparator or labels.comparator(regimen.comparator_type)
    blinding = {"double": ", double-blind", "single": ", single-blind", "open": ", open"}.get(
        study.blinding, ""
    )
    return (
        Cell(Html(f'{name}<span class="ev-note">{escape(who)}</span>')),
        Cell(study.people),
        Cell(regimen.said(labels)),
        Cell(Html(f'{markup(comparator)}<span class="ev-note">{escape(study.design + blinding)}</span>')),
        doubts([flag.flag for flag in selection.flags[study.study_id] if flag.severity != "info"], meanings),
    )


def doubts(flags: Collection[str], meanings: Mapping[str, str]) -> Cell:
    """Return the doubts about a trial in words, folded."""
    said = dict.fromkeys(meanings.get(flag, spaced(flag)) for flag in flags)
    if not said:
        return Cell("none known")
    return Cell(plural(len(said), "doubt"), detail="\n".join(f"{line}." for line in said))


def left_out(selection: Selection, key: str, caption: str) -> Table:
    """List the studies that are left out or silent, each with the rule."""
    items: tuple[LeftOut, ...] = (*selection.studies_left_out, *selection.silent)
    rows = tuple((Cell(selection.studies[item.study_id].label), Cell(item.sentence)) for item in items)
    return Table(key, caption, (Column("Trial"), Column("Why it is not in the analysis")), rows)
