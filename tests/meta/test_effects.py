"""Effect sizes against metafor's escalc, RevMan's published numbers, and their invariances."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.meta import effect_sizes
from evidence.meta.effects import hedges_j
from tests import oracle_data
from tests.meta.near import near

MEASURES = {
    "binary": ("RR", "OR", "RD", "AS", "PETO"),
    "continuous": ("MD", "SMD", "ROM"),
}
# Keys of the reference's escalc block that belong to other functions and are compared in their tests
ELSEWHERE = {"OR2DN", "OR2DL", "D2ORN", "D2ORL", "own_J_exact"}

BLOCKS = [(name, "escalc", "raw") for name in oracle_data.names() if "escalc" in oracle_data.load(name)] + [
    (name, "zero_cells", "zero_cells_raw")
    for name in oracle_data.names()
    if "zero_cells" in oracle_data.load(name)
]


def arms(raw: dict[str, Any]) -> dict[str, np.ndarray]:
    if "ai" in raw:
        ai, ci = raw["ai"], raw["ci"]
        return {"ai": ai, "bi": raw["n1i"] - ai, "ci": ci, "di": raw["n2i"] - ci}
    return {name: raw[name] for name in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")}


def options(key: str) -> dict[str, Any]:
    """`RR_to_all` is to="all", `OR_drop00` is drop00=True, `SMD_UB` is vtype="UB"."""
    _, *rest = key.split("_")
    if not rest:
        return {}
    if rest[0] == "to":
        return {"to": rest[1]}
    return {"drop00": True} if rest[0] == "drop00" else {"vtype": rest[0]}


@pytest.mark.parametrize(("name", "block", "raw"), BLOCKS)
def test_every_measure_and_option_is_metafors(name: str, block: str, raw: str) -> None:
    file = oracle_data.load(name)
    data = arms(file[raw])
    compared = 0
    for key, want in file[block].items():
        if key in ELSEWHERE:
            continue
        got = effect_sizes(key.split("_")[0], **options(key), **data)
        near(got["yi"], want["yi"], 1e-10, scale=np.sqrt(want["vi"]), what=key)
        near(got["vi"], want["vi"], 1e-10, what=key)
        compared += 1
    assert compared >= 3


def test_exact_j_is_the_references() -> None:
    blocks = [oracle_data.load(name)["escalc"]["own_J_exact"] for name in oracle_data.names("continuous")]
    for block in blocks:
        near(hedges_j(block["m"]), block["J"], 1e-10)


def test_j_of_few_and_of_many_people_by_hand() -> None:
    # J(2) = gamma(1) / (sqrt(1) gamma(1/2)) = 1/sqrt(pi); J(4) = gamma(2) / (sqrt(2) gamma(3/2)) = sqrt(2/pi)
    near(hedges_j(np.array([2.0, 4.0])), [1 / math.sqrt(math.pi), math.sqrt(2 / math.pi)], 1e-14)
    # For large m, J = 1 - 3/(4m) - 7/(32 m^2) + O(m^-3)
    m = np.array([1e5, 1e6, 1e8])
    near(hedges_j(m), 1 - 3 / (4 * m) - 7 / (32 * m**2), 1e-14)


class TestRevman:
    """Numbers that Cochrane's RevMan Web prints (data packages of the reviews named)."""

    def test_all_events_in_both_arms_of_a_risk_ratio(self) -> None:
        """CD014353: 31/31 against 31/31 is RR 1 [0.940, 1.064]."""
        got = effect_sizes("RR", convention="revman", ai=31, bi=0, ci=31, di=0)
        limits = np.exp(got["yi"][0] + np.array([-1, 1]) * 1.959964 * math.sqrt(got["vi"][0]))
        assert got["yi"][0] == 0
        assert limits.round(3).tolist() == [0.940, 1.064]

    def test_small_trial_smd(self) -> None:
        """Orth 1979 (n = 3 and 2): [-3.71, 1.21], where metafor's exact J and variance give [-3.19, 0.70].

        RevMan's g is the middle, -1.25, so d = -1.25 / (1 - 3/(4*5 - 9)) = -1.71875.
        """
        data = {"m1i": -1.71875, "sd1i": 1, "n1i": 3, "m2i": 0, "sd2i": 1, "n2i": 2}
        for convention, limits in (("revman", [-3.71, 1.21]), ("metafor", [-3.19, 0.70])):
            got = effect_sizes("SMD", convention=convention, **data)
            half = 1.959964 * math.sqrt(got["vi"][0])
            assert np.round([got["yi"][0] - half, got["yi"][0] + half], 2).tolist() == limits

    def test_what_is_not_estimable(self) -> None:
        no_event = {"ai": [0], "bi": [20], "ci": [0], "di": [30]}
        only_events = {"ai": [20], "bi": [0], "ci": [30], "di": [0]}
        for measure, lost in (("RR", [True, False]), ("OR", [True, True]), ("PETO", [True, True])):
            got = [
                effect_sizes(measure, convention="revman", **data)["yi"].isna()[0]
                for data in (no_event, only_events)
            ]
            assert got == lost, measure

    def test_risk_difference_without_events(self) -> None:
        """0/20 against 0/30: difference exactly 0, variance from 0.5/21 and 0.5/31."""
        got = effect_sizes("RD", convention="revman", ai=0, bi=20, ci=0, di=30)
        p, q = 0.5 / 21, 0.5 / 31
        assert got["yi"][0] == 0
        near(got["vi"], p * (1 - p) / 21 + q * (1 - q) / 31, 1e-12)

    @pytest.mark.parametrize("measure", ["MD", "SMD"])
    def test_a_standard_deviation_of_0_in_either_arm_is_not_estimable(self, measure: str) -> None:
        """CD014964.pub2 2.3, study 21: 1.0 (SD 0, n 24) against 1.75 (SD 1.379, n 24) is not estimable."""
        data = {"m1i": [1, 1, 1], "sd1i": [0, 1.379, 1], "n1i": [24] * 3}
        data |= {"m2i": [1.75] * 3, "sd2i": [1.379, 0, 1], "n2i": [24] * 3}
        revman = effect_sizes(measure, convention="revman", **data)
        assert revman.isna().all(axis=1).tolist() == [True, True, False]
        assert effect_sizes(measure, **data).notna().all(axis=None)

    @pytest.mark.parametrize("measure", ["ROM", "AS"])
    def test_what_revman_does_not_offer_is_refused(self, measure: str) -> None:
        data = (
            {"ai": 1, "bi": 2, "ci": 3, "di": 4}
            if measure == "AS"
            else {"m1i": 1, "sd1i": 1, "n1i": 9, "m2i": 2, "sd2i": 1, "n2i": 9}
        )
        with pytest.raises(ValueError, match=f"RevMan does not compute {measure}"):
            effect_sizes(measure, convention="revman", **data)


