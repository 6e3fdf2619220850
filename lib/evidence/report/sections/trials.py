"""What was tried: the trials of a question, one row each."""

from __future__ import annotations

from collections.abc import Collection

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.question import LeftOut, Selection
from evidence.results.trials import Regimen, TrialRow, regimens, trial_rows
from evidence.wording.html import Html, escape, link, markup
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


def trial_link(study_id: str, label: str) -> Html:
    """Return the name of a trial, leading to its entry in the list of studies."""
    return Html(link(f"site:chapters/studies.html#study-{study_id}", label))


def source_of(row: TrialRow) -> Html:
    """Return title and journal of a trial, and the text that was read."""
    said = escape(". ".join(part for part in (row.title or "Title not stated", row.journal) if part))
    read = link(row.source_url.split(" ")[0], f"Read as: {spaced(row.source_type)}")
    return Html(f"{said}. {read}.")


def trials(selection: Selection, ds: Dataset, key: str, caption: str, shown: Collection[str]) -> Table:
    """List trials with who, regimen, comparator, design, and doubts in words."""
    ids = [study for study in selection.studies if study in shown]
    studies, given = trial_rows(ds, ids), regimens(ds, ids, selection.question.drug)
    words = labels_of(ds)
    rows = tuple(_row(studies[i], given[i], selection, words) for i in ids)
    return Table(key, caption, _COLUMNS, rows, folded=len(rows) > _MANY)


def _row(
    study: TrialRow,
    regimen: Regimen,
    selection: Selection,
    labels: Labels,
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
        doubts([flag.flag for flag in selection.flags[study.study_id] if flag.severity != "info"], labels),
    )


def doubts(flags: Collection[str], labels: Labels) -> Cell:
    """Return the doubts about a trial in words, folded."""
    said = dict.fromkeys(map(labels.flag, flags))
    if not said:
        return Cell("none known")
    return Cell(plural(len(said), "doubt"), detail="\n".join(f"{line}." for line in said))


def left_out(selection: Selection, key: str, caption: str) -> Table:
    """List the studies that are left out or silent, each with the rule."""
    items: tuple[LeftOut, ...] = (*selection.studies_left_out, *selection.silent)
    rows = tuple((Cell(selection.studies[item.study_id].label), Cell(item.sentence)) for item in items)
    return Table(key, caption, (Column("Trial"), Column("Why it is not in the analysis")), rows)
