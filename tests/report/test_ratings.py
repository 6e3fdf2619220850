"""The distribution of certainty, now and in the last version, and the page of missing results."""

from __future__ import annotations

from collections import Counter

from evidence import dataset, report
from evidence.report.sections.strip import certainty_words


def test_every_answer_is_counted_once_in_each_column() -> None:
    ds = dataset.load()
    rated = report.ratings(ds)
    *levels, total = [[cell.value for cell in row[1:]] for row in rated.levels().rows]
    assert [sum(column) for column in zip(*levels, strict=True)] == total
    assert total[1] == total[2] == len(rated.now)
    kept = ds.rows("released_answers", version=rated.since.version)
    assert total[0] == len(kept)
    assert Counter(kept["certainty"])["very low"] == levels[-1][0]
    for row in rated.domains().rows:
        assert sum(cell.value or 0 for cell in row[1:]) == total[1]


def test_each_answer_that_moved_says_what_rates_it_down() -> None:
    for row in report.ratings(dataset.load()).moved().rows:
        before, now, down = row[1].text, row[2].text, row[4].text
        assert not now.startswith(f"{before},")
        assert down


def test_the_strip_rates_the_result_that_stands_for_the_report() -> None:
    """Memantine: one result is surer than the rest, and the words say which, and of what it is certainty."""
    found = report.Report("memantine", "neuropathic")
    rated = found.analysis("oral", "short").certainty
    said = certainty_words(found.analyses)
    assert (
        rated.target == "little or no effect"
    )  # three points: to be sure of that is not to be sure of relief
    assert f"{rated.level} ⊕⊕⊕⊖ of {rated.target} for 1 week to 3 months, very low ⊕⊖⊖⊖ for other" in said
    assert said.count(f"of {rated.target}") == 1
