"""How each number of a study reaches each page: rows, steps, analyses, chapters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from evidence.dataset import Dataset, Query
from evidence.dataset.recorder import name_of
from evidence.dataset.views import is_view
from evidence.desk.problems import DeskError
from evidence.desk.unused import unused
from evidence.effects import Effect, Step
from evidence.publish.project import Project
from evidence.publish.run import chapters
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.records import Record, Records, source_digest
from evidence.question import Question
from evidence.question.records import Intervention, Study
from evidence.results import pipeline
from evidence.results.evidence import Evidence, evidence
from evidence.wording.labels import labels
from evidence.wording.numbers import number


@dataclass(frozen=True, slots=True)
class Reached:
    """What a study is to one chapter.

    Attributes
    ----------
    docname : str
    tables : tuple of str
        Tables whose rows of the study the chapter asked for.
    places : tuple of (int, str)
        Line and text of the code and of the expressions whose result names the study.
    """

    docname: str
    tables: tuple[str, ...]
    places: tuple[tuple[int, str], ...]


def explain(project: Project, ds: Dataset, study_id: str) -> Iterator[str]:
    """Yield the explanation line by line.

    Raises
    ------
    DeskError
        When the tables have no such study.
    """
    studies = ds.records(Study, "studies", study_id=study_id)
    if not studies:
        raise DeskError(f"studies.csv has no study {study_id!r}")
    (study,), main = studies, labels(ds).main
    yield f"{study.label} ({study_id})"
    yield from ("", "ROWS")
    yield from _rows(ds, study_id)
    for given in ds.records(Intervention, "interventions", study_id=study_id):
        yield from ("", f"{main.name.upper()}: {given.drug}")
        yield from _main(ds, study, given.drug)
        yield from _others(ds, study, given.drug)
    if idle := unused(ds, [study_id]):
        yield from ("", "NOT USED BY ANY ANALYSIS")
        yield from (f"  {item}" for item in idle)
    yield from ("", "PAGES")
    yield from _pages(project, ds, study)


def _rows(ds: Dataset, study_id: str) -> Iterator[str]:
    for table in ds.contract.tables.values():
        if "study_id" not in table.header:
            continue
        for row in ds.raw[table.name].rows:
            cells = dict(zip(table.header, row, strict=True))
            if cells["study_id"] == study_id:
                filled = (f"{name}={cell}" for name, cell in cells.items() if cell and name != "study_id")
                yield f"  {table.path}: {'; '.join(filled)}"


def _main(ds: Dataset, study: Study, drug: str) -> Iterator[str]:
    for condition in (study.condition_group, None):
        name = labels(ds).condition(condition)
        selection = pipeline.selected(ds, Question(drug, pipeline.scope(ds, condition)))
        if study.study_id not in selection.studies:
            yield f"  {name}: outside this overview"
            continue
        for question in pipeline.asked(selection):
            yield from _asked_of(ds, evidence(ds, question), study, name, in_full=condition is not None)
        for out in (*selection.studies_left_out, *selection.silent):
            if out.study_id == study.study_id:
                yield f"  {name}: not in the analysis: {out.sentence}"


def _asked_of(ds: Dataset, known: Evidence, study: Study, name: str, *, in_full: bool) -> Iterator[str]:
    """Yield what the study says on one question, and its part in the answer."""
    for effect in known.effects:
        if effect.study_id == study.study_id and effect.evidence_class != "unusable":
            question = known.question
            window = labels(ds).window(question.window)
            yield f"  {name}, {question.route}, {window}: {said(effect)}; {_share(known, effect)}"
            if in_full:
                yield from (f"      {line}" for line in derivation(effect))


def _share(known: Evidence, effect: Effect) -> str:
    if effect in known.doubted:
        return "not in the answer: the integrity of the report is in doubt"
    if effect not in known.numeric or known.pooled is None:
        return "not pooled: a bound or a direction only"
    weight = float(known.pooled.weights[known.numeric.index(effect)])
    return f"weight {weight:.1f}% among {known.pooled.k} pooled numbers"


def said(effect: Effect) -> str:
    """Return an effect in a few words: its value with its standard error, or its statement."""
    if effect.yi is not None and effect.se is not None:
        return f"{effect.evidence_class}, {number(effect.yi, 2)} (SE {number(effect.se, 2)}) {effect.scale}"
    return f"{effect.evidence_class}, {effect.statement.words if effect.statement else effect.note}"


def derivation(effect: Effect) -> Iterator[str]:
    """Yield the source rows, steps and assumptions of an effect."""
    for row in effect.rows:
        yield f"row: {' · '.join(str(part) for part in row if part)}"
    for step in effect.ledger:
        yield f"step: {_step(step)}"
    for text in effect.assumptions:
        yield f"assumed: {text}"
    if effect.note:
        yield f"why: {effect.note}"


def _step(step: Step) -> str:
    inputs = ", ".join(f"{name} = {value:.4g}" for name, value in step.inputs)
    result = ", ".join(f"{name} = {value:.4g}" for name, value in step.result)
    return f"{step.what}: {step.formula}; {inputs} → {result} ({step.source})"


def _others(ds: Dataset, study: Study, drug: str) -> Iterator[str]:
    """Yield what the study says on other outcomes."""
    for outcome, name in labels(ds).names["outcome"].items():
        if outcome in (labels(ds).main.code, "other"):
            continue
        question = Question(drug, study.condition_group, outcome=outcome)
        for effect in pipeline.said(ds, question):
            if effect.study_id == study.study_id and effect.evidence_class != "unusable":
                yield f"  {name} ({effect.time_label}): {said(effect)}"
                yield from (f"      {line}" for line in derivation(effect))


def _pages(project: Project, ds: Dataset, study: Study) -> Iterator[str]:
    kept = Records(project.executions).current()
    # Reading a chapter takes longer than asking its record, so that only those that asked are read.
    about = _About(ds, study.study_id)
    asked = {name: record for name, record in kept.items() if about.tables(record)}
    pages = [(chapters.read(project.root, name), record) for name, record in asked.items()]
    if not kept:
        yield "  not known: no chapter has run yet; run `make book` first"
        return
    now = [(page, record) for page, record in pages if record.source == source_digest(page)]
    for page in reached(now, about, study):
        named = dict.fromkeys(_named(table) for table in page.tables)
        yield f"  {page.docname}.md asked for {', '.join(named)}"
        yield from (f"      line {line}: {text}" for line, text in page.places)
    known = kept.keys() - asked.keys() | {page.docname for page, _ in now}
    if missing := [name for name in chapters.docnames(project.root) if _has_code(project, name, known)]:
        yield f"  not known of {', '.join(missing)}: not run yet; run `make book` first"


def _named(table: str) -> str:
    """Return the name of a table, or of a view without its place in the library."""
    return table.rpartition(".")[2] if is_view(table) else table


def _has_code(project: Project, docname: str, known: Collection[str]) -> bool:
    """Whether a page that is not known has code."""
    path = project.root / f"{docname}.md"
    return docname not in known and path.is_file() and "{code-cell}" in path.read_text(encoding="utf-8")


class _About:
    """Tells whether queries asked for a row of a study; chapters share most of theirs."""

    def __init__(self, ds: Dataset, study_id: str) -> None:
        self._ds, self._study = ds, study_id
        self._known: dict[str, bool] = {}

    def tables(self, record: Record) -> tuple[str, ...]:
        """Return the tables of which a chapter asked for a row of the study."""
        found = (query["table"] for query in record.execution.queries if self._asks(query))
        return tuple(dict.fromkeys(found))

    def _asks(self, query: Query) -> bool:
        key = name_of(query["table"], query["where"])
        if key not in self._known:
            self._known[key] = self._holds(query["table"], query["where"])
        return self._known[key] or self._study in query.get("studies", ())

    def _holds(self, table: str, where: Mapping[str, object]) -> bool:
        try:
            return self._study in self._ds.values(table, "study_id", where)
        except ValueError:  # no longer a query of these tables, or one of a table that names no study
            return False


def reached(pages: Iterable[tuple[Chapter, Record]], about: _About, study: Study) -> Iterator[Reached]:
    """Yield the chapters that asked for a row of the study, with the places whose result names it."""
    for page, record in pages:
        if tables := about.tables(record):
            yield Reached(page.docname, tables, tuple(_places(page, record, study)))


def _places(page: Chapter, record: Record, study: Study) -> Iterator[tuple[int, str]]:
    outputs, texts = iter(record.execution.outputs), iter(record.execution.texts)
    for index, code, found in page.steps():
        if found:
            for position, (expression, text) in enumerate(zip(found, next(texts, []), strict=False)):
                if study.label in text or study.study_id in text:
                    yield page.line_of_expression(index, position), expression
        elif study.label in unescape(str(next(outputs, []))):
            yield page.line(index), code.strip().splitlines()[-1]
