"""Every number of the chapter "The Cochrane review, computed again" beside a second reader's own."""

from __future__ import annotations

import math
import re

import pytest

from evidence import dataset
from evidence.charts.tables import Cell
from evidence.effects import reference_sd
from evidence.effects.model import Counts
from nmda.cochrane import Cochrane
from nmda.included import Included
from tests.nmda import second_reader as reader

DS = dataset.load()
CHAPTER, TRIALS = Cochrane(DS), Included(DS)
SD = reference_sd(DS).sd
ROWS = reader.main_analyses()
NUMBER = re.compile("\N{MINUS SIGN}?\\d[\\d,]*\\.\\d+")


def numbers(text: str) -> list[float]:
    return [float(found.replace("\N{MINUS SIGN}", "-").replace(",", "")) for found in NUMBER.findall(text)]


def agree(text: str, wanted: reader.Three, digits: int) -> None:
    """What a cell shows is the number to its last digit; what is beyond 1,000 is said in words."""
    found = numbers(text)
    near = 0.5 * 10.0**-digits + 2e-4
    kept = [value for value in wanted if not ("over 1,000" in text and value >= 1000)]
    assert len(found) >= len(kept), text
    for value, own in zip(found, kept, strict=False):
        assert value == pytest.approx(own, abs=near), (text, wanted)


def asked(analysis: str) -> tuple[list[dict[str, str]], bool, int, tuple[float, float]]:
    rows = ROWS[analysis]
    digits = 1 if rows[0]["scale"] == "0-100" else 2
    return rows, rows[0]["measure"] == "RR", digits, reader.scales(rows, SD)


def four(told: Counts) -> tuple[int, int, int, int]:
    a, n1, c, n2 = told.events_experimental, told.n_experimental, told.events_control, told.n_control
    return a, n1 - a, c, n2 - c


def further(analysis: str) -> tuple[reader.Further, ...]:
    """Effects of this book's own trials that the chapter adds; their rows are not the review's."""
    return tuple(
        reader.Further(
            float(e.yi or 0),
            float(e.vi or 0),
            math.inf if e.df is None else float(e.df),
            None if e.counts is None else four(e.counts),
        )
        for e in CHAPTER.one(analysis).further
    )


TABLES = [
    (re.search(r"\((\d+\.\d+)\)$", row[0].text)[1], row)  # type: ignore[index]
    for table in (CHAPTER.pain_table(), CHAPTER.other_table())
    for row in table.rows
]


def test_every_analysis_with_an_effect_has_a_row() -> None:
    estimable = [name for name, rows in ROWS.items() if any(reader.effect(row) for row in rows)]
    assert sorted(name for name, _ in TABLES) == sorted(estimable)


@pytest.mark.parametrize(("analysis", "row"), TABLES, ids=[name for name, _ in TABLES])
def test_a_row_of_the_tables(analysis: str, row: tuple[Cell, ...]) -> None:
    rows, ratio, digits, priors = asked(analysis)
    every = reader.pooled(rows, priors)
    assert every is not None
    people = sum(int(r["n_a"]) + int(r["n_b"]) for r in rows if reader.effect(r))
    assert row[1].text == f"{len(every.y)} ({people})"
    for cell, result in zip(row[2:5], (every.published, every.knapp_hartung, every.posterior), strict=True):
        agree(cell.text, reader.shown(result(), ratio), digits)
    out = reader.kept_out()
    rest = [r for r in rows if r["study"] not in out]
    kept = reader.pooled(rest, priors)
    if len(rest) == len(rows):
        assert row[5].text == "leaves out none"
    elif kept is None:
        assert row[5].text == "leaves out all"
    else:
        first, second = row[5].text.split("; posterior ")
        agree(first, reader.shown(kept.published(), ratio), digits)
        agree(second, reader.shown(kept.posterior(), ratio), digits)
    more = further(analysis)
    if more:
        both = reader.pooled(rest, priors, more)
        assert both is not None
        agree(row[6].text, reader.shown(both.posterior(), ratio), digits)
        assert row[6].text.endswith(f", {len(both.y)} trials")
    else:
        assert row[6].text == "no further trial with a number"
    said = row[7].text
    excluded = [_excludes(f(), 0.0) for f in (every.published, every.knapp_hartung, every.posterior)]
    if len(every.y) == 1:
        assert said.endswith("excludes no difference." if excluded[0] else "includes no difference.")
        return
    assert said.startswith("By every model the interval includes no difference") == (not any(excluded))
    assert said.startswith("By every model the interval excludes no difference") == all(excluded)
    turning = [name for name, left in reader.without_each(rows) if _turns(left, priors, excluded[0])]
    assert [name for name in turning if f"without {name}" in said] == turning
    assert ("no single trial turns" in said) == (not turning)


