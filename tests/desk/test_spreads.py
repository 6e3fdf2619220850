"""A standard error in the place of an SD is asked about, and no SD of the committed tables is."""

import csv
import math
import shutil

import pytest

from evidence import dataset
from evidence.cli import main
from evidence.desk.spreads import doubtful_spreads
from evidence.effects import reference_sd

from .checkout import ROOT


def test_no_committed_sd_without_a_flag_is_asked_about():
    assert list(doubtful_spreads(dataset.load())) == []


def test_a_standard_error_under_sd_is_asked_about_with_its_study(tmp_path, capsys):
    studies = reference_sd(dataset.load()).studies
    near = reference_sd(dataset.load()).sd
    flags = dataset.load().rows("flags")
    flagged = set(flags.loc[flags["flag"].str.contains("spread"), "study_id"])
    usual = (one for one in studies if one.df > 30 and near / 1.4 < one.sd < near * 1.4)
    study = next(one for one in usual if one.study_id not in flagged)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / "arm_results.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["study_id"] == study.study_id and row["sd"] and row["n"]:
            row["sd"] = f"{float(row['sd']) / math.sqrt(float(row['n'])):.4f}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (said,) = doubtful_spreads(dataset.load(tmp_path / "data"))
    assert said.startswith(f"{study.study_id}: an SD of ")
    assert not list(doubtful_spreads(dataset.load(tmp_path / "data"), ["Another2000"]))
    assert main(["check", str(tmp_path / "data")]) == 0
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("study", "column"), [("Schwartzman2009", "se"), ("Dadabayev2020a", "sd")])
def test_a_spread_of_a_tenth_is_asked_about_with_its_arm(tmp_path, study, column):
    """Below 1/6 of the reference SD, 23 points, lies no spread of the tables but those with a flag."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / "arm_results.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(r for r in rows if r["study_id"] == study and r[column] and r["outcome"] == "pain_intensity")
    row[column] = f"{float(row[column]) / 10:.4g}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    said = [line for line in doubtful_spreads(dataset.load(tmp_path / "data"), [study]) if "decimal" in line]
    assert len(said) == 1 and said[0].startswith(f"{study}: {column} {row[column]} of {row['arm']}")
