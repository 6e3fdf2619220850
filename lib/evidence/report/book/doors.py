"""The ways into the book: a short answer, the conditions, what was tried of each drug, what has no answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.dataset.views import Row
from evidence.report.book.known import REST, every, known, regimens_tried, title
from evidence.report.sections.harm_line import AT_MOST, HarmLine, counted, harm_line, harm_lines
from evidence.wording.glossary import meaning
from evidence.wording.html import Html, escape, link
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, listing


@dataclass(frozen=True, slots=True)
class Sentences:
    """The answer on a drug in three sentences: what it does, what harm it does, how sure that is."""

    drug: str
    texts: tuple[str, ...]
    href: str

    def _repr_html_(self) -> str:
        first, *rest = self.texts
        more = link(f"site:{self.href}", f"More on {self.drug}")
        return (
            f'<div class="ev-answer" role="group" aria-label="The answer on {escape(self.drug)}">'
            f'<p class="ev-sentence">{escape(first)}</p><p>{escape(" ".join(rest))} {more}</p></div>'
        )


def front(ds: Dataset, drug: str) -> Sentences:
    """Return the answer on a drug in three sentences."""
    (row,) = known(ds, drug=drug, condition=None)
    labels = labels_of(ds)
    name = labels.drug(drug)
    told = (
        f"{capital(fact.name)} ({name} {labels.by_route(route)}): {fact.words(name)}."
        for route in row["routes"]
        for fact in counted(ds, drug, route)
        if fact.difference > 0
    )
    harm = next(told, "Harms were hardly counted.")
    return Sentences(name, (row["sentence"], harm, row["certainty"]), row["href"])


@dataclass(frozen=True, slots=True)
class Door:
    """A condition with what each drug was found to do in it: drug, address, sentence with its certainty."""

    key: str
    name: str
    meaning: str
    answers: tuple[tuple[str, str, str], ...]

    @property
    def html(self) -> str:
        """The condition as a section."""
        items = "".join(
            f"<li>{link(f'site:{href}', drug)}: {escape(said)}</li>" for drug, href, said in self.answers
        )
        said = f"<p>{escape(self.meaning)}</p>" if self.meaning else ""
        return (
            f'<div class="ev-door" id="{self.key}"><h2>{escape(self.name)}</h2>{said}<ul>{items}</ul></div>'
        )


@dataclass(frozen=True, slots=True)
class Doors:
    """The conditions."""

    doors: tuple[Door, ...]

    def _repr_html_(self) -> str:
        names = " · ".join(f'<a href="#{door.key}">{escape(door.name)}</a>' for door in self.doors)
        return f'<p class="ev-jump">{names}</p>' + "".join(door.html for door in self.doors)


def conditions(ds: Dataset) -> Doors:
    """Return every condition with a line on each drug that was tried in it."""
    labels, rows = labels_of(ds), list(every(ds))
    doors = []
    for code in labels.conditions:
        answers = tuple(
            (capital(labels.drug(drug)), row["href"], _surely(row))
            for drug, condition, row in rows
            if condition == code
        )
        if code != REST and answers:
            term = meaning(ds, code)
            name = capital(labels.condition(code))
            doors.append(
                Door(
                    f"{labels.outcome()}-{code}".replace(" ", "-"),
                    name,
                    term.definition if term else "",
                    answers,
                )
            )
    return Doors(tuple(doors))


def _surely(row: Row) -> str:
    """Return the answer of a report with how sure one can be of it."""
    return f"{row['sentence']} Certainty: {row['sure']}." if row["sure"] else str(row["sentence"])


def tried(ds: Dataset, drug: str) -> Table:
    """List what was tried of a drug, route by route: doses, trials, what is known, harms."""
    labels = labels_of(ds)
    columns = (
        Column("How"),
        Column("Doses, for example"),
        Column("Trials (people)", "right"),
        Column("What they found"),
        Column("Harms, with the drug v without"),
    )
    rows = tuple(
        (
            Cell(capital(labels.by_route(row["route"]))),
            Cell(row["doses"]),
            Cell(f"{row['trials']:,} ({row['people']:,})"),
            _lines(row["found"]),
            _lines(_harms(harm_line(ds, drug, row["route"]))),
        )
        for row in regimens_tried(ds, drug=drug)
    )
    return Table(f"{drug}-tried", f"What was tried of {labels.drug(drug)}", columns, rows)


@dataclass(frozen=True, slots=True)
class DrugHarms:
    """Harms of a drug, one line for each route by which trials gave it."""

    lines: tuple[HarmLine, ...]

    def _repr_html_(self) -> str:
        told = "".join(line.whole() for line in self.lines if line.speaks)
        silent = [line.by_route for line in self.lines if not line.speaks]
        none = f"Given {listing(silent)}: no trial says anything on harms against placebo or no added drug."
        limit = AT_MOST if any(line.counted for line in self.lines) else ""
        notes = " ".join(filter(None, (limit, none if silent else "")))
        return f'{told}<p class="ev-note">{escape(notes)}</p>' if notes else told


def drug_harms(ds: Dataset, drug: str) -> DrugHarms:
    """Return what trials say on harms of a drug, the route with most people first."""
    routes = [row["route"] for row in regimens_tried(ds, drug=drug)]
    lines = harm_lines(ds, drug, routes)
    return DrugHarms(tuple(sorted(lines, key=lambda line: -line.people)))


def _lines(parts: Sequence[str]) -> Cell:
    """Return a cell with a line for each part."""
    return Cell(Html("<br>".join(escape(capital(part)) for part in parts)))


def _harms(line: HarmLine) -> list[str]:
    parts = [
        f"{fact.name}: {fact.drug[0]:,} of {fact.drug[1]:,} v {fact.control[0]:,} of {fact.control[1]:,}"
        for fact in line.counted
    ]
    parts += [f"{said.name}: {said.words} ({said.label})" for said in line.stated]
    return parts or ["not counted"]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Questions that trials asked and that nothing usable answers: title and row of each."""

    entries: tuple[tuple[str, Row], ...]

    def _repr_html_(self) -> str:
        return "".join(
            f'<div class="ev-door" id="{row["key"]}"><h2>{escape(name)}</h2>'
            f"<p>{escape(row['flow'])}</p>{row['funnel']}</div>"
            for name, row in self.entries
        )


def not_answered(ds: Dataset) -> Unanswered:
    """Return the drugs and conditions with trials of which none says anything usable."""
    rows = [(title(ds, drug, row), row) for drug, _, row in every(ds) if not row["said"]]
    return Unanswered(tuple(rows))
