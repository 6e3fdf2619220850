"""Effects on pain against calculations by hand, on the project's trials and on made-up ones."""

import math
from pathlib import Path

import pytest
from scipy import stats

from evidence import dataset
from evidence.dataset import Dataset
from evidence.effects import Effect, Options, effects, points_per_unit, poolable
from evidence.question import Question, select
from tests.question import mini

NAME = "Alpha2001"
TWENTY = Options(reference_sd=20)


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


def one(
    ds: Dataset, options: Options = TWENTY, drug: str = "ketamine", outcome: str = "pain_intensity"
) -> Effect:
    """The single effect of a made-up folder."""
    (effect,) = effects(select(Question(drug, "crps", outcome=outcome), ds), ds, options)
    return effect


def of(ds: Dataset, study_id: str, question: Question, options: Options | None = None) -> Effect:
    """The single effect of one of the project's studies."""
    (effect,) = [e for e in effects(select(question, ds), ds, options) if e.study_id == study_id]
    return effect


def two_arms(**cells: str) -> list[mini.Row]:
    return [mini.value(NAME, "ketamine", "3", **cells), mini.value(NAME, "placebo", "5", **cells)]


def made(tmp_path: Path, **rows: list[mini.Row]) -> Dataset:
    return mini.build(tmp_path, mini.trial() | rows)


# The project's trials

SIGTERMANS = Question("ketamine", "crps", route="intravenous", window="immediate")


def test_sigtermans_week_1(ds: Dataset) -> None:
    """NRS 0-10 in week 1: S-ketamine 2.68 (SE 0.51), placebo 5.45 (SE 0.48), 30 people each.

    Difference (2.68 - 5.45) x 10 = -27.7 points; its variance (0.51² + 0.48²) x 10² = 49.05, SE 7.0.
    """
    effect = of(ds, "Sigtermans2009", SIGTERMANS)
    assert effect.evidence_class == "reported"
    assert effect.scale == "points"
    assert effect.yi == pytest.approx(-27.7)
    assert effect.vi == pytest.approx(0.51**2 * 100 + 0.48**2 * 100)
    assert effect.vi == pytest.approx(49.05)
    assert (effect.n_experimental, effect.n_control, effect.people) == (30, 30, 60)
    assert effect.assumptions == ()
    assert dict(effect.ledger[-1].result) == {"MD": effect.yi, "v": effect.vi}
    assert [row[2] for row in effect.rows] == ["S-ketamine", "placebo"]


def test_sigtermans_is_read_in_one_way_since_its_paper_labels_the_spread(ds: Dataset) -> None:
    for spread in ("sd", "se"):
        read = of(ds, "Sigtermans2009", SIGTERMANS, Options(spread=spread))  # type: ignore[arg-type]
        assert (read.yi, read.vi) == (pytest.approx(-27.7), pytest.approx(49.05))


def test_the_review_gives_what_abstracts_do_not(ds: Dataset) -> None:
    """Analyses 1.4 and 7.2: first-period arms of 6 and 5 as two groups; 14 (SD 17) v 47 (SD 33), 10 each."""
    pickering = of(ds, "Pickering2020", Question("ketamine", "neuropathic", window="short"))
    assert pickering.yi == pytest.approx(73 - 58)
    assert pickering.vi == pytest.approx(35**2 / 6 + 37**2 / 5)
    assert pickering.people == 11
    gustin = of(ds, "Gustin2010", Question("memantine", "crps"))
    assert gustin.yi == pytest.approx(-33)
    assert gustin.vi == pytest.approx((17**2 + 33**2) / 10)


def test_sigtermans_as_smd(ds: Dataset) -> None:
    """SDs 0.51 √30 = 2.793 and 0.48 √30 = 2.629, pooled 2.712; d = -2.77/2.712 = -1.021, J(58) = 0.987."""
    effect = of(ds, "Sigtermans2009", SIGTERMANS, Options(scale="smd"))
    assert effect.yi == pytest.approx(-1.021 * 0.987, abs=1e-3)
    assert effect.vi == pytest.approx(2 / 30 + effect.yi**2 / 120)  # type: ignore[operator]


