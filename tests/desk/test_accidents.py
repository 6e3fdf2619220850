"""What spreadsheet programs do to a table: each accident is told, and `tidy` takes the harmless back."""

import csv
import io
import re
import shutil
import subprocess

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


def quoted(content):
    text = io.StringIO()
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


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


def below_itself(rows):
    rows.insert(1, list(rows[0]))


def below_a_title(rows):
    rows.insert(0, ["Results of arms"])


def one_column_sorted(rows):
    column = sorted(row[1] for row in rows[1:])
    for row, name in zip(rows[1:], column, strict=True):
        row[1] = name


def exchanged(first, second, *columns):
    """Exchange two words of the first study that has both, in some columns."""

    def change(rows):
        other = {first: second, second: first}
        places = [rows[0].index(name) for name in columns]
        for row in rows[1:]:
            if row[0] == "Sigtermans2009":
                for place in places:
                    row[place] = other.get(row[place], row[place])

    return cells(change)


def two_cells(first, second):
    """Exchange two cells of the first row with a mean and an SD on a scale."""

    def change(rows):
        place = {name: number for number, name in enumerate(rows[0])}
        full = ("n", "mean", "sd", "scale_max")
        row = next(row for row in rows[1:] if all(row[place[name]] for name in full))
        a, b = place[first], place[second]
        row[a], row[b] = row[b], row[a]

    return cells(change)


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
    "quotes around every cell": (quoted, "quotes only around cells that need them"),
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
    "letters read as those of Windows": lambda c: c.decode("latin-1").encode(),
    "letters read as those of a Mac": lambda c: c.replace(
        "±".encode(), "±".encode().decode("mac_roman").encode()
    ),
    "letters lost": lambda c: c.replace("±".encode(), "\ufffd".encode()),
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
    "n and SD exchanged": two_cells("n", "sd"),
    "mean and SD exchanged": two_cells("mean", "sd"),
    "arms exchanged": exchanged("S-ketamine", "placebo", "arm"),
    "roles exchanged": exchanged("experimental", "control", "arm_role"),
    "one column sorted alone": cells(one_column_sorted),
    "a header twice": cells(below_itself),
    "a title above the header": cells(below_a_title),
    "a header lost": lambda c: c.split(b"\n", 1)[1],
    "the serial number of a date": cell(STUDY, "time_label", "44256"),
    "weeks for days": cell("Sigtermans2009", "time_label", "after 7 weeks"),
    "two spaces": cell("Abraham2003", "measure", lambda old: old.replace(" ", "  ", 1)),
    "a letter without width": cell(STUDY, "arm", lambda old: f"{old}\u200b"),
    "an apostrophe before a number": cell(STUDY, "mean", lambda old: f"'{old}"),
    "a zero before a number": cell(STUDY, "n", lambda old: f"0{old}"),
    "a dash for an empty cell": cell(STUDY, "median", "-"),
    "NA for an empty cell": cell(STUDY, "median", "NA"),
    "a percentage for events": cell("Sigtermans2009", "events", "76"),
}


@pytest.mark.parametrize("name", [*sorted(HARMLESS.keys() - {"quotes around every cell"}), *HARMFUL])
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
    if name not in ("a row twice", "a header twice", "a merged cell that left its key empty"):  # only sorted
        assert (data / TABLE).read_bytes() == before


def test_the_committed_tables_are_tidy(data, capsys):
    assert tidied(data) == []
    assert main(["tidy", str(data)]) == 0
    assert capsys.readouterr().err == "the tables are tidy\n"


@pytest.fixture
def versioned(data):
    """The committed tables in a repository of their own."""
    identity = ("-c", "user.name=Editor", "-c", "user.email=editor@example.org")
    for call in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "Tables"]):
        subprocess.run(["git", *call], cwd=data, check=True)
    return data


def without_zeros(rows):
    """Write each number as a spreadsheet program does that knows its value and not its digits."""
    for row in rows[1:]:
        row[:] = [f"{float(cell):.15g}" if re.fullmatch(r"-?\d+\.\d+", cell) else cell for cell in row]


@pytest.mark.parametrize("name", [TABLE, "contrasts.csv"])
def test_the_digits_that_a_source_prints_come_back_from_the_last_commit(versioned, name, capsys):
    before = (versioned / name).read_bytes()
    (versioned / name).write_bytes(cells(without_zeros)(before))
    assert (versioned / name).read_bytes() != before
    assert main(["tidy", str(versioned)]) == 0
    assert "put back the last zeros of" in capsys.readouterr().out
    assert (versioned / name).read_bytes() == before


def test_a_new_number_and_a_zero_that_an_editor_took_stay_as_they_are(versioned):
    before = (versioned / TABLE).read_bytes()
    one = before.replace(b",4.0,", b",4,", 1)
    assert one != before
    (versioned / TABLE).write_bytes(one)
    assert tidied(versioned) == []
    changed = cells(without_zeros)(before.replace(b",5.45,", b",5.5,", 1))
    (versioned / TABLE).write_bytes(changed)
    write(versioned, tidied(versioned))
    assert (versioned / TABLE).read_bytes() == before.replace(b",5.45,", b",5.5,", 1)


def test_every_accident_at_once_is_taken_back(data):
    before = {path.name: path.read_bytes() for path in data.glob("*.csv")}
    for path in data.glob("*.csv"):
        content = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + content.rstrip(b"\r\n") + b"\r\n,,,\r\n")
    write(data, tidied(data))
    assert {path.name: path.read_bytes() for path in data.glob("*.csv")} == before
