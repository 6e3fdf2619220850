"""What the tables mean for the chapters: parts that are missing, prose to read again, keys that are gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from evidence.dataset import Dataset, Rows, view
from evidence.desk.chapter import AUDIT
from evidence.publish.run.chapters import prose_lines
from evidence.question import Intervention, Question, Study
from evidence.report.standing import rests
from evidence.results.pipeline import said
from evidence.wording.labels import labels

#: `{cite:t}`Key,Other`` and `{trial}`Key``: what names studies and reviews in prose.
_NAMED = re.compile(r"\{(?:cite(?::\w+)?|trial)\}`([^`]+)`")
_CALL = re.compile(r"\.(\w+)(?:\(\s*(?:\"([^\"]*)\")?|\b)")
_ALWAYS = ("answer", "plain", "sof", "trials", *AUDIT.values())
_SAYING = ("reported", "derived", "bounded")


def quick(root: Path, ds: Dataset) -> Iterator[str]:
    """Yield what can be told without pooling: keys that are gone, parts and chapters that are missing."""
    yield from gone(root, ds)
    yield from missing(root, ds)


def gone(root: Path, ds: Dataset) -> Iterator[str]:
    """Yield each place where a chapter names a study or review that the tables do not have."""
    there = {*ds.rows("studies")["study_id"], *ds.rows("reviews")["review_id"]}
    for path, line, text in _prose(root):
        for keys in _NAMED.findall(text):
            for key in (key.strip() for key in keys.split(",")):
                if re.fullmatch(r"[A-Za-z]\w*", key) and key not in there:
                    yield f"{path}:{line}: names {key}, which the tables do not have"


def naming(root: Path, study_id: str) -> Iterator[str]:
    """Yield each place where a chapter names a study."""
    for path, line, text in _prose(root):
        if any(study_id in re.split(r"\s*,\s*", keys) for keys in _NAMED.findall(text)):
            yield f"{path}:{line}: names {study_id}"


def missing(root: Path, ds: Dataset, reports: Collection[tuple[str, str]] | None = None) -> Iterator[str]:
    """Yield the parts that `new chapter` would write and a report lacks, and the reports that are not there.

    Parameters
    ----------
    reports : collection of (str, str), optional
        Drugs with condition groups; by default those that a trial treats.
    """
    outcome = labels(ds).outcome()
    for drug, condition in sorted(reports if reports is not None else _treated(ds)):
        path = root / "chapters" / drug / f"{condition}.md"
        name = path.relative_to(root)
        if not path.is_file():
            if condition != "other" and _spoken(ds, drug, condition):
                yield f"{name}: is missing: python -m evidence new chapter {drug} {condition}"
            continue
        calls = _CALL.findall(path.read_text(encoding="utf-8"))
        names, routes = {call for call, _ in calls}, {word for call, word in calls if call == "route"}
        for part in _ALWAYS:
            if part not in names:
                yield f"{name}: lacks {part}(), which `new chapter` writes"
        for route in _spoken(ds, drug, condition):
            if route not in routes and "by_routes" not in names:
                yield f'{name}: lacks route("{route}"), by which a trial now says something on {outcome}'


def stale(root: Path, ds: Dataset, reports: Collection[tuple[str, str | None]]) -> Iterator[str]:
    """Yield the paragraphs of some reports whose result has changed since somebody read them."""
    for drug, condition in sorted(reports, key=str):
        path = root / "chapters" / drug / f"{condition or 'index'}.md"
        if not path.is_file():
            continue
        name = path.relative_to(root)
        try:
            for rest in rests(ds, path):
                if rest.stale:
                    yield (
                        f"{name}:{rest.line}: rests on {rest.result}, which was {rest.was} and is now "
                        f"{rest.now}: read the paragraph again"
                    )
        except ValueError as error:
            yield str(error).replace(f"{path}", str(name), 1)


def reports_of_studies(ds: Dataset, study_ids: Collection[str]) -> set[tuple[str, str | None]]:
    """Return the reports that may use some studies: their drugs in their conditions, and the overviews."""
    wanted = {"study_id": sorted(study_ids)}
    groups = {study.study_id: study.condition_group for study in ds.records(Study, "studies", **wanted)}
    given = ds.records(Intervention, "interventions", **wanted)
    pairs: set[tuple[str, str | None]] = {(row.drug, groups[row.study_id]) for row in given}
    return {*pairs, *((drug, None) for drug, _ in pairs)}


def _treated(ds: Dataset) -> set[tuple[str, str]]:
    ids = list(ds.rows("studies")["study_id"])
    return {(drug, condition) for drug, condition in reports_of_studies(ds, ids) if condition is not None}


@view
def spoken(ds: Dataset, drug: str, condition: str) -> Rows:
    """Return one row for each route by which a trial gives a number, a bound or a direction."""
    found = said(ds, Question(drug, condition))
    routes = dict.fromkeys(effect.route for effect in found if effect.evidence_class in _SAYING)
    return [{"route": route} for route in routes]


def _spoken(ds: Dataset, drug: str, condition: str) -> list[str]:
    return [str(row["route"]) for row in spoken(ds, drug=drug, condition=condition)]


def _prose(root: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield each line of prose of the chapters with its file and its number."""
    for path in sorted((root / "chapters").rglob("*.md")):
        for number, text in prose_lines(path.read_text(encoding="utf-8")):
            yield path.relative_to(root), number + 1, text


def after_change(root: Path, ds: Dataset, touched: Collection[str]) -> list[str]:
    """List what a change of some studies means for the chapters; `ds` holds the tables after it."""
    there = [study for study in touched if study in set(ds.rows("studies")["study_id"])]
    reports = reports_of_studies(ds, there) if there else set()
    own = {(drug, condition) for drug, condition in reports if condition is not None}
    told = [*missing(root, ds, own), *stale(root, ds, reports)]
    return [*told, *(line for study in there for line in naming(root, study)), *gone(root, ds)]
