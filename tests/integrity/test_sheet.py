"""The sheets of all trials: what a planted misfit does, and what the project's tables hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence import dataset
from evidence.integrity.checks import CHECKS, FAR_APART
from evidence.integrity.sheet import count, sheets
from tests.dataset.folder import change, make, rows, write

#: The made-up trial's measure, as one of whole-number answers.
WHOLE = {"outcome": "pain_intensity", "measure": "NRS", "answers": "pain_intensity", "whole_items": "1"}
#: Means and SDs of its arms that whole numbers have: 71 and 100 of 20 people.
HONEST = ({"mean": "3.55", "sd": "2.16"}, {"mean": "5", "sd": "2.1"}, {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The made-up trials, with whole-number answers."""
    data = make(tmp_path / "data")
    write(data, "measures", [{**WHOLE, "kind": "scale", "unit": "points"}])
    plant(data)
    return data


def plant(folder: Path, first: dict[str, str] | None = None, second: dict[str, str] | None = None) -> None:
    """Write the results of both arms with some cells changed."""
    planted = zip(rows("arm_results"), HONEST, (first or {}, second or {}, {}), strict=True)
    write(folder, "arm_results", [row | honest | own for row, honest, own in planted])


def outcome(folder: Path, check: str) -> str:
    return sheets(dataset.load(folder))["Alpha2001"].outcome(check)


def test_an_honest_trial_passes_and_what_it_does_not_print_is_not_computable(folder: Path) -> None:
    found = {check.key: outcome(folder, check.key) for check in CHECKS}
    assert found == {
        "shared_results": "passes",
        "percentages": "not computable",
        "spreads_on_scales": "passes",
        "readings_of_spreads": "passes",
        "whole_means": "passes",
        "whole_spreads": "passes",
        "tests_of_counts": "not computable",
        "tests_of_means": "passes",
        "tests_of_intervals": "passes",
    }


@pytest.mark.parametrize(
    ("check", "first", "second"),
    [
        ("whole_means", {"mean": "3.56"}, {}),  # 71 of 20 is 3.55, 72 is 3.60
        ("whole_spreads", {"sd": "2.15"}, {}),  # no whole sum of squares with the parity of 71
        ("readings_of_spreads", {"sd": "0.2"}, {"sd": "0.2"}),  # 1.45 points are seven such SDs
        ("tests_of_means", {"mean": "4.95"}, {}),  # 0.05 points with SDs of 2: p near 0.9, and 0.03 printed
    ],
)
def test_a_planted_misfit_is_found(
    folder: Path, check: str, first: dict[str, str], second: dict[str, str]
) -> None:
    plant(folder, first, second)
    assert outcome(folder, check) == "does not fit"


def test_an_interval_that_its_p_value_does_not_fit(folder: Path) -> None:
    change(folder, "contrasts", 0, p_value="0.4")
    assert outcome(folder, "tests_of_intervals") == "does not fit"


def test_counts_that_their_p_value_does_not_fit(folder: Path) -> None:
    counts = {"mean": "", "sd": "", "kind": "count", "scale_min": "", "scale_max": "", "total": "20"}
    plant(folder, {**counts, "events": "10"}, {**counts, "events": "10"})
    change(folder, "contrasts", 0, effect="p_only", estimate="", ci_level="", ci_low="", ci_high="")
    assert outcome(folder, "tests_of_counts") == "does not fit"


def test_a_percentage_that_no_number_of_people_gives(folder: Path) -> None:
    change(folder, "studies", 0, female_pct="51")
    assert (
        outcome(folder, "percentages") == "does not fit"
    )  # 20 of 40 are 50%, 21 are 52.5%; 19 of 38 are 50%
    change(folder, "studies", 0, female_pct="52.5")
    assert outcome(folder, "percentages") == "passes"


def test_what_a_review_printed_is_not_held_against_the_trial(folder: Path) -> None:
    plant(folder, {"mean": "3.56", "source": "review"})
    assert outcome(folder, "whole_means") == "not computable"


def test_a_mean_with_a_standard_error_may_come_from_a_model(folder: Path) -> None:
    plant(folder, {"mean": "3.56", "sd": "", "se": "0.48"})
    assert outcome(folder, "whole_means") == "not computable"


def test_every_trial_of_the_book_has_a_sheet_and_every_misfit_is_counted() -> None:
    ds = dataset.load()
    found = sheets(ds)
    assert list(found) == list(ds.rows("studies")["study_id"])
    for check in CHECKS:
        facts = list(check.find(ds))
        counted = count(found, check.key)
        assert counted.results == len(facts)
        assert counted.results_failed == sum(not fact.fits for fact in facts)
        assert counted.trials == len({fact.study_id for fact in facts})


def test_the_means_that_no_whole_numbers_have_are_halves_of_a_step() -> None:
    """Of 50 whole numbers every mean is an even number of hundredths; Mogahed 2017 prints odd ones."""
    facts = sheets(dataset.load())["Mogahed2017"].facts["whole_means"]
    for fact in facts:
        hundredths = round(100 * float(fact.words.partition("mean ")[2].split()[0]))
        assert fact.fits is (hundredths % 2 == 0)


def test_the_simulation_knows_every_check_and_exact_checks_have_no_false_alarm() -> None:
    table = dataset.load().rows("integrity_simulation")
    assert set(table["check"]) == {check.key for check in CHECKS}
    exact = ("percentages", "spreads_on_scales", "whole_means", "whole_spreads")
    assumed = table[table["setting"].eq("as the check assumes") & table["check"].isin(exact)]
    assert len(assumed) == len(exact)
    assert assumed["misfits"].sum() == 0
    assert FAR_APART > 0
