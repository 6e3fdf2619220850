"""Mantel–Haenszel and Peto: worked examples, RevMan's rules, invariants and refusals."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import meta

MEASURES = ("RR", "OR", "RD")

# Admissions to Berkeley 1973 by department: men admitted and rejected, women admitted and rejected
# (R's UCBAdmissions; Bickel, Hammel & O'Connell 1975, Science 187:398).
BERKELEY = np.array(
    [
        [512, 313, 89, 19],
        [353, 207, 17, 8],
        [120, 205, 202, 391],
        [138, 279, 131, 244],
        [53, 138, 94, 299],
        [22, 351, 24, 317],
    ]
).T


@st.composite
def tables(draw: st.DrawFn, smallest: int = 1) -> list[list[int]]:
    """Two to six 2×2 tables as four lists of cells."""
    k = draw(st.integers(2, 6))
    cell = st.lists(st.integers(smallest, 60), min_size=k, max_size=k)
    return [draw(cell) for _ in range(4)]


def test_base_r_mantelhaen_test() -> None:
    """`mantelhaen.test(UCBAdmissions)` of base R 4.2.2, with and without continuity correction."""
    got = meta.mantel_haenszel("OR", *BERKELEY)
    assert got.tests is not None
    association = got.tests.cochran_mantel_haenszel
    assert math.exp(got.estimate) == pytest.approx(0.904696828259, rel=1e-11)
    assert math.exp(got.ci_low) == pytest.approx(0.771907361759, rel=1e-11)
    assert math.exp(got.ci_high) == pytest.approx(1.060329764437, rel=1e-11)
    assert association.statistic == pytest.approx(1.426946228587, rel=1e-11)
    assert association.p_value == pytest.approx(0.232263462817, rel=1e-11)
    plain = meta.mantel_haenszel("OR", *BERKELEY, correct=False).tests
    assert plain is not None
    assert plain.cochran_mantel_haenszel.statistic == pytest.approx(1.524606660443, rel=1e-11)
    assert plain.cochran_mantel_haenszel.p_value == pytest.approx(0.216923697056, rel=1e-11)


def test_by_hand() -> None:
    """Two trials, 2/10 v 5/10 and 4/20 v 6/30, in exact fractions.

    N = 20 and 50. OR: (2·5/20 + 4·24/50) / (8·5/20 + 16·6/50) = 2.42 / 3.92.
    RR: (2·10/20 + 4·30/50) / (5·10/20 + 6·20/50) = 3.4 / 4.9.
    RD: ((20 − 50)/20 + (120 − 120)/50) / (100/20 + 600/50) = −1.5/17.
    Peto: O − E = (2 − 10·7/20) + (4 − 20·10/50) = −1.5;
    V = 10·10·7·13/(20²·19) + 20·30·10·40/(50²·49).
    """
    cells = ([2, 4], [8, 16], [5, 6], [5, 24])
    assert meta.mantel_haenszel("OR", *cells).estimate == pytest.approx(math.log(Fraction(242, 392)))
    assert meta.mantel_haenszel("RR", *cells).estimate == pytest.approx(math.log(Fraction(34, 49)))
    assert meta.mantel_haenszel("RD", *cells).estimate == pytest.approx(-1.5 / 17)
    v = Fraction(10 * 10 * 7 * 13, 20**2 * 19) + Fraction(20 * 30 * 10 * 40, 50**2 * 49)
    peto = meta.peto(*cells)
    assert peto.estimate == pytest.approx(-1.5 / v)
    assert peto.se == pytest.approx(math.sqrt(1 / v))
    assert meta.mantel_haenszel("RR", *cells).weights == pytest.approx([100 * 2.5 / 4.9, 100 * 2.4 / 4.9])


def test_revman_risk_difference_has_greenland_and_robins_variance() -> None:
    """2/10 v 5/10 and 4/20 v 6/30: Σ (a b n2³ + c d n1³)/(n1 n2 N²) / (Σ n1 n2/N)², Deeks & Higgins 2010."""
    top = Fraction(2 * 8 * 10**3 + 5 * 5 * 10**3, 10 * 10 * 20**2) + Fraction(
        4 * 16 * 30**3 + 6 * 24 * 20**3, 20 * 30 * 50**2
    )
    got = meta.mantel_haenszel("RD", [2, 4], [8, 16], [5, 6], [5, 24], convention="revman")
    assert got.se**2 == pytest.approx(top / 17**2)


def test_revman_keeps_a_study_in_which_everyone_has_the_event() -> None:
    """31/31 v 31/31 in RevMan Web: RR 1 [0.940, 1.064] (Cochrane data packages, 2026)."""
    got = meta.mantel_haenszel("RR", [31], [0], [31], [0], convention="revman")
    shown = [round(math.exp(x), 3) for x in (got.estimate, got.ci_low, got.ci_high)]
    assert shown == [1.0, 0.940, 1.064]


@pytest.mark.parametrize("measure", ["RR", "OR"])
def test_revman_drops_studies_without_events(measure: str) -> None:
    """0/20 v 0/25 is "not estimable" in RevMan and changes nothing."""
    with_empty = meta.mantel_haenszel(measure, [3, 0], [17, 20], [6, 0], [14, 25], convention="revman")
    alone = meta.mantel_haenszel(measure, [3], [17], [6], [14], convention="revman")
    assert (with_empty.estimate, with_empty.se) == pytest.approx((alone.estimate, alone.se))
    assert (with_empty.k, with_empty.k_estimable, with_empty.q_df) == (2, 1, 0)
    assert with_empty.weights.tolist() == [100, 0]


def test_revman_adds_a_half_to_the_pooled_estimate() -> None:
    """0/20 v 3/20 and 4/20 v 6/20: RR = (0.5·21/42 + 4·20/40) / (3.5·21/42 + 6·20/40) = 2.25/4.75."""
    got = meta.mantel_haenszel("RR", [0, 4], [20, 16], [3, 6], [17, 14], convention="revman")
    assert got.estimate == pytest.approx(math.log(2.25 / 4.75))
    plain = meta.mantel_haenszel("RR", [0, 4], [20, 16], [3, 6], [17, 14])
    assert plain.estimate == pytest.approx(math.log(2 / 4.5))


@pytest.mark.parametrize("interval", ["wald", "HKSJ"])
def test_one_study_under_random_effects_has_its_wald_interval(interval: str) -> None:
    """RevMan falls back to Wald at k = 1: RR of 3/20 v 6/20 is 0.5, var 1/3 − 1/20 + 1/6 − 1/20."""
    got = meta.mantel_haenszel(
        "RR", [3], [17], [6], [14], model="random", interval=interval, convention="revman"
    )
    se = math.sqrt(1 / 3 + 1 / 6 - 2 / 20)
    assert got.tau2 == 0
    assert got.estimate == pytest.approx(math.log(0.5))
    assert got.ci_high == pytest.approx(math.log(0.5) + 1.959963984540054 * se)


def test_random_effects_interval_is_the_one_asked_for() -> None:
    """Same weights and estimate, another interval: Hartung–Knapp has t with k − 1 degrees of freedom."""
    wald = meta.mantel_haenszel("RR", *BERKELEY, model="random")
    hartung_knapp = meta.mantel_haenszel("RR", *BERKELEY, model="random", interval="HKSJ")
    w = 1 / (wald.vi + wald.tau2)
    factor = (w * (wald.yi - wald.estimate) ** 2).sum() / 5
    assert hartung_knapp.estimate == wald.estimate
    assert hartung_knapp.df == 5
    assert hartung_knapp.se == pytest.approx(wald.se * math.sqrt(factor))
    assert hartung_knapp.tests is None


@pytest.mark.parametrize("measure", MEASURES)
def test_studies_without_events_can_be_left_out_of_the_estimate(measure: str) -> None:
    """`drop00` of the pooled estimate: RD then ignores 0/20 v 0/25, which otherwise pulls it towards 0."""
    cells = ([3, 0], [17, 20], [6, 0], [14, 25])
    dropped = meta.mantel_haenszel(measure, *cells, drop00=(True, True))
    alone = meta.mantel_haenszel(measure, [3], [17], [6], [14])
    assert (dropped.estimate, dropped.se) == pytest.approx((alone.estimate, alone.se))
    kept = meta.mantel_haenszel(measure, *cells)
    if measure == "RD":
        assert abs(kept.estimate) < abs(alone.estimate)
    else:
        assert kept.estimate == pytest.approx(alone.estimate)


@pytest.mark.parametrize("measure", ["RR", "OR"])
def test_one_study_is_its_own_effect(measure: str) -> None:
    got = meta.mantel_haenszel(measure, [3], [17], [6], [14])
    assert got.estimate == pytest.approx(got.yi[0])
    assert got.se**2 == pytest.approx(got.vi[0])
    assert (got.q, got.q_df, got.q_p_value, got.i2, got.h2) == (0, 0, 1, 0, 1)


@settings(max_examples=50)
@given(cells=tables())
def test_swapping_groups_or_events_turns_the_sign(cells: list[list[int]]) -> None:
    a, b, c, d = cells
    for pooled in (*(_pooler(m) for m in MEASURES), meta.peto):
        got, swapped = pooled(a, b, c, d), pooled(c, d, a, b)
        assert swapped.estimate == pytest.approx(-got.estimate, abs=1e-12)
        assert swapped.se == pytest.approx(got.se)
        assert swapped.q == pytest.approx(got.q, rel=1e-9, abs=1e-9)
    for pooled in (_pooler("OR"), _pooler("RD"), meta.peto):
        got, flipped = pooled(a, b, c, d), pooled(b, a, d, c)
        assert flipped.estimate == pytest.approx(-got.estimate, abs=1e-12)
        assert flipped.se == pytest.approx(got.se)


@settings(max_examples=50)
@given(cells=tables(smallest=0), data=st.data())
def test_order_of_studies_does_not_matter(cells: list[list[int]], data: st.DataObject) -> None:
    cells = [[x + 1 for x in cells[0]], cells[1], [x + 1 for x in cells[2]], [x + 1 for x in cells[3]]]
    order = data.draw(st.permutations(range(len(cells[0]))))
    for model in ("common", "random"):
        got = meta.mantel_haenszel("RR", *cells, model=model)
        shuffled = meta.mantel_haenszel("RR", *(np.array(cell)[order] for cell in cells), model=model)
        assert shuffled.estimate == pytest.approx(got.estimate, abs=1e-12)
        assert shuffled.se == pytest.approx(got.se)
        assert shuffled.weights == pytest.approx(got.weights[order])


@settings(max_examples=50)
@given(cells=tables())
def test_every_study_twice_halves_the_variance(cells: list[list[int]]) -> None:
    for measure in MEASURES:
        once = meta.mantel_haenszel(measure, *cells)
        twice = meta.mantel_haenszel(measure, *(cell * 2 for cell in cells))
        assert twice.estimate == pytest.approx(once.estimate, abs=1e-12)
        assert 2 * twice.se**2 == pytest.approx(once.se**2)
        assert twice.q == pytest.approx(2 * once.q, rel=1e-9, abs=1e-9)


@settings(max_examples=50)
@given(cells=tables())
def test_without_heterogeneity_random_effects_weights_are_inverse_variances(cells: list[list[int]]) -> None:
    got = meta.mantel_haenszel("OR", *cells, model="random")
    if got.q <= got.q_df:
        assert got.tau2 == 0
        assert got.weights == pytest.approx(100 / got.vi / (1 / got.vi).sum())
    else:
        assert got.tau2 > 0


@settings(max_examples=50)
@given(cells=tables())
def test_breslow_day_vanishes_for_one_odds_ratio(cells: list[list[int]]) -> None:
    """Tables c·(p q; r s) with one p s / (q r) have no heterogeneity of the odds ratio."""
    size = np.array(cells[0])
    exposure, event = np.array(cells[1]), np.array(cells[2])
    tests = meta.mantel_haenszel("OR", 3 * size * exposure * event, size * exposure, size * event, size).tests
    assert tests is not None
    assert tests.breslow_day.statistic == pytest.approx(0, abs=1e-6)
    assert tests.tarone.statistic == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: meta.mantel_haenszel("RR", [0, 0], [9, 8], [2, 3], [7, 5]), "no estimate.*lacks events"),
        (lambda: meta.mantel_haenszel("OR", [2], [0], [2], [1]), "no estimate"),
        (lambda: meta.mantel_haenszel("RR", [5], [0], [6], [0]), "no variance"),
        (lambda: meta.mantel_haenszel("RD", [0], [9], [0], [9]), "no variance"),
        (lambda: meta.mantel_haenszel("HR", [1], [2], [3], [4]), "Unknown measure 'HR'"),
        (lambda: meta.mantel_haenszel("RR", [1], [2], [3], [4], model="fixed"), "Unknown model='fixed'"),
        (lambda: meta.mantel_haenszel("RR", [], [], [], []), "No studies"),
        (lambda: meta.mantel_haenszel("RR", [1, 2], [2], [3], [4]), "Unequal lengths"),
        (lambda: meta.mantel_haenszel("RR", [1, math.nan], [2, 2], [3, 3], [4, 4]), "ai must be given.*1"),
        (lambda: meta.mantel_haenszel("RR", [1], [math.inf], [3], [4]), "bi is infinite"),
        (lambda: meta.mantel_haenszel("RR", [1], [2], [-3], [4]), "ci must be 0 or more"),
        (lambda: meta.mantel_haenszel("RR", [0], [0], [3], [4]), r"ai \+ bi must be above 0"),
        (lambda: meta.peto([0], [9], [0], [8]), "cannot be estimated"),
        (lambda: meta.peto([3, 1], [9, 2], [0, 1], [8, -1]), "di must be 0 or more"),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@settings(max_examples=50)
@given(first=tables(smallest=0), second=tables(smallest=0))
def test_many_analyses_at_once_are_each_by_itself(first: list[list[int]], second: list[list[int]]) -> None:
    """Order of analyses and the studies of others change nothing; empty groups are no studies."""
    blocks = [
        [[x + 1 for x in cells[0]], cells[1], [x + 1 for x in cells[2]], cells[3]]
        for cells in (first, second)
    ]
    together = [np.concatenate([block[i] for block in blocks]).astype(float) for i in range(4)]
    analysis = np.repeat([0, 1], [len(block[0]) for block in blocks])
    order = np.random.default_rng(1).permutation(analysis.size)
    for measure in MEASURES:
        many = meta.mantel_haenszel_many(measure, *(cell[order] for cell in together), analysis[order])
        for number, block in enumerate(blocks):
            try:
                alone = meta.mantel_haenszel(measure, *block, convention="revman")
            except ValueError:
                assert math.isnan(many["estimate"][number])
                continue
            assert many["estimate"][number] == pytest.approx(alone.estimate, abs=1e-12)
            assert many["se"][number] == pytest.approx(alone.se)
            own = many["weights"][analysis[order] == number]
            assert sorted(100 * own / own.sum()) == pytest.approx(sorted(alone.weights))


def _pooler(measure: str) -> Callable[..., meta.BinaryPooled]:
    return lambda *cells: meta.mantel_haenszel(measure, *cells)
