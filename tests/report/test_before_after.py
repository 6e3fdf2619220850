"""Every question before and now: none is missing, nothing refused has a number, an old version lacks none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence import dataset, report
from evidence.charts.tables import Table
from evidence.dataset import Dataset
from evidence.report.book.changes import Changes, name_of
from evidence.report.book.released import Answer, KeptPosterior
from evidence.results.posterior import LIMIT_MAY_MOVE
from evidence.wording.labels import labels


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


@pytest.fixture(scope="module")
def since(ds: Dataset) -> Changes:
    return report.changes(ds)


@pytest.fixture(scope="module")
def table(since: Changes) -> Table:
    return report.every_question(since)


def test_every_question_of_either_version_has_one_row(since: Changes, table: Table, ds: Dataset) -> None:
    named = [row[0].text for row in table.rows]
    assert len(named) == len(set(named))
    asked = {*since.before, *since.after}
    assert {name_of(key, labels(ds)) for key in asked} <= set(named)


def test_a_row_says_a_size_and_its_chances_or_why_not(since: Changes, table: Table, ds: Dataset) -> None:
    rows = {row[0].text: row for row in table.rows}
    for key, answer in since.after.items():
        _, _, now, relief, important, refused = rows[name_of(key, labels(ds))]
        kept = answer.posterior
        assert kept is not None
        assert (now.value is None) == (kept.size is None)
        assert (relief.value is None) == (kept.relief is None)
        assert bool(refused.text) == (None in (kept.size, kept.relief))
        if important.value is not None:
            assert now.value is not None and relief.value is not None
            assert important.value <= relief.value


def test_what_leaves_for_doubt_is_told_with_its_reports(since: Changes, table: Table, ds: Dataset) -> None:
    gone = {name_of(key, labels(ds)) for key in since.before.keys() - since.after.keys()}
    told = {row[0].text: row[5].text for row in table.rows}
    assert gone
    assert all("reports that we doubt" in told[name] for name in gone)


def test_without_a_number_no_size_moves_with_the_prior(ds: Dataset) -> None:
    """A size from tests alone is printed only where doubling the width of the prior leaves its limits."""
    for drug in labels(ds).drugs:
        for analysis in report.Report(drug, ds=ds).analyses:
            answer = analysis.posterior
            if answer is None or answer.k or not answer.says_size:
                continue
            assert answer.doubled is not None
            moved = zip(answer.interval, answer.doubled.interval(), strict=True)
            assert max(abs(a - b) for a, b in moved) <= LIMIT_MAY_MOVE


def test_a_version_that_kept_no_posterior_differs_by_the_rest_alone() -> None:
    kept = KeptPosterior((-8.0, -13.0, -1.0), (0.99, 0.98, 0.995), (0.2, 0.1, 0.3), "")
    now = Answer("", "", 3, 90, "low", (-8.0, -14.0, -2.0), kept)
    old = replace(now, posterior=None)
    assert old.same(now) and now.same(old)
    assert not now.same(replace(now, posterior=replace(kept, size=(-7.0, -13.0, -1.0))))
    assert not old.same(replace(now, people=91))


def test_a_kept_posterior_is_read_as_it_was_written() -> None:
    row = {"posterior": -8.0, "posterior_low": -13.0, "posterior_high": -1.0, "refused": "a reason"}
    row |= {f"p_relief{end}": value for end, value in (("", 0.99), ("_low", 0.98), ("_high", 0.995))}
    row |= dict.fromkeys(("p_important", "p_important_low", "p_important_high"))
    found = KeptPosterior.of(row)
    cells = "-8.0000", "-13.0000", "-1.0000", "0.9900", "0.9800", "0.9950", "", "", "", "a reason"
    assert found.cells == cells
    assert found.words == "posterior −8.0 (CrI −13.0 to −1.0); better at all 99%; a reason"
