"""What JupyterLab calls studies and reviews: what the library calls them, also while the tables change."""

import json

from evidence import dataset
from evidence.desk.lab.citations import citations, write
from evidence.publish.project import Project
from evidence.question.records import Study

STUDIES = (
    "study_id,authors_short,year,title,journal\n"
    "Doe2026b,Doe et al. (registry),2026,A trial,Pain\n"
    "NCT00000000,,,,\n"
    "Roe,Roe & Poe,,Another,\n"
)


def names(folder, studies):
    (folder / "data").mkdir()
    (folder / "data" / "studies.csv").write_text(studies, encoding="utf-8")
    return citations(Project(folder))


def test_a_study_is_called_as_the_library_calls_it():
    found, ds = citations(Project(dataset.load().folder.parent)), dataset.load()
    studies = ds.records(Study, "studies")
    assert {study.study_id: study.label for study in studies}.items() <= {
        key: name["trial"] for key, name in found.items()
    }.items()
    assert set(ds.rows("reviews")["review_id"]) <= set(found)


def test_authors_year_and_letter(tmp_path):
    found = names(tmp_path, STUDIES)
    assert found["Doe2026b"] == {
        "narrative": "Doe et al. (2026b)",
        "parenthetical": "Doe et al., 2026b",
        "trial": "Doe 2026b",
        "title": "Doe et al. (2026b). A trial. Pain",
    }
    assert found["Roe"]["narrative"] == "Roe & Poe (n.d.)"
    assert found["NCT00000000"]["trial"] == "NCT00000000"


def test_tables_in_the_middle_of_a_change_name_what_can_be_read(tmp_path):
    broken = STUDIES + 'Short2020\nLong2020,A,2020,t,j,too,many\n"Open2020,B'
    assert {"Doe2026b", "Long2020"} <= set(names(tmp_path, broken))
    (tmp_path / "data" / "studies.csv").unlink()
    assert citations(Project(tmp_path)) == {}


def test_the_file_is_written_again_only_when_it_differs(tmp_path):
    names(tmp_path, STUDIES)
    write(Project(tmp_path), tmp_path)
    file = tmp_path / "citations.json"
    before = file.stat().st_mtime_ns
    write(Project(tmp_path), tmp_path)
    assert file.stat().st_mtime_ns == before
    assert json.loads(file.read_text(encoding="utf-8"))["Roe"]["trial"] == "Roe & Poe"
