"""What the first words of a page say: nothing that the page's own numbers deny or count otherwise."""

import re

import pytest

from evidence import dataset, report
from evidence.report.book.doors import conditions, front
from evidence.report.book.known import every, regimens_tried
from evidence.report.sections.apart import apart, study_names
from evidence.report.sections.harm_line import Counted, HarmLine, Stated, harm_line
from evidence.report.sections.headline import Headline, headline
from evidence.report.sections.sentence import _left_open
from evidence.report.sections.tiles import speaks, tile


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-12.0, 11.7, ", but one may be missed"), (-12.0, 4.0, ", but one may be missed"), (-6.0, 5.0, "")],
)
def test_no_difference_is_not_said_where_one_that_matters_may_be_missed(low, high, said):
    assert _left_open(Headline(-0.4, low, high, "95% CrI", 2, 118, 10.0)) == said


def test_what_another_route_found_is_not_told_of_the_first():
    """Ketamine for whiplash ran into a vein; the only later test is of an injection into a joint."""
    found = report.Report("ketamine", "musculoskeletal")
    later = {a.question.route for a in found.analyses if a.bounded and a.question.window != "during_infusion"}
    assert later == {"other"}
    assert "after that: given by another route, the one trial found less pain" in found.sentence


def test_tables_of_what_was_tried_count_the_trials_that_move_their_numbers():
    found = report.Report("ketamine", everything=True)
    (row,) = (row for row in regimens_tried(found.ds, drug="ketamine") if row["route"] == "intravenous")
    told = [h.trials for a in found.by_route("intravenous") if (h := headline(a)) is not None]
    assert any("with a test only" in trials for trials in told)
    assert [line.rpartition("; ")[2] for line in row["found"]] == [f"{trials})" for trials in told]


def test_a_tile_without_a_number_is_one_sentence():
    ds = dataset.load()
    for condition in (None, "neuropathic"):
        for analysis in report.Report("ketamine", condition, ds=ds).analyses:
            if speaks(analysis) and (said := tile(analysis).untold):
                assert not re.search(r"\. [a-z]", said), said


def test_a_harm_told_by_counts_and_by_a_test_is_one_harm():
    facts = [
        Counted(name, name, (1, 9), (0, 9), 1, 500, "", False) for name in ("a", "b", "c", "feeling sleepy")
    ]
    both = Stated("feeling sleepy", "A2001", "A 2001", "no clear difference")
    line = HarmLine("X", "by mouth", tuple(facts), (both,), ())
    assert "1 more harm of which trials say something" in line._shown()
    again = HarmLine("X", "by mouth", tuple(facts[1:]), (both,), ())
    assert "More on these harms" in again._shown()


def test_one_trial_that_does_not_tell_its_people_does_so_in_the_singular():
    kept = apart()
    for flag in ("prevention", "acute"):
        assert "(1 of " in kept.people(flag)
        assert "does not say how many" in kept.people(flag)


def test_a_person_with_pain_reads_how_sure_a_line_is():
    """A small trial's large difference never stands alone: its certainty stands behind it."""
    ds = dataset.load()
    lines = {(door.key, drug): said for door in conditions(ds).doors for drug, _, said in door.answers}
    assert lines["pain-crps", "Memantine"].endswith("Certainty: very low ⊕⊖⊖⊖.")
    said = [row for _, condition, row in every(ds) if condition not in (None, "other") and row["said"]]
    assert said
    assert sum("Certainty: " in line for line in lines.values()) == len(said)


def test_the_front_page_says_by_which_route_a_harm_came():
    _, harm, _ = front(dataset.load(), "ketamine").texts
    assert harm.startswith("Seeing or hearing things, or feeling strange (ketamine into a vein): ")


def test_no_two_trials_are_called_alike():
    ds = dataset.load()
    names = study_names(ds, ds.rows("studies")["study_id"])
    assert len(set(names.values())) == len(names)


def test_a_harm_told_without_a_test_keeps_its_side():
    """Dudgeon 2007: dizziness was more common with the drug; the abstract tests nothing."""
    (told,) = harm_line(dataset.load(), "dextromethorphan", "oral").stated
    assert (told.name, told.words) == ("dizziness", "more of it with the drug (not tested against chance)")
    assert told.more


@pytest.mark.parametrize(
    ("drug", "condition", "said"),
    [
        ("memantine", "fibromyalgia", r"We found 1 trial with 63 people\."),
        ("ketamine", None, r"We found \d+ trials with [\d,]+ people or more\."),
    ],
)
def test_more_people_are_said_only_where_a_trial_does_not_tell_its_own(drug, condition, said):
    """Olivan-Blazquez 2014 randomised 63 people; of all trials of ketamine some do not tell how many."""
    assert re.search(said, report.Report(drug, condition).plain()._repr_html_())


def test_a_trial_against_another_drug_is_not_counted_against_placebo():
    """Persson 1998 compared with morphine, Jafarinia 2016 with diclofenac, and no usable pain score.

    What they leave out is not missing from a comparison with placebo, and Katz 2000a, which added the drug to
    the same morphine, is one against no added drug.
    """
    ds = dataset.load()
    flow = report.Report("ketamine", "ischaemic", ds=ds).flow
    assert set(flow["treat"].studies) == {"Persson1998", "Mitchell2002"}
    assert set(flow["tested"].studies) == {"Mitchell2002"}
    mixed = report.Report("ketamine", "mixed", ds=ds)
    assert "Jafarinia2016" not in mixed.flow["tested"].studies
    assert not any(trial.study_id == "Jafarinia2016" for a in mixed.analyses for trial in a.missing)
    assert "Katz2000a" in report.Report("dextromethorphan", "mixed", ds=ds).flow["tested"].studies
