"""Adding and removing a study: new lines only, all tables or none."""

import copy
import csv
import io
import subprocess

import pytest
import yaml

from evidence import dataset
from evidence.cli import main
from evidence.dataset.package import parse_contract
from evidence.desk import ask, change, forms, study
from evidence.desk.problems import DeskError
from tests.dataset import folder

from .form import DOE


@pytest.fixture
def data(tmp_path):
    """A small valid data folder."""
    return folder.make(tmp_path / "data")


def contents(data):
    return {path.name: path.read_bytes() for path in data.parent.rglob("*") if path.is_file()}


def form(tmp_path, rows):
    path = tmp_path / "form.yaml"
    path.write_text(yaml.safe_dump(rows), encoding="utf-8")
    return str(path)


def add(data, tmp_path, rows=DOE, *options):
    return main(["add", "study", form(tmp_path, rows), "--data", str(data), *options])


def test_a_study_is_added_as_new_lines_and_removed_again_to_the_byte(data, tmp_path, capsys):
    form(tmp_path, DOE)
    before = contents(data)
    assert add(data, tmp_path) == 0
    after = contents(data)
    assert dataset.check(data) == []
    for table, rows in DOE.items():
        old, new = (files[f"{table}.csv"].decode().splitlines() for files in (before, after))
        assert len(new) == len(old) + len(rows)
        assert [line for line in new if not line.startswith("Doe2026,")] == old
    assert capsys.readouterr().out.count("\n+Doe2026,") == sum(map(len, DOE.values()))
    assert main(["remove", "study", "Doe2026", "--data", str(data)]) == 0
    assert contents(data) == before


def test_a_dry_run_shows_the_lines_and_writes_nothing(data, tmp_path, capsys):
    form(tmp_path, DOE)
    before = contents(data)
    assert add(data, tmp_path, DOE, "--dry-run") == 0
    assert contents(data) == before
    assert "+Doe2026,ketamine,,intravenous,,,placebo,placebo" in capsys.readouterr().out


def test_every_problem_of_the_result_is_listed_and_nothing_is_written(data, tmp_path, capsys):
    wrong = copy.deepcopy(DOE)
    wrong["studies"][0]["design"] = "sequential"
    wrong["arm_results"][1]["mean"] = "50"
    form(tmp_path, wrong)
    before = contents(data)
    assert add(data, tmp_path, wrong) == 1
    said = capsys.readouterr().err
    assert "'sequential'" in said and "mean_within_scale" in said
    assert contents(data) == before


def test_tables_that_break_a_rule_already_are_refused(data, tmp_path, capsys):
    folder.change(data, "studies", 0, n_randomised="1")
    assert add(data, tmp_path) == 1
    assert "break a rule already" in capsys.readouterr().err