def test_lindelof_difference_with_a_paired_p(ds: Dataset) -> None:
    """Headache 3.8 v 4.1 on 0-10, paired p = 0.03 in 29 people: MD -3 points, t(28) = 2.285, SE 1.313."""
    effect = of(ds, "Lindelof2009", Question("memantine", "headache"))
    assert effect.evidence_class == "derived"
    assert effect.yi == pytest.approx(-3.0)
    assert effect.se == pytest.approx(3.0 / 2.285, rel=1e-3)


def test_amin_takes_the_correlation_that_its_own_numbers_imply(ds: Dataset) -> None:
    """6.2 v 8.2 on 0-10, paired p = 0.003 in 17 people: t(16) = 3.493, SE = 20/3.493 = 5.73 points."""
    question = Question("amantadine", "neuropathic", window="immediate")
    effect = of(ds, "Amin2003", question)
    assert effect.yi == pytest.approx(-20.0)
    assert effect.se == pytest.approx(20 / 3.493, rel=1e-3)
    assert of(ds, "Amin2003", question, Options(correlation=0.1)).se == pytest.approx(effect.se)


def test_pickering_tests_magnesium_in_its_second_arm(ds: Dataset) -> None:
    """Area 196 with magnesium, 185 without, of at most 350: +11 x 100/350 = +3.14 points."""
    effect = of(ds, "Pickering2020", Question("magnesium", "neuropathic"))
    assert effect.yi == pytest.approx(1100 / 350)
    sd_difference = math.sqrt(92**2 + 100**2 - 2 * 0.7 * 92 * 100)
    assert effect.se == pytest.approx(sd_difference / math.sqrt(20) * 100 / 350)
    assert any("not believable" in text for text in effect.assumptions)


def test_kim_tests_two_drugs_of_the_book_against_each_other(ds: Dataset) -> None:
    ketamine, magnesium = (
        of(ds, "Kim2015", Question(drug, "neuropathic", comparator_types=("active_drug",)))
        for drug in ("ketamine", "magnesium")
    )
    assert ketamine.yi == -magnesium.yi  # type: ignore[operator]
    assert (ketamine.comparator, magnesium.comparator) == ("magnesium", "ketamine")
    assert ketamine.comparator_type == "active_drug"


@pytest.mark.parametrize(
    ("study_id", "question", "expected"),
    [
        ("Sang2002a", Question("dextromethorphan", "neuropathic"), "reported"),
        ("Kirby2002", Question("memantine", "neuropathic"), "derived"),
        ("Hardy2012", Question("ketamine", "cancer"), "derived"),
        ("Shaibani2012", Question("dextromethorphan", "neuropathic"), "bounded"),
        ("Brill2002", Question("magnesium", "neuropathic"), "bounded"),
        ("Jafarzadeh2023", Question("memantine", "neuropathic"), "unusable"),
        ("Gustin2010", Question("memantine", "crps"), "reported"),
    ],
)
def test_classes_of_known_trials(ds: Dataset, study_id: str, question: Question, expected: str) -> None:
    assert of(ds, study_id, question).evidence_class == expected


# Made-up trials: arms


def test_parallel_arms(tmp_path: Path) -> None:
    """3 (SD 2) v 5 (SD 2) on 0-10, 30 each: -20 points, variance (4/30 + 4/30) x 100."""
    effect = one(made(tmp_path, arm_results=two_arms()))
    assert (effect.yi, effect.vi) == (pytest.approx(-20), pytest.approx(800 / 30))
    assert [name for name, _ in effect.ledger[-1].result] == ["MD", "v"]


