"""Start a report: a chapter that is complete in what can be computed, and its entry in `_toc.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from evidence.dataset import Dataset
from evidence.desk.problems import DeskError
from evidence.notebook import HEADER, cell
from evidence.report import Report
from evidence.wording.labels import labels
from evidence.wording.numbers import capital

_ENTRY = re.compile(r"^(\s*)- file: (\S+)\s*$")
_CAPTION = re.compile(r"^(\s*)- caption: (.+?)\s*$")


@dataclass(frozen=True)
class NewChapter:
    """A chapter that is not written yet.

    Attributes
    ----------
    path : Path
        Its file.
    text : str
    toc : Path
        The table of contents.
    toc_text : str
        Its new text.
    """

    path: Path
    text: str
    toc: Path
    toc_text: str

    def write(self) -> None:
        """Write both files; the chapter goes again if the table of contents cannot be written."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.toc.with_suffix(".yml.part")
        try:
            with self.path.open("x", encoding="utf-8") as file:
                file.write(self.text)
            unfinished.write_text(self.toc_text, encoding="utf-8")
            unfinished.replace(self.toc)
        except FileExistsError:
            raise DeskError(f"{self.path} exists already") from None
        except OSError:
            unfinished.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)
            raise


def new_chapter(root: Path, ds: Dataset, drug: str, condition: str) -> NewChapter:
    """Prepare a report on a drug in a condition.

    Raises
    ------
    DeskError
        When the tables have no such drug or condition, no trial of both, or the book has the chapter.
    """
    for word, known in ((drug, labels(ds).drugs), (condition, labels(ds).conditions)):
        if word not in known:
            raise DeskError(f"{word!r} is unknown; use one of {', '.join(known)}")
    path, toc = root / "chapters" / drug / f"{condition}.md", root / "_toc.yml"
    if path.exists():
        raise DeskError(f"{path.relative_to(root)} exists already: edit it")
    report = Report(drug, condition, ds=ds)
    if not report.selection.studies:
        raise DeskError(f"the tables have no trial of {drug} in {report.name}: add one first")
    old = toc.read_text(encoding="utf-8")
    return NewChapter(path, scaffold(report), toc, with_entry(old, drug, f"chapters/{drug}/{condition}"))


def scaffold(report: Report) -> str:
    """Return the text of a report: its computed parts, and comments that say what prose is to be written."""
    return "\n\n".join(part.rstrip("\n") for part in (HEADER, *_sections(report))) + "\n"


def _sections(report: Report) -> Iterator[str]:
    """Yield the three layers of a report: the answer, the trials, the audit."""
    name = str(report.condition)
    yield f"# {report.drug[0].upper()}{report.drug[1:]} for {report.name}"
    yield cell(
        f'from evidence import report\n\n{name} = report.Report("{report.drug}", "{name}")\n{name}.answer()'
    )
    yield from ("## In plain words", cell(f"{name}.plain()"))
    yield from ("## From the trials found to the numbers", cell(f"{name}.flow"))
    yield from ("## Summary of findings", cell(f"{name}.sof()"))
    yield from ("## Trials", cell(f"{name}.trials()"))
    for route in _spoken(report):
        yield f"### {capital(report.labels.by_route(route))}"
        yield "% Write: what these trials can and cannot say. Name them with the role {trial}; count nothing."
        yield cell(f'{name}.route("{route}")')
    yield "### What would settle it"
    yield "% Write: which trial is missing: for whom, against what, measured how and when."
    yield f"{{eval}}`{name}.needed()`"
    yield "## Audit"
    for title, call in AUDIT.items():
        yield from (f"### {title}", cell(f"{name}.{call}()"))
        if call == "certainty":
            yield f"{{eval}}`{name}.missing()`"


#: The sections of the audit layer: what each shows, and the call that shows it.
AUDIT = {
    "How sure, and why": "certainty",
    "Risk of bias": "risk_of_bias",
    "How much hangs on the choices": "choices",
    "What if?": "whatifs",
    "Harms in these trials": "harms",
    "Other outcomes": "outcomes",
    "What published reviews say": "reviews",
    "Where each number comes from": "ledger",
}


def _spoken(report: Report) -> list[str]:
    """Return the routes of which a trial gives a number, a bound or a direction."""
    return [route for route in report.routes if any(a.numeric or a.bounded for a in report.by_route(route))]


def with_entry(toc: str, drug: str, docname: str) -> str:
    """Add an entry behind the drug's last chapter; every other line stays as it is.

    A drug without chapters gets a part of its own before the last part.

    Raises
    ------
    DeskError
        When the file has the entry, or does not have the form that this command knows.
    """
    if docname in _files(yaml.safe_load(toc)):
        raise DeskError(f"_toc.yml names {docname} already, but there is no such file: take the entry out")
    lines = toc.splitlines(keepends=True)
    places = [
        (number, found.group(1))
        for number, line in enumerate(lines)
        if (found := _ENTRY.match(line)) and found.group(2).startswith(f"chapters/{drug}/")
    ]
    parts = [(number, found.group(1)) for number, line in enumerate(lines) if (found := _CAPTION.match(line))]
    if places:
        number, indent = places[-1]
        lines[number] = lines[number].rstrip("\n") + "\n"
        lines.insert(number + 1, f"{indent}- file: {docname}\n")
    elif parts:
        number, indent = parts[-1]
        caption = drug[0].upper() + drug[1:]
        lines.insert(
            number, f"{indent}- caption: {caption}\n{indent}  chapters:\n{indent}    - file: {docname}\n"
        )
    else:
        raise DeskError(f"_toc.yml has no parts: add `- file: {docname}` by hand")
    text = "".join(lines)
    if _files(yaml.safe_load(text)) != _files(yaml.safe_load(toc)) | {docname}:
        raise DeskError(
            f"_toc.yml has a form that this command does not know: add `- file: {docname}` by hand"
        )
    return text


def _files(tree: object) -> set[str]:
    if isinstance(tree, dict):
        own = {str(tree["file"])} if "file" in tree else set()
        return own.union(*map(_files, tree.values()))
    return set[str]().union(*map(_files, tree)) if isinstance(tree, list) else set()
