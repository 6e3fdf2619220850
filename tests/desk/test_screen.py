"""Screening export files: what is dropped and why, and a clear word on every bad file."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

import pytest

from evidence.cli import main
from evidence.desk.screen import Record, screen
from tests.dataset.folder import make

FAILS = Path(__file__).parent / "fails"
#: The made-up book has Alpha2001 with DOI 10.1000/alpha and PubMed number 123, and Beta2002, titled "Second".
RIS = """TY  - JOUR
AU  - {author}
TI  - {title}
PY  - {year}
{more}
ER  -
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make(tmp_path / "data")


def ris(folder: Path, name: str, *records: dict[str, str]) -> Path:
    base = {"author": "Doe, J", "title": "New", "year": "2026", "more": "JO  - Pain"}
    path = folder / name
    path.write_text("\n".join(RIS.format(**{**base, **record}) for record in records))
    return path


def titles(book: Path, *paths: Path) -> list[str]:
    return [record.cells["title"] for record in screen(paths, book).candidates]


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({"more": "DO  - https://doi.org/10.1000/ALPHA"}, "doi"),
        ({"title": "SECOND.", "year": "2002"}, "title"),
        ({"more": "AN  - 123\nDB  - PubMed"}, "pmid"),
    ],
)
def test_what_the_book_has_is_dropped(book: Path, tmp_path: Path, record: dict[str, str], kind: str) -> None:
    found = screen([ris(tmp_path, "a.ris", record, {"title": "Another"})], book)
    assert [known[1] for known in found.known] == [kind]
    assert [one.cells["title"] for one in found.candidates] == ["Another"]


def test_the_same_title_in_another_year_or_with_another_doi_is_new(book: Path, tmp_path: Path) -> None:
    first = {"title": "First", "year": "2001", "more": "DO  - 10.1000/other"}
    later = {"title": "Second", "year": "2003"}
    assert titles(book, ris(tmp_path, "a.ris", first, later)) == ["First", "Second"]


def test_a_registration_in_the_book_is_named_because_its_report_may_be_new(
    book: Path, tmp_path: Path
) -> None:
    text = (book / "studies.csv").read_text()
    (book / "studies.csv").write_text(
        text.replace("Pain,10.1000/alpha,123,", "Pain,10.1000/alpha,123,NCT00000001")
    )
    path = ris(tmp_path, "a.ris", {"title": "Full report", "more": "DO  - 10.1000/full\nAN  - NCT00000001"})
    found = screen([path], book)
    assert [(kind, name) for _, kind, name in found.known] == [("registration", "Alpha2001")]
    assert any("Alpha2001: Full report (a.ris, record 1)" in line for line in found.said())


def test_a_record_in_two_files_stands_once_with_what_both_say(book: Path, tmp_path: Path) -> None:
    one = ris(tmp_path, "a.ris", {"more": "DO  - 10.1000/new"})
    other = ris(tmp_path, "b.ris", {"title": "New!", "more": "AN  - 777\nDB  - PubMed"})
    found = screen([one, other], book)
    (record,) = found.candidates
    assert record.cells["files"] == "a.ris; b.ris"
    assert (record.cells["doi"], record.cells["pmid"]) == ("10.1000/new", "777")
    assert [kind for _, kind in found.twice] == ["title"]


def test_two_reports_with_one_title_are_both_kept(book: Path, tmp_path: Path) -> None:
    path = ris(tmp_path, "a.ris", {"more": "DO  - 10.1000/new1"}, {"more": "DO  - 10.1000/new2"})
    assert len(titles(book, path)) == 2


def test_the_order_of_files_does_not_matter(book: Path, tmp_path: Path) -> None:
    paths = [
        ris(tmp_path, "a.ris", {"more": "DO  - 10.1000/new"}),
        ris(tmp_path, "b.ris", {"more": "AN  - 777\nDB  - PubMed", "title": "Other words"}),
        ris(tmp_path, "c.ris", {"more": "DO  - 10.1000/new\nAN  - 777\nDB  - PubMed", "title": "Third"}),
    ]
    for order in itertools.permutations(paths):
        found = screen(order, book)
        assert len(found.candidates) == 1
        assert set(found.candidates[0].cells["files"].split("; ")) == {"a.ris", "b.ris", "c.ris"}


def test_files_of_every_kind_are_read_together(book: Path) -> None:
    names = (
        "f01_embase_authors.ris",
        "f02_scopus.bib",
        "f04_zotero_csl.json",
        "f06_retracted.nbib",
        "f30_ctgov.json",
    )
    found = screen([FAILS / name for name in names], book)
    assert set(found.records) == set(names)
    assert sum(found.records.values()) == len(found.candidates) + len(found.twice) + len(found.known)
    assert any("retracted" in record.cells.get("notes", "") for record in found.candidates)


def test_every_bad_file_is_named_and_nothing_is_written(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = ris(tmp_path, "a.ris", {})
    empty, binary, wrong = (tmp_path / name for name in ("empty.ris", "b.nbib", "c.pdf"))
    empty.write_text("")
    binary.write_bytes(bytes(range(256)))
    wrong.write_text("x")
    out = tmp_path / "out.csv"
    files = [str(path) for path in (good, empty, binary, wrong, tmp_path / "none.ris")]
    assert main(["screen", *files, "--data", str(book), "-o", str(out)]) == 1
    said = capsys.readouterr().err
    for name in ("empty.ris", "b.nbib", "c.pdf", "none.ris"):
        assert name in said
    assert not out.exists()


def test_the_command_writes_a_table_and_says_what_was_dropped(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {"title": '=HYPERLINK("https://example.org")'}
    path = ris(tmp_path, "a.ris", {"more": "DO  - 10.1000/alpha"}, record, record)
    assert main(["screen", str(path), "--data", str(book)]) == 0
    done = capsys.readouterr()
    (row,) = csv.DictReader(io.StringIO(done.out))
    assert row["title"].startswith("'=")
    assert "3 records read: a.ris 3" in done.err
    assert "1 in the book already: by DOI 1" in done.err
    assert "1 given twice: by title and year 1" in done.err
    assert "1 candidate left" in done.err
    out = tmp_path / "out.csv"
    assert main(["screen", str(path), "--data", str(book), "-o", str(out)]) == 0
    assert out.read_text("utf-8") == done.out
    assert main(["screen", str(path), "--data", str(book), "-o", str(out)]) == 1


def test_a_record_without_anything_to_know_it_by_is_kept() -> None:
    assert Record("a.ris, record 1", {"title": "Untitled"}).keys == ()
