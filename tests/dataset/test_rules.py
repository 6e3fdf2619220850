"""Each rule of the data has a row that breaks it, and the message says where and what to do."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence import dataset
from evidence.dataset.rules import RULES
from tests.dataset.folder import DATA, change, rows, setting, write

#: What the contract of single columns can say, beside the rules.
BY_COLUMN = {"required", "whitespace", "length", "type", "vocabulary", "pattern", "range"}


@dataclass(frozen=True)
class Break:
    """One way to break one rule: change the cells of a valid row, and what the message must then hold."""

    rule: str
    table: str
    row: int
    cells: dict[str, str]
    column: str
    allowed: str
    remedy: str

    @property
    def line(self) -> int:
        return self.row + 2

    @property
    def value(self) -> str:
        return (rows(self.table)[self.row] | self.cells).get(self.column, "")


ARM, CON, STU, ROW, REV = "arm_results", "contrasts", "studies", "review_rows", "reviews"
BREAKS = [
    Break("required", STU, 1, {"design": ""}, "design", "a value", "fill the cell"),
    Break("whitespace", CON, 0, {"measure": "NRS "}, "measure", "without spaces at its ends", "remove them"),
    Break("whitespace", CON, 0, {"notes": "a\tb"}, "notes", "tabs", "remove them"),
    Break("whitespace", CON, 0, {"arm_a": "ketamine\u00a0"}, "arm_a", "without spaces", "remove them"),
    Break("whitespace", STU, 0, {"title": "Pain \u202e7.2−"}, "title", "empty letters", "remove them"),
    Break("whitespace", STU, 0, {"title": "Ke\u00adtamine"}, "title", "empty letters", "remove them"),
    Break("length", STU, 0, {"title": "a" * 10_001}, "title", "at most 10,000 characters", "close the quote"),
    Break("type", STU, 1, {"n_randomised": "12.5"}, "n_randomised", "a whole number", "write digits"),
    Break("type", ARM, 0, {"mean": "3,5"}, "mean", "a number such as 12.5", "decimal point"),
    Break("type", ARM, 0, {"mean": "nan"}, "mean", "a number such as 12.5", "words in the notes"),
    Break("vocabulary", "interventions", 0, {"route": "orall"}, "route", "oral", "use 'oral'"),
    Break(
        "vocabulary", "flags", 0, {"severity": "fatal"}, "severity", "exclude, caution, info", "these words"
    ),
    Break("pattern", STU, 0, {"doi": "https://doi.org/10.1000/x"}, "doi", "without https", "in this form"),
    Break("pattern", STU, 0, {"source_url": "www.example.org"}, "source_url", "https?", "in this form"),
    Break("pattern", "reviews", 0, {"source_url": "a brief"}, "source_url", "Address", "in this form"),
    Break("pattern", STU, 0, {"pmid": "PMC123"}, "pmid", "PubMed", "in this form"),
    Break("range", CON, 0, {"p_value": "1.03"}, "p_value", "at least 0 and at most 1", "correct the number"),
    Break("range", ARM, 2, {"events": "-3"}, "events", "at least 0", "correct the number"),
    Break("range", STU, 0, {"female_pct": "101"}, "female_pct", "at most 100", "correct the number"),
    Break(
        "primary_key",
        ARM,
        1,
        {"arm": "ketamine", "time_label": "week 1"},
        "time_label",
        "(line 2 has the same)",
        "remove one of the rows",
    ),
    Break(
        "labels_cover_vocabulary", "labels", 17, {"kind": "drug"}, "code", "a word of", "correct or remove"
    ),
    Break(
        "results_are_listed",
        "labels",
        [row["code"] for row in rows("labels")].index("nausea"),
        {"part": ""},
        "part",
        "harm or benefit",
        "nausea has results",
    ),
    Break(
        "foreign_keys", "flags", 0, {"flag": "unblindingg"}, "flag", "a flag of flag_kinds.csv", "spelling"
    ),
    Break("bounds_in_order", "measures", 0, {"scale_max": "-1"}, "scale_min", "scale_max, -1", "correct one"),
    Break(
        "bounds_in_order",
        REV,
        0,
        {"days_from": "9", "days_to": "7"},
        "days_from",
        "days_to, 7",
        "correct one",
    ),
    Break(
        "published_difference_is_on_its_scale",
        REV,
        0,
        {"scale_min": "0", "scale_max": "10"},
        "scale_min",
        "nothing, because effect is not MD",
        "empty scale_min and scale_max",
    ),
    Break(
        "published_difference_is_on_its_scale",
        REV,
        0,
        {"effect": "MD", "scale_min": "0"},
        "scale_max",
        "the other end",
        "fill it",
    ),
    Break(
        "published_difference_is_on_its_scale",
        REV,
        0,
        {"effect": "MD", "scale_min": "0", "scale_max": "1"},
        "estimate",
        "-1 to 1, by the scale",
        "correct one",
    ),
    Break("bounds_in_order", "search_log", 0, {"taken": "10"}, "taken", "at most found, 9", "correct one"),
    Break(
        "searches_took_what_is_there", "search_log", 0, {"taken": "3"}, "taken", "at most 2", "correct the"
    ),
    Break(
        "past_is_past", "search_log", 0, {"date": "2099-01-01"}, "date", "the last search", "correct the day"
    ),
    Break("past_is_past", STU, 0, {"year": "2099"}, "year", "a year up to", "correct the year"),
    Break(
        "judgement_has_its_answer", "grade", 0, {"route": "oraly"}, "route", "a route of labels", "correct it"
    ),
    Break(
        "main_outcome_is_measured",
        "settings",
        setting("main_outcome"),
        {"value": "nausea"},
        "value",
        "on a scale: pain_intensity",
        "choose an outcome with points",
    ),
    Break(
        "main_outcome_gets_better",
        "settings",
        setting("main_better"),
        {"value": "higher"},
        "value",
        "lower, as 2 of 2 rows of pain_intensity",
        "or higher_is in these rows",
    ),
    Break("version_has_been", "released_studies", 0, {"version": "9.0.0"}, "version", "before", "release"),
    Break(
        "error_has_its_parts",
        "reporting_errors",
        0,
        {"check": "p_of_means"},
        "part",
        "the parts result, printed",
        "add or remove rows",
    ),
    Break(
        "printed_number_is_recorded",
        "reporting_errors",
        0,
        {"printed": ".3"},
        "printed",
        ".3 does not stand there",
        "correct the number",
    ),
    Break("rating_rests_on_something", "rob2", 0, {"answers": "1.1 Y"}, "answers", "2.1 PY", "write each"),
    Break("study_ids_sorted", STU, 1, {"study_id": "Aaa2000"}, "study_id", "'Alpha2001'", "move the row"),
    Break("foreign_keys", "flags", 0, {"study_id": "Zeta2009"}, "study_id", "studies.csv", "add the row"),
    Break(
        "study_has_intervention",
        STU,
        1,
        {"study_id": "Zeta2009"},
        "study_id",
        "interventions.csv",
        "add what",
    ),
    Break("whitespace", ARM, 0, {"measure": "NRS  0-10"}, "measure", "two spaces", "remove them"),
    Break("whitespace", ARM, 0, {"measure": "NRS\u200b"}, "measure", "empty letters", "remove them"),
    Break("pattern", STU, 0, {"doi": "10.1000/alpha."}, "doi", "without https", "in this form"),
    Break("label_is_no_date", ARM, 0, {"time_label": "44256"}, "time_label", "no date", "formatted as text"),
    Break("experimental_arm_has_drug", ARM, 0, {"drug": ""}, "drug", "experimental", "are exchanged"),
    Break(
        "drug_is_in_its_arm", ARM, 0, {"arm": "placebo", "measure": "VAS"}, "arm", "says placebo", "exchanged"
    ),
    Break("experimental_arm_has_drug", ARM, 1, {"arm_role": "experimental"}, "drug", "a drug", "fill in"),
    Break("time_is_in_days", ARM, 2, {"time_days": "4"}, "time_days", "not 'week 4' again", "multiply"),
    Break(
        "time_is_in_days",
        CON,
        0,
        {"time_label": "3-month follow-up", "time_days": "3"},
        "time_days",
        "days",
        "multiply",
    ),
    Break("share_is_a_percentage", STU, 0, {"female_pct": "0.8"}, "female_pct", "1 to 100", "by 100"),
    Break("drug_is_under_test", ARM, 0, {"drug": "magnesium"}, "drug", "ketamine (what", "correct the drug"),
    Break(
        "drug_is_under_test", CON, 0, {"drug": "ketamine+magnesium"}, "drug", "ketamine (what", "correct the"
    ),
    Break(
        "claim_sources_exist",
        "claims",
        0,
        {"sources": "studies.csv: Alpha2001 Alfa2001"},
        "sources",
        "keys of studies.csv",
        "'Alfa2001'",
    ),
    Break(
        "claim_sources_exist",
        "claims",
        0,
        {"sources": "reviews.csv: Ray2003"},
        "sources",
        "reviews.csv",
        "'Ray",
    ),
    Break(
        "citation_keys_differ",
        "reviews",
        0,
        {"review_id": "Beta2002"},
        "review_id",
        "no study",
        "add a suffix",
    ),
    Break(
        "data_version_agrees",
        "settings",
        setting("data_version"),
        {"value": "9.9.9"},
        "value",
        "datapackage.json",
        "in both files",
    ),
    Break(
        "settings_known", "settings", 2, {"key": "conditions_outside"}, "key", "data_v", "use 'conditions_"
    ),
    Break(
        "settings_fit",
        "settings",
        setting("time_rule"),
        {"value": "last"},
        "value",
        "latest, earliest",
        "use 'latest'",
    ),
    Break(
        "settings_agree",
        "settings",
        setting("window_short_max_days"),
        {"value": "1"},
        "value",
        "above window_immediate_max_days, 7",
        "correct one of the two",
    ),
    Break("label_is_no_date", ARM, 0, {"time_label": "02-Jan"}, "time_label", "no date", "formatted as text"),
    Break(
        "label_is_no_date", CON, 0, {"measure": "2026-02-01"}, "measure", "no date", "type what the source"
    ),
    Break(
        "time_fits_its_label",
        ARM,
        0,
        {"time_days": "70"},
        "time_days",
        "about the days of",
        "correct the days",
    ),
    Break(
        "measure_has_one_scale", ARM, 1, {"scale_max": "1000"}, "scale_max", "another row", "one of the two"
    ),
    Break("letters_are_whole", STU, 0, {"title": "MÃ¼ller"}, "title", "not 'Ã¼'", "copy it from the source"),
    Break(
        "letters_are_whole", CON, 0, {"notes": "10 â€“ 12"}, "notes", "not 'â€“'", "open the table as UTF-8"
    ),
    Break("cell_is_no_formula", ARM, 0, {"arm": "#NAME?"}, "arm", "text", "put the value itself"),
    Break(
        "interval_has_two_limits", ARM, 0, {"ci_low": "3"}, "ci_high", "because ci_low is filled", "fill it"
    ),
    Break("interval_has_two_limits", "reviews", 0, {"ci_low": ""}, "ci_low", "because ci_high", "empty both"),
    Break("interval_has_level", CON, 0, {"ci_level": ""}, "ci_level", "ci_low is filled", "from the source"),
    Break("low_not_above_high", ARM, 0, {"q1": "3", "q3": "2"}, "q1", "at most q3, 2", "exchange them"),
    Break(
        "low_not_above_high",
        ARM,
        2,
        {"scale_min": "5", "scale_max": "1"},
        "scale_min",
        "scale_max",
        "exchange",
    ),
    Break(
        "low_not_above_high", CON, 0, {"ci_low": "2.9"}, "ci_low", "at most ci_high, -0.1", "correct a sign"
    ),
    Break(
        "estimate_inside_interval", CON, 0, {"estimate": "1.5"}, "estimate", "-2.9 to -0.1", "copy all three"
    ),
    Break(
        "estimate_inside_interval", "reviews", 0, {"estimate": "2.6"}, "estimate", "1.5 to 2.5", "copy all"
    ),
    Break(
        "estimate_inside_interval",
        ARM,
        0,
        {"ci_low": "3.6", "ci_high": "4"},
        "mean",
        "3.6 to 4",
        "copy all three",
    ),
    Break("events_within_total", ARM, 2, {"events": "13"}, "events", "at most total, 12", "miscopied"),
    Break("n_within_randomised", ARM, 2, {"n": "13"}, "n", "n_randomised of the study, 12", "waive_n_within"),
    Break(
        "n_within_randomised",
        ARM,
        2,
        {"total": "13"},
        "total",
        "n_randomised of the study, 12",
        "waive_n_within",
    ),
    Break(
        "n_within_randomised", STU, 0, {"n_analysed": "41"}, "n_analysed", "of the study, 40", "correct one"
    ),
    Break(
        "arms_within_randomised",
        ARM,
        1,
        {"n": "21"},
        "n",
        "at most n_randomised, 40 (now 41)",
        "correct the arms",
    ),
    Break("range", ARM, 0, {"sd": "0"}, "sd", "at least 0.0001", "correct the number"),
    Break("range", ARM, 0, {"sd": "", "se": "-0.4"}, "se", "at least 0.0001", "correct the number"),
    Break("range", CON, 0, {"se": "0"}, "se", "at least 0.0001", "correct the number"),
    Break("one_spread", ARM, 0, {"se": "0.5"}, "se", "nothing, because sd is 2.1", '"both"'),
    Break(
        "mean_within_scale",
        ARM,
        1,
        {"mean": "54"},
        "mean",
        "0 to 10, because of the ends of the scale",
        "of kind change",
    ),
    Break(
        "mean_within_scale",
        ARM,
        0,
        {"mean": "-13", "kind": "change", "sd": ""},
        "mean",
        "-10 to 10",
        "of kind change",
    ),
    Break("limits_within_scale", ARM, 0, {"q1": "3", "q3": "45"}, "q3", "0 to 10", "waive_limits_within"),
    Break("limits_within_scale", ARM, 0, {"min": "-1", "max": "9"}, "min", "0 to 10", "decimal point"),
    Break("spread_within_scale", ARM, 0, {"sd": "21"}, "sd", "an SD of at most 4.9", "decimal point"),
    Break("spread_within_scale", ARM, 0, {"sd": "", "se": "2.1"}, "se", "an SE of at most 1.1", "waive_s"),
    Break(
        "spread_within_scale",
        ARM,
        0,
        {"sd": "", "ci_low": "0.1", "ci_high": "4.2"},
        "ci_low",
        "at most 2.3 from the mean",
        "the ends of the scale",
    ),
    Break("p_is_positive", CON, 0, {"p_value": "0"}, "p_value", "above 0 and at most 1", "write <"),
    Break(
        "p_has_operator", CON, 0, {"p_operator": "ns", "favours": "neither"}, "p_operator", "=, <", "copy it"
    ),
    Break("p_has_operator", CON, 0, {"p_value": ""}, "p_value", "because p_operator is =", "fill it"),
    Break(
        "p_has_operator",
        CON,
        0,
        {"p_value": "", "p_operator": "<"},
        "p_value",
        "p_operator is <",
        "p_value left empty",
    ),
    Break(
        "no_winner_without_difference", CON, 1, {"favours": "control"}, "favours", "neither", "write neither"
    ),
    Break("effect_has_estimate", CON, 1, {"effect": "MD"}, "estimate", "because effect is MD", "p_only"),
    Break(
        "effect_has_estimate", CON, 1, {"estimate": "3"}, "effect", "estimate is filled", "name the effect"
    ),
    Break(
        "ratio_is_positive",
        "reviews",
        0,
        {"ci_low": "-0.1"},
        "ci_low",
        "above 0, because",
        "not its logarithm",
    ),
    Break(
        "risk_difference_is_proportion",
        CON,
        0,
        {"effect": "RD", "ci_low": "", "ci_high": "", "estimate": "-15"},
        "estimate",
        "-1 to 1",
        "by 100",
    ),
    Break("events_are_counts", ARM, 0, {"events": "3"}, "events", "because kind is final", "make two rows"),
    Break("events_are_counts", ARM, 2, {"mean": "3"}, "mean", "because kind is count", "correct the kind"),
    Break("row_holds_a_result", ARM, 2, {"events": ""}, "events", "a number", "remove the row"),
    Break(
        "one_question_per_analysis",
        ROW,
        1,
        {"outcome": "vomiting"},
        "outcome",
        "'nausea', as in line 2 of analysis 1.1",
        "number of the analysis",
    ),
    Break("review_row_has_arms", ROW, 0, {"events_b": ""}, "events_b", "because the effect is RR", "copy it"),
    Break(
        "review_events_within_arm",
        ROW,
        0,
        {"events_a": "21", "printed_estimate": "7"},
        "events_a",
        "at most n_a, 20",
        "copy it",
    ),
    Break(
        "printed_effect_fits_arms",
        ROW,
        1,
        {"events_a": "3"},
        "printed_estimate",
        "7.000000, from the arms",
        "copy the arms",
    ),
    Break(
        "printed_effect_fits_arms",
        ROW,
        0,
        {"printed_ci_low": "2.1"},
        "printed_estimate",
        "inside its interval, 2.1 to",
        "copy all three",
    ),
    Break(
        "printed_weights_add_up",
        ROW,
        1,
        {"printed_weight": "5.15"},
        "printed_weight",
        "100 (now 89.65)",
        "copy the weights",
    ),
]
#: A review that takes a study's key breaks nothing else; these changes break a second rule on the way.
ALSO = {"study_ids_sorted": {"study_has_intervention", "foreign_keys", "claim_sources_exist"}}
ALSO |= {"study_has_intervention": {"foreign_keys", "claim_sources_exist", "study_ids_sorted"}}
ALSO |= {
    "citation_keys_differ": {
        "claim_sources_exist",
        "foreign_keys",
        "error_has_its_parts",
        "printed_number_is_recorded",
    }
}
ALSO |= {
    "review_events_within_arm": {"printed_effect_fits_arms"},
    "bounds_in_order": {"searches_took_what_is_there"},
    "range": {"type"},
    "foreign_keys": set(),
}
ALSO |= {"drug_is_under_test": {"drug_is_in_its_arm"}, "main_outcome_is_measured": {"results_are_listed"}}


def _name(case: Break) -> str:
    return f"{case.rule}-{case.table}-{case.column}-{case.value}"


def test_the_small_folder_is_valid(data: Path) -> None:
    assert dataset.check(data) == []


@pytest.mark.parametrize("case", BREAKS, ids=_name)
def test_a_row_that_breaks_a_rule_is_told(data: Path, case: Break) -> None:
    change(data, case.table, case.row, **case.cells)
    problems = dataset.check(data)
    found = [problem for problem in problems if problem.rule == case.rule]
    assert len(found) == 1, problems
    assert {problem.rule for problem in problems} - {case.rule} <= ALSO.get(case.rule, set())
    line = str(found[0])
    assert line.startswith(f"data/{case.table}.csv:{case.line}: {case.column}: ")
    assert "\n" not in line
    assert repr(case.value)[:50] in line
    assert case.allowed in found[0].allowed
    assert case.remedy in found[0].remedy


def test_every_rule_has_a_row_that_breaks_it() -> None:
    # No column of today's contract is declared unique without being the primary key: see the next test.
    assert {case.rule for case in BREAKS} | {"unique_values"} == {rule.name for rule in RULES} | BY_COLUMN


def test_a_unique_column_beside_the_key(data: Path) -> None:
    contract = data / "datapackage.json"
    unique = '"name": "title",\n            "constraints": {"unique": true},'
    contract.write_text(contract.read_text("utf-8").replace('"name": "title",', unique, 1), "utf-8")
    assert dataset.check(data) == []
    change(data, "studies", 1, title="First")
    (problem,) = dataset.check(data)
    assert str(problem).startswith("data/studies.csv:3: title: 'First': allowed is one row for each title")


def test_all_problems_are_reported_at_once(data: Path) -> None:
    change(data, "contrasts", 0, estimate="1.5", p_value="0", measure="NRS ")
    change(data, "arm_results", 2, events="13", kind="counts")
    change(data, "flags", 0, study_id="Zeta2009")
    places = [(problem.file, problem.line, problem.column) for problem in dataset.check(data)]
    assert places == [
        ("data/arm_results.csv", 4, "kind"),
        ("data/arm_results.csv", 4, "events"),
        ("data/arm_results.csv", 4, "events"),
        ("data/arm_results.csv", 4, "total"),
        ("data/contrasts.csv", 2, "measure"),
        ("data/contrasts.csv", 2, "estimate"),
        ("data/contrasts.csv", 2, "p_value"),
        ("data/flags.csv", 2, "study_id"),
    ]


def test_a_cell_of_several_lines_moves_the_line_numbers(data: Path) -> None:
    changed = rows("contrasts")
    changed[0]["notes"] = "first\nsecond\nthird"
    changed[1]["favours"] = "control"
    write(data, "contrasts", changed)
    (problem,) = dataset.check(data)
    assert problem.line == 5


@pytest.mark.parametrize(
    ("table", "row", "cells"),
    [
        ("arm_results", 0, {"se": "0.5", "notes": "The source gives both"}),
        ("arm_results", 1, {"mean": "-9", "kind": "change"}),
        ("arm_results", 1, {"mean": "54", "outcome": "other"}),
        ("arm_results", 1, {"mean": "0", "sd": "0.4"}),  # as printed: up to 0.05 with an SD from 0.35
        ("arm_results", 1, {"mean": "3", "sd": "4.6", "kind": "final"}),
        ("arm_results", 1, {"scale_max": ""}),
        ("contrasts", 0, {"p_value": "", "p_operator": "<", "notes": "significant; p_value left empty"}),
        ("contrasts", 0, {"p_value": "", "p_operator": ""}),
        ("contrasts", 0, {"p_value": "1"}),
        ("contrasts", 0, {"estimate": "-2.9"}),
        ("studies", 0, {"n_analysed": "40"}),
    ],
)
def test_what_is_allowed_passes(data: Path, table: str, row: int, cells: dict[str, str]) -> None:
    change(data, table, row, **cells)
    assert dataset.check(data) == []


def _waiver(rule: str, study: str = "Beta2002") -> list[dict[str, str]]:
    return [*rows("flags"), {"study_id": study, "flag": f"waive_{rule}", "severity": "info", "detail": "Why"}]


def _allow(data: Path, rule: str) -> None:
    write(
        data,
        "flag_kinds",
        [
            *rows("flag_kinds"),
            {"flag": f"waive_{rule}", "sort": "our reading", "about": "study", "meaning": "Made up"},
        ],
    )


def test_a_waiver_lets_one_study_off_one_rule(data: Path) -> None:
    _allow(data, "n_within_randomised")
    change(data, "arm_results", 2, n="13", total="13")
    assert len(dataset.check(data)) == 2
    write(data, "flags", _waiver("n_within_randomised"))
    assert dataset.check(data) == []
    change(data, "studies", 0, n_analysed="41")
    assert [problem.line for problem in dataset.check(data)] == [2], "the other study is not let off"


@pytest.mark.parametrize(
    ("rule", "words"), [("n_within_randomised", "needs"), ("no_such_rule", "one of primary_key")]
)
def test_a_waiver_that_nothing_needs_is_told(data: Path, rule: str, words: str) -> None:
    _allow(data, rule)
    write(data, "flags", _waiver(rule))
    (problem,) = dataset.check(data)
    assert (problem.file, problem.line, problem.column) == ("data/flags.csv", 3, "flag")
    assert words in problem.allowed


def test_the_projects_tables_are_in_order() -> None:
    assert dataset.check(DATA) == []
