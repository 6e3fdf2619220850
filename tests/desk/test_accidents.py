"""What spreadsheet programs do to a table: each accident is told, and `tidy` takes the harmless back."""

import csv
import io
import shutil

import pytest

from evidence import dataset
from evidence.cli import main
from evidence.desk.tidy import tidied, write

from .checkout import ROOT


@pytest.fixture
def data(tmp_path):
    """The committed tables in a folder of their own."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path / "data"


def cells(change):
    """Make an accident of a change of the rows."""

    def accident(content):
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
        change(rows)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()

    return accident


def cell(study, column, value):
    """Write a value into a cell of the first row of a study."""

    def change(rows):
        (place, *_) = (number for number, row in enumerate(rows) if row[0] == study)
        old = rows[place][rows[0].index(column)]
        rows[place][rows[0].index(column)] = value(old) if callable(value) else value

    return cells(change)


def separated(sign):
    def accident(content):
        text = io.StringIO()
        rows = csv.reader(io.StringIO(content.decode(), newline=""))
        csv.writer(text, delimiter=sign, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()

    return accident


def drop_column(rows):
    for row in rows:
        del row[3]


def swap_columns(rows):
    for row in rows:
        row[3], row[4] = row[4], row[3]


def sort_by_arm(rows):
    rows[1:] = sorted(rows[1:], key=lambda row: row[1])


def twice(rows):
    rows.insert(2, list(rows[1]))


def shifted(rows):
    rows[1].insert(3, "")


def empty_key(rows):
    rows[1][0] = ""


def renamed(rows):
    rows[0][1] = "Arm"


TABLE = "arm_results.csv"
STUDY = "Maier2003"
#: Accidents that `tidy` takes back to the byte, with a word of what it says.
HARMLESS = {
    "byte order mark": (lambda c: b"\xef\xbb\xbf" + c, "byte order mark"),
    "Windows line ends": (lambda c: c.replace(b"\n", b"\r\n"), "line ends"),
    "line ends of old Macs": (lambda c: c.replace(b"\n", b"\r"), "line ends"),
    "no final newline": (lambda c: c.rstrip(b"\n"), "last line"),
    "semicolons": (separated(";"), "semicolons"),
    "tabs": (separated("\t"), "tabs"),
    "blank rows at the end": (lambda c: c + b",,,,\n,,,,\n", "2 blank rows"),
    "a blank line inside": (lambda c: c.replace(b"\n", b"\n\n", 1), "1 blank row"),
    "empty columns at the end": (
        lambda c: b"\n".join(line + b",," for line in c.rstrip(b"\n").split(b"\n")) + b"\n",
        "2 empty columns",
    ),
    "another order of the rows": (cells(sort_by_arm), "sorted the rows"),
    "whole numbers with a point": (cell(STUDY, "n", lambda old: f"{old}.0"), "such as 10.0 as 10"),
}
#: Accidents that only a person can mend: `check` names the cell.
HARMFUL = {
    "a decimal comma": cell(STUDY, "mean", "5,1"),
    "a thousands comma": cell(STUDY, "n", "1,018"),
    "a percent sign": cell(STUDY, "mean", "51%"),
    "a date out of 1-2": cell(STUDY, "time_label", "02-Jan"),
    "a date out of a label, in ISO": cell(STUDY, "measure", "2026-02-01 00:00:00"),
    "a date out of an arm": cell(STUDY, "arm", "Mar-21"),
    "an error of a formula": cell(STUDY, "arm", "#NAME?"),
    "a formula": cell(STUDY, "measure", "=A1+B1"),
    "a number as a power": cell(STUDY, "n", "1.8E+01"),
    "a long dash as a minus": cell(STUDY, "mean", "\u22125.1"),
    "a trailing space": cell(STUDY, "arm", lambda old: f"{old} "),
    "a space that does not break": cell(STUDY, "arm", "placebo\u00a0"),
    "another encoding": lambda c: c.replace("±".encode(), "±".encode("latin-1"), 1),
    "another encoding, of 16 bits": lambda c: c.decode().encode("utf-16"),
    "a column lost": cells(drop_column),
    "columns exchanged": cells(swap_columns),
    "a column renamed": cells(renamed),
    "a row twice": cells(twice),
    "cells shifted to the right": cells(shifted),
    "a merged cell that left its key empty": cells(empty_key),
    "a truth value": cell(STUDY, "higher_is", "TRUE"),
    "a spreadsheet under the name of a table": lambda c: b"PK\x03\x04" + c[:400],
    "the end lost": lambda c: c[:-200],
    "an SD of ten times its size": cell(STUDY, "sd", lambda old: str(float(old) * 10)),
}


@pytest.mark.parametrize("name", [*HARMLESS, *HARMFUL])
def test_each_accident_is_told(data, name):
    accident = HARMLESS[name][0] if name in HARMLESS else HARMFUL[name]
    before = (data / TABLE).read_bytes()
    after = accident(before)
    assert after != before
    (data / TABLE).write_bytes(after)
    problems = dataset.check(data)
    assert problems
    assert all(problem.file == f"data/{TABLE}" for problem in problems[:1])


@pytest.mark.parametrize("name", HARMLESS)
def test_what_changes_no_number_is_taken_back_and_said_in_one_line(data, name, capsys):
    accident, said = HARMLESS[name]
    before = (data / TABLE).read_bytes()
    (data / TABLE).write_bytes(accident(before))
    assert main(["tidy", str(data), "--dry-run"]) == 0
    assert (data / TABLE).read_bytes() == accident(before)
    assert main(["tidy", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if said in line] == [line for line in lines if line.startswith(TABLE)]
    assert dataset.check(data) == []
    rows = [
        sorted(csv.reader(io.StringIO(c.decode(), newline=""))) for c in (before, (data / TABLE).read_bytes())
    ]
    assert rows[0] == rows[1]
    if name != "another order of the rows":  # inside a study the former order is gone
        assert (data / TABLE).read_bytes() == before


@pytest.mark.parametrize("name", HARMFUL)
def test_what_may_change_a_number_is_left_to_a_person(data, name):
    (data / TABLE).write_bytes(HARMFUL[name]((data / TABLE).read_bytes()))
    before = (data / TABLE).read_bytes()
    main(["tidy", str(data)])
    assert dataset.check(data)
    if name not in ("a row twice", "a merged cell that left its key empty"):  # sorting is harmless
        assert (data / TABLE).read_bytes() == before


def test_the_committed_tables_are_tidy(data, capsys):
    assert tidied(data) == []
    assert main(["tidy", str(data)]) == 0
    assert capsys.readouterr().err == "the tables are tidy\n"


def test_every_accident_at_once_is_taken_back(data):
    before = {path.name: path.read_bytes() for path in data.glob("*.csv")}
    for path in data.glob("*.csv"):
        content = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + content.rstrip(b"\r\n") + b"\r\n,,,\r\n")
    write(data, tidied(data))
    assert {path.name: path.read_bytes() for path in data.glob("*.csv")} == before
