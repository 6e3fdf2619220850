"""Every question that the project's own tables can be asked."""

import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.question import COMPARATOR_TYPES, Question, Rule, questions, select
from evidence.question.arms import DrugTest, compare
from evidence.question.records import Arm

#: Where the parts of the arms tell more than the one word of interventions.csv: the drug was added to what
#: both arms got, so that the comparison is with placebo or with nothing and not with the shared drug. The
#: lowest "dose" of Sang2002c is the active placebo.
TYPED_OTHERWISE = {
    ("Katz2000a", "dextromethorphan"): "usual_care",
    ("Katz2000b", "dextromethorphan"): "usual_care",
    ("Khani2021", "magnesium"): "placebo",
    ("Pickering2020", "magnesium"): "placebo",
    ("Rigo2017", "ketamine"): "usual_care",
    ("Sang2002c", "dextromethorphan"): "active_placebo",
    ("Yang1996", "ketamine"): "usual_care",
}


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


def test_questions_cover_every_intervention(ds: Dataset) -> None:
    studies = dict(ds.rows("studies")[["study_id", "condition_group"]].itertuples(index=False))
    rows = ds.rows("interventions")
    asked = {(q.drug, q.condition) for q in questions(ds)}
    assert asked == {(r.drug, studies[r.study_id]) for r in rows.itertuples()}
    by_route = {(q.drug, q.condition, q.route) for q in questions(ds, by_route=True)}
    assert by_route == {(r.drug, studies[r.study_id], r.route) for r in rows.itertuples()}


@pytest.mark.parametrize("flag_rule", ["standard", "with_excluded"])
def test_every_study_ends_in_exactly_one_place(ds: Dataset, flag_rule: str) -> None:
    drug_by_study = set()
    for question in questions(ds):
        selection = select(question, ds, flag_rule=flag_rule)  # type: ignore[arg-type]
        places = (
            {result.study.study_id for result in selection.results},
            {item.study_id for item in selection.silent},
            {item.study_id for item in selection.studies_left_out},
        )
        assert sum(len(place) for place in places) == len(set().union(*places))
        assert set().union(*places) == set(selection.studies)
        drug_by_study |= {(question.drug, study_id) for study_id in selection.studies}
        assert all(item.sentence.endswith(".") for item in (*selection.left_out, *selection.silent))
    assert drug_by_study == set(
        ds.rows("interventions")[["drug", "study_id"]].itertuples(index=False, name=None)
    )


def test_every_pain_row_of_a_kept_study_is_kept_or_left_out(ds: Dataset) -> None:
    for question in questions(ds):
        selection = select(question, ds)
        told = {row for row, _ in selection.kept} | {item.row for item in selection.left_out}
        for study_id in {result.study.study_id for result in selection.results}:
            for table in ("arm_results", "contrasts"):
                for row in ds.rows(table, study_id=study_id, outcome="pain_intensity").itertuples():
                    arms = (row.arm,) if table == "arm_results" else (row.arm_a, row.arm_b)
                    label = row.time_label if isinstance(row.time_label, str) else ""
                    assert (table, study_id, *arms, row.outcome, row.measure, label) in told


def test_nobody_is_counted_twice_in_a_window(ds: Dataset) -> None:
    for question in questions(ds):
        places = [(result.study.study_id, result.window) for result in select(question, ds).results]
        assert len(places) == len(set(places))
        once = select(Question(question.drug, question.condition, window="any"), ds).results
        assert len(once) == len({result.study.study_id for result in once})


def test_arms_agree_with_the_comparator_types_of_the_interventions(ds: Dataset) -> None:
    arms = ds.records(Arm, "arms")
    for row in ds.rows("interventions").itertuples():
        own = [arm for arm in arms if arm.study_id == row.study_id]
        tests = [compare(a, b, frozenset({row.drug})) for a in own for b in own if a.arm != b.arm]
        types = {test.comparison.comparator_type for test in tests if isinstance(test, DrugTest)}
        expected = TYPED_OTHERWISE.get((row.study_id, row.drug), row.comparator_type)
        assert not types or expected in types, row.study_id


def test_arms_cover_every_label(ds: Dataset) -> None:
    described = set(ds.rows("arms")[["study_id", "label"]].itertuples(index=False, name=None))
    used = set(ds.rows("arm_results")[["study_id", "arm"]].itertuples(index=False, name=None))
    for side in ("arm_a", "arm_b"):
        used |= set(ds.rows("contrasts")[["study_id", side]].itertuples(index=False, name=None))
    assert used == described


def test_measures_cover_every_outcome_that_can_be_asked(ds: Dataset) -> None:
    listed = set(ds.rows("measures")[["outcome", "measure"]].itertuples(index=False, name=None))
    for table in ("arm_results", "contrasts"):
        rows = ds.rows(table)[["outcome", "measure"]].itertuples(index=False, name=None)
        assert {row for row in rows if row[0] != "other"} <= listed


def test_the_order_of_comparisons_holds_every_comparator_that_can_be_asked(ds: Dataset) -> None:
    assert set(ds.words("comparator_order")) == set(COMPARATOR_TYPES)


def test_comparisons_with_another_drug_stand_apart(ds: Dataset) -> None:
    selection = select(Question("magnesium", "neuropathic"), ds)
    assert {result.comparison.comparator_type for result in selection.results} <= {
        "placebo",
        "active_placebo",
        "usual_care",
    }
    (kim,) = [item for item in selection.studies_left_out if item.study_id == "Kim2015"]
    assert kim.rule is Rule.COMPARATOR
    assert "ketamine (active drug)" in kim.sentence


def test_sigtermans_has_its_own_means_in_week_1_and_the_review_s_for_the_short_term(ds: Dataset) -> None:
    """The review read its means up to three months off a figure; the abstract has a p-value in week 12."""
    question = Question("ketamine", "crps", route="intravenous")
    own = [r for r in select(question, ds).results if r.study.study_id == "Sigtermans2009"]
    assert [(result.window, result.time_label) for result in own] == [
        ("immediate", "end of week 1"),
        ("short", "short, by the review"),
    ]
    assert [result.source for result in own] == ["abstract", "figure"]
    (abstract,) = [
        result
        for result in select(question, ds, sources={"Sigtermans2009": "abstract"}).results
        if result.study.study_id == "Sigtermans2009" and result.window == "short"
    ]
    assert abstract.time_label == "week 12"


def test_combination_products_are_left_out_by_what_they_hold(ds: Dataset) -> None:
    """The rule on the arms finds mixtures without help from the flags."""
    selection = select(Question("ketamine", "neuropathic", route="topical"), ds, flag_rule="with_excluded")
    with_pain = set(ds.rows("contrasts", outcome="pain_intensity")["study_id"]) & set(selection.studies)
    mixtures = set(ds.rows("flags", flag="combination_product")["study_id"]) & with_pain
    mixed = {item.study_id for item in selection.left_out if item.rule is Rule.NOT_ISOLATED}
    assert len(mixtures) > 1
    assert mixtures <= mixed
    assert not mixtures & {result.study.study_id for result in selection.results}


def test_the_answer_does_not_depend_on_the_order_of_the_rows(ds: Dataset) -> None:
    once, again = (select(Question("ketamine", "neuropathic"), ds) for _ in range(2))
    assert once == again
