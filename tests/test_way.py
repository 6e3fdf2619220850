"""The newcomer's way from a cell to a sentence, as CONTRIBUTING.md tells it, is the one that is gone."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from evidence import dataset
from evidence.report import Report
from evidence.report.sections.harm_line import harm_line

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "lib" / "evidence"
TOLD = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("**From a cell to a sentence**")[2]
#: The numbered ways: what is said, and the files in which it is made.
WAYS = [
    (re.sub(r"\s+", " ", said), re.findall(r"`([\w/]+\.(?:py|csv))`", way))
    for said, way in re.findall(r"^\d\. \*([^*]+)\*(.*?)(?=^\d\. |\n\n)", TOLD, re.MULTILINE | re.DOTALL)
]


def strip(folder: Path) -> str:
    return Report("ketamine", "crps", ds=dataset.load(folder)).answer()._repr_html_()


def harms(folder: Path) -> str:
    line = harm_line(dataset.load(folder), "ketamine", "intravenous")
    return " ".join(f"{fact.name}: {fact.words('ketamine')}" for fact in line.counted)


def certainty(folder: Path) -> str:
    report = Report("ketamine", "crps", ds=dataset.load(folder))
    rated = report.analysis("intravenous", "medium").certainty
    return f"{report.answer()._repr_html_()} {rated.level}: {rated.steps}"


#: How each number is made, a cell of its table, what it may hold instead, and what is said then.
MADE: tuple[tuple[Callable[[Path], str], str, str, str], ...] = (
    (strip, ",2.68,", ",3.68,", "18 points less pain"),
    (harms, ",14,30,", ",15,30,", "15 of 30 people"),
    (
        certainty,
        "selective_reporting,caution,Registered",
        "selective_reporting,info,Registered",
        "imprecision −3",
    ),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder of its own, so that nothing is remembered."""
    place = tmp_path / "data"
    shutil.copytree(ROOT / "data", place)
    return place


def test_three_numbers_are_told_each_in_nine_forms_at_most() -> None:
    assert len(WAYS) == len(MADE)
    for said, files in WAYS:
        assert 5 <= len(files) <= 9, said
        assert [
            file for file in files if not (ROOT / file if ".csv" in file else LIBRARY / file).is_file()
        ] == []


@pytest.mark.parametrize(
    ("way", "made"), list(zip(WAYS, MADE, strict=True)), ids=lambda part: str(part[0])[:20]
)
def test_the_way_is_the_one_that_is_gone(
    folder: Path, way: tuple[str, list[str]], made: tuple[Callable[[Path], str], str, str, str]
) -> None:
    said, (table, *files) = way
    make, cell, other, then = made
    passed: set[str] = set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        passed.add(frame.f_code.co_filename)

    sys.setprofile(profile)
    try:
        text = make(folder)
    finally:
        sys.setprofile(None)
    assert said.lower() in re.sub(r"<[^>]*>", " ", text).lower()
    assert [file for file in files if str(LIBRARY / file) not in passed] == []
    path = folder / Path(table).name
    rows = path.read_text("utf-8")
    assert cell in rows
    path.write_text(rows.replace(cell, other), "utf-8")
    changed = make(folder)
    assert changed != text
    assert then in changed
