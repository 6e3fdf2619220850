"""Readings of an unlabelled ± that a scale rules out, and intervals and p-values as a report prints them."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.effects import Effect, Options, effects, is_ruled_out, largest_sd
from evidence.question import Question, select
from tests.question import mini

NAME = "Alpha2001"


def one(ds: Dataset, options: Options) -> Effect:
    (effect,) = effects(select(Question("ketamine", "crps"), ds), ds, options)
    return effect


def flagged(tmp_path: Path, drug_sd: str, control_sd: str, **cells: str) -> Dataset:
    """Two arms of 18 on 0-10 with an unlabelled ±, recorded as a standard deviation."""
    rows = mini.trial()
    rows["flags"] = [
        {"study_id": NAME, "flag": "spread_unlabelled", "severity": "caution", "detail": "Made up"}
    ]
    rows["arm_results"] = [
        mini.value(NAME, "ketamine", "3", sd=drug_sd, n="18", **cells),
        mini.value(NAME, "placebo", "5", sd=control_sd, n="18", **cells),
    ]
    return mini.build(tmp_path, rows)


@pytest.mark.parametrize("n", [2, 18, 20])
def test_the_largest_sd_is_that_of_people_at_both_ends(n: int) -> None:
    """Nothing lies further apart than half of the people at each end; the formula of an SD itself says so."""
    ends = [0.0] * (n // 2) + [10.0] * (n // 2)
    assert largest_sd(0, 10, n) == pytest.approx(statistics.stdev(ends))
    changes = [-10.0] * (n // 2) + [10.0] * (n // 2)
    assert largest_sd(0, 10, n, change=True) == pytest.approx(statistics.stdev(changes))


def test_a_reading_that_the_scale_rules_out_is_not_taken(tmp_path: Path) -> None:
    """± 2 as an SE of 18 people is an SD of 2 √18 = 8.49, and on 0-10 none exceeds 5 √(18/17) = 5.14."""
    ds = flagged(tmp_path, "2", "2")
    asked, recorded = (one(ds, Options(spread=spread, reference_sd=20)) for spread in ("se", "recorded"))  # type: ignore[arg-type]
    assert asked.vi == recorded.vi == pytest.approx(8 / 18 * 100)
    assert is_ruled_out(asked.assumptions)
    assert not is_ruled_out(recorded.assumptions)
    assert (
        "The unlabelled ± cannot be a standard error: it would be a standard deviation of 8.5, and 18 values "
        "from 0 to 10 have one of at most 5.1."
    ) in asked.assumptions
    assert "The unlabelled ± is read as a standard deviation." in asked.assumptions


def test_one_arm_rules_a_reading_out_for_both(tmp_path: Path) -> None:
    """± 1 alone could be an SE (SD 4.24); a report that means an SD in one arm means one in the other."""
    asked = one(flagged(tmp_path, "1", "2"), Options(spread="se", reference_sd=20))
    assert asked.vi == pytest.approx((1 + 4) / 18 * 100)


def test_a_possible_reading_is_taken(tmp_path: Path) -> None:
    """± 1.2 as an SE of 18 people is an SD of 5.09, just below 5.14: variance 2 x 1.2² x 10²."""
    asked = one(flagged(tmp_path, "1.2", "1.2"), Options(spread="se", reference_sd=20))
    assert asked.vi == pytest.approx(2 * 1.2**2 * 100)
    assert not is_ruled_out(asked.assumptions)


def test_changes_may_scatter_twice_as_far(tmp_path: Path) -> None:
    """A change on 0-10 lies between -10 and 10: SD 8.49 is possible, since 10 √(18/17) = 10.3."""
    asked = one(flagged(tmp_path, "2", "2", kind="change"), Options(spread="se", reference_sd=20))
    assert asked.vi == pytest.approx(2 * 2**2 * 100)


@pytest.mark.parametrize(
    ("study_id", "question", "sd", "largest"),
    [
        # 2.3 √18 = 9.76 in the memantine arm; 5 √(18/17) = 5.14
        ("Maier2003", Question("memantine", "neuropathic", window="short"), "9.8", "5.1"),
        # 100 √20 = 447 in the arm without magnesium, 92 √20 = 411 with it; 175 √(20/19) = 179.5
        ("Pickering2020", Question("magnesium", "neuropathic"), "411.4", "179.5"),
    ],
)
def test_trials_whose_spread_cannot_be_an_error(
    study_id: str, question: Question, sd: str, largest: str
) -> None:
    ds = dataset.load()
    plain, asked = (
        next(e for e in effects(select(question, ds), ds, options) if e.study_id == study_id)
        for options in (Options(), Options(spread="se"))
    )
    assert (plain.yi, plain.vi) == (asked.yi, asked.vi)
    (said,) = [text for text in asked.assumptions if "cannot be" in text]
    assert f"standard deviation of {sd}," in said
    assert f"at most {largest}." in said


def test_the_printed_interval_is_kept(tmp_path: Path) -> None:
    """MD -10 points, printed as 2 on a scale of 0-20 with -5 to 1: times 5 it is -25 to 5."""
    row = mini.contrast(
        NAME, measure="scale 0-20", effect="MD", estimate="-2", ci_low="-5", ci_high="1", ci_level="95"
    )
    rows = mini.trial() | {
        "contrasts": [row],
        "measures": [mini.measure("scale 0-20", scale_min="0", scale_max="20")],
    }
    effect = one(mini.build(tmp_path, rows), Options(reference_sd=20))
    assert effect.printed_interval == (pytest.approx(-25), pytest.approx(5))
    assert effect.yi == pytest.approx(-10)
    assert effect.se == pytest.approx(30 / (2 * 2.0017), rel=1e-4)  # t with 58 degrees of freedom


@pytest.mark.parametrize("cells", [{"ci_level": "90"}, {"ci_low": "", "ci_high": "", "se": "1.2"}])
def test_no_other_interval_is_called_printed(tmp_path: Path, cells: dict[str, str]) -> None:
    row = mini.contrast(
        NAME, measure="NRS 0-10", effect="MD", **{"estimate": "-2", "ci_low": "-5", "ci_high": "1"} | cells
    )
    rows = mini.trial() | {
        "contrasts": [row],
        "measures": [mini.measure("NRS 0-10", scale_min="0", scale_max="10")],
    }
    effect = one(mini.build(tmp_path, rows), Options(reference_sd=20))
    assert effect.vi is not None
    assert effect.printed_interval is None


def test_a_comparison_turned_round_turns_its_printed_interval(tmp_path: Path) -> None:
    row = mini.contrast(
        NAME,
        "placebo",
        "ketamine",
        measure="NRS 0-10",
        effect="MD",
        estimate="2",
        ci_low="-1",
        ci_high="5",
        ci_level="95",
    )
    rows = mini.trial() | {
        "contrasts": [row],
        "measures": [mini.measure("NRS 0-10", scale_min="0", scale_max="10")],
    }
    effect = one(mini.build(tmp_path, rows), Options(reference_sd=20))
    assert effect.printed_interval == (pytest.approx(-50), pytest.approx(10))


def test_the_only_printed_interval_on_pain_is_that_of_sang() -> None:
    """Sang 2002a, neuropathy of diabetes: -2.0 with -5 to 1 on 0-20; the forest plot has to say -25 to 5."""
    ds = dataset.load()
    found = effects(select(Question("dextromethorphan", "neuropathic"), ds), ds)
    printed = {e.study_id: e.printed_interval for e in found if e.printed_interval is not None}
    assert printed == {"Sang2002a": (pytest.approx(-25), pytest.approx(5))}


@pytest.mark.parametrize(
    ("cells", "flag", "exact"),
    [
        ({"p_operator": "=", "p_value": "0.25"}, "", 0.25),
        ({"p_operator": "=", "p_value": "0.016", "favours": "experimental"}, "smallest_possible_p", 0.016),
        ({"p_operator": "<", "p_value": "0.05", "favours": "experimental"}, "", None),
        ({"p_operator": "ns"}, "", None),
        ({"favours": "experimental"}, "", None),
    ],
)
def test_a_p_value_printed_with_an_equals_sign_is_kept(
    tmp_path: Path, cells: dict[str, str], flag: str, exact: float | None
) -> None:
    rows = mini.trial() | {"contrasts": [mini.contrast(NAME, **cells)]}
    if flag:
        rows["flags"] = [{"study_id": NAME, "flag": flag, "severity": "info", "detail": "Made up"}]
    effect = one(mini.build(tmp_path, rows), Options(reference_sd=20))
    assert effect.statement is not None
    assert effect.statement.exact_p == exact
    assert math.isclose(effect.statement.p_high, 0.016) == (flag != "")


@pytest.mark.parametrize("arm", ["ketamine", "placebo"])
def test_what_is_assumed_of_one_arm_alone_is_said(tmp_path: Path, arm: str) -> None:
    rows = mini.trial()
    bracket = {"sd": "", "ci_low": "3", "ci_high": "5"}
    rows["arm_results"] = [
        mini.value(NAME, label, "4", **(bracket if label == arm else {})) for label in ("ketamine", "placebo")
    ]
    effect = one(mini.build(tmp_path, rows), Options(reference_sd=20))
    assert "The bracket after the mean is a 95% confidence interval." in effect.assumptions
