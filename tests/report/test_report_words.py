"""A report takes the words of the tables, and gives its effects and answers as frames."""

import pytest

from evidence import dataset
from evidence.report import Report


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ketamin",), "no drug 'ketamin'; they have ketamine, "),
        (("ketamine", "crpss"), "no condition 'crpss'; they have crps, "),
        (("ketamine", "neuropathic", "diabetic"), "no detail 'diabetic'; they have .*diabetic_neuropathy"),
        (("ketamine", None, ("migraine", "nowhere")), "no detail 'nowhere'; they have "),
    ],
)
def test_a_word_that_the_tables_do_not_have_is_refused_with_those_they_have(arguments, message):
    with pytest.raises(ValueError, match=message):
        Report(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("intravenos", "immediate"), "no route 'intravenos'; they have intravenous, oral, "),
        (("intravenous", "now"), "no window 'now'; they have during_infusion, immediate, "),
        (("oral", "short"), "in the window 'short'; there is intravenous immediate; intravenous short; "),
    ],
)
def test_a_question_that_is_not_there_is_refused_with_those_that_are(arguments, message):
    with pytest.raises(ValueError, match=message):
        Report("ketamine", "crps").question(*arguments)


def test_it_shows_itself_in_one_short_line():
    assert repr(Report("ketamine", "crps")) == "Report('ketamine', 'crps')"
    assert repr(Report("ketamine", everything=True)) == "Report('ketamine', everything=True)"
    detailed = Report("ketamine", "neuropathic", "diabetic_neuropathy")
    assert repr(detailed) == "Report('ketamine', 'neuropathic', detail='diabetic_neuropathy')"
    assert len(repr(Report("ketamine", "crps").analyses[0])) < 120


def test_effects_are_a_frame_with_a_row_for_each_trial_route_and_window():
    report = Report("ketamine", "crps")
    frame = report.effects()
    assert len(frame) == sum(len(analysis.effects) for analysis in report.analyses)
    row = frame[(frame["study"] == "Sigtermans2009") & (frame["window"] == "immediate")].iloc[0]
    printed = dataset.load().rows("arm_results", study_id="Sigtermans2009", outcome="pain_intensity")
    means = printed[printed["time_days"] == row["time_days"]].set_index("arm")["mean"].dropna()
    assert abs(row["yi"]) == pytest.approx(10 * abs(means.iloc[0] - means.iloc[1]))
    assert row["se"] ** 2 == pytest.approx(row["vi"])


def test_answers_are_a_frame_with_a_row_for_each_route_and_window_that_is_answered():
    report = Report("ketamine", "crps")
    frame = report.to_frame()
    spoken = [a for a in report.analyses if a.numeric or a.bounded]
    assert list(frame["window"]) == [a.question.window for a in spoken]
    pooled = frame[frame["k"] > 0]
    assert ((pooled["ci_low"] <= pooled["estimate"]) & (pooled["estimate"] <= pooled["ci_high"])).all()