def test_points_do_not_depend_on_the_unit(tmp_path: Path) -> None:
    tenfold = [
        mini.value(NAME, "ketamine", "30", sd="20", scale_max="100"),
        mini.value(NAME, "placebo", "50", sd="20", scale_max="100"),
    ]
    shifted = [
        mini.value(NAME, "ketamine", "4", scale_min="1", scale_max="11"),
        mini.value(NAME, "placebo", "6", scale_min="1", scale_max="11"),
    ]
    plain = one(made(tmp_path / "a", arm_results=two_arms()))
    for name, rows in (("b", tenfold), ("c", shifted)):
        effect = one(made(tmp_path / name, arm_results=rows))
        assert (effect.yi, effect.vi) == (pytest.approx(plain.yi), pytest.approx(plain.vi))


def test_swapping_the_arms_turns_the_sign(tmp_path: Path) -> None:
    swapped = [mini.value(NAME, "ketamine", "5"), mini.value(NAME, "placebo", "3")]
    plain, turned = (
        one(made(tmp_path / str(i), arm_results=rows)) for i, rows in enumerate((two_arms(), swapped))
    )
    assert (turned.yi, turned.vi) == (-plain.yi, plain.vi)  # type: ignore[operator]


def test_a_scale_on_which_more_is_better_turns_the_sign(tmp_path: Path) -> None:
    relief = {"arm_results": two_arms(higher_is="better"), "measures": [mini.measure(kind="relief")]}
    effect = one(made(tmp_path, **relief))
    assert effect.yi == pytest.approx(+20)


@pytest.mark.parametrize(
    ("printed", "spread"),
    [
        ({"sd": "2"}, "recorded"),
        ({"sd": "", "se": str(2 / math.sqrt(30))}, "recorded"),
        ({"sd": str(2 / math.sqrt(30))}, "se"),
        ({"sd": "", "se": "2"}, "sd"),
    ],
)
def test_spreads_and_their_readings(tmp_path: Path, printed: dict[str, str], spread: str) -> None:
    flag = {"study_id": NAME, "flag": "spread_unlabelled", "severity": "caution", "detail": "Made up"}
    # An SE of 2 on 0-10 is larger than any that 30 people can have: the tables take it only when waived.
    waived = [flag | {"flag": "waive_spread_within_scale"}] if printed.get("se") == "2" else []
    kinds = [{"flag": row["flag"], "sort": "our reading", "about": "study", "meaning": "x"} for row in waived]
    ds = made(tmp_path, arm_results=two_arms(**printed), flags=[flag, *waived], flag_kinds=kinds)
    effect = one(ds, Options(reference_sd=20, spread=spread))  # type: ignore[arg-type]
    assert effect.vi == pytest.approx(800 / 30)


def test_a_labelled_spread_is_read_in_one_way_only(tmp_path: Path) -> None:
    ds = made(tmp_path, arm_results=two_arms())
    assert one(ds, Options(spread="se", reference_sd=20)) == one(ds)


def test_spread_from_the_interval_of_a_mean(tmp_path: Path) -> None:
    half = float(stats.t.ppf(0.975, 29)) * 2 / math.sqrt(30)
    rows = [
        mini.value(NAME, arm, mean, sd="", ci_low=str(float(mean) - half), ci_high=str(float(mean) + half))
        for arm, mean in (("ketamine", "3"), ("placebo", "5"))
    ]
    assert one(made(tmp_path, arm_results=rows)).vi == pytest.approx(800 / 30)


