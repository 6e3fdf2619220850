"""The page of errors: every number of it stands in a row, and the arithmetic is that of the hand."""

from __future__ import annotations

import re

import pytest

from evidence import dataset
from evidence.dataset.rules.reporting_errors import PARTS
from evidence.report.standards import reporting_errors
from evidence.report.standards.error_cases import cases


def rows(key: str) -> dict[str, tuple[str, str]]:
    table = reporting_errors.errors(dataset.load(), key)
    return {row[0].text: (row[1].text, row[2].text) for row in table.rows}


def test_every_check_of_the_rules_is_shown_on_the_page() -> None:
    shown = {check for _, checks in reporting_errors.TABLES.values() for check in checks}
    assert shown | {"which_arm", "p_of_interval"} == set(PARTS)


def test_every_case_of_a_trial_is_on_the_page_and_says_both_sides() -> None:
    ds = dataset.load()
    checks = [check for _, found in reporting_errors.TABLES.values() for check in found]
    table = ds.rows("reporting_errors")
    expected = set(table.loc[table["check"].isin(checks), "case"])
    found = cases(ds, *checks)
    assert {case.first.case for case in found} == expected
    assert all(printed and computed and case.warning for case in found for printed, computed in [case.said])


def test_a_number_needed_by_hand() -> None:
    # 10/18 − 6/18 = 0.2222; 1/0.2222 = 4.5 rounds up to 5; both sides of infinity: see test_recheck.
    printed, computed = rows("nnt")["Maier 2003"]
    assert printed == "NNT 4.5 (2.1 to 10.6)"
    assert computed.startswith("10 of 18 v 6 of 18: risk difference 0.22 (−0.09 to 0.54); NNTB 5")


@pytest.mark.parametrize(
    ("key", "trial", "factor"), [("ranges", "Graven-Nielsen 2000", 63), ("doses", "Kim 2015", 30)]
)
def test_a_ratio_by_hand(key: str, trial: str, factor: int) -> None:
    """18.8 / 0.3 = 62.7, and 30 / 1."""
    assert str(factor) in re.findall(r"\d+", rows(key)[trial][1])


def test_falls_by_hand() -> None:
    """5.31 − 0.93 = 4.38 where 4.21 is stated; 5.35 − 0.77 = 4.58 where 4.50 is."""
    assert rows("changes")["Vazquez-Guevara 2023"] == (
        "5.31 to 0.93, a fall of 4.21; 5.35 to 0.77, a fall of 4.50",
        "falls of 4.38 and 4.58",
    )


def test_a_case_without_its_results_is_refused() -> None:
    ds = dataset.load()
    (case,) = [case for case in cases(ds, "p_within_arm") if case.study_id == "Yousef2013"]
    with pytest.raises(KeyError):
        case.arms("result")
