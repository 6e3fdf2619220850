"""Tables of robvis in and out by the commands, and a clear word on what does not fit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from evidence import dataset
from evidence.cli import main
from evidence.rob import assessments, from_robvis
from tests.dataset.folder import make, rows, write

#: The example data set of the R package robvis for RoB 2.
SAMPLE = Path(__file__).parents[1] / "rob" / "data_rob2.csv"
SOURCE = "https://example.org/review"
DOMAINS = ("D1", "D2", "D3", "D4", "D5")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The made-up trials under the names of the example, and seven more of them, unassessed."""
    data = make(tmp_path / "data")
    studies, interventions = rows("studies"), rows("interventions")
    write(data, "studies", [*studies, *({**studies[0], **_named(number)} for number in range(1, 10))])
    own = ({**interventions[0], "study_id": f"Study{number}"} for number in range(1, 10))
    write(data, "interventions", [*interventions, *own])
    return data


def _named(number: int) -> dict[str, str]:
    return {
        "study_id": f"Study{number}",
        "authors_short": f"Study {number}",
        "year": "",
        "doi": "",
        "pmid": "",
    }


def read_in(book: Path, file: Path, *more: str) -> int:
    return main(["robvis", "in", str(file), "--source", SOURCE, "--data", str(book), "--uncommitted", *more])


def test_the_example_of_robvis_goes_in_and_comes_out_the_same(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_in(book, SAMPLE) == 0, capsys.readouterr().err
    sample = from_robvis(pd.read_csv(SAMPLE))
    ds = dataset.load(book)
    found = assessments(ds, [f"Study{number}" for number in range(1, 10)], "pain_intensity")
    for study, judged in sample.items():
        item = found[study.replace(" ", "")]
        assert {name: item.judgement(name) for name in DOMAINS} == judged
        assert all(rating.source == SOURCE for rating in item.ratings.values())
    capsys.readouterr()
    assert main(["robvis", "out", "--data", str(book)]) == 0
    written = from_robvis(pd.read_csv(io.StringIO(capsys.readouterr().out)))
    assert {name: written[name] for name in sample} == sample


def test_a_dry_run_shows_the_rows_and_writes_nothing(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (book / "rob2.csv").read_bytes()
    assert read_in(book, SAMPLE, "--dry-run") == 0
    assert "+Study5,pain_intensity,D1,,high,review" in capsys.readouterr().out
    assert (book / "rob2.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Study 4", "Nobody 1999", "Nobody 1999 is not in studies.csv"),
        ("Study 4", "Study 5", "'Study 5' stands twice"),
        ("High", "Awful", "'Awful' is no judgement"),
        ("D3", "D9", "has no D3"),
    ],
)
def test_a_bad_table_is_refused_and_nothing_written(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    file = tmp_path / "table.csv"
    file.write_text(SAMPLE.read_text("utf-8").replace(old, new, 1))
    before = (book / "rob2.csv").read_bytes()
    assert read_in(book, file) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "table.csv" in error
    assert (book / "rob2.csv").read_bytes() == before


def test_what_is_judged_already_is_not_judged_twice(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_in(book, SAMPLE) == 0
    assert read_in(book, SAMPLE) == 1
    assert "Study1 D1" in capsys.readouterr().err


def test_the_book_itself_goes_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["robvis", "out"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(table) == dataset.load().rows("rob2")["study_id"].nunique()
    assert set(table[0]) == {"Study", *DOMAINS, "Overall"}
    assert main(["robvis", "out", "--outcome", "sleep"]) == 1