def test_doses_are_joined_as_if_their_people_were_one_group(tmp_path: Path) -> None:
    """Means 2 and 4, SD 2, 20 each: 40 people, mean 3, SD² = (19·4 + 19·4 + 20·1 + 20·1)/39 = 192/39."""
    rows = mini.trial()
    rows["arms"] = [
        mini.arm(NAME, "ketamine 10 mg", "ketamine", dose_order="1"),
        mini.arm(NAME, "ketamine 20 mg", "ketamine", dose_order="2"),
        mini.arm(NAME, "placebo", "placebo"),
    ]
    rows["arm_results"] = [
        mini.value(NAME, "ketamine 10 mg", "2", n="20"),
        mini.value(NAME, "ketamine 20 mg", "4", n="20"),
        mini.value(NAME, "placebo", "5", n="20"),
    ]
    effect = one(mini.build(tmp_path, rows))
    assert effect.yi == pytest.approx(-20)
    assert effect.vi == pytest.approx((192 / 39 / 40 + 4 / 20) * 100)
    assert (effect.n_experimental, effect.n_control, effect.people) == (40, 20, 60)


# Made-up trials: crossover


def crossover_trial(**rows: list[mini.Row]) -> dict[str, list[mini.Row]]:
    trial = mini.trial(design="crossover", n_randomised="30")
    trial["arms"] = [mini.arm(NAME, what, what) for what in ("ketamine", "placebo")]
    return trial | rows


@pytest.mark.parametrize("r", [0.3, 0.5, 0.8])
def test_crossover_arms_need_a_correlation(tmp_path: Path, r: float) -> None:
    """Variance of the difference (4 + 4 - 2 r 4)/30 x 100: 26.67 (1 - r) points²."""
    ds = mini.build(tmp_path, crossover_trial(arm_results=two_arms()))
    effect = one(ds, Options(reference_sd=20, correlation=r))
    assert effect.yi == pytest.approx(-20)
    assert effect.vi == pytest.approx(800 / 30 * (1 - r))
    assert (effect.n_experimental, effect.n_control, effect.people) == (30, 30, 30)
    assert f"Within-person correlation taken as {r:g}." in effect.assumptions


def test_crossover_takes_the_believable_correlation_of_its_own_p(tmp_path: Path) -> None:
    """SDs 2 and 2, r = 0.7: SD_diff = √(8 - 5.6) = √2.4, t = 2/√(2.4/30); its p gives back the variance."""
    t = 2 / math.sqrt(2.4 / 30)
    row = mini.contrast(NAME, p_value=f"{2 * stats.t.sf(t, 29):.20f}", p_operator="=", favours="experimental")
    ds = mini.build(tmp_path, crossover_trial(arm_results=two_arms(), contrasts=[row]))
    effect = one(ds)
    assert effect.vi == pytest.approx(2.4 / 30 * 100)
    assert one(ds, Options(correlation=0.1, reference_sd=20)).vi == effect.vi


def test_crossover_from_a_paired_p_alone(tmp_path: Path) -> None:
    """p = 0.02, n = 30, r = 0.7: d = t(0.02, 29) √(2 x 0.3/30), times J; in points times 20."""
    row = mini.contrast(NAME, p_value="0.02", p_operator="=", favours="experimental")
    effect = one(mini.build(tmp_path, crossover_trial(contrasts=[row])))
    d = float(stats.t.isf(0.01, 29)) * math.sqrt(0.6 / 30)
    assert effect.evidence_class == "derived"
    assert effect.reexpressed
    assert effect.yi == pytest.approx(-20 * d, rel=0.03)  # J is 0.98 here
    assert effect.vi == pytest.approx(400 * (0.6 / 30 + d**2 / 60), rel=0.03)
    assert "The p-value is that of a paired t test." in effect.assumptions


# Made-up trials: printed effects and p-values


def test_printed_interval(tmp_path: Path) -> None:
    """MD -1.5 (-2.9 to -0.1) with 58 df: SE = 2.8/(2 x 2.0017) = 0.6994, in points 6.994."""
    row = mini.contrast(
        NAME, measure="NRS 0-10", effect="MD", estimate="-1.5", ci_low="-2.9", ci_high="-0.1", ci_level="95"
    )
    measures = [mini.measure("NRS 0-10", scale_min="0", scale_max="10")]
    ds = made(tmp_path, contrasts=[row], measures=measures)
    effect = one(ds)
    assert effect.evidence_class == "reported"
    assert (effect.yi, effect.se) == (pytest.approx(-15), pytest.approx(6.994, abs=1e-3))
    smd = one(ds, Options(scale="smd"))
    assert smd.yi == pytest.approx(-1.5 / 0.6994 * math.sqrt(2 / 30) * 0.987, rel=1e-3)


