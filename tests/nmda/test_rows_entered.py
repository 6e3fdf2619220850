"""Every arm of the review's main analyses stands among the results of its study, as the review has it."""

from __future__ import annotations

import math
import re

import pytest

from tests.nmda import second_reader as reader

RESULTS = reader.table("arm_results")
MAIN = [row for rows in reader.main_analyses().values() for row in rows]


def cites(row: dict[str, str], analysis: str) -> bool:
    return "CD015373" in row["locator"] and analysis in re.findall(r"\d+\.\d+", row["locator"])


def same(result: dict[str, str], row: dict[str, str], arm: str) -> bool:
    """Whether a result holds the arm: people and events, or mean and SD on the review's scale."""
    people = row[f"n_{arm}"]
    if result["kind"] == "count":
        events = row[f"events_{arm}"] or "0"
        return (result["events"], result["total"]) == (events, people)
    size = 1.0
    if row["scale"] == "0-100":
        size = 100 / (float(result["scale_max"]) - float(result["scale_min"]))
    spread = float(result["sd"] or 0) or float(result["se"]) * math.sqrt(int(result["n"]))
    mean = float(row[f"mean_{arm}"])
    near = math.isclose(float(result["mean"]) * size, mean, abs_tol=1e-6)
    close = math.isclose(spread * size, float(row[f"sd_{arm}"]), abs_tol=1e-4)
    return near and close and result["n"] == people


@pytest.mark.parametrize("row", MAIN, ids=[f"{row['analysis']} {reader.label(row)}" for row in MAIN])
def test_both_arms_are_entered(row: dict[str, str]) -> None:
    own = [r for r in RESULTS if r["study_id"] == row["study"] and cites(r, row["analysis"])]
    for arm, role in (("a", "experimental"), ("b", "control")):
        found = [r for r in own if r["arm_role"] == role and same(r, row, arm)]
        assert len(found) == 1, (arm, own)


def test_no_result_cites_an_analysis_that_it_is_not_in() -> None:
    there = {(row["study"], row["analysis"]) for row in MAIN}
    for result in RESULTS:
        if "CD015373" not in result["locator"]:
            assert result["source"] not in ("review", "figure")
            continue
        for analysis in re.findall(r"\d+\.\d+", result["locator"]):
            assert (result["study_id"], analysis) in there


def test_values_off_a_figure_are_marked() -> None:
    """The rows of subgroup analyses tell which values were read off a figure."""
    figures = [row for row in reader.table("review_rows") if row["origin"] == "figure"]
    assert figures
    for row in figures:
        for arm in "ab":
            found = [
                r
                for r in RESULTS
                if r["study_id"] == row["study"]
                and r["outcome"] == row["outcome"]
                and "CD015373" in r["locator"]
                and r["kind"] != "count"
                and same(r, row, arm)
            ]
            assert {r["source"] for r in found} == {"figure"}
