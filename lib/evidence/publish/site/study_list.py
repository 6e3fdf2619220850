"""The directive `{study-list}`: every study with its details, its sources and the pages that use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from evidence import dataset
from evidence.dataset import Dataset
from evidence.publish.project import Project
from evidence.publish.run.edition import Edition, edition
from evidence.publish.site.pages import read_published
from evidence.publish.site.search_index import fold
from evidence.publish.site.trials import Trial, read_trials
from evidence.wording.labels import labels as labels_of
from evidence.wording.labels import spaced

PAGE = "chapters/studies"

#: Columns of `studies.csv` that are shown, in this order.
_SHOWN = (
    "design",
    "blinding",
    "condition_detail",
    "n_randomised",
    "n_analysed",
    "followup_days",
    "age_mean",
    "female_pct",
    "country",
    "funding",
)
_READ = ("source_type", "extracted_by", "bibliography", "notes")
_CODES = ("source_type", "design", "blinding")
_SAID = {
    ("extracted_by", "one"): "once",
    ("extracted_by", "two"): "twice, independently, and compared",
    ("bibliography", "unverified"): "author, year, title or journal still to be checked against the paper",
}

#: A name, and what stands beside it.
Row = tuple[str, Sequence[Sequence[nodes.Node]]]


def anchor(study_id: str) -> str:
    """Return the anchor of a study on its page."""
    return f"study-{study_id}"


class StudyList(SphinxDirective):
    """List the studies by condition."""

    def run(self) -> list[nodes.Node]:
        """Return one section for each condition, with one for each study in it."""
        project = Project(Path(self.env.srcdir))
        ds = dataset.load(project.data)
        listing = _Listing(ds, _users(edition(project)))
        trials = list(read_trials(ds).values())
        labels = labels_of(ds)
        groups = list(
            dict.fromkeys([*labels.conditions, *(trial.details["condition_group"] for trial in trials)])
        )
        members = {group: [t for t in trials if t.details["condition_group"] == group] for group in groups}
        sections = [_section(f"condition-{group}", labels.condition(group)) for group in groups]
        for section, group in zip(sections, groups, strict=True):
            section += [listing.study(trial) for trial in members[group]]
        shown = [section for section, group in zip(sections, groups, strict=True) if members[group]]
        return [*_alphabet(trials), *shown]


def _alphabet(trials: Sequence[Trial]) -> list[nodes.Node]:
    """Return the names of all studies from A to Z, a paragraph for each letter."""
    letters: dict[str, list[Trial]] = {}
    for trial in sorted(trials, key=lambda trial: fold(trial.label)):
        letters.setdefault(fold(trial.label)[:1].upper(), []).append(trial)
    title = nodes.title(text="From A to Z")
    section = nodes.section("", title, ids=["a-to-z"], names=["a-to-z"])
    for letter, named in letters.items():
        links = _joined([_link(trial.label, f"#{anchor(trial.study_id)}") for trial in named])
        section += nodes.paragraph("", "", nodes.strong(text=letter), nodes.Text(" "), *links)
    return [section]


def _users(published_now: Edition) -> dict[str, list[str]]:
    """Return the pages that use each study, by study id."""
    users: dict[str, list[str]] = {}
    for docname, said in read_published(published_now).items():
        for study_id in said.studies if said else ():
            users.setdefault(study_id, []).append(docname)
    return users


class _Listing:
    """Turns studies into sections."""

    def __init__(self, ds: Dataset, users: dict[str, list[str]]) -> None:
        self._users = users
        self._columns = {column.name: column for column in ds.contract.table("studies").columns}
        self._regimens = _by_study(ds.rows("interventions"))
        self._flags = _by_study(ds.rows("flags"))
        self._labels = labels_of(ds)

    def study(self, trial: Trial) -> nodes.section:
        """Return the section of one study."""
        section = _section(anchor(trial.study_id), trial.label)
        section += nodes.paragraph("", "", nodes.strong(text=trial.title or "Title not stated"))
        section += _publication(trial)
        section += _definitions(
            [
                ("Treatment", [[_regimen(row)] for row in self._regimens.get(trial.study_id, [])]),
                *self._columns_of(trial, _SHOWN),
                ("Identifiers", [_identifiers(trial)]),
                ("Text that was read", [_links((url, url) for url in trial.sources)]),
                *self._columns_of(trial, _READ),
                ("Warnings", [[self._flag(row)] for row in self._flags.get(trial.study_id, [])]),
                ("Used in", [self._uses(trial)]),
            ]
        )
        return section

    def _flag(self, row: dict[str, str]) -> nodes.Node:
        return nodes.Text(f"{self._labels.flag(row['flag'])} ({row['severity']}): {row['detail']}")

    def _columns_of(self, trial: Trial, names: Iterable[str]) -> list[Row]:
        filled = [name for name in names if name in trial.details]
        return [(self._columns[name].title, [[self._value(trial, name)]]) for name in filled]

    def _value(self, trial: Trial, name: str) -> nodes.Node:
        text, unit = trial.details[name], self._columns[name].unit
        if said := _SAID.get((name, text)):
            return nodes.Text(said)
        if name == "condition_detail":
            return nodes.Text(self._labels.detail(text))
        return nodes.Text(f"{spaced(text) if name in _CODES else text}{f' {unit}' if unit else ''}")

    def _uses(self, trial: Trial) -> list[nodes.Node]:
        pages = [_page_link(docname) for docname in self._users.get(trial.study_id, [])]
        return _joined(pages) or [nodes.Text("no report")]


def _section(ident: str, title: str) -> nodes.section:
    section = nodes.section("", nodes.title(text=title[:1].upper() + title[1:]), ids=[ident], names=[ident])
    return section


def _publication(trial: Trial) -> nodes.paragraph:
    parts = [trial.authors or "Authors not stated", trial.journal, trial.year]
    return nodes.paragraph(text=". ".join(part.rstrip(".") for part in parts if part) + ".")


def _definitions(rows: Iterable[Row]) -> nodes.definition_list:
    """Return names with what they mean: one name may have several meanings."""
    items = []
    for name, meanings in rows:
        shown = [nodes.definition("", nodes.paragraph("", "", *content)) for content in meanings if content]
        if shown:
            items.append(nodes.definition_list_item("", nodes.term(text=name), *shown))
    return nodes.definition_list("", *items, classes=["study"])


def _identifiers(trial: Trial) -> list[nodes.Node]:
    named = [
        (f"DOI {trial.doi}" if trial.doi else "", trial.doi_url),
        (f"PMID {trial.pmid}" if trial.pmid else "", trial.pubmed_url),
        *trial.registrations,
    ]
    return _links((name, url) for name, url in named if name)


def _links(named: Iterable[tuple[str, str]]) -> list[nodes.Node]:
    return _joined([_link(name, url) for name, url in named])


def _link(name: str, url: str) -> nodes.Node:
    return nodes.reference("", name, refuri=url, internal=False) if url else nodes.Text(name)


def _joined(items: Sequence[nodes.Node]) -> list[nodes.Node]:
    return [node for item in items for node in (nodes.Text(" · "), item)][1:]


def _page_link(docname: str) -> nodes.Node:
    """Return a link whose text becomes the title of the page."""
    return addnodes.pending_xref(  # type: ignore[no-untyped-call]
        "",
        nodes.inline(),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{docname}",
        refexplicit=False,
        refdoc=PAGE,
        refwarn=True,
    )


def _regimen(row: dict[str, str]) -> nodes.Node:
    given = ", ".join(filter(None, (row["formulation"], spaced(row["route"]), row["dose"])))
    against = f"; compared with {row['comparator']}" if row["comparator"] else ""
    drug = spaced(row["drug"]).replace("+", " + ") or "none of the five drugs"
    return nodes.Text(f"{drug}{f': {given}' if given else ''}{against}")


def _by_study(frame: pd.DataFrame) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    for row in frame.astype(object).where(frame.notna(), "").to_dict("records"):
        rows.setdefault(str(row["study_id"]), []).append(
            {str(name): str(value) for name, value in row.items()}
        )
    return rows
