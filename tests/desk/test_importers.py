"""Records from elsewhere: what they fill, and a clear error for every kind of bad file."""

import json

import pytest

from evidence.cli import main
from evidence.desk.importers import read_study
from evidence.desk.importers.text import LARGEST
from evidence.desk.problems import DeskError
from tests.dataset import folder

RIS = """TY  - JOUR
AU  - van der Müller, Jörg
AU  - Doe, Jane
AU  - Roe, R
TI  - Ketamine &amp; pain: a <i>made-up</i> trial
JO  - Pain
T2  - Pain
PY  - 2026/03/01
DO  - https://doi.org/10.1000/xyz.1
ER  -
"""
BIB = r"""@article{doe, author = {M{\"u}ller, J{\"o}rg and Doe, Jane}, title = {{Ketamine} \& pain},
journal = {Pain}, year = 2026, doi = {10.1000/xyz.1}, pmid = {12345678}}
"""
NBIB = """PMID- 12345678
DP  - 2026 Mar
TI  - Ketamine and pain: a made-up
      trial over two lines.
FAU - Doe, Jane
AU  - Doe J
JT  - Pain
LID - 10.1000/xyz.1 [doi]
SI  - ClinicalTrials.gov/NCT00000001
SO  - Pain. 2026 Mar;1(1):1-2.
"""
GROUPS = [{"id": "OG000", "title": "Ketamine"}, {"id": "OG001", "title": "Placebo"}]
REGISTRY = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000001",
            "briefTitle": "Brief",
            "officialTitle": "A made-up trial",
        },
        "statusModule": {"startDateStruct": {"date": "2020-05"}},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Made Up University"}},
        "designModule": {
            "designInfo": {"interventionModel": "CROSSOVER", "maskingInfo": {"masking": "TRIPLE"}},
            "enrollmentInfo": {"count": 24, "type": "ACTUAL"},
        },
        "contactsLocationsModule": {"locations": [{"country": "Denmark"}, {"country": "Denmark"}]},
    },
    "resultsSection": {
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                {
                    "type": "PRIMARY",
                    "title": "Pain, 0-10",
                    "timeFrame": "4 weeks",
                    "paramType": "MEAN",
                    "dispersionType": "Standard Deviation",
                    "unitOfMeasure": "points",
                    "groups": GROUPS,
                    "denoms": [{"counts": [{"groupId": g["id"], "value": "12"} for g in GROUPS]}],
                    "classes": [
                        {
                            "categories": [
                                {
                                    "measurements": [
                                        {"groupId": "OG000", "value": "4.5", "spread": "1.2"},
                                        {"groupId": "OG001", "value": "NA", "spread": "NA"},
                                    ]
                                }
                            ]
                        }
                    ],
                },
                {
                    "type": "SECONDARY",
                    "title": "Nausea",
                    "timeFrame": "1 day",
                    "paramType": "COUNT_OF_PARTICIPANTS",
                    "groups": GROUPS,
                    "denoms": [{"counts": [{"groupId": "OG001", "value": "12"}]}],
                    "classes": [{"categories": [{"measurements": [{"groupId": "OG001", "value": "3"}]}]}],
                },
            ]
        }
    },
}


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_study(path).rows


def test_ris(tmp_path):
    assert read(tmp_path, "a.ris", RIS)["studies"] == [
        {
            "study_id": "VanDerMuller2026",
            "authors_short": "van der Müller et al.",
            "year": "2026",
            "title": "Ketamine & pain: a made-up trial",
            "journal": "Pain",
            "doi": "10.1000/xyz.1",
            "source_url": "https://doi.org/10.1000/xyz.1",
            "bibliography": "as in source",
        }
    ]


def test_bibtex(tmp_path):
    (row,) = read(tmp_path, "a.bib", BIB)["studies"]
    assert (row["study_id"], row["authors_short"]) == ("Muller2026", "Müller & Doe")
    assert (row["title"], row["pmid"]) == ("Ketamine & pain", "12345678")


def test_nbib(tmp_path):
    (row,) = read(tmp_path, "a.nbib", NBIB)["studies"]
    assert row["title"] == "Ketamine and pain: a made-up trial over two lines"
    assert (row["doi"], row["registration"], row["year"]) == ("10.1000/xyz.1", "NCT00000001", "2026")


def test_registry_results(tmp_path):
    rows = read(tmp_path, "a.json", json.dumps(REGISTRY))
    (row,) = rows["studies"]
    assert row["design"] == "crossover" and row["blinding"] == "double"
    assert (row["n_randomised"], row["country"]) == ("24", "Denmark")
    assert row["study_id"] == "MadeUpUniversity2020"
    mean, count = rows["arm_results"]
    assert (mean["arm"], mean["mean"], mean["sd"], mean["n"]) == ("Ketamine", "4.5", "1.2", "12")
    assert (mean["time_label"], mean["notes"]) == ("4 weeks", "posted as: mean, standard deviation, points")
    assert (count["arm"], count["events"], count["total"]) == ("Placebo", "3", "12")
    assert "outcome" not in mean


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    plainly = read(tmp_path, "b.ris", RIS)
    assert read(tmp_path, "a.ris", b"\xef\xbb\xbf" + RIS.replace("\n", "\r\n").encode()) == plainly
    assert read(tmp_path, "c.ris", RIS.encode("utf-16")) == plainly


