"""Files that are not the table they should be: each gets a clear line, and the rest is still checked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence import dataset
from tests.dataset.folder import change, header


def _edit(data: Path, table: str, edit: Callable[[bytes], bytes]) -> list[str]:
    path = data / f"{table}.csv"
    path.write_bytes(edit(path.read_bytes()))
    return [str(problem) for problem in dataset.check(data)]


def _line(problems: list[str], start: str) -> str:
    found = [problem for problem in problems if problem.startswith(start)]
    assert len(found) == 1, problems
    return found[0]


@pytest.mark.parametrize(
    ("edit", "start", "words"),
    [
        (lambda b: b"\xef\xbb\xbf" + b, "data/flags.csv:1: 'byte order mark'", "save as plain UTF-8"),
        (lambda b: b.replace(b"Made", b"M\xe4de"), "data/flags.csv:2: 'byte e4'", "allowed is UTF-8"),
        (lambda b: b.replace(b"\n", b"\r\n"), "data/flags.csv:1: 'carriage return'", "Unix line ends"),
        (lambda b: b[:-1], "data/flags.csv:2: 'Beta2002,unblinding,caution,Made up'", "cut off"),
        (lambda b: b[:-9], "data/flags.csv:2: '3 cells'", "allowed is 4 cells"),
        (lambda b: b"", "data/flags.csv:1: ''", "it is empty"),
        (lambda b: b"\n", "data/flags.csv:1: ''", "its first line is blank"),
        (lambda b: b + b"\n", "data/flags.csv:3: 'blank line'", "remove the line"),
        (
            lambda b: b + b"Beta2002,a,info,b,c\n",
            "data/flags.csv:3: '5 cells'",
            "quote cells that hold commas",
        ),
        (
            lambda b: b + b'Beta2002,a,info,"b\n',
            "data/flags.csv:3: 'unexpected end of data'",
            "close the quote",
        ),
        (lambda b: b + b'Beta2002,a,info,"b"c\n', "data/flags.csv:3: ", "double every quote"),
        (lambda b: b.replace(b"severity", b"Severity"), "data/flags.csv:1: Severity:", "rename or remove"),
        (lambda b: b.replace(b"severity", b"Severity"), "data/flags.csv:1: severity:", "add the column"),
        (lambda b: b.replace(b"detail", b"flag"), "data/flags.csv:1: flag:", "keep one of the columns"),
        (lambda b: b.replace(b"Made up", b"\x00"), "data/flags.csv:2: detail:", "control characters"),
    ],
)
def test_a_file_in_the_wrong_form(data: Path, edit: Callable[[bytes], bytes], start: str, words: str) -> None:
    assert words in _line(_edit(data, "flags", edit), start)


def test_columns_in_another_order_are_told_and_read_by_name(data: Path) -> None:
    found = _edit(
        data, "flags", lambda _: b"flag,study_id,severity,detail\nunblinding,Beta2002,fatal,Made up\n"
    )
    assert "the order study_id,flag,severity,detail" in _line(found, "data/flags.csv:1: ")
    assert "'fatal'" in _line(found, "data/flags.csv:2: severity:")
    assert len(found) == 2


def test_a_missing_file(data: Path) -> None:
    (data / "claims.csv").unlink()
    (problem,) = dataset.check(data)
    assert str(problem).startswith("data/claims.csv:1: ")
    assert "restore it" in problem.remedy


def test_a_table_that_the_contract_does_not_know(data: Path) -> None:
    (data / "more.csv").write_text("a\n1\n")
    (problem,) = dataset.check(data)
    assert str(problem).startswith("data/more.csv:1: ")
    assert "datapackage.json" in problem.remedy


@pytest.mark.parametrize(
    "content", [None, "{", "[]", '{"resources": [{}]}', '{"resources": [{"name": "a"}]}']
)
def test_a_contract_that_cannot_be_read(data: Path, content: str | None) -> None:
    path = data / "datapackage.json"
    path.unlink() if content is None else path.write_text(content)
    (problem,) = dataset.check(data)
    assert str(problem).startswith("data/datapackage.json:1: ")
    with pytest.raises(ValueError, match=r"datapackage\.json"):
        dataset.load(data)


def test_a_broken_row_hides_no_problem_of_the_others(data: Path) -> None:
    change(data, "contrasts", 0, estimate="1.5")
    found = _edit(data, "contrasts", lambda b: b + b"Beta2002\n" + b'Beta2002,"x\n')
    assert [line.split(": ")[0] for line in found] == [f"data/contrasts.csv:{line}" for line in (2, 4, 5)]


def test_an_empty_table_is_a_table(data: Path) -> None:
    (data / "claims.csv").write_text(",".join(header("claims")) + "\n")
    assert dataset.check(data) == []
    assert dataset.load(data).rows("claims").empty


def test_loading_refuses_what_the_check_reports(data: Path) -> None:
    change(data, "contrasts", 0, estimate="1.5", p_value="0")
    with pytest.raises(dataset.InvalidDataError) as refused:
        dataset.load(data)
    assert refused.value.problems == dataset.check(data)
    assert all(str(problem) in str(refused.value) for problem in refused.value.problems)
    assert "2 to put right" in str(refused.value)


def test_loading_trusts_only_the_very_files_that_were_checked(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = dataset.load(data).fingerprint
    monkeypatch.setenv("EVIDENCE_CHECKED_DATA", checked)
    change(data, "contrasts", 0, estimate="1.5")
    with pytest.raises(dataset.InvalidDataError):
        dataset.load(data)
