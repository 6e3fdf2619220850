"""Odd records of ClinicalTrials.gov: the number that a column means, or the reason why none is taken."""

import json

import pytest

from evidence.desk.importers import read_study
from evidence.desk.importers.registry.parts import is_time

GROUPS = [{"id": "OG000", "title": "Ketamine"}, {"id": "OG001", "title": "Placebo"}]
SCORES = ({"value": "3.1", "spread": "2.0"}, {"value": "4.2", "spread": "2.1"})
SHARES = ({"value": "40"}, {"value": "20"})


def by_group(cells):
    return [{"groupId": group["id"], **cell} for group, cell in zip(GROUPS, cells, strict=True)]


def people(n="30", units="Participants"):
    return {"units": units, "counts": by_group([{"value": n}, {"value": "30"}])}


def outcome(param="MEAN", cells=SCORES, unit="score on a scale", test=None, **more):
    """Return a posted outcome of two groups, with one comparison when ``test`` holds its parts."""
    return {
        "type": "PRIMARY",
        "title": "Pain",
        "timeFrame": "Week 4",
        "paramType": param,
        "dispersionType": "Standard Deviation",
        "unitOfMeasure": unit,
        "groups": GROUPS,
        "denoms": [people()],
        "classes": [{"categories": [{"measurements": by_group(cells)}]}],
        "analyses": [{"groupIds": ["OG000", "OG001"], **test}] if test else [],
        **more,
    }


def read(tmp_path, *outcomes, **sections):
    record = {
        "protocolSection": {"identificationModule": {"nctId": "NCT01234567", "officialTitle": "Made up"}},
        "resultsSection": {"outcomeMeasuresModule": {"outcomeMeasures": list(outcomes)}, **sections},
    }
    (tmp_path / "a.json").write_text(json.dumps(record))
    return read_study(tmp_path / "a.json")


def interval(low, high, sides="TWO_SIDED"):
    limits = {"ciLowerLimit": low, "ciUpperLimit": high}
    return {"ciPctValue": "95", "ciNumSides": sides} | {key: cell for key, cell in limits.items() if cell}


@pytest.mark.parametrize(
    ("posted", "cells"),
    [
        ({"paramType": "Mean Difference (Net)", "paramValue": "-1.1"}, {"effect": "MD", "estimate": "-1.1"}),
        ({"paramType": "Difference in mean change", "paramValue": "-1"}, {"effect": "MD", "estimate": "-1"}),
        (
            {"paramType": "Standardized Mean Difference", "paramValue": "-0.5"},
            {"effect": "SMD", "estimate": "-0.5"},
        ),
        ({"paramType": "Risk Ratio (RR)", "paramValue": "2"}, {"effect": "RR", "estimate": "2"}),
        (
            {"paramType": "Odds Ratio (OR)", "paramValue": "2", **interval("0.9", "4.4")},
            {"effect": "OR", "estimate": "2", "ci_level": "95", "ci_low": "0.9", "ci_high": "4.4"},
        ),
        ({"pValue": "p < .001"}, {"effect": "p_only", "p_operator": "<", "p_value": "0.001"}),
        ({"pValue": "5E-4"}, {"effect": "p_only", "p_operator": "=", "p_value": "0.0005"}),
        ({"pValue": "NS"}, {"effect": "p_only", "p_operator": "ns"}),
    ],
)
def test_a_posted_comparison_fills_the_columns_that_mean_it(tmp_path, posted, cells):
    (row,) = read(tmp_path, outcome(test=posted)).rows["contrasts"]
    columns = ("effect", "estimate", "se", "ci_level", "ci_low", "ci_high", "p_operator", "p_value")
    assert {name: row[name] for name in columns if name in row} == cells


