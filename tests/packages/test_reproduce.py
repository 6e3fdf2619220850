"""Analyses as their reviews set them up: every number that real packages print, and rules by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evidence import meta
from evidence.packages import Analysis, read_package
from evidence.packages.check import check, not_printed
from evidence.packages.reproduce import reproduce
from tests.packages import make

REAL = [
    (make.FLEISS, "1.1", 37),
    (make.V2, "1.6", 18),
    (make.V2, "2.1", 22),
    (make.V2, "2.8", 38),
    (make.V2, "3.5", 22),
    (make.RM5, "4.1", 38),
    (make.RM5, "4.3", 49),
]


def the(package: Path, key: str) -> Analysis:
    return next(each for each in read_package(package).analyses() if each.key == key)


def counted(tmp_path: Path, text: str, **settings: object) -> Analysis:
    path = tmp_path / "arms.csv"
    path.write_text(text, "utf-8")
    analysis = next(read_package(path).analyses())
    return replace(analysis, settings=replace(analysis.settings, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(("package", "key", "numbers"), REAL)
def test_every_printed_number_of_real_packages(package: Path, key: str, numbers: int) -> None:
    table = check(the(package, key))
    assert len(table) == numbers
    assert table[~table["agrees"]].empty


def test_a_changed_number_is_found() -> None:
    analysis = the(make.FLEISS, "1.1")
    wrong = replace(analysis, printed=replace(analysis.printed, ci_high=0.956985))
    table = check(wrong)
    assert table.loc[~table["agrees"], ["where", "number"]].to_numpy().tolist() == [["Total", "upper limit"]]


def test_what_was_never_calculated_is_computed_and_said() -> None:
    """By hand: g = J d, J = 1 − 3/(4N − 9), variance N/(n1 n2) + g²/(2(N − 3.94)), inverse variance."""
    analysis = the(make.FLEISS, "1.2")
    computed = reproduce(analysis)
    assert check(analysis, computed).empty
    assert not_printed(analysis, computed) == ["Davis", "Florell", "Gruen", "Hart", "Wilson"]
    assert computed.total is not None
    top = bottom = 0.0
    for m1, s1, n1, m2, s2, n2 in [
        (5.0, 4.7, 13, 6.5, 3.8, 13),
        (4.9, 1.71, 30, 6.1, 2.3, 50),
        (22.5, 3.44, 35, 24.9, 10.65, 35),
        (12.5, 1.47, 20, 12.3, 1.66, 20),
        (6.5, 0.76, 8, 7.38, 1.41, 8),
    ]:
        n = n1 + n2
        pooled = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n - 2))
        g = (1 - 3 / (4 * n - 9)) * (m1 - m2) / pooled
        v = n / (n1 * n2) + g**2 / (2 * (n - 3.94))
        top, bottom = top + g / v, bottom + 1 / v
    assert computed.total.estimate == pytest.approx(top / bottom)
    assert computed.total.se == pytest.approx(1 / math.sqrt(bottom))


def test_swapped_events_count_those_without(tmp_path: Path) -> None:
    """CD013232.pub2 7.2: 2/15 v 5/15 is printed as RR 1.3 (0.863432 to 1.957305), of those without events."""
    analysis = counted(tmp_path, "study,ai,n1i,ci,n2i\nA,2,15,5,15\n", swap=True)
    row = reproduce(analysis).rows.iloc[0]
    assert [row.estimate, row.ci_low, row.ci_high] == pytest.approx([1.3, 0.863432, 1.957305], abs=1e-6)


def test_levels_of_studies_and_of_the_total_may_differ(tmp_path: Path) -> None:
    text = "study,ai,n1i,ci,n2i\nA,3,20,6,20\nB,40,100,30,100\n"
    analysis = counted(tmp_path, text, study_level=0.95, level=0.99, ci="wald", tau2="DL", model="common")
    got = reproduce(analysis)
    assert got.total is not None
    one = got.rows.iloc[0]
    assert math.log(one.ci_high / one.ci_low) == pytest.approx(2 * 1.959964 * math.sqrt(one.vi), rel=1e-6)
    assert got.total.ci_high - got.total.ci_low == pytest.approx(2 * 2.575829 * got.total.se, rel=1e-6)


def test_without_totals_weights_belong_to_subgroups_and_without_both_to_nothing(tmp_path: Path) -> None:
    text = "study,subgroup,ai,n1i,ci,n2i\nA,x,3,20,6,20\nB,x,40,100,30,100\nC,y,5,50,9,50\n"
    sub = counted(tmp_path, text, totals=False, model="common", ci="wald")
    got = reproduce(sub)
    assert got.total is None
    assert got.rows["weight"].groupby(got.rows["subgroup"]).sum().tolist() == pytest.approx([100, 100])
    off = reproduce(replace(sub, settings=replace(sub.settings, subtotals=False)))
    assert (off.rows["weight"] == 0).all() and not off.subgroups and off.test is None


def test_an_effect_entered_as_such_stands_where_an_analysis_of_arms_has_none() -> None:
    analysis = the(make.V2, "2.1")
    rows = analysis.rows.copy()
    rows.loc[0, ["events_a", "n_a", "events_b", "n_b"]] = np.nan
    rows.loc[0, ["giv", "giv_se"]] = [math.log(0.84), 1.5754]
    got = reproduce(replace(analysis, rows=rows)).rows.iloc[0]
    assert (got.estimate, got.vi) == (pytest.approx(0.84), pytest.approx(1.5754**2))


def test_observed_minus_expected(tmp_path: Path) -> None:
    """exp((O − E)/V) with standard error 1/√V, as Peto's method has it: −10 and 25 give exp(−0.4)."""
    analysis = counted(tmp_path, "study,yi,vi\nA,-0.4,0.04\n")
    rows = pd.DataFrame(analysis.rows)
    rows[["giv", "giv_se"]] = np.nan
    rows[["o_minus_e", "variance"]] = [-10.0, 25.0]
    settings = replace(
        analysis.settings, data="o-e", log_scale=True, method="PETO", model="common", ci="wald"
    )
    got = reproduce(replace(analysis, rows=rows, settings=settings))
    assert isinstance(got.total, meta.Pooled)
    assert math.exp(got.total.estimate) == pytest.approx(math.exp(-0.4))
    assert got.total.se == pytest.approx(0.2)