def test_tables_with_uncommitted_changes_are_refused_unless_accepted(data, tmp_path, capsys):
    for command in (["init", "-q"], ["add", "data"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert add(data, tmp_path) == 1
    assert "not committed" in capsys.readouterr().err
    assert add(data, tmp_path, DOE, "--uncommitted") == 0


@pytest.mark.parametrize(
    ("table", "cells", "said"),
    [
        ("studies", {"study_id": "Alpha2001"}, "has 'Alpha2001' already"),
        ("studies", {"study_id": ""}, "study_id is empty"),
        ("arms", {"study_id": "Beta2002"}, "add one study at a time"),
    ],
)
def test_rows_that_are_not_those_of_one_new_study_are_refused(data, table, cells, said):
    rows = copy.deepcopy(DOE)
    rows[table][0] |= cells
    with pytest.raises(DeskError, match=said):
        study.additions(data, [rows])


def test_a_study_with_a_known_identifier_is_pointed_out(data):
    rows = {"studies": [{"doi": "10.1000/ALPHA", "pmid": "9"}]}
    assert [str(like) for like in study.likenesses(data, rows)] == [
        "Alpha2001 has the same doi (10.1000/ALPHA): is it the same trial?"
    ]


def test_a_folder_that_changes_meanwhile_is_left_alone(data):
    prepared = study.additions(data, [DOE])
    folder.change(data, "flags", 0, detail="Changed by somebody else")
    before = contents(data)
    with pytest.raises(DeskError, match="changed while the command ran"):
        change.apply(prepared, dry_run=False)
    assert contents(data) == before


def test_when_the_bibliography_cannot_be_written_the_tables_come_back(data, monkeypatch):
    (data.parent / "references.bib").write_text("old\n")
    before = contents(data)
    prepared = study.additions(data, [DOE])
    monkeypatch.setattr(change.Path, "replace", _full_disk)
    with pytest.raises(OSError, match="No space left"):
        change.apply(prepared, dry_run=False)
    assert contents(data) == before


def _full_disk(*_):
    raise OSError(28, "No space left on device")


def test_a_filled_template_reads_back_as_what_filled_it():
    contract = parse_contract((folder.DATA / "datapackage.json").read_bytes())
    loaded = yaml.load(study.template(contract, DOE), yaml.BaseLoader)
    there = {
        table: [{name: cell for name, cell in row.items() if cell} for row in rows]
        for table, rows in loaded.items()
    }
    assert {table: rows for table, rows in there.items() if any(rows)} == DOE


def test_answers_give_the_same_rows_as_a_form(data):
    contract = parse_contract((folder.DATA / "datapackage.json").read_bytes())
    pending = {table: [dict(row) for row in rows] for table, rows in DOE.items()}
    asked: list[str] = []
    current: dict[str, str] = {}

    def say(line):
        table = line.strip().split(":")[0]
        if table in pending:
            current.clear()
            current.update(pending[table].pop(0))

    def answer(prompt):
        asked.append(prompt)
        if prompt.startswith("Add a row to "):
            return "y" if pending.get(prompt.split()[4].rstrip("?")) else "n"
        return current.get(prompt.split()[0].rstrip(":"), "")

    rows = ask.ask_study(contract, {}, answer, say)
    filled = {
        table: [{name: cell for name, cell in row.items() if cell} for row in found]
        for table, found in rows.items()
    }
    assert {table: found for table, found in filled.items() if found} == DOE
    study.additions(data, [rows])


def test_a_wrong_answer_is_asked_again_and_the_end_of_answers_writes_nothing():
    contract = parse_contract((folder.DATA / "datapackage.json").read_bytes())
    answers = iter(["Doe2026", "Doe", "in 2026", "2026"])
    said: list[str] = []

    def answer(_):
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    with pytest.raises(DeskError, match="the answers ended"):
        ask.ask_study(contract, {}, answer, said.append)
    assert any("must be a number" in line for line in said)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "studies: &a [x]\narms: *a\n", "alias"),
        ("a.yaml", "studies: {year: 1, year: 2}\n", "second time"),
        ("a.yaml", "studies: [unclosed\n", "cannot be read as YAML"),
        ("a.yaml", "[" * 5000, "cannot be read as YAML"),
        ("a.yaml", "just text\n", "must name tables"),
        ("a.yaml", "trials: {year: 1}\n", "no table 'trials'"),
        ("a.yaml", "studies: {colour: red}\n", "no column colour"),
        ("a.yaml", "studies: {year: [1, 2]}\n", "must be one text"),
        ("studies.csv", 'study_id,title\nDoe2026,"cut', "not CSV"),
        ("studies.csv", "study_id,title\nDoe2026\n", "1 cells and the header 2"),
        ("studies.txt", "x", "YAML form"),
        ("a.yaml", "# nothing yet\n", "a.yaml: holds no row of a study"),
        ("a.yaml", "studies:\narms:\n", "a.yaml: holds no row of a study"),
        ("studies.csv", "study_id,title\n", "studies.csv: holds no row of a study"),
    ],
)
def test_a_bad_form_gets_a_clear_error(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    contract = parse_contract((folder.DATA / "datapackage.json").read_bytes())
    with pytest.raises(DeskError, match=said):
        forms.read_studies([tmp_path / name], contract)


def test_csv_files_named_after_tables_give_the_same_rows_as_yaml(tmp_path):
    contract = parse_contract((folder.DATA / "datapackage.json").read_bytes())
    for table, rows in DOE.items():
        folder.write(tmp_path, table, rows)
    (read,) = forms.read_studies([tmp_path], contract)
    assert {t: [{c: v for c, v in row.items() if v} for row in rows] for t, rows in read.items()} == DOE


@pytest.mark.parametrize("sign", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_csv_files_as_spreadsheet_programs_write_them_are_read(tmp_path, sign, encoding):
    contract = parse_contract((folder.DATA / "datapackage.json").read_bytes())
    for table, rows in DOE.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = io.StringIO()
        writer = csv.DictWriter(lines, columns, delimiter=sign, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows([*rows, dict.fromkeys(columns, "")])
        (tmp_path / f"{table}.csv").write_bytes(lines.getvalue().removesuffix("\r\n").encode(encoding))
    (read,) = forms.read_studies([tmp_path], contract)
    assert {t: [{c: v for c, v in row.items() if v} for row in rows] for t, rows in read.items()} == DOE


def test_what_the_editor_filled_in_wins_over_the_record():
    known = {"studies": [{"title": "From the record", "year": "2025"}], "arms": [{"arm": "x"}]}
    merged = forms.merge(known, {"studies": [{"title": "Mine", "year": ""}]})
    assert merged == {"studies": [{"title": "Mine", "year": "2025"}], "arms": [{"arm": "x"}]}
