"""The form as a spreadsheet: out with its lists, in with its values, and no cell changed by a program."""

import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from evidence.cli import main
from evidence.dataset.files import read_snapshot
from evidence.desk import spreadsheet
from evidence.desk.problems import DeskError
from evidence.desk.spreadsheet import read_spreadsheet, workbook
from evidence.desk.study import TABLES
from tests.dataset import folder

from .form import DOE


@pytest.fixture
def contract():
    return read_snapshot(folder.DATA).contract


@pytest.fixture
def path(tmp_path, contract):
    (tmp_path / "form.xlsx").write_bytes(workbook(contract, TABLES, DOE))
    return tmp_path / "form.xlsx"


def test_a_filled_spreadsheet_reads_back_as_what_filled_it(path):
    read = read_spreadsheet(path)
    assert {t: [{c: v for c, v in row.items() if v} for row in rows] for t, rows in read.items()} == DOE
    (first, second) = read["arm_results"]
    assert (first.file, first.line, second.line) == ("form.xlsx!arm_results", 2, 3)


def test_vocabularies_are_offered_as_lists_and_every_cell_is_text(path, contract):
    book = load_workbook(path)
    sheet = book["studies"]
    header = [cell.value for cell in sheet[1]]
    assert header == [column.name for column in contract.table("studies").columns]
    offered = {
        str(rule.sqref).partition(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation
    }
    place = sheet.cell(2, header.index("design") + 1).coordinate
    column = offered[place].partition("$")[2][0]
    words = [cell.value for cell in book["lists"][column] if cell.value]
    assert words == list(contract.table("studies").column("design").allowed)
    assert book["lists"].sheet_state == "hidden"
    assert {cell.number_format for row in sheet.iter_rows(2, 60) for cell in row} == {"@"}
    assert "required" in sheet.cell(1, header.index("design") + 1).comment.text.lower()


def test_a_study_is_added_from_a_spreadsheet_and_a_problem_names_its_line(path, tmp_path, capsys):
    data = folder.make(tmp_path / "data")
    assert main(["add", "study", str(path), "--data", str(data)]) == 0
    assert "+Doe2026,ketamine" in capsys.readouterr().out
    book = load_workbook(path)
    book["studies"]["A2"] = "Roe2027"
    header = [cell.value for cell in book["arm_results"][1]]
    book["arm_results"].cell(3, header.index("mean") + 1).value = 50
    book.save(path)
    assert main(["add", "study", str(path), "--data", str(data)]) == 1
    assert "form.xlsx!arm_results:3: arm_results, mean: '50'" in capsys.readouterr().err


def test_a_spreadsheet_is_written_once_and_never_over_another(tmp_path, capsys):
    data, target = folder.make(tmp_path / "data"), tmp_path / "new.xlsx"
    assert main(["add", "study", "--xlsx", str(target), "--data", str(data)]) == 0
    assert main(["add", "study", "--xlsx", str(target), "--data", str(data)]) == 1
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime.datetime(2026, 2, 1), "studies!A2: 2026-02-01 00:00:00 is a date"),
        (datetime.time(1, 2), "is a date that the program made"),
        ("=1+1", "studies!A2: holds a formula"),
        (True, "holds TRUE as a truth value"),
        ("#NAME?", "studies!A2: holds the error #NAME?"),
    ],
)
def test_what_a_program_made_of_a_cell_is_refused_by_its_place(tmp_path, value, said):
    book = Workbook()
    sheet = book.active
    sheet.title = "studies"
    sheet["A1"], sheet["A2"] = "title", value
    book.save(tmp_path / "form.xlsx")
    with pytest.raises(DeskError, match=said.replace("?", r"\?")):
        read_spreadsheet(tmp_path / "form.xlsx")


def test_numbers_come_as_they_were_typed(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "studies"
    sheet.append(["year", "age_mean", "n_randomised"])
    sheet.append([2026, 50.1, 60.0])
    sheet.append([2026, 0.1 + 0.2, 60])  # 0.30000000000000004, of which a spreadsheet shows and keeps 0.3
    book.save(tmp_path / "form.xlsx")
    first, second = read_spreadsheet(tmp_path / "form.xlsx")["studies"]
    assert first == {"year": "2026", "age_mean": "50.1", "n_randomised": "60"}
    assert second["age_mean"] == "0.3"


@pytest.mark.parametrize("percent", ["0%", "0.00%"])
def test_a_number_shown_as_a_percentage_is_refused(tmp_path, percent):
    book = Workbook()
    book.active.title = "studies"
    book.active.append(["title", "female_pct"])
    book.active.append(["A", 0.62])
    book.active["B2"].number_format = percent
    book.save(tmp_path / "form.xlsx")
    with pytest.raises(DeskError, match=r"studies!B2: 0.62 is shown as a percentage"):
        read_spreadsheet(tmp_path / "form.xlsx")


def test_merged_cells_would_lose_a_number_and_are_refused(path):
    book = load_workbook(path)
    sheet = book["arm_results"]
    place = [cell.value for cell in sheet[1]].index("sd") + 1
    sheet.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place)
    book.save(path)
    with pytest.raises(DeskError, match=r"arm_results!N2:N3: the cells are merged"):
        read_spreadsheet(path)


def test_a_column_that_stands_twice_is_refused(path):
    book = load_workbook(path)
    sheet = book["arm_results"]
    sheet.cell(1, sheet.max_column + 1).value = "sd"
    book.save(path)
    with pytest.raises(DeskError, match=r"arm_results: line 1 names the column 'sd' twice"):
        read_spreadsheet(path)


def test_what_is_no_spreadsheet_or_unfolds_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(DeskError, match="cannot be read as a spreadsheet"):
        read_spreadsheet(path)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * 60_000_000)
    path.write_bytes(content.getvalue())
    with pytest.raises(DeskError, match="unfolds beyond measure"):
        read_spreadsheet(path)
    monkeypatch.setattr(spreadsheet, "CELLS", 3)
    book = Workbook()
    book.active.append([1, 2, 3, 4])
    book.save(path)
    with pytest.raises(DeskError, match="more cells than one study needs"):
        read_spreadsheet(path)
