"""Single changes of every kind, after each of which an incremental build must give a cold one's bytes."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Change:
    """A change of a checkout.

    Attributes
    ----------
    name : str
    make : callable
        Takes the root of the checkout.
    fast : bool
        Whether the tests try it; `benchmarks/incremental.py` tries all.
    """

    name: str
    make: Callable[[Path], None]
    fast: bool = False


def changes(root: Path) -> Iterator[Change]:
    """Yield every change for the checkout of `conftest.make_rich_book`."""
    yield from _of_tables(root)
    yield from _of_rows()
    yield from _of_code()
    yield from _of_chapters()
    yield from _of_the_book()


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace the first place of a text in a file."""

    def make(root: Path) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return make


def appended(name: str, text: str) -> Callable[[Path], None]:
    """Add a text to the end of a file, which may be new."""

    def make(root: Path) -> None:
        path = root / name
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        path.write_text(before + text, encoding="utf-8")

    return make


def _of_tables(root: Path) -> Iterator[Change]:
    """Yield a change of a free text in the first row of each table that has one."""
    contract = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in contract["resources"]:
        if len((root / "data" / resource["path"]).read_text(encoding="utf-8").splitlines()) < 2:
            continue
        fields = resource["schema"]["fields"]
        free = [
            field["name"]
            for field in fields
            if field["type"] == "string" and not {"enum", "pattern"} & set(field.get("constraints", {}))
        ]
        if free:
            yield Change(f"a text of {resource['name']}", _cell(resource["path"], free[-1]))


def _cell(name: str, column: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        path = root / "data" / name
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        place = rows[0].index(column)
        row = next((row for row in rows[1:] if len(row) > place and row[place]), rows[1])
        row[place] = f"{row[place]} again".strip()
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return make


def _of_rows() -> Iterator[Change]:
    yield Change("a number that a page shows", replaced("data/studies.csv", *_FIRST_N), fast=True)
    yield Change("a row that no question asks for", appended("data/grade.csv", _GRADE))
    yield Change("a row removed", _without_last("flags.csv"))
    yield Change("a setting", replaced("data/settings.csv", "main_mid,10,", "main_mid,15,"))
    yield Change(
        "the end of a window",
        replaced("data/settings.csv", "window_short_max_days,92,", "window_short_max_days,45,"),
    )
    yield Change(
        "a label", replaced("data/labels.csv", "complex regional pain syndrome", "regional pain"), fast=True
    )
    yield Change("a table that the contract does not know", appended("data/stray.csv", "a,b\n1,2\n"))
    yield Change("the time of a file alone", lambda root: os.utime(root / "data" / "studies.csv", (1, 1)))


def _of_code() -> Iterator[Change]:
    lib, sample = "lib/evidence/", "lib/evidence/sample.py"
    yield Change("a constant", replaced(sample, "LIMIT = 1000", "LIMIT = 1001"), fast=True)
    yield Change("a default", replaced(sample, 'unit="people"', 'unit="persons"'))
    yield Change("a field of a dataclass", replaced(sample, "size: int = 3", "size: int = 4"))
    yield Change("a decorator", replaced(sample, "@twice\n", ""))
    yield Change(
        "a docstring that a page prints", replaced(sample, "Say how many", "Tell how many"), fast=True
    )
    yield Change("a comment", replaced(sample, "LIMIT =", "# how many at most\nLIMIT ="))
    yield Change("a text of an enumeration", replaced(lib + "question/rules.py", '"""', '"""About rules. '))
    yield Change(
        "how a cell is read",
        replaced(lib + "dataset/contract.py", "return int(text)", "return 2 * int(text)"),
    )
    yield Change(
        "how a number is rounded", replaced(lib + "wording/numbers.py", "digits: int = 1", "digits: int = 2")
    )
    yield Change("a module of the book's own", appended("lib/nmda/verdicts.py", "\n# a comment\n"))
    yield Change("a file of the library that is no module", appended(lib + "notes.txt", "a note\n"))
    yield Change("what writes the pages", replaced(lib + "publish/site/head.py", "og:type", "og:kind"))


def _of_chapters() -> Iterator[Change]:
    first, second, apart = (f"chapters/{name}.md" for name in ("first", "second", "apart"))
    yield Change("a word", replaced(first, "The trial had", "The old trial had"), fast=True)
    yield Change("a heading", replaced(apart, "## Details", "## All details"), fast=True)
    yield Change("a title", replaced(second, "# Second", "# The second"), fast=True)
    yield Change("code", replaced(second, '"Finch2009"', '"Sigtermans2009"'))
    yield Change("an expression", replaced(first, "{eval}`people`", "{eval}`people.upper()`"))
    yield Change("a citation", replaced(apart, "{cite:t}`Sigtermans2009`", "{cite:t}`Finch2009`"))
    yield Change("a link to another page", replaced(apart, "](second.md)", "](lists.md)"))
    yield Change(
        "a link to a section of another page",
        replaced(first, "The trial had", "[](apart.md#details) and [](second.md): the trial had"),
        fast=True,
    )
    yield Change("an anchor that no page has", replaced(first, "The trial", "[See](apart.md#none): it"))
    yield Change("a blank line", replaced(second, "# Second\n", "# Second\n\n"))
    yield Change("a page without code", replaced("index.md", "Front page.", "The front page."))
    yield Change("a chapter that does not run", replaced(second, "sample.title", "sample.titel"))


def _of_the_book() -> Iterator[Change]:
    toc = "_toc.yml"
    yield Change("the order of the chapters", replaced(toc, *_ORDER))
    yield Change("a chapter taken out", replaced(toc, "- file: chapters/apart\n", ""), fast=True)
    yield Change("a chapter put in", _with_chapter)
    yield Change("headings that are numbered", replaced(toc, "root: index\n", "root: index\n" + _NUMBERED))
    yield Change("the imprint", replaced("imprint.yml", "editors:", "editors: Others"))
    yield Change(
        "the configuration", replaced("_config.yml", "myst_heading_anchors: 3", "myst_heading_anchors: 2")
    )
    yield Change("a template", replaced("_templates/page.html", "</article>", "<!-- end --></article>"))
    yield Change("a style sheet", appended("_static/site.css", "\n/* a comment */\n"))
    yield Change("the references", replaced("references.bib", "Sigtermans", "Sigtermanns"))
    yield Change("the work", replaced("CITATION.cff", "\nversion: 0", "\nversion: 9"))
    yield Change("the list of versions", appended("CHANGES.md", "\n"))
    yield Change("the lock", appended("requirements.txt", "# another release\n"))


def _without_last(name: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        path = root / "data" / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:-1]), encoding="utf-8")

    return make


def _with_chapter(root: Path) -> None:
    (root / "chapters" / "third.md").write_text("# Third\n\nA page.\n", encoding="utf-8")
    appended("_toc.yml", "- file: chapters/third\n")(root)


_FIRST_N = ("parallel,double,crps,crps_type_1,60,", "parallel,double,crps,crps_type_1,64,")
_GRADE = "memantine,visceral,oral,pain_intensity,long,imprecision,1,Too few people.\n"
_NUMBERED = "defaults:\n  numbered: true\n"
_ORDER = (
    "- file: chapters/first\n- file: chapters/second\n",
    "- file: chapters/second\n- file: chapters/first\n",
)
