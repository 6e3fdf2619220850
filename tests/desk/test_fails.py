"""Inputs that once lost or bent something, each with its right result. The files are made up."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from evidence import dataset
from evidence.cli import main
from evidence.desk.diff import compare
from evidence.desk.diff_text import markdown
from evidence.desk.explain import explain
from evidence.desk.importers import read_records
from evidence.publish import project
from evidence.report import Report

from .checkout import ROOT

FAILS = Path(__file__).parent / "fails"


def read(name):
    (record,) = read_records(FAILS / name)
    return record


@pytest.fixture
def data(tmp_path):
    """The committed tables in a folder of their own."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path / "data"


def patched(folder, name):
    """Apply a patch to a copy of the tables, by its lines: the tables grow around them."""
    lines = (FAILS / name).read_text(encoding="utf-8").splitlines()
    path = folder / next(line for line in lines if line.startswith("+++ ")).rpartition("/")[2]
    old, new = ([line[1:] for line in lines if line[:1] == sign and line[:3] != 3 * sign] for sign in "-+")
    text = path.read_text(encoding="utf-8")
    for before, after in zip(old, new, strict=True):
        before, after = (_as_now(path, line) for line in (before, after))
        assert text.count(f"\n{before}\n") == 1, before
        text = text.replace(f"\n{before}\n", f"\n{after}\n")
    path.write_text(text, encoding="utf-8")


def _as_now(path, line):
    """Return a row of a patch with the columns that its table has gained since."""
    from tests.desk.rows import widened

    return widened(path, line)


def add(data, name, *options):
    return main(["add", "study", str(FAILS / name), "--data", str(data), "--uncommitted", *options])


def template(name, capsys):
    code = main(["add", "study", "--from", str(FAILS / name), "--template"])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "f01_embase_authors.ris",
            {"study_id": "VanDerBerg2021", "authors_short": "van der Berg et al.", "pmid": "31234567"},
        ),
        ("f02_scopus.bib", {"study_id": "Doe2021", "authors_short": "Doe & Roe", "pmid": "31234567"}),
        (
            "f04_zotero_csl.json",
            {"study_id": "VanDerBerg2021", "authors_short": "van der Berg", "pmid": "31234567"},
        ),
        ("f06_retracted.nbib", {"study_id": "Doe2021", "year": "2021", "doi": "10.5555/made.up.6"}),
        (
            "f07_translated.nbib",
            {"study_id": "VonDerHeide1999", "title": "A made-up trial in another language"},
        ),
        ("f09_scholar.bib", {"authors_short": "van Made-Up et al.", "journal": "Pain", "year": "2009"}),
        (
            "f14_sici_doi.ris",
            {
                "doi": "10.5555/(SICI)1234-5678(199901)12:3<1::AID-MADE1>2.0.CO;2-Z",
                "source_url": "https://doi.org/10.5555/"
                "(SICI)1234-5678(199901)12:3%3C1::AID-MADE1%3E2.0.CO;2-Z",
            },
        ),
        ("f15_and_others.bib", {"authors_short": "Doe et al.", "study_id": "Doe2020"}),
        ("f18_pubmed_save.txt", {"pmid": "31234599", "year": "2025", "title": "A made-up trial"}),
    ],
)
def test_a_reference_keeps_what_it_says(name, wanted):
    (study,) = read(name).rows["studies"]
    assert {column: study.get(column) for column in wanted} == wanted


def test_a_full_list_of_authors_volume_issue_and_pages_are_kept():
    assert read("f09_scholar.bib").rows["citations"] == [
        {
            "authors": "van Made-Up, Jan J; Roe, Rita; et al.",
            "volume": "145",
            "issue": "3",
            "pages": "304-311",
        }
    ]
    (short,) = read("f07_translated.nbib").rows["citations"]
    assert (short["volume"], short["issue"], short["pages"]) == ("4", "2", "12-9")


def test_a_retraction_is_said_and_flagged():
    record = read("f06_retracted.nbib")
    (flag,) = record.rows["flags"]
    assert (flag["flag"], flag["severity"]) == ("retracted", "exclude")
    assert "PMID: 31234569" in flag["detail"]
    assert any("retracted" in note for note in record.notes)


def test_a_translated_title_says_so_and_keeps_the_original():
    (study,) = read("f07_translated.nbib").rows["studies"]
    assert study["notes"] == "Title translated (language: ger); original title: Ein erfundener Versuch."


def test_many_records_give_a_form_each_or_the_one_that_is_chosen(capsys):
    code, out, err = template("f10_two.ris", capsys)
    assert code == 0 and "holds 2 records" in err
    forms = list(yaml.load_all(out, yaml.BaseLoader))
    assert [form["studies"][0]["study_id"] for form in forms] == ["Doe2020", "Roe2021"]
    assert main(["add", "study", "--from", str(FAILS / "f10_two.ris"), "--template", "--record", "2"]) == 0
    assert "'Roe2021'" in capsys.readouterr().out
    assert main(["add", "study", "--from", str(FAILS / "f10_two.ris"), "--record", "3", "--template"]) == 1
    assert "there is no record 3" in capsys.readouterr().err


def test_a_form_without_the_outcome_of_a_measure_is_refused_by_name(data, capsys):
    assert add(data, "f20_measures_without_outcome.yaml", "--dry-run") == 1
    said = capsys.readouterr().err
    assert "f20_measures_without_outcome.yaml:19: measures: outcome is empty" in said


