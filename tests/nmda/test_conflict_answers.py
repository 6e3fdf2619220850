"""What stands beside other sources and reviews as the answer is what the pages of answers print."""

import pytest

from evidence import report
from evidence.report.sections.headline import headline
from evidence.results.event_posterior import event_posterior
from evidence.results.priors import event_priors
from nmda.beside import beside_cochrane
from nmda.conflicts import Conflict, _sized, conflicts

FOUND = conflicts()


def inside(conflict: Conflict) -> bool:
    outside = FOUND.ds.words("conditions_outside_cochrane")
    return conflict.stands.comparator_type != "active_drug" and conflict.stands.condition_group not in outside


def test_the_answer_as_it_stands_is_the_one_that_the_overview_prints():
    """Tests without a number move a posterior of several trials there, and so they do here."""
    asked = [c for c in FOUND.found if c.question.outcome == "pain_intensity" and inside(c)]
    seen = set()
    for conflict in asked:
        stands = conflict.stands
        printed = headline(report.Report(stands.drug, ds=FOUND.ds).analysis(stands.route, stands.window))
        if printed is None:
            continue
        seen.add(printed.silent > 0)
        size = _sized((printed.estimate, printed.low, printed.high), "points")
        assert FOUND.answer(stands, conflict.beside) == f"{size}, {printed.trials}"
    assert seen == {True, False}


def test_the_ratio_as_it_stands_is_that_of_the_counts():
    """Niesters 2013, Pickering 2020 and Schwartzman 2009 by their binomial likelihood, as among the harms."""
    (pickering,) = (c for c in FOUND.apart if c.question.outcome == "any_adverse_event")
    ratio = event_posterior((pickering.stands, *pickering.beside), event_priors(FOUND.ds))
    assert ratio is not None
    shown = ", ".join(f"{value:.2f}" for value in ratio.shown)
    said = FOUND.answer(pickering.stands, pickering.beside)
    assert said == "RR {} ({} to {}), 3 trials".format(*shown.split(", "))


def test_a_test_in_favour_of_the_drug_does_not_speak_against_it():
    """Schwartzman 2009: its abstract calls the difference clear; left out, the answer fell instead."""
    (found,) = (
        c
        for c in FOUND.apart
        if c.stands.study_id == "Schwartzman2009" and c.other.vi is None and c.other.statement is not None
    )
    as_it_stands, with_the_test = (
        float(FOUND.answer(own, found.beside).split(" points")[0].replace("−", "-"))
        for own in (found.stands, found.other)
    )
    assert with_the_test < as_it_stands < 0


@pytest.mark.parametrize("drug", ["ketamine", "memantine", "dextromethorphan", "amantadine", "magnesium"])
def test_what_stands_beside_the_cochrane_review_is_the_answer_of_the_overview(drug):
    """Not another pool of the same trials; and no row in which neither side has a number."""
    overview = report.Report(drug, ds=FOUND.ds)
    told = [h for a in overview.analyses if a.question.window != "during_infusion" and (h := headline(a))]
    sizes = [(h.estimate, h.low, h.high) for h in told]
    printed = [row[1].text for row in beside_cochrane(overview).rows]
    assert [text for text in printed if text != "no number"] == [
        _sized(size, "points").replace("(", f"({h.level} ") + f"; {h.trials}"
        for size, h in zip(sizes, told, strict=True)
    ]
    assert all("points" in row[1].text or row[3].text != "not seen" for row in beside_cochrane(overview).rows)