BOMB = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><l>&b;</l>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.ris",
            RIS.replace("ER  -\n", ""),
            "the record on line 1 does not end .ER. before the file does: the file is cut off",
        ),
        ("a.ris", RIS + RIS, "holds 2 records where one is needed"),
        ("a.ris", "Some text\n", "holds 0 records"),
        ("a.ris", "TY  - JOUR\nER  -\n", "no title, author or year"),
        ("a.ris", RIS.encode("latin-1"), "line 2 is not UTF-8 .byte fc"),
        ("a.ris", BIB.encode("utf-16-le"), "NUL bytes"),
        ("a.ris", "", "empty"),
        ("a.ris", BOMB, "XML or HTML with entities"),
        ("a.bib", BIB[:60], "cut off"),
        ("a.bib", "@string{a = {" + "x" * 10_001 + "}}\n" + BIB, "@string on line 1 unfolds"),
        ("a.bib", BIB + BIB.replace("{doe,", "{roe,"), "holds 2 records"),
        ("a.nbib", NBIB[:80], "no SO: it is cut off"),
        ("a.nbib", NBIB + "\n" + NBIB, "holds 2 records"),
        ("a.json", json.dumps(REGISTRY)[:-20], "not JSON .* cut off"),
        ("a.json", "[" * 100_000, "nested deeper"),
        ("a.json", '{"protocolSection": {"n": ' + "9" * 10_000 + "}}", "neither a title nor a number"),
        ("a.json", '{"protocolSection": {"n": NaN}}', "number that JSON does not allow"),
        ("a.json", "{}", "without a protocolSection"),
        ("a.json", "[1, 2]", "not the JSON record of one study"),
        ("a.json", BOMB, "XML or HTML with entities"),
        ("a.xml", BOMB, "the end of the name tells"),
    ],
)
def test_a_bad_file_gets_a_clear_error(tmp_path, name, content, said):
    with pytest.raises(DeskError, match=said):
        read(tmp_path, name, content)


def test_a_file_of_100_mb_is_refused_unread(tmp_path):
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert LARGEST < 100_000_000
    with pytest.raises(DeskError, match="a file of more than 20,000,000 bytes: export the record"):
        read_study(path)


def test_a_bad_file_leaves_the_tables_as_they_are(tmp_path, capsys):
    data = folder.make(tmp_path / "data")
    before = {path: path.read_bytes() for path in data.iterdir()}
    (tmp_path / "a.ris").write_text(RIS[:50])
    assert main(["add", "study", "--from", str(tmp_path / "a.ris"), "--data", str(data)]) == 1
    assert "cut off" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in data.iterdir()} == before


def test_a_record_fills_the_template(tmp_path, capsys):
    data = folder.make(tmp_path / "data")
    (tmp_path / "a.nbib").write_text(NBIB)
    assert main(["add", "study", "--template", "--from", str(tmp_path / "a.nbib"), "--data", str(data)]) == 0
    assert "  doi: '10.1000/xyz.1'" in capsys.readouterr().out


def registered(status="COMPLETED", **design):
    """Return a registry record with one status and one design, as the registry's API writes them."""
    identity = {"nctId": "NCT01234567", "officialTitle": "Made up"}
    return json.dumps(
        {
            "protocolSection": {
                "identificationModule": identity,
                "statusModule": {"overallStatus": status, "whyStopped": "no funds"},
                "designModule": {"studyType": "INTERVENTIONAL", **design},
            }
        }
    )


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            registered(studyType="OBSERVATIONAL"),
            "the registry calls this study observational: it is not a trial",
        ),
        (registered(status="WITHDRAWN"), "its status is withdrawn: no funds"),
        (registered(enrollmentInfo={"count": 0, "type": "ACTUAL"}), "nobody was enrolled"),
        (
            registered(enrollmentInfo={"count": 40, "type": "ESTIMATED"}),
            "40 people are planned, not enrolled: n_randomised is left empty",
        ),
        (
            registered(designInfo={"allocation": "NON_RANDOMIZED"}),
            "people were non-randomized: this is not a randomised trial",
        ),
        (registered(), "the registry holds no results of this study"),
    ],
    ids=["observational", "withdrawn", "nobody", "planned", "not randomised", "no results"],
)
def test_a_registered_study_that_is_no_trial_with_results_says_so(tmp_path, record, said):
    (tmp_path / "a.json").write_text(record)
    assert said in read_study(tmp_path / "a.json").notes


@pytest.mark.parametrize("design", [{"count": 0, "type": "ACTUAL"}, {"count": "٤٠", "type": "ACTUAL"}])
def test_nobody_and_digits_of_another_script_are_no_number_of_people(tmp_path, design):
    (study,) = read(tmp_path, "a.json", registered(enrollmentInfo=design))["studies"]
    assert "n_randomised" not in study


def test_a_record_of_the_old_registry_says_where_the_new_one_is(tmp_path):
    old = json.dumps({"FullStudiesResponse": {"FullStudies": [{"Study": {"NCTId": "NCT01234567"}}]}})
    with pytest.raises(DeskError, match=r"old API .version 1.*clinicaltrials.gov/api/v2/studies/NCT01234567"):
        read(tmp_path, "a.json", old)
