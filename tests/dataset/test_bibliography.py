"""references.bib: read back by pybtex, set as the site sets it, and the same as the tables."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.backends.plaintext import Backend
from pybtex.database import BibliographyData, parse_string
from pybtex.richtext import Text
from pybtex.style.formatting.unsrt import Style

from evidence import dataset
from evidence.dataset import bibtex
from evidence.dataset.bibliography import bibliography, outdated
from tests.dataset.folder import ROOT, change, rows


def _parsed(data: Path) -> BibliographyData:
    return parse_string(bibliography(dataset.load(data)), "bibtex")


@pytest.fixture(scope="module")
def project() -> BibliographyData:
    return parse_string((ROOT / "references.bib").read_text("utf-8"), "bibtex")


def test_the_committed_file_is_what_the_tables_give() -> None:
    assert outdated(dataset.load(), (ROOT / "references.bib").read_text("utf-8")) == []


def test_an_outdated_file_is_told_with_its_line(data: Path) -> None:
    ds = dataset.load(data)
    text = bibliography(ds)
    (problem,) = outdated(ds, text.replace("First", "Frist"))
    line = text.splitlines().index("  title = {{First}},") + 1
    assert str(problem).startswith(f"references.bib:{line}: '  title = {{{{Frist}}}},'")
    assert "python -m evidence bibliography" in problem.remedy
    assert len(outdated(ds, "")) == len(outdated(ds, text + "more\n")) == 1


def test_every_study_and_review_has_an_entry_under_its_key(project: BibliographyData) -> None:
    ds = dataset.load()
    reviews = list(dict.fromkeys(ds.rows("reviews")["review_id"]))
    assert list(project.entries) == [*ds.rows("studies")["study_id"], *reviews]


def test_identifiers_come_back_as_they_stand_in_the_table(project: BibliographyData) -> None:
    studies = dataset.load().rows("studies")
    for row in studies[studies["doi"].notna() & studies["pmid"].notna()].itertuples():
        fields = project.entries[row.study_id].fields
        assert (fields["doi"], fields["pubmed"]) == (row.doi, row.pmid)
        assert fields["url"] == row.source_url.split(" ; ")[0]
    assert sum("doi" in entry.fields for entry in project.entries.values()) >= studies["doi"].notna().sum()


def test_an_unverified_bibliography_says_so(project: BibliographyData) -> None:
    studies = dataset.load().rows("studies")
    noted = {key for key, entry in project.entries.items() if "unverified" in entry.fields.get("note", "")}
    assert noted == set(studies.loc[studies["bibliography"] == "unverified", "study_id"])


def test_the_style_of_the_site_sets_every_entry(project: BibliographyData) -> None:
    """A missing field or a LaTeX command that is not understood would show here."""
    for entry in Style().format_entries(project.entries.values()):
        text = entry.text.render(Backend())
        year = project.entries[entry.key].fields["year"]
        assert year in text
        assert "\\" not in text and "{" not in text


@pytest.mark.parametrize(
    ("short", "last_names"),
    [
        ("Sigtermans et al.", [["Sigtermans"], ["others"]]),
        ("Ben Abraham et al.", [["Ben Abraham"], ["others"]]),
        ("van der Plas et al.", [["Plas"], ["others"]]),
        ("de Carvalho & de Sena", [["Carvalho"], ["Sena"]]),
        ("Mitchell and Fallon", [["Mitchell"], ["Fallon"]]),
        ("Yousef and Al-deeb", [["Yousef"], ["Al-deeb"]]),
        ("Amr", [["Amr"]]),
        ("Guimarães Pereira et al.", [["Guimarães Pereira"], ["others"]]),
        ("Duke University (registry)", [["Duke University"]]),
        ("EpiCept Corporation (Neuracept, DPN)", [["EpiCept Corporation"]]),
        ("conference pilot (IASP 2018)", [["conference pilot"]]),
        ("Kirby et al. (Memantine Study Group)", [["Kirby"], ["others"]]),
        ("Barton et al. (N06CA)", [["Barton"], ["others"]]),
        ("", [["Authors not named"]]),
    ],
)
def test_names(data: Path, short: str, last_names: list[list[str]]) -> None:
    change(data, "studies", 0, authors_short=short)
    persons = _parsed(data).entries["Alpha2001"].persons["author"]
    assert [[str(Text.from_latex(" ".join(person.last_names)))] for person in persons] == last_names
    assert not any(person.first_names for person in persons)


def test_particles_stay_with_the_name(data: Path) -> None:
    change(data, "studies", 0, authors_short="van der Plas et al.")
    assert _parsed(data).entries["Alpha2001"].persons["author"][0].prelast_names == ["van", "der"]


def test_a_remark_after_the_authors_goes_to_the_note(data: Path) -> None:
    change(data, "studies", 0, authors_short="Kirby et al. (Memantine Study Group)", registration="NCT1")
    note = _parsed(data).entries["Alpha2001"].fields["note"]
    assert note == "Memantine Study Group. Registration: NCT1"


def test_what_is_missing_is_said(data: Path) -> None:
    change(data, "studies", 0, authors_short="", year="", title="", journal="", doi="", pmid="")
    entry = _parsed(data).entries["Alpha2001"]
    assert entry.type == "misc"
    assert dict(entry.fields) == {
        "title": "{Title not given in the text read}",
        "year": "n.d.",
        "url": rows("studies")[0]["source_url"],
    }


def test_a_journal_with_volume_and_pages_is_taken_apart(data: Path) -> None:
    fields = _parsed(data).entries["Gamma2003"].fields
    assert [fields[name] for name in ("journal", "year", "volume", "number", "pages")] == [
        "Pain",
        "2003",
        "1",
        "2",
        "3-4",
    ]
    change(data, "reviews", 0, journal="CADTH report 28 May 2003")
    assert _parsed(data).entries["Gamma2003"].fields["journal"] == "CADTH report 28 May 2003"


# pybtex itself does not undo the LaTeX for $ and ^, and braces become round: see the next test.
PLAIN = st.text(st.characters(exclude_categories=("C", "Z", "M"), exclude_characters="{}$^"), max_size=30)


@settings(deadline=None)
@given(PLAIN)
def test_any_title_comes_back(title: str) -> None:
    written = bibtex.entry("misc", "k", {"title": title, "note": title})
    fields = parse_string(written, "bibtex").entries["k"].fields
    assert [str(Text.from_latex(fields.get(name, ""))) for name in ("title", "note")] == [title, title]


def test_braces_do_not_break_the_file() -> None:
    fields = (
        parse_string(bibtex.entry("misc", "k", {"title": "a}b{c", "url": "https://x/{1}"}), "bibtex")
        .entries["k"]
        .fields
    )
    assert str(Text.from_latex(fields["title"])) == "a)b(c"
    assert fields["url"] == "https://x/%7B1%7D"
