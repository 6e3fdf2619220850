"""Rows of the summary of findings."""

from dataclasses import replace

import pytest

from evidence import dataset
from evidence.question import ArmRow, main_outcome
from evidence.report.sections.sof import _scaled


@pytest.mark.parametrize(
    ("better", "higher_is", "expected"),
    [
        ("lower", "worse", 25.0),
        ("lower", "better", 75.0),
        ("higher", "better", 25.0),
        ("higher", "worse", 75.0),
    ],
)
def test_a_mean_on_a_scale_from_1_to_7_stands_between_0_and_100(better, higher_is, expected):
    """2.5 is a quarter of the way from 1 to 7."""
    ds = dataset.load()
    row = next(
        row for row in ds.records(ArmRow, "arm_results", outcome="pain_intensity") if row.mean is not None
    )
    seven = replace(row, mean=2.5, kind="final", scale_min=1.0, scale_max=7.0, higher_is=higher_is)
    main = replace(main_outcome(ds), better=better)
    assert _scaled(seven, main) == pytest.approx(expected)
    assert _scaled(replace(seven, kind="change"), main) is None