groups = st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(any)
counts = st.lists(st.tuples(groups, groups).map(lambda pair: pair[0] + pair[1]), min_size=1, max_size=6)


@given(tables=counts, measure=st.sampled_from(MEASURES["binary"]), drop00=st.booleans())
def test_swapping_the_groups_turns_the_sign(
    tables: list[tuple[int, ...]], measure: str, drop00: bool
) -> None:
    a, b, c, d = np.array(tables, dtype=float).T
    one = effect_sizes(measure, drop00=drop00, ai=a, bi=b, ci=c, di=d)
    other = effect_sizes(measure, drop00=drop00, ai=c, bi=d, ci=a, di=b)
    near(one["yi"], -other["yi"], 1e-12, scale=1)
    near(one["vi"], other["vi"], 1e-12)


@given(tables=counts, measure=st.sampled_from(("RR", "OR", "RD", "PETO")))
def test_zero_and_full_cells_have_an_effect_with_a_positive_variance(
    tables: list[tuple[int, ...]], measure: str
) -> None:
    a, b, c, d = np.array(tables, dtype=float).T
    got = effect_sizes(measure, ai=a, bi=b, ci=c, di=d)
    assert len(got) == len(tables)
    assert np.isfinite(got.to_numpy()).all()
    assert (got["vi"] > 0).all()


@given(tables=counts)
def test_drop00_loses_exactly_the_studies_that_say_nothing(tables: list[tuple[int, ...]]) -> None:
    a, b, c, d = np.array(tables, dtype=float).T
    nothing = ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))
    for measure in MEASURES["binary"]:
        got = effect_sizes(measure, drop00=True, ai=a, bi=b, ci=c, di=d)
        lost = nothing | ((a + b == 0) | (c + d == 0)) if measure == "AS" else nothing
        assert got["yi"].isna().tolist() == lost.tolist()