LOGARITHM = "it is on a logarithmic scale"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"paramType": "Odds Ratio, log", "paramValue": "0.8"}, LOGARITHM),
        ({"paramType": "Risk Ratio, log", "paramValue": "0.8"}, LOGARITHM),
        ({"paramType": "LS Mean Difference (log10 scale)", "paramValue": "-0.5"}, LOGARITHM),
        ({"paramType": "Geometric mean difference", "paramValue": "1.2"}, LOGARITHM),
        ({"paramType": "Odds Ratio (OR)", "paramValue": "0.8", **interval("-0.2", "1.8")}, "above 0"),
        ({"paramType": "Relative risk reduction", "paramValue": "0.3"}, "has no column"),
        ({"paramType": "Median Difference (Final Values)", "paramValue": "-1"}, "has no column"),
        ({"paramType": "Hazard Ratio (HR)", "paramValue": "0.6"}, "has no column"),
        ({"paramType": "Risk Difference (RD)", "paramValue": "0.7", **interval("-3", "4")}, "per cent"),
        ({"paramType": "Mean Difference (Net)", "paramValue": "-1,1"}, "-1,1 is no number"),
        ({"pValue": "0.001", "nonInferiorityType": "NON_INFERIORITY"}, "against a margin"),
        ({"pValue": "0.001", "nonInferiorityType": "EQUIVALENCE"}, "against a margin"),
        ({"pValue": "0.02", "pValueComment": "one-tailed"}, "is one-sided"),
        ({"pValue": "0.02", "statisticalMethod": "t-test, 1 sided"}, "is one-sided"),
        ({"pValue": "0,04"}, "write it by hand"),
        ({"statisticalMethod": "ANCOVA"}, "neither an estimate nor a p-value"),
    ],
)
def test_a_number_of_another_kind_is_left_out_with_the_reason(tmp_path, posted, said):
    record = read(tmp_path, outcome(test=posted))
    assert "contrasts" not in record.rows
    assert any(said in note for note in record.notes), record.notes


def test_a_one_sided_interval_takes_its_p_value_along_and_leaves_the_estimate(tmp_path):
    posted = {"paramType": "Mean Difference (Net)", "paramValue": "-1.1", "pValue": "0.02"}
    record = read(tmp_path, outcome(test=posted | interval("", "0.4", "ONE_SIDED")))
    (row,) = record.rows["contrasts"]
    assert row["estimate"] == "-1.1" and not {"ci_low", "ci_high", "p_value"} & set(row)
    assert sum("one-sided" in note for note in record.notes) == 2


def test_the_error_of_a_ratio_is_not_taken_for_one_on_the_log_scale(tmp_path):
    spread = {"dispersionType": "Standard Error of the Mean", "dispersionValue": "0.3"}
    ratio, difference = (
        read(tmp_path, outcome(test={"paramType": kind, "paramValue": "2", **spread})).rows["contrasts"][0]
        for kind in ("Odds Ratio (OR)", "Mean Difference (Net)")
    )
    assert "se" not in ratio and "0.3" in ratio["notes"]
    assert difference["se"] == "0.3"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        (outcome("GEOMETRIC_MEAN"), "a geometric mean (3.1) is no mean"),
        (outcome("LOG_MEAN"), "a log mean (3.1) is no mean"),
        (outcome(denoms=[]), "nobody says how many participants"),
        (outcome(denoms=[people("0")]), "no participants are behind the 3.1"),
        (outcome(denoms=[people("30", "Limbs")]), "only participants are counted, not limbs"),
        (outcome(typeUnitsAnalyzed="Limbs"), "it counts limbs and not participants"),
        (outcome(denomUnitsSelected="Eyes"), "it counts eyes and not participants"),
        (outcome("COUNT_OF_PARTICIPANTS", ({"value": "35"}, {"value": "5"})), "35 are more than the 30"),
        (outcome("NUMBER", ({"value": "41"}, {"value": "20"}), "percent of patients"), "41 % of 30"),
        (outcome(cells=({"value": "1.300,5"}, {"value": "3"})), "the value is 1.300,5"),
        (outcome(groups=[group | {"title": "Ketamine"} for group in GROUPS]), "some have one name"),
        (outcome(reportingStatus="NOT_POSTED"), "its results are not posted"),
    ],
)
def test_an_arm_without_a_number_of_people_or_a_mean_is_left_out_with_the_reason(tmp_path, posted, said):
    record = read(tmp_path, posted)
    taken = {row["arm"] for row in record.rows.get("arm_results", [])}
    assert "Ketamine" not in taken
    assert any(said in note for note in record.notes), record.notes


