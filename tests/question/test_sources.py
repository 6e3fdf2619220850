"""Several sources of one comparison: which stands for the study, and what becomes of the others."""

from pathlib import Path

import pytest

from evidence.dataset import Dataset
from evidence.effects import Options, effects
from evidence.question import Question, Rule, select
from evidence.question.records import FROM_REVIEW
from evidence.question.sources import SOURCES
from tests.dataset import folder
from tests.question import mini

NAME = "Alpha2001"
KETAMINE = Question("ketamine", "crps")
TWENTY = Options(reference_sd=20)
UNTIMED = {"time_label": "review's week 1", "time_days": ""}


def arms(drug: str, control: str, source: str, **cells: str) -> list[mini.Row]:
    """Means of both arms as one source gives them."""
    cells = {"source": source, "measure": "NRS" if source == "" else f"NRS ({source})", **cells}
    return [mini.value(NAME, "ketamine", drug, **cells), mini.value(NAME, "placebo", control, **cells)]


def made(place: Path, *rows: mini.Row, contrasts: tuple[mini.Row, ...] = (), **study: str) -> Dataset:
    trial = mini.trial(NAME, **study)
    trial["arm_results"] = sorted(rows, key=lambda row: row["study_id"])
    trial["contrasts"] = list(contrasts)
    measures = dict.fromkeys(row["measure"] for row in (*rows, *contrasts))
    trial["measures"] = [mini.measure(text) for text in measures]
    window = {"study_id": NAME, "time_label": UNTIMED["time_label"], "window": "immediate", "note": "Made up"}
    trial["times"] = [window]
    return mini.build(place, trial)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("full_text", "review"),
        ("review", "registry"),
        ("registry", "abstract"),
        ("abstract", "secondary"),
        ("secondary", "figure"),
    ],
)
def test_of_two_numbers_the_better_source_stands(tmp_path: Path, better: str, worse: str) -> None:
    for first, place in ((better, "one"), (worse, "other")):
        second = worse if first == better else better
        ds = made(tmp_path / place, *arms("3", "5", first), *arms("4", "4.5", second, **UNTIMED))
        selection = select(KETAMINE, ds)
        (result,) = selection.results
        assert result.source == better
        (out,) = {item.rule for item in selection.left_out}
        assert out is Rule.OTHER_SOURCE
        assert selection.left_out[0].detail == f"Used: {SOURCES[better]}."


def test_an_empty_source_is_the_text_of_the_study(tmp_path: Path) -> None:
    rows = (*arms("3", "5", ""), *arms("4", "4.5", "review", **UNTIMED))
    (abstract,) = select(KETAMINE, made(tmp_path / "abstract", *rows, source_type="abstract")).results
    (paper,) = select(KETAMINE, made(tmp_path / "paper", *rows, source_type="full_text")).results
    assert (abstract.source, paper.source) == ("review", "full_text")


def test_a_number_goes_before_a_statement_whatever_its_source(tmp_path: Path) -> None:
    said = mini.contrast(NAME, p_operator="ns")
    ds = made(tmp_path, *arms("4", "4.5", "figure", **UNTIMED), contrasts=(said,))
    (result,) = select(KETAMINE, ds).results
    assert result.source == "figure"
    (effect,) = effects(select(KETAMINE, ds), ds, TWENTY)
    assert effect.yi == pytest.approx(-5)
    assert "A review read the values off a figure of the report." in effect.assumptions


def test_a_value_without_its_spread_is_a_statement(tmp_path: Path) -> None:
    bare = arms("3", "5", "", sd="")
    ds = made(tmp_path, *bare, *arms("4", "4.5", "figure", **UNTIMED))
    (result,) = select(KETAMINE, ds).results
    assert result.source == "figure"


def test_counts_of_another_outcome_give_way_to_a_measured_difference(tmp_path: Path) -> None:
    counts = [mini.count(NAME, "ketamine", "12", "30"), mini.count(NAME, "placebo", "6", "30")]
    trial = mini.trial(NAME)
    trial["arm_results"] = [*counts, *arms("4", "4.5", "figure", **UNTIMED)]
    responders = {"outcome": "responder_50", "measure": "half the pain gone", "answers": "pain_intensity"}
    trial["measures"] = [
        mini.measure("NRS (figure)"),
        mini.measure(**responders, kind="relief", unit="count"),
    ]
    window = {"study_id": NAME, "time_label": UNTIMED["time_label"], "window": "immediate", "note": "Made up"}
    trial["times"] = [window]
    (result,) = select(KETAMINE, mini.build(tmp_path, trial)).results
    assert result.source == "figure"


def test_one_study_can_be_read_in_another_source(tmp_path: Path) -> None:
    ds = made(tmp_path, *arms("3", "5", ""), *arms("4", "4.5", "review", **UNTIMED))
    (other,) = select(KETAMINE, ds, sources={NAME: "abstract"}).results
    (passed_over,) = select(KETAMINE, ds, sources={NAME: "registry"}).results
    assert (other.source, passed_over.source) == ("abstract", "review")


def test_one_period_of_a_crossover_is_two_groups(tmp_path: Path) -> None:
    cells = {"crossover_period": "one", "n": "15", **UNTIMED}
    ds = made(tmp_path, *arms("3", "5", "review", **cells), design="crossover", n_randomised="30")
    (effect,) = effects(select(KETAMINE, ds), ds, TWENTY)
    # By hand: 2 (SD) squared over 15, twice, in points: (400 + 400)/15; no correlation enters.
    assert (effect.yi, effect.vi) == (pytest.approx(-20), pytest.approx(800 / 15))
    assert effect.people == 30
    assert not any("correlation" in text for text in effect.assumptions)


def test_a_reading_of_an_unlabelled_spread_is_not_asked_of_a_review(tmp_path: Path) -> None:
    trial = mini.trial(NAME)
    trial["arm_results"] = arms("3", "5", "review", **UNTIMED)
    trial["measures"] = [mini.measure("NRS (review)")]
    trial["flags"] = [
        {"study_id": NAME, "flag": "spread_unlabelled", "severity": "caution", "detail": "Made up"}
    ]
    ds = mini.build(tmp_path, trial)
    variances = {
        effects(select(KETAMINE, ds), ds, Options(reference_sd=20, spread=spread))[0].vi
        for spread in ("recorded", "sd", "se")
    }
    assert len(variances) == 1


def test_every_source_has_words() -> None:
    columns = next(item for item in folder.package()["resources"] if item["name"] == "arm_results")
    (source,) = [field for field in columns["schema"]["fields"] if field["name"] == "source"]  # type: ignore[index]
    assert set(source["constraints"]["enum"]) == set(SOURCES)
    assert set(FROM_REVIEW) < set(SOURCES)
