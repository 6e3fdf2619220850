"""Published reviews beside this book: their times, their sizes, their drugs, and what models do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.meta import pool
from evidence.question import read_windows
from evidence.wording.labels import labels
from nmda.compared import Compared
from nmda.models import Models, agreement_of
from nmda.published import stretch, when


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


@pytest.fixture(scope="module")
def found(ds: Dataset) -> Compared:
    return Compared(ds)


def rows(found: Compared, label: str) -> list[tuple[str, ...]]:
    """The rows of the figure on pain that begin with this."""
    return [
        tuple(cell.text for cell in row) for row in found.figure().twin.rows if row[0].text.startswith(label)
    ]


def test_one_week_is_one_week(found: Compared) -> None:
    """reviews.csv has "1 weeks after start of treatment"; no page should."""
    times = [when(row) for row in found.printed]
    assert "1 week after start of treatment" in times
    assert not [time for time in times if time.startswith("1 weeks")]
    assert "12 weeks after start of treatment" in times


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # the immediate window ends on day 7, the short one on day 92
        ((2, 14), "its times begin in the window from 2 days to 1 week"),
        ((2, 7), ""),
        ((21, 35), ""),
        ((None, 92), ""),
        ((35, None), "no last day is named"),
        ((None, None), "no time is named"),
    ],
)
def test_times_that_go_beyond_their_window(
    ds: Dataset, found: Compared, days: tuple[float | None, float | None], expected: str
) -> None:
    row = replace(found.printed[0], days_from=days[0], days_to=days[1])
    assert stretch(row, read_windows(ds), labels(ds)) == expected


def test_the_days_and_the_scale_are_those_that_the_words_name(found: Compared) -> None:
    """Read again here by the words of the row, which the library does not look at."""
    unit = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 92 / 3}
    numbers = re.compile(r"(?:(\d+)-)?(\d+) (minute|hour|day|week|month)s?")
    read = 0
    for row in (item.review for item in found.differences):
        said = numbers.findall((row.time_window or "").partition(" (")[0])
        days = [float(x) * unit[word] for first, last, word in said for x in (first, last) if x]
        named = [x for x in (row.days_from, row.days_to) if x is not None]
        assert (max(named, default=None), min(named, default=None)) == pytest.approx(
            (max(days, default=None), min(days, default=None)), abs=1e-3
        ), row.label
        notes = " ".join(each.notes or "" for each in found.printed if each.review_id == row.review_id)
        assert (f"0-{row.scale_max:g}" in notes, row.scale_min) == (True, 0), row.label
        read += bool(days)
    assert read > 20


def test_a_result_stands_in_the_window_of_its_days_not_of_its_name(found: Compared) -> None:
    """Moradi 2024 calls the first half hour "immediate"; this book's window of that name begins on day 2."""
    windows = {item.label: item.window for item in found.differences}
    assert windows["Moradi 2024, <30 minutes"] == "during_infusion"
    assert windows["Moradi 2024, >5 weeks"] == "short"
    assert {item.window for item in found.differences if item.review.window} == {"medium"}


def test_what_only_the_review_as_a_whole_tells_is_named_so(found: Compared) -> None:
    """Orhurhu 2019: "7 trials in the review; k in this pool not seen"."""
    (orhurhu,) = rows(found, "Orhurhu")
    assert "7 trials, 211 in the review; number in this pool not seen" in orhurhu
    first, *_ = rows(found, "Moradi")
    assert "number of trials not seen" in first
    assert "3 trials, 173" in rows(found, "Cochrane review, Ferraro")[0]


def test_a_result_of_two_windows_has_a_note(found: Compared) -> None:
    said = found.figure().description
    assert "Orhurhu et al. 2019, 48 hours to 2 weeks after infusion: its times begin in the window" in said
    assert "Moradi 2024, >5 weeks: no last day is named." in said


def test_no_block_of_harms_mixes_drugs(found: Compared) -> None:
    """Kurian 2019 is on memantine, the Cochrane review on both, all the others are on ketamine."""
    blocks: dict[str, set[str]] = {}
    for row in found.harms().twin.rows:
        blocks.setdefault(row[1].text, set()).add(row[0].text)
    assert all(name.startswith(("Ketamine: ", "Memantine: ")) for name in blocks)
    assert blocks["Memantine: dizziness"] == {
        "Cochrane review, Ferraro et al. 2025",
        "Kurian et al. 2019",
        "This book",
    }
    assert "Kurian et al. 2019" not in blocks["Ketamine: dizziness"]
    assert "This book" in blocks["Ketamine: psychotomimetic effects"]


def models(name: str, yi: list[float], vi: list[float]) -> Models:
    return Models(
        name,
        "A and B",
        pool(yi, vi, model="common", ci="wald"),
        pool(yi, vi, tau2="DL", ci="wald"),
        pool(yi, vi, ci="HKSJ-adhoc"),
    )


def test_agreement_of_made_up_questions() -> None:
    """Equal effects agree; unequal ones with unequal weights do not.

    -20 twice with variance 2: one common effect has SE 1, half width 1.96; t(1) = 12.706, so 6.5 times.
    -20 (variance 1) and 0 (variance 4): common -16, and near -10.4 with the variance between trials.
    """
    alike = models("Oral drug A", [-20.0, -20.0], [2.0, 2.0])
    apart = models("Oral drug B", [-20.0, 0.0], [1.0, 4.0])
    assert apart.common.estimate == pytest.approx(-16)
    ends = sorted(pooled.estimate for pooled in apart.pools)
    said = agreement_of([alike, apart])
    assert said.startswith(
        "In 1 of 2 questions the three estimates agree to within a point; for oral drug B,"
    )
    assert f"they run from −{-ends[0]:.1f} to −{-ends[-1]:.1f} points." in said
    assert "this book's are 6.5 to" in said
    assert "in 1 of the questions one common effect excludes no difference" in said
    same = agreement_of([alike])
    assert same.startswith("In 1 of 1 question the three estimates agree to within a point. ")
    assert "in none of the questions" in same


def test_agreement_says_what_the_table_shows(found: Compared) -> None:
    """Memantine: −9.6 under one common effect and −7.6 otherwise; each ketamine pool has tau² of 0."""
    memantine = found.models().rows[-1]
    assert [cell.text.split(" ")[0] for cell in memantine[2:]] == ["−9.6", "−7.6", "−7.6"]
    said = found.agreement()
    assert said.startswith("In 3 of 4 questions the three estimates agree")
    assert "for oral memantine, from 1 week to 3 months, they run from −9.6 to −7.6 points" in said