def test_a_comma_parts_thousands_and_is_never_a_decimal_point(tmp_path):
    cells = ({"value": "1,200.5", "spread": "2,1"}, {"value": "900", "spread": "1,000"})
    first, second = read(tmp_path, outcome(cells=cells)).rows["arm_results"]
    assert (first["mean"], second["mean"], second["sd"]) == ("1200.5", "900", "1000")
    assert "sd" not in first and "Standard Deviation: 2,1" in first["notes"]


def test_a_percentage_of_people_may_stand_in_the_title(tmp_path):
    posted = outcome("NUMBER", SHARES, "percent", title="Percentage of participants with 50% less pain")
    rows = read(tmp_path, posted).rows["arm_results"]
    assert [(row["events"], row["total"]) for row in rows] == [("12", "30"), ("6", "30")]


@pytest.mark.parametrize(
    "title", ["Week 4", "Day 1", "2 hours post-dose", "End of treatment", "12-week visit"]
)
def test_a_class_may_be_a_time(title):
    assert is_time(title)


@pytest.mark.parametrize(
    "title", ["Left limb", "Age 18-65 years", "<65 years", "45 to 60 years", "Pain lasting 6 months", "Women"]
)
def test_ages_histories_and_limbs_are_no_times(title):
    assert not is_time(title)


def test_adverse_events_need_people_at_risk(tmp_path):
    groups = [
        {"id": "OG000", "title": "Ketamine", "seriousNumAffected": 0, "seriousNumAtRisk": 0},
        {"id": "OG001", "title": "Placebo", "seriousNumAffected": 3},
    ]
    stats = [
        {"groupId": "OG000", "numAffected": 31, "numAtRisk": 30},
        {"groupId": "OG001", "numAffected": 2, "numAtRisk": 30},
        {"groupId": "OG009", "numAffected": 1, "numAtRisk": 30},
        {"groupId": "OG001", "numEvents": 4},
    ]
    events = {"eventGroups": groups, "otherEvents": [{"term": "Nausea", "stats": stats}]}
    record = read(tmp_path, adverseEventsModule=events)
    (row,) = record.rows["arm_results"]
    assert (row["arm"], row["outcome"], row["events"], row["total"]) == ("Placebo", "nausea", "2", "30")
    for said in (
        "nobody was at risk",
        "of how many people the 3 are",
        "31 of 30",
        "no such group",
        "4 events",
    ):
        assert any(said in note for note in record.notes), said


@pytest.mark.parametrize(
    "measure",
    [
        {"title": "Age, Continuous", "paramType": "MEDIAN", "unitOfMeasure": "years"},
        {"title": "Age, Continuous", "paramType": "MEAN", "unitOfMeasure": "months"},
        {"title": "Age, Categorical", "paramType": "COUNT_OF_PARTICIPANTS"},
    ],
)
def test_an_age_that_is_no_mean_in_years_is_said_and_not_taken(tmp_path, measure):
    classes = [{"categories": [{"measurements": by_group(({"value": "50"}, {"value": "51"}))}]}]
    baseline = {"groups": GROUPS, "denoms": [people()], "measures": [measure | {"classes": classes}]}
    record = read(tmp_path, baselineCharacteristicsModule=baseline)
    assert "age_mean" not in record.rows["studies"][0]
    assert f"not taken: baseline, {measure['title']}: no column holds it" in record.notes
