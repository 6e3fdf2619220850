"""The icons of harms: one mark for each person, and both groups drawn to one measure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence import dataset
from evidence.report import drug_harms
from evidence.report.sections.harm_line import Counted, harm_line, icon_pair

FACT = Counted("nausea", "nausea", (7, 22), (1, 25), 1, 500, "", likely=False)


def drawn(fact: Counted) -> tuple[int, int]:
    """Return how many marks are filled, and how many are not."""
    html = icon_pair(fact)
    return html.count('class="ev-hit"'), html.count('class="ev-spared"')


def test_each_person_is_a_mark() -> None:
    assert drawn(FACT) == (7 + 1, 22 + 25 - 8)
    assert "of 100" not in icon_pair(FACT)


def test_nobody_with_the_harm_is_drawn_too() -> None:
    assert drawn(replace(FACT, drug=(0, 20), control=(0, 20))) == (0, 40)


@pytest.mark.parametrize(("drug", "control"), [((19, 61), (11, 60)), ((11, 60), (19, 61))])
def test_groups_that_are_too_large_are_both_drawn_of_a_hundred(drug, control) -> None:
    """19 of 61 is 31 of 100 and 11 of 60 is 18 of 100: 60 marks beside 100 would look like fewer people."""
    fact = replace(FACT, drug=drug, control=control)
    assert drawn(fact) == (31 + 18, 200 - 31 - 18)
    assert "nausea, of 100" in icon_pair(fact).lower()


def test_every_route_with_a_count_has_its_line_and_its_icons() -> None:
    ds = dataset.load()
    found = drug_harms(ds, "ketamine")
    html = found._repr_html_()
    assert html.count('class="ev-icons"') == sum(bool(line.counted) for line in found.lines) > 1
    for line in found.lines:
        for fact in line.counted:
            assert f"at most {fact.at_most:,} in 1,000" in html
            assert f"{fact.drug[0]:,} of {fact.drug[1]:,} people on ketamine" in html
    nose = harm_line(ds, "ketamine", "intranasal")
    assert any(fact.drug[0] == fact.control[0] == 0 for fact in nose.counted)
