"""Many specifications at once: against one `pool` at a time, and the counts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evidence.meta import Bound, pool, pool_censored
from evidence.meta.multiverse import Specification, distinct, run, summarise

YI = np.array([-14.0, -6.0, -21.0, -3.0])
VI = np.array([16.0, 9.0, 36.0, 25.0])
SILENT = (Bound.from_p(20.0, low=0.05),)


def specifications() -> list[Specification]:
    return [
        Specification(YI[:k], VI[:k], {"trials": k, "estimator": tau2, "interval": ci}, bounds, tau2, ci)
        for k in (2, 4)
        for tau2 in ("REML", "DL")
        for ci in ("HKSJ", "wald")
        for bounds in ((), SILENT)
        if not bounds or (tau2, ci) == ("REML", "HKSJ")
    ]


def test_each_row_is_the_pool_of_its_specification():
    made = run(specifications(), mid=-10.0)
    assert len(made) == 10
    for one, row in zip(specifications(), made.itertuples(), strict=True):
        want = (
            pool_censored(one.yi, one.vi, one.bounds)
            if one.bounds
            else pool(one.yi, one.vi, tau2=one.tau2, ci=one.ci)
        )
        assert (row.trials, row.k, row.k_bounded) == (
            len(one.yi),
            len(one.yi) + len(one.bounds),
            len(one.bounds),
        )
        got = (row.estimate, row.ci_low, row.ci_high, row.tau2)
        assert got == pytest.approx((want.estimate, want.ci_low, want.ci_high, want.tau2), rel=1e-9)


def one_trial(estimate: float) -> Specification:
    """An analysis whose 95% CI is the estimate ± 1.96."""
    return Specification(np.array([estimate]), np.array([1.0]))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_counts_what_intervals_leave_out(sign):
    # With MID 10: 0 ± 1.96 excludes only the MID; 5 both; 9 and 11 only no effect; 12.5 lies beyond the MID;
    # -3 excludes both and is harm.
    specs = [one_trial(sign * x) for x in (0.0, 5.0, 9.0, 11.0, 12.5, -3.0)]
    made = run(specs, mid=sign * 10.0)
    assert made["excludes_null"].tolist() == [False, True, True, True, True, True]
    assert made["excludes_mid"].tolist() == [True, True, False, False, True, True]
    assert made["beyond_mid"].tolist() == [False, False, False, False, True, False]
    summary = summarise(made)
    assert (summary.n, summary.not_estimable) == (6, 0)
    assert (summary.excludes_null, summary.excludes_mid, summary.beyond_mid) == (5, 4, 1)
    assert sorted([sign * summary.lowest, sign * summary.highest]) == [-3.0, 12.5]
    assert sign * summary.median == 7.0


def test_without_an_estimate_an_analysis_excludes_nothing_and_is_counted_apart():
    silent = Specification(np.empty(0), np.empty(0), bounds=SILENT)
    nobody = Specification(np.empty(0), np.empty(0))
    made = run([silent, nobody, one_trial(-5.0)])
    assert made["estimable"].tolist() == [False, False, True]
    assert made["excludes_null"].tolist() == [False, False, True]
    summary = summarise(made)
    assert (summary.n, summary.not_estimable, summary.excludes_null) == (1, 2, 1)
    assert (summary.excludes_mid, summary.beyond_mid) == (None, None)
    with pytest.raises(ValueError, match="None of the analyses"):
        summarise(made.iloc[:2])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: run([]), "No specifications"),
        (lambda: run([one_trial(1.0)], mid=0.0), "mid"),
        (lambda: run([Specification(YI, VI, {"tau2": "DL"})]), "may not be named tau2"),
        (lambda: run([Specification(YI, VI, bounds=SILENT, tau2="DL")]), "REML or ML"),
    ],
)
def test_refuses_what_means_nothing(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_one_result_under_many_names_is_marked_once():
    # Effects -4 and -6 with variances 4 and 4: Q = (2² / 8) = 0.5 < 1, so that tau² is 0 by every estimator.
    alike = [
        Specification(np.array([-4.0, -6.0]), np.array([4.0, 4.0]), {}, (), tau2, "wald")
        for tau2 in ("REML", "DL", "PM")
    ]
    # The Hartung-Knapp interval of the same numbers differs; a pool of other studies may agree by chance.
    other = Specification(np.array([-4.0, -6.0]), np.array([4.0, 4.0]), {}, (), "REML", "HKSJ-adhoc")
    nobody = Specification(np.empty(0), np.empty(0))
    made = run([*alike, other, alike[0], nobody])
    assert made["tau2"].tolist()[:3] == [0.0, 0.0, 0.0]
    both, apart = frozenset({"A", "B"}), frozenset({"A", "C"})
    first = distinct(made, [both, both, both, both, apart, frozenset()])
    assert first.tolist() == [True, False, False, True, True, False]


def test_results_are_the_same_up_to_the_tolerance():
    made = run([one_trial(-5.0), one_trial(-5.0 + 1e-10), one_trial(-5.0 + 1e-6)])
    assert distinct(made, ["A"] * 3).tolist() == [True, False, True]
    assert distinct(made, ["A"] * 3, tolerance=1e-3).tolist() == [True, False, False]
    with pytest.raises(ValueError, match="2 sets of studies for 3 analyses"):
        distinct(made, ["A"] * 2)