@given(
    mean=st.floats(-50, 50),
    sd=st.floats(0.1, 30),
    n=st.integers(2, 200),
    factor=st.floats(1e-6, 1e6),
)
def test_units_of_means(mean: float, sd: float, n: int, factor: float) -> None:
    data = {"m1i": mean, "sd1i": sd, "n1i": n, "m2i": 3.0, "sd2i": 2 * sd, "n2i": n + 1}
    scaled = {name: value * factor if name[0] in "ms" else value for name, value in data.items()}
    near(effect_sizes("MD", **scaled)["yi"], effect_sizes("MD", **data)["yi"] * factor, 1e-12)
    near(effect_sizes("MD", **scaled)["vi"], effect_sizes("MD", **data)["vi"] * factor**2, 1e-12)
    for vtype in ("LS", "UB"):
        one, other = effect_sizes("SMD", vtype=vtype, **scaled), effect_sizes("SMD", vtype=vtype, **data)
        near(one, other, 1e-11)


def test_rows_stay_where_they_are() -> None:
    got = effect_sizes(
        "MD",
        m1i=[1, math.nan, 3],
        sd1i=[1, 1, 1],
        n1i=[9, 9, 9],
        m2i=[0, 0, 0],
        sd2i=[1, 1, math.nan],
        n2i=[9] * 3,
    )
    assert got["yi"].isna().tolist() == [False, True, True]
    assert got["vi"].isna().tolist() == [False, True, True]
    assert len(effect_sizes("RR", ai=[], bi=[], ci=[], di=[])) == 0


def test_ratio_of_means_of_opposite_sign_is_not_estimable() -> None:
    got = effect_sizes("ROM", m1i=[2, -2], sd1i=[1, 1], n1i=[9, 9], m2i=[-1, -1], sd2i=[1, 1], n2i=[9, 9])
    assert got["yi"].isna().tolist() == [True, False]
    assert got["yi"][1] == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measure": "HR"}, "Unknown measure 'HR'"),
        ({"ai": [-1]}, "ai must be 0 or more; it is not at position 0"),
        ({"ai": [math.inf]}, "ai is infinite at position 0"),
        ({"ai": [1, 2]}, r"Unequal lengths \(ai: 2, bi: 1, ci: 1, di: 1\)"),
        ({"ai": ["many"]}, "ai must be numbers"),
        ({"ai": [[1]]}, "ai must have one dimension"),
        ({"to": "some"}, "Unknown to='some'"),
        ({"add": -0.5}, "add must be a finite number of 0 or more"),
        ({"convention": "stata"}, "Unknown convention 'stata'"),
        ({"n1i": [3]}, "not known: n1i"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], message: str) -> None:
    given_ = {"measure": "RR", "ai": [1], "bi": [2], "ci": [3], "di": [4]} | arguments
    with pytest.raises(ValueError, match=message):
        effect_sizes(**given_)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sd1i": [-1]}, "sd1i must be 0 or more"),
        ({"n2i": [0]}, "n2i must be above 0"),
        ({"vtype": "HO"}, "Unknown vtype 'HO'"),
    ],
)
def test_what_is_refused_of_means(arguments: dict[str, Any], message: str) -> None:
    given_ = {"m1i": [1], "sd1i": [1], "n1i": [9], "m2i": [0], "sd2i": [1], "n2i": [9]} | arguments
    with pytest.raises(ValueError, match=message):
        effect_sizes("SMD", **given_)


def test_missing_data_are_named() -> None:
    with pytest.raises(ValueError, match="needs ai, bi, ci, di; missing: ci, di"):
        effect_sizes("OR", ai=[1], bi=[2])


@pytest.mark.parametrize("convention", ["metafor", "revman"])
@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "PETO"])
def test_a_group_of_nobody_has_no_effect(measure, convention):
    found = effect_sizes(measure, convention=convention, ai=[0, 2], bi=[0, 8], ci=[3, 3], di=[7, 7])
    assert found.isna().all(axis=1).tolist() == [True, False]