def _excludes(result: reader.Three, null: float) -> bool:
    return not result[1] <= null <= result[2]


def _turns(left: list[dict[str, str]], priors: tuple[float, float], whole: bool) -> bool:
    found = reader.pooled(left, priors)
    assert found is not None
    return _excludes(found.published(), 0.0) != whole


def test_every_pool_without_each_of_its_trials() -> None:
    told = {(row[0].text, row[1].text): row for row in CHAPTER.leave_one_out().rows}
    seen = 0
    for analysis in ROWS:
        rows, ratio, digits, priors = asked(analysis)
        whole = reader.pooled(rows, priors)
        for name, left in reader.without_each(rows):
            (key,) = [key for key in told if key[0].endswith(f"({analysis})") and key[1] == name]
            found = reader.pooled(left, priors)
            assert found is not None
            assert whole is not None
            results = (found.published(), found.knapp_hartung(), found.posterior())
            for cell, result in zip(told[key][2:5], results, strict=True):
                agree(cell.text, reader.shown(result, ratio), digits)
            turned = _excludes(found.published(), 0.0) != _excludes(whole.published(), 0.0)
            assert told[key][5].text == ("yes" if turned else "")
            seen += 1
    assert seen == len(told)


@pytest.mark.parametrize(
    ("analysis", "text"), [("1.1", CHAPTER.week()), ("1.9", CHAPTER.events())], ids=["week", "events"]
)
def test_the_first_lines(analysis: str, text: str) -> None:
    rows, ratio, digits, priors = asked(analysis)
    every = reader.pooled(rows, priors)
    kept = reader.pooled([r for r in rows if r["study"] not in reader.kept_out()], priors)
    assert every is not None
    assert kept is not None
    order = (every.published(), kept.published(), kept.knapp_hartung(), every.posterior(), kept.posterior())
    wanted = [value for result in order for value in reader.shown(result, ratio)]
    assert numbers(text) == pytest.approx(wanted, abs=0.5 * 10.0**-digits + 2e-4)
    said = re.findall(r"an interval that (ex|in)cludes no difference", text)
    assert said == ["ex" if _excludes(result, 0.0) else "in" for result in order[:2]]
    (left,) = [r for r in rows if r["study"] in reader.kept_out()]
    if ratio:
        assert f"{left['events_a']} of {left['n_a']} with an event on ketamine" in text
        assert f"{left['events_b']} of {left['n_b']} on placebo" in text
    assert f"leaves out {left['study_label']} (" in text


def test_how_many_trials_are_named() -> None:
    labels = {row["study_label"] for row in reader.table("review_rows")}
    (count,) = [row for row in reader.table("reviews") if row["outcome"] == "study_count"]
    total = int(count["k_studies"])
    wanted = [total, len(labels), total - len(labels)]
    assert [int(n) for n in re.findall(r"\d+", TRIALS.unnamed())] == wanted
    table = TRIALS.table()
    assert {row[0].text for row in table.rows} == labels
    for row in table.rows:
        own = {r["analysis"] for rows in ROWS.values() for r in rows if r["study_label"] == row[0].text}
        assert row[1].text == str(len(own))


def test_every_trial_of_this_book_stands_in_one_list() -> None:
    there = {row["study"] for row in reader.table("review_rows")}
    ours = [row["study_id"] for row in reader.table("studies") if row["study_id"] not in there]
    assert sum(int(row[1].text) for row in TRIALS.ours().rows) == len(ours)
    outside = {
        row["study_id"]
        for row in reader.table("studies")
        if row["condition_group"] in ("cancer", "headache") and row["study_id"] not in there
    }
    scope = [int(row[1].text) for row in TRIALS.ours().rows if row[0].text.endswith("outside its scope")]
    assert sum(scope) == len(outside)
