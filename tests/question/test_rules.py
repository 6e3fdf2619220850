"""Every rule of selection, each on a data folder made up for it."""

from pathlib import Path

import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.question import COMPARATOR_TYPES, Question, Rule, Selection, read_windows, select
from tests.question import mini

KETAMINE = Question("ketamine", "crps")
NAME = "Alpha2001"


def pick(ds: Dataset, question: Question = KETAMINE, **rules: str) -> Selection:
    return select(question, ds, **rules)  # type: ignore[arg-type]


def rule_of(selection: Selection, table: str, *key: str) -> Rule:
    """The rule that leaves out the one row whose key holds these words."""
    (found,) = [
        item.rule
        for item in selection.left_out
        if item.row is not None and item.row[0] == table and set(key) <= set(item.row)
    ]
    return found


def test_keeps_the_two_arms_of_a_plain_trial(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["arm_results"] = [mini.value(NAME, "ketamine", "3"), mini.value(NAME, "placebo", "5")]
    selection = pick(mini.build(tmp_path, rows))
    (result,) = selection.results
    assert result.window == "immediate"
    assert [row[2] for row in result.rows] == ["ketamine", "placebo"]
    assert result.comparison.comparator_type == "placebo"
    assert selection.left_out == ()
    assert [row for row, _ in selection.kept] == list(result.rows)


def test_condition_and_detail(tmp_path: Path) -> None:
    rows = mini.trial(condition_group="neuropathic", condition_detail="phantom_limb")
    ds = mini.build(tmp_path, rows)
    assert list(pick(ds).studies) == []
    assert list(pick(ds, Question("ketamine", ("crps", "neuropathic"))).studies) == [NAME]
    assert list(pick(ds, Question("ketamine", None, detail="phantom_limb")).studies) == [NAME]
    assert list(pick(ds, Question("ketamine", None, detail="sciatica")).studies) == []


def test_another_route_leaves_the_study_out(tmp_path: Path) -> None:
    ds = mini.build(tmp_path, mini.trial())
    (out,) = pick(ds, Question("ketamine", "crps", route="oral")).studies_left_out
    assert (out.study_id, out.rule) == (NAME, Rule.ROUTE)
    assert out.sentence == "The drug was given by another route. It was intravenous."


@pytest.mark.parametrize(
    ("severity", "flag_rule", "kept"),
    [
        ("exclude", "standard", False),
        ("caution", "standard", True),
        ("info", "without_caution", True),
        ("caution", "without_caution", False),
        ("exclude", "with_excluded", True),
    ],
)
def test_flags(tmp_path: Path, severity: str, flag_rule: str, kept: bool) -> None:
    rows = mini.trial()
    rows["arm_results"] = [mini.value(NAME, "ketamine", "3"), mini.value(NAME, "placebo", "5")]
    flag = {"study_id": NAME, "flag": "acute", "severity": severity, "detail": "An attack"}
    rows["flags"] = [flag]
    selection = pick(mini.build(tmp_path, rows), flag_rule=flag_rule)
    assert bool(selection.results) is kept
    if not kept:
        (out,) = selection.studies_left_out
        assert out.rule is Rule.FLAGGED
        assert "An attack" in out.sentence


def test_pain_steered_by_opioids_is_out_for_pain_only(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["measures"].append(mini.measure("dose", outcome="opioid_use", answers="opioid_use", kind="any"))
    dose = {"outcome": "opioid_use", "measure": "dose", "scale_min": "", "scale_max": ""}
    rows["arm_results"] = [
        mini.value(NAME, "ketamine", "3"),
        mini.value(NAME, "ketamine", "20", **dose),
        mini.value(NAME, "placebo", "3"),
        mini.value(NAME, "placebo", "40", **dose),
    ]
    flag = {"study_id": NAME, "flag": "opioid_titrated", "severity": "caution", "detail": "Titrated"}
    rows["flags"] = [flag]
    ds = mini.build(tmp_path, rows)
    (out,) = pick(ds).studies_left_out
    assert out.rule is Rule.STEERED
    assert len(pick(ds, Question("ketamine", "crps", outcome="opioid_use")).results) == 1


def test_baseline_single_arm_empty_and_unknown_rows(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["arm_results"] = [
        mini.value(NAME, "ketamine", "6", time_label="start", time_days="0"),
        mini.value(NAME, "ketamine", "3"),
        mini.value(NAME, "ketamine", "3", measure="a new scale"),
        mini.value(NAME, "ketamine, new label", "3"),
    ]
    rows["contrasts"] = [mini.contrast(NAME, favours="neither")]
    selection = pick(mini.build(tmp_path, rows))
    assert rule_of(selection, "arm_results", "start") is Rule.BASELINE
    assert rule_of(selection, "arm_results", "ketamine", "NRS", "week 1") is Rule.ONE_ARM
    assert rule_of(selection, "arm_results", "a new scale") is Rule.UNLISTED_MEASURE
    assert rule_of(selection, "arm_results", "ketamine, new label") is Rule.UNKNOWN_ARM
    assert rule_of(selection, "contrasts", NAME) is Rule.NO_STATEMENT
    (silent,) = selection.silent
    assert silent.rule is Rule.NOTHING_USABLE
    assert selection.studies_left_out == ()


def test_a_direction_within_arms_is_no_comparison(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["contrasts"] = [
        mini.contrast(NAME, favours="experimental"),
        mini.contrast(NAME, time_label="week 4", time_days="28", p_operator="ns"),
    ]
    flag = {"study_id": NAME, "flag": "within_arm_only", "severity": "caution", "detail": "Made up"}
    rows["flags"] = [flag]
    selection = pick(mini.build(tmp_path, rows))
    assert rule_of(selection, "contrasts", "week 1") is Rule.WITHIN_ARM
    assert [result.window for result in selection.results] == ["short"]


def test_what_the_arms_got_decides_what_is_compared(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["interventions"].append(mini.intervention(NAME, drug="magnesium"))
    rows["arms"] = [
        mini.arm(NAME, "ketamine", "ketamine; placebo"),
        mini.arm(NAME, "ketamine+magnesium", "ketamine; magnesium"),
        mini.arm(NAME, "ketamine+lidocaine", "ketamine; lidocaine"),
        mini.arm(NAME, "ketamine, double dose", "ketamine"),
        mini.arm(NAME, "placebo", "placebo"),
    ]
    rows["contrasts"] = [
        mini.contrast(NAME, "ketamine", "placebo", p_operator="ns"),
        mini.contrast(NAME, "ketamine", "ketamine+magnesium", p_operator="ns"),
        mini.contrast(NAME, "ketamine+lidocaine", "placebo", p_operator="ns"),
        mini.contrast(NAME, "ketamine, double dose", "ketamine", p_operator="ns"),
        mini.contrast(NAME, "ketamine+magnesium", "placebo", p_operator="ns"),
    ]
    ds = mini.build(tmp_path, rows)
    ketamine = pick(ds)
    assert [row[2:4] for row in ketamine.results[0].rows] == [("ketamine", "placebo")]
    assert ketamine.results[0].other_drugs == ("magnesium",)
    assert rule_of(ketamine, "contrasts", "ketamine+lidocaine") is Rule.NOT_ISOLATED
    assert rule_of(ketamine, "contrasts", "ketamine, double dose") is Rule.SAME_DRUG
    assert rule_of(ketamine, "contrasts", "ketamine", "ketamine+magnesium") is Rule.SAME_DRUG

    (added,) = pick(ds, Question("magnesium", "crps")).results
    assert added.comparison.comparator_type == "placebo"
    assert added.comparison.shared == ("ketamine",)
    assert added.contrasts[0].row.flipped

    (both,) = pick(ds, Question("ketamine+magnesium", "crps")).results
    assert [row[2:4] for row in both.rows] == [("ketamine+magnesium", "placebo")]


def test_one_comparator_per_study_and_only_those_asked_for(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["arms"] += [
        mini.arm(NAME, "lorazepam", "lorazepam (active placebo)"),
        mini.arm(NAME, "lidocaine", "lidocaine"),
        mini.arm(NAME, "nothing", "none"),
    ]
    rows["contrasts"] = [
        mini.contrast(NAME, b=other, p_operator="ns")
        for other in ("lidocaine", "nothing", "lorazepam", "placebo")
    ]
    ds = mini.build(tmp_path, rows)
    types = {
        "placebo": "placebo",
        "lorazepam": "active_placebo",
        "nothing": "usual_care",
        "lidocaine": "active_drug",
    }
    for arm, comparator_type in types.items():
        selection = pick(ds, Question("ketamine", "crps", comparator_types=(comparator_type,)))
        assert [result.comparison.control.arm for result in selection.results] == [arm]
        assert rule_of(selection, "contrasts", next(a for a in types if a != arm)) is Rule.COMPARATOR
    every = pick(ds, Question("ketamine", "crps", comparator_types=COMPARATOR_TYPES))
    assert [result.comparison.control.arm for result in every.results] == ["placebo"]
    assert rule_of(every, "contrasts", "lorazepam") is Rule.OTHER_COMPARATOR
    assert rule_of(pick(ds), "contrasts", "lidocaine") is Rule.COMPARATOR
    with pytest.raises(ValueError, match="comparator type dose is unknown"):
        Question("ketamine", "crps", comparator_types=("dose",))


def test_bounds_of_the_windows() -> None:
    windows = read_windows(dataset.load())
    days = {1.9: "during_infusion", 2: "immediate", 7: "immediate", 7.5: "short", 92: "short"}
    days |= {93: "medium", 184: "medium", 185: "long"}
    assert {day: windows.window(day) for day in days} == days


def test_only_the_window_asked_for(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["contrasts"] = [mini.contrast(NAME, time_days="", p_operator="ns")]
    ds = mini.build(tmp_path, rows)
    assert [result.window for result in pick(ds).results] == ["not_stated"]
    assert len(pick(ds, Question("ketamine", "crps", window="not_stated")).results) == 1
    (out,) = pick(ds, Question("ketamine", "crps", window="long")).studies_left_out
    assert out.rule is Rule.WINDOW


def test_a_time_label_can_tell_the_window(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["contrasts"] = [mini.contrast(NAME, time_label="after injection", time_days="", p_operator="ns")]
    note = {"study_id": NAME, "time_label": "after injection", "window": "during_infusion", "note": "Made up"}
    rows["times"] = [note]
    assert [result.window for result in pick(mini.build(tmp_path, rows)).results] == ["during_infusion"]


def test_one_time_per_window(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["contrasts"] = [
        mini.contrast(NAME, time_label=f"day {day}", time_days=day, p_operator="ns")
        for day in ("5", "28", "84")
    ]
    ds = mini.build(tmp_path, rows)
    latest, earliest = pick(ds), pick(ds, time_rule="earliest")
    assert [result.time_days for result in latest.results] == [5, 84]
    assert rule_of(latest, "contrasts", "day 28") is Rule.OTHER_TIME
    assert [result.time_days for result in earliest.results] == [5, 28]
    assert [result.time_days for result in pick(ds, Question("ketamine", "crps", window="any")).results] == [
        84
    ]
    with pytest.raises(ValueError, match="use latest or earliest"):
        pick(ds, time_rule="loveliest")


def test_a_test_over_the_whole_period_gives_way(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["contrasts"] = [
        mini.contrast(NAME, time_label="all weeks", p_value="0.001", p_operator="<", favours="experimental"),
        mini.contrast(NAME, p_operator="ns"),
    ]
    rows["times"] = [{"study_id": NAME, "time_label": "all weeks", "whole_period": "yes", "note": "Made up"}]
    selection = pick(mini.build(tmp_path / "both", rows))
    assert rule_of(selection, "contrasts", "all weeks") is Rule.WHOLE_PERIOD
    assert [row[-1] for row in selection.results[0].rows] == ["week 1"]
    rows["contrasts"] = rows["contrasts"][:1]
    alone = pick(mini.build(tmp_path / "alone", rows))
    assert [row[-1] for row in alone.results[0].rows] == ["all weeks"]


def test_the_hierarchy_of_measures_goes_before_time(tmp_path: Path) -> None:
    rows = mini.trial()
    kinds = ("worst", "average", "questionnaire", "current")
    rows["measures"] = [mini.measure(kind, kind=kind) for kind in kinds]
    rows["contrasts"] = [mini.contrast(NAME, measure="average", p_operator="ns")] + [
        mini.contrast(NAME, measure=kind, time_label="day 6", time_days="6", p_operator="ns")
        for kind in kinds
        if kind != "average"
    ]
    for best in ("average", "current", "worst", "questionnaire"):
        selection = pick(mini.build(tmp_path / best, rows))
        assert [result.kind for result in selection.results] == [best]
        if len(rows["contrasts"]) > 1:
            assert {item.rule for item in selection.left_out} == {Rule.OTHER_MEASURE}
        rows["contrasts"] = [row for row in rows["contrasts"] if row["measure"] != best]


def doses(**cells: str) -> dict[str, list[mini.Row]]:
    rows = mini.trial(**cells)
    rows["arms"] = [
        mini.arm(NAME, "ketamine 10 mg", "ketamine", dose_order="1"),
        mini.arm(NAME, "ketamine 20 mg", "ketamine", dose_order="2"),
        mini.arm(NAME, "placebo", "placebo"),
    ]
    return rows


def test_arms_with_several_doses_are_joined(tmp_path: Path) -> None:
    rows = doses()
    rows["arm_results"] = [mini.value(NAME, arm["label"], "3", n="20") for arm in rows["arms"]]
    rows["contrasts"] = [mini.contrast(NAME, "ketamine 20 mg", p_operator="ns")]
    selection = pick(mini.build(tmp_path, rows))
    (result,) = selection.results
    assert [arm.arm for arm in result.comparison.experimental] == ["ketamine 10 mg", "ketamine 20 mg"]
    assert len(result.rows) == 3
    assert rule_of(selection, "contrasts", "ketamine 20 mg") is Rule.COMBINED


def test_doses_that_cannot_be_joined_leave_the_highest(tmp_path: Path) -> None:
    rows = doses()
    rows["contrasts"] = [
        mini.contrast(NAME, "ketamine 10 mg", p_operator="<", p_value="0.05", favours="experimental"),
        mini.contrast(NAME, "ketamine 20 mg", p_operator="ns"),
    ]
    highest = pick(mini.build(tmp_path / "two", rows))
    assert [row[2] for row in highest.results[0].rows] == ["ketamine 20 mg"]
    assert rule_of(highest, "contrasts", "ketamine 10 mg") is Rule.OTHER_DOSE
    rows["arms"].append(mini.arm(NAME, "ketamine, both doses", "ketamine"))
    rows["contrasts"].append(mini.contrast(NAME, "ketamine, both doses", p_operator="ns"))
    joined = pick(mini.build(tmp_path / "three", rows))
    assert [row[2] for row in joined.results[0].rows] == ["ketamine, both doses"]


def test_a_crossover_enters_once_whatever_its_doses(tmp_path: Path) -> None:
    rows = doses(design="crossover")
    rows["arm_results"] = [mini.value(NAME, arm["label"], "3", n="20") for arm in rows["arms"]]
    selection = pick(mini.build(tmp_path, rows))
    (result,) = selection.results
    assert [arm.arm for arm in result.comparison.experimental] == ["ketamine 20 mg"]


@pytest.mark.parametrize(("shared", "kept"), [("people", 1), ("possibly people", 1), ("programme", 2)])
def test_studies_that_share_people(tmp_path: Path, shared: str, kept: int) -> None:
    small, large = mini.trial("Alpha2001", n_randomised="20"), mini.trial("Beta2002")
    rows = {table: small[table] + large[table] for table in ("studies", "interventions", "arms")}
    rows["measures"] = small["measures"]
    rows["contrasts"] = [mini.contrast(name, p_operator="ns") for name in ("Alpha2001", "Beta2002")]
    pair = {"study_id": "Alpha2001", "other_study_id": "Beta2002", "shared": shared, "note": "Made up"}
    rows["overlaps"] = [pair]
    selection = pick(mini.build(tmp_path, rows))
    assert len(selection.results) == kept
    assert selection.results[-1].study.study_id == "Beta2002"
    if kept == 1:
        (out,) = selection.studies_left_out
        assert (out.study_id, out.rule) == ("Alpha2001", Rule.OVERLAP)


def test_what_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="is not one outcome"):
        Question("ketamine", "crps", outcome="other")
    with pytest.raises(ValueError, match="window 'soon' is unknown"):
        Question("ketamine", "crps", window="soon")


def test_unknown_words_are_refused(tmp_path: Path) -> None:
    ds = mini.build(tmp_path, mini.trial())
    for question in (
        Question("aspirin", "crps"),
        Question("ketamine", "gout"),
        Question("ketamine", "crps", route="by post"),
        Question("ketamine", "crps", outcome="mood"),
    ):
        with pytest.raises(ValueError, match=r"never holds|is unknown"):
            pick(ds, question)
