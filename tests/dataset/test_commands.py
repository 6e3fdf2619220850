"""`python -m evidence check` and `python -m evidence bibliography`."""

from pathlib import Path

import pytest

from evidence.cli import main
from evidence.publish.project import Project
from tests.dataset.folder import change, make

HERE = "evidence.publish.project.here"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the small tables."""
    make(tmp_path / "data")
    monkeypatch.setattr(HERE, lambda: Project(tmp_path))
    return tmp_path


def test_check_says_nothing_of_tables_in_order(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(data)]) == 0
    assert capsys.readouterr().out == ""


def test_check_prints_one_line_for_each_problem_and_fails(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(data, "contrasts", 0, estimate="1.5", p_value="0")
    assert main(["check", str(data)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["data/contrasts.csv:2", "estimate"],
        ["data/contrasts.csv:2", "p_value"],
    ]


def test_the_bibliography_is_written_and_checked(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    assert capsys.readouterr().out.startswith("references.bib:1: 'end of file'")
    assert main(["bibliography"]) == 0
    assert main(["check"]) == 0
    assert sorted(path.name for path in checkout.iterdir()) == ["data", "references.bib"]
    change(checkout / "data", "studies", 0, title="Changed")
    assert main(["check"]) == 1


def test_no_bibliography_is_written_from_tables_that_are_not_in_order(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(checkout / "data", "studies", 0, design="")
    assert main(["bibliography"]) == 1
    assert "data/studies.csv:2: design" in capsys.readouterr().err
    assert not (checkout / "references.bib").exists()