def test_a_comparison_turned_round_gives_the_same_effect(tmp_path: Path) -> None:
    cells = {"measure": "NRS 0-10", "effect": "MD", "ci_level": "95"}
    forth = mini.contrast(NAME, **cells, estimate="-1.5", ci_low="-3", ci_high="0", favours="experimental")
    back = mini.contrast(
        NAME, "placebo", "ketamine", **cells, estimate="1.5", ci_low="0", ci_high="3", favours="control"
    )
    measures = [mini.measure("NRS 0-10", scale_min="0", scale_max="10")]
    there, here = (
        one(made(tmp_path / str(i), contrasts=[row], measures=measures))
        for i, row in enumerate((forth, back))
    )
    assert there.yi == pytest.approx(-15)
    assert (here.yi, here.vi) == (there.yi, there.vi)


def test_exact_p_alone(tmp_path: Path) -> None:
    """p = 0.05 with 58 df: t = 2.0017, d = 2.0017 √(2/30) = 0.5168, J = 0.987; in points times 20."""
    row = mini.contrast(NAME, p_value="0.05", p_operator="=", favours="control")
    effect = one(made(tmp_path, contrasts=[row]))
    assert effect.evidence_class == "derived"
    assert effect.yi == pytest.approx(+0.5168 * 0.987 * 20, rel=1e-3)
    assert effect.vi == pytest.approx((2 / 30 + (0.5168 * 0.987) ** 2 / 120) * 400, rel=1e-3)
    assert [step.what for step in effect.ledger] == [
        "t from the exact p-value",
        "SMD from t",
        "SMD in points",
    ]
    assert "The p-value is that of a two-sample t test." in effect.assumptions


def test_printed_smd_with_people(tmp_path: Path) -> None:
    row = mini.contrast(NAME, effect="SMD", estimate="-0.5", favours="experimental")
    effect = one(made(tmp_path, contrasts=[row]), Options(scale="smd"))
    assert effect.evidence_class == "derived"
    assert effect.yi == pytest.approx(-0.5 * 0.987, rel=1e-3)
    assert effect.vi == pytest.approx(2 / 30 + 0.4935**2 / 120, rel=1e-3)


def test_responders(tmp_path: Path) -> None:
    """20/30 v 10/30: odds ratio 4, SMD -log 4 √3/π = -0.764; variance (2/20 + 2/10) 3/π²."""
    ds = made(
        tmp_path,
        arm_results=[mini.count(NAME, "ketamine", "20", "30"), mini.count(NAME, "placebo", "10", "30")],
        measures=[mini.measure("half the pain gone", outcome="responder_50", unit="count")],
    )
    effect = one(ds, Options(scale="smd"))
    assert effect.evidence_class == "derived"
    assert effect.yi == pytest.approx(-math.log(4) * math.sqrt(3) / math.pi)
    assert effect.vi == pytest.approx((2 / 20 + 2 / 10) * 3 / math.pi**2)
    assert one(ds).yi == pytest.approx(20 * effect.yi)  # type: ignore[operator]
    (told,) = (dict(step.inputs) for step in effect.ledger if step.what == "SMD from responders")
    assert told["log OR"] == pytest.approx(math.log(4))
    assert told["v_logOR"] == pytest.approx(2 / 20 + 2 / 10)
    assert effect.ledger[0].formula.startswith("SMD = −log OR")
    assert effect.assumptions[0] == "Pain falls off like a logistic distribution in both arms."


