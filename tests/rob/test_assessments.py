"""Assessments as the tables hold them, and robvis tables in and out."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from evidence import dataset
from evidence.rob import Assessment, Rating, assessments, from_robvis, settled, to_robvis

#: The example that robvis gives for RoB 2, shortened to four rows.
ROBVIS = """Study,D1,D2,D3,D4,D5,Overall
Study 1,Low,Low,Low,Low,Low,Low
Study 2,Some concerns,Low,Low,Low,Low,Some concerns
Study 3,No information,Low,Some concerns,Low,Low,Some concerns
Study 4,Low,Low,High,Low,Some concerns,High
"""


def assessed(study: str, judgements: dict[str, str]) -> Assessment:
    ratings = {
        name: Rating(name, judged, {}, "https://example.org", "") for name, judged in judgements.items()
    }
    return Assessment(study, "pain_intensity", ratings)


def test_a_table_of_robvis_comes_back_as_it_went_in() -> None:
    table = pd.read_csv(io.StringIO(ROBVIS))
    found = {study: assessed(study, dict(judged)) for study, judged in from_robvis(table).items()}
    written = to_robvis(found, {study: study for study in found})
    columns = ["Study", "D1", "D2", "D3", "D4", "D5"]
    pd.testing.assert_frame_equal(written[columns], table[columns])
    # A domain without information leaves the whole without a judgement unless another is high.
    assert list(written["Overall"]) == ["Low", "Some concerns", "No information", "High"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Study,D1", "Study,X1", "no D1"),
        ("Study 2,Some", "Study 1,Some", "stands twice"),
        ("Study 1,Low", "Study 1,Fine", "line 2, D1: 'Fine'"),
    ],
)
def test_a_table_that_robvis_would_not_draw_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_robvis(pd.read_csv(io.StringIO(ROBVIS.replace(old, new, 1))))


def test_what_was_not_read_is_no_fault_and_no_merit() -> None:
    assert settled("D2", {"2.1": "PN", "2.2": "PN"}) == "no information"
    assert settled("D2", {"2.1": "PN", "2.2": "PN", "2.6": "Y"}) == "low"
    assert settled("D4", {"4.1": "PN", "4.2": "PN", "4.3": "PN"}) == "low"
    assert settled("D5", {"5.3": "Y"}) == "high"


def test_the_judgements_of_the_review_are_taken_as_they_are() -> None:
    ds = dataset.load()
    rows = ds.rows("review_rows")
    known = rows[rows["study"].notna() & rows["rob2_randomisation"].notna()]
    found = assessments(ds, sorted(set(known["study"])), "pain_intensity")
    for study, judged in zip(known["study"], known["rob2_randomisation"], strict=True):
        assert found[study].judgement("D1") == judged


def test_a_study_without_a_rating_has_no_information() -> None:
    (nothing,) = assessments(dataset.load(), ["Nobody2000"], "pain_intensity").values()
    assert nothing.overall == "no information"