def test_a_table_that_is_not_of_a_study_is_refused_by_name(data, capsys):
    assert add(data, "f21_reviews_in_form.yaml", "--dry-run") == 1
    assert "reviews is no table of a study" in capsys.readouterr().err


def test_a_result_without_a_row_of_measures_is_named_when_adding_in_check_and_in_explain(data, capsys):
    wanted = "'any adverse event' (memantine, 8 weeks): not used: The measure is not listed in measures.csv."
    assert add(data, "f22_unknown_measure.yaml") == 0
    said = capsys.readouterr().err
    assert f"f22_unknown_measure.yaml:9: Doe2026: any_adverse_event, {wanted}" in said
    assert main(["check", str(data)]) == 0
    assert f"Doe2026: any_adverse_event, {wanted}" in capsys.readouterr().err
    explained = list(explain(project.here(), dataset.load(data), "Doe2026"))
    assert any(f"Doe2026: any_adverse_event, {wanted}" in line for line in explained)


def test_an_sd_ten_times_too_large_is_refused(data):
    patched(data, "f23_sd_times_ten.patch")
    (problem,) = dataset.check(data)
    assert (problem.rule, problem.value, problem.study_id) == ("spread_within_scale", "14.6", "Maier2003")
    assert "at most 4.8" in problem.allowed


def test_the_registry_gives_people_times_masking_tests_and_harms():
    record = read("f30_ctgov.json")
    rows = record.rows
    (study,) = rows["studies"]
    assert (study["blinding"], study["pmid"], study["age_mean"]) == ("single", "31234567", "50.1")
    assert [(arm["label"], arm.get("components")) for arm in rows["arms"]] == [
        ("Made-up drug", None),
        ("Placebo", "placebo"),
    ]
    pain = [row for row in rows["arm_results"] if row["measure"].startswith("Pain on NRS")]
    assert [(row["n"], row["mean"], row["sd"]) for row in pain] == [
        ("28", "3.1", "2.0"),
        ("27", "4.2", "2.1"),
    ]
    assert {row["time_label"] for row in pain} == {"Week 4 and Week 12"}
    responders = [row for row in rows["arm_results"] if row["measure"] == "Responders, 50%"]
    assert [(row["events"], row["total"]) for row in responders] == [("12", "30"), ("6", "30")]
    (ranged,) = [row for row in rows["arm_results"] if row["measure"] == "Pain, range"]
    assert (ranged["mean"], ranged["min"], ranged["max"]) == ("3.0", "0", "9")
    nausea = [row for row in rows["arm_results"] if row.get("outcome") == "nausea"]
    assert [(row["arm"], row["events"], row["total"]) for row in nausea] == [
        ("Made-up drug", "9", "30"),
        ("Placebo", "2", "30"),
    ]
    serious = [row for row in rows["arm_results"] if row.get("outcome") == "serious_adverse_event"]
    assert [row["events"] for row in serious] == ["1", "0"]
    difference, test = rows["contrasts"]
    assert {
        key: difference[key] for key in ("arm_a", "arm_b", "effect", "estimate", "ci_low", "ci_high")
    } == {
        "arm_a": "Made-up drug",
        "arm_b": "Placebo",
        "effect": "MD",
        "estimate": "-1.1",
        "ci_low": "-2.1",
        "ci_high": "-0.1",
    }
    assert (difference["p_operator"], difference["p_value"]) == ("=", "0.03")
    assert (test["effect"], test["p_value"]) == ("p_only", "0.09")
    assert any("Limbs: only participants are counted" in note for note in record.notes)
    assert any("participants were not masked" in note for note in record.notes)


def test_windows_line_ends_of_git_are_declared():
    lines = (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "*.csv text eol=lf" in lines and "*.md text eol=lf" in lines


def test_a_reader_that_stops_early_ends_it_quietly(clone):
    import sys

    command = f"{sys.executable} -m evidence explain Sigtermans2009 | head -3"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=clone.root,
        env=clone.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "" and done.returncode == 0
    assert done.stdout.startswith("Sigtermans 2009")


def test_a_changed_count_of_a_harm_is_told_and_one_that_nobody_uses_says_so(data):
    before = dataset.load()
    patched(data, "f25_harm_count.patch")
    text = markdown(compare(before, dataset.load(data)))
    assert "events `23` → `12`" in text
    assert "**Changed results that no analysis uses**" in text  # the review's count of the trial comes first
    assert "Another time point stands for the window." in text or "not used: " in text
    path = data / "arm_results.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    (used,) = [
        row for row in rows if row.startswith("Sigtermans2009,S-ketamine") and "psychotomimetic,psych" in row
    ]
    path.write_text(
        "\n".join(rows).replace(used, used.replace(",28,30,", ",14,30,")) + "\n", encoding="utf-8"
    )
    text = markdown(compare(before, dataset.load(data)))
    assert "### Harms and other outcomes" in text
    assert "28 of 30 v 5 of 30" in text and "14 of 30 v 5 of 30" in text


def test_windows_of_time_are_said_as_the_settings_have_them(data):
    patched(data, "f24_window_setting.patch")
    answer = Report("ketamine", "crps", ds=dataset.load(data)).answer()._repr_html_()
    assert "45 days to 6 months" in answer
    assert "from 3 to 6 months" not in answer