@pytest.mark.parametrize("order", [1, -1])
def test_half_of_the_pain_gone_comes_before_a_third(tmp_path: Path, order: int) -> None:
    """20/30 v 10/30 had half of it gone, 25/30 v 24/30 a third: the first decides, in whatever order."""
    half = [mini.count(NAME, "ketamine", "20", "30"), mini.count(NAME, "placebo", "10", "30")]
    third = {"outcome": "responder_30", "measure": "a third gone"}
    less = [
        mini.count(NAME, "ketamine", "25", "30", **third),
        mini.count(NAME, "placebo", "24", "30", **third),
    ]
    measures = [
        mini.measure("half the pain gone", outcome="responder_50", unit="count"),
        mini.measure("a third gone", outcome="responder_30", unit="count"),
    ]
    ds = made(tmp_path, arm_results=[*half, *less][::order], measures=measures[::order])
    assert one(ds, Options(scale="smd")).yi == pytest.approx(-math.log(4) * math.sqrt(3) / math.pi)


# Refusals


def test_percentages_are_refused_as_points(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'percent' cannot be turned into points"):
        points_per_unit("percent", 0, 100)
    rows = two_arms(measure="% of baseline", scale_max="100")
    ds = made(
        tmp_path, arm_results=rows, measures=[mini.measure("% of baseline", kind="relief", unit="percent")]
    )
    effect = one(ds)
    assert effect.reexpressed
    assert effect.evidence_class == "derived"
    assert effect.yi == pytest.approx(-2 / 2 * 20, rel=0.02)  # one SD, and not 2 of 100 points
    assert one(ds, Options(scale="smd")).scale == "smd"


def test_points_need_the_limits_of_the_scale(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="limits of the scale are not known"):
        points_per_unit("points", 0, None)
    with pytest.raises(ValueError, match="must be below"):
        points_per_unit("points", 10, 0)
    effect = one(made(tmp_path, arm_results=two_arms(scale_min="", scale_max="")))
    assert effect.reexpressed


def test_a_direction_that_contradicts_the_numbers_is_left_out(tmp_path: Path) -> None:
    row = mini.contrast(NAME, p_value="0.04", p_operator="=", favours="control")
    effect = one(made(tmp_path, arm_results=two_arms(), contrasts=[row]))
    assert effect.evidence_class == "unusable"
    assert (
        effect.note == "The report favours the control arm, but the values of the arms point the other way."
    )
    assert poolable([effect]) == ()


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"scale": "litres"}, "scale 'litres' is unknown"),
        ({"spread": "iqr"}, "spread 'iqr' is unknown"),
        ({"correlation": 1.0}, "strictly between"),
        ({"reference_sd": 0.0}, "positive number"),
        ({"classes": ("bounded",)}, "can be pooled"),
    ],
)
def test_options_that_mean_nothing_are_refused(wrong: dict[str, object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        Options(**wrong)  # type: ignore[arg-type]


def test_options_choose_the_time_anew(tmp_path: Path) -> None:
    rows = [
        mini.value(NAME, arm, mean, time_label=f"day {day}", time_days=day)
        for day, mean in (("3", "3"), ("6", "4"))
        for arm, mean in (("ketamine", mean), ("placebo", "5"))
    ]
    ds = made(tmp_path, arm_results=rows)
    assert one(ds).yi == pytest.approx(-10)
    assert one(ds, Options(time_rule="earliest", reference_sd=20)).yi == pytest.approx(-20)


@pytest.mark.parametrize("events", [("12", "0"), ("0", "5"), ("30", "11")])
def test_responders_with_an_empty_cell_are_no_points(tmp_path: Path, events: tuple[str, str]) -> None:
    """Half a person added to an empty cell would decide the size."""
    rows = [mini.count(NAME, arm, n, "30") for arm, n in zip(("ketamine", "placebo"), events, strict=True)]
    measures = [mini.measure("half the pain gone", outcome="responder_50", unit="count")]
    effect = one(made(tmp_path, arm_results=rows, measures=measures))
    assert effect.yi is None
