"""Cells are untrusted: scripts, quotes, right-to-left text, long notes and formulae stay text everywhere."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html
from playwright.sync_api import Browser

from tests.publish.conftest import Book, make_book

from .conftest import ROOT, serve

STUDY = "Sigtermans2009"
HEBREW = "\u05e9\u05dc\u05d5\u05dd"
HOSTILE = f"\"><script>hacked=1</script><img src=x onerror=hacked=1>' & </script> {HEBREW} {{{{ 7 }}}} $x$"
LONG = " ".join(["a very long note"] * 320)
#: What a spreadsheet program would compute and no rule of the tables refuses.
FORMULA = "@SUM(1+1)"
#: Text columns that hold codes, by a rule.
CODES = (
    *("components", "other_study_id", "sources", "drug", "route", "printed", "answers"),
    "labels.code",
)
LINKED = ("methods", "reporting-errors", "api", "conflicts", "claims", "missing-results")
CHAPTERS = ("ketamine/crps", "studies", "references", "changes", "harms", "what-was-reported")
pytestmark = pytest.mark.xdist_group("hostile")


def free_columns(table: dict) -> list[str]:
    """The text columns of a table whose words the contract leaves open."""
    fields = table["schema"]["fields"]
    return [
        field["name"]
        for field in fields
        if field["type"] == "string" and not {"enum", "pattern"} & set(field.get("constraints", {}))
        if not {field["name"], f"{table['name']}.{field['name']}"} & set(CODES)
    ]


def poison(data: Path) -> set[str]:
    """Add hostile text to every free text cell of one study and to what it points to; return the columns."""
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    errors = data / "reporting_errors.csv"  # quotes cells of other tables, number by number
    errors.write_text(errors.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    contents = {
        t["name"]: list(csv.DictReader(io.StringIO((data / t["path"]).read_text(encoding="utf-8"))))
        for t in package["resources"]
    }
    skipped = {
        "settings",
        "released_answers",
        "released_studies",
        "grade",
        "engine_differences",
        "simulation",
        "simulation_calibration",
        "integrity_simulation",
    }
    poisoned: dict[str, str] = {}
    columns: set[str] = set()
    for table in package["resources"]:
        rows = contents[table["name"]]
        own = [row for row in rows if row.get("study_id") == STUDY] or rows[:1]
        for row in own if table["name"] not in skipped else []:
            for column in free_columns(table):
                text = row[column]
                if text and not text.startswith("http"):
                    start, end = (f"{FORMULA} ", f" {LONG}") if column in ("notes", "detail") else ("", "")
                    poisoned[text] = f"{start}{text} {HOSTILE}{end}".strip()
                    columns.add(f"{table['name']}.{column}")
    for table in package["resources"]:
        names = free_columns(table) if table["name"] not in skipped else []
        rows = [
            {name: poisoned.get(text, text) if name in names else text for name, text in row.items()}
            for row in contents[table["name"]]
        ]
        target = io.StringIO()
        writer = csv.DictWriter(target, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        if rows:
            (data / table["path"]).write_text(target.getvalue(), encoding="utf-8")
    return columns


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Book, set[str]]:
    """A book on poisoned tables."""
    book = make_book(tmp_path_factory.mktemp("hostile") / "book")
    columns = poison(book.root / "data")
    for name in CHAPTERS:
        target = book.root / "chapters" / f"{name}.md"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "chapters" / f"{name}.md", target)
    shutil.copy(ROOT / "chapters" / "data.md", book.root / "chapters" / "data.md")
    shutil.copytree(ROOT / "chapters" / "data", book.root / "chapters" / "data")
    tables = sorted(f"data/{path.stem}" for path in (ROOT / "chapters" / "data").glob("*.md"))
    for name in LINKED:
        (book.root / "chapters" / f"{name}.md").write_text(f"# {name}\n\nNothing.\n")
    files = [*CHAPTERS, "data", *tables, *LINKED]
    toc = "".join(f"- file: chapters/{name}\n" for name in files)
    (book.root / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{toc}")
    done = book.run(sys.executable, "-m", "evidence", "bibliography")
    assert done.returncode == 0, done.stderr
    done = book.build()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return book, columns


@pytest.fixture(scope="module")
def pages(book: tuple[Book, set[str]]) -> dict[str, html.HtmlElement]:
    site = book[0].root / "_build" / "html"
    return {str(path.relative_to(site)): html.fromstring(path.read_bytes()) for path in site.rglob("*.html")}


def test_every_kind_of_text_was_poisoned(book: tuple[Book, set[str]]) -> None:
    assert {
        "studies.title", "studies.authors_short", "studies.journal", "studies.notes", "interventions.dose",
        "arm_results.arm", "arm_results.measure", "contrasts.notes", "contrasts.time_label", "flags.detail",
        "reviews.outcome", "claims.claim",
    } <= book[1]  # fmt: skip


def test_pages_show_it_as_text(pages: dict[str, html.HtmlElement]) -> None:
    showing = 0
    for path, page in pages.items():
        programs = page.xpath("//script[not(@type)]/text()")  # the others hold data, which nothing runs
        assert not [text for text in programs if "hacked" in text], path
        assert not page.xpath("//img[@src='x']"), path
        assert not [name for e in page.iter() for name in e.attrib if name.startswith("on")], path
        showing += "<script>hacked=1</script>" in page.text_content()
    assert showing >= 10


def test_machines_read_it_as_text(book: tuple[Book, set[str]], pages: dict[str, html.HtmlElement]) -> None:
    site = book[0].root / "_build" / "html"
    told = [
        json.loads(script.text)
        for page in pages.values()
        for script in page.xpath("//script[@type='application/ld+json']")
    ]
    assert any("<script>hacked" in json.dumps(facts) for facts in told)
    json.loads((site / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    for name in ("changes.xml", "sitemap.xml"):
        ElementTree.parse(site / name)
    found = 0
    for path in [*site.glob("data/*.csv"), *site.glob("_downloads/figures/*.csv")]:
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            assert not [cell for cell in row if cell.startswith(FORMULA)], path
            found += any(cell.startswith(f"'{FORMULA}") for cell in row)
    assert found > 3


def test_nothing_of_it_runs_in_a_browser(
    book: tuple[Book, set[str]], pages: dict[str, html.HtmlElement], browser: Browser
) -> None:
    site: Iterator[str] = serve(book[0].root / "_build" / "html")
    address = next(site)
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.add_init_script(path=Path(__file__).with_name("checks.js"))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    for path in sorted(pages):
        page.goto(address + path)
        assert page.evaluate("typeof hacked") == "undefined", path
        assert page.evaluate("checks.clipped()") == [], path
    page.goto(f"{address}search.html?q=Sigtermans")
    page.wait_for_selector("#results li")
    assert page.evaluate("typeof hacked") == "undefined"
    page.close()
    assert complaints == []
    next(site, None)
