"""Every report on every drug and condition: complete, true to its own numbers, and readable."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import t as student

from evidence import dataset
from evidence.dataset import Dataset
from evidence.desk.chapter import AUDIT
from evidence.effects import reference_sd
from evidence.report import Report
from evidence.report.book.known import REST, every
from evidence.report.sections.answer import answer_line
from evidence.report.sections.apart import apart
from evidence.report.sections.findings import albatross_point
from evidence.report.sections.harm_line import harm_lines
from evidence.report.sections.headline import EARLY, Headline, headline, main_analysis
from evidence.report.sections.route import OneTrial
from evidence.report.sections.sof import MOST
from evidence.report.sections.tiles import speaks
from evidence.results.analysis import Analysis
from evidence.results.posterior_words import percent
from evidence.wording.labels import labels
from tests.report.readability import grade, reading_age

ROOT = Path(__file__).parents[2]
CHAPTERS = ROOT / "chapters"


def rows(table: str) -> list[dict[str, str]]:
    """Return a table as it stands in the file, read without the library."""
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


@pytest.fixture(scope="module")
def reports(ds: Dataset) -> dict[tuple[str, str | None], Report]:
    """Every report that has a trial, by drug and condition; None is the overview."""
    asked = [(drug, condition) for drug in labels(ds).drugs for condition in (*labels(ds).conditions, None)]
    made = {key: Report(*key, ds=ds) for key in asked}
    return {key: report for key, report in made.items() if report.selection.studies}


def chapter(drug: str, condition: str | None) -> Path:
    return CHAPTERS / drug / f"{condition or 'index'}.md"


def analyses(reports: dict[tuple[str, str | None], Report]) -> Iterator[tuple[Report, Analysis]]:
    for report in reports.values():
        for analysis in report.analyses:
            yield report, analysis


def spoken(report: Report) -> list[Analysis]:
    """The analyses in which a trial says something: those that a chapter has to show."""
    return [analysis for analysis in report.analyses if speaks(analysis)]


def test_every_study_is_in_a_report_or_left_out_with_a_reason(
    reports: dict[tuple[str, str | None], Report],
) -> None:
    group = {row["study_id"]: row["condition_group"] for row in rows("studies")}
    given = {(row["study_id"], row["drug"]) for row in rows("interventions")}
    assert {study for study, _ in given} == set(group)
    for study, drug in sorted(given):
        selection = reports[drug, group[study]].selection
        said = {result.study.study_id for result in selection.results}
        silent = {item.study_id: item.sentence for item in (*selection.silent, *selection.studies_left_out)}
        assert (study in said) != (study in silent), f"{study} is not in exactly one place"
        assert study in said or len(silent[study]) > 20, f"{study} is left out without a reason"


def test_every_study_is_on_a_page(reports: dict[tuple[str, str | None], Report]) -> None:
    """A report without a chapter is an entry of the questions not answered, or its trials are kept apart."""
    elsewhere = {
        row.study_id for flag in ("prevention", "perioperative", "acute") for row in apart().exclusions(flag)
    }
    for (drug, condition), report in reports.items():
        answered = report.flow["said"].count > 0
        if condition == REST:
            assert set(report.selection.studies) <= elsewhere, (drug, condition)
        elif condition is not None:
            assert chapter(drug, condition).exists() == answered, (drug, condition)


def test_chapters_show_every_route_of_their_data_once(
    reports: dict[tuple[str, str | None], Report],
) -> None:
    names = {
        name[0].upper() + name[1:]: route for route, name in labels(dataset.load()).phrases["route"].items()
    }
    for (drug, condition), report in reports.items():
        path = chapter(drug, condition)
        if not path.exists() or condition is None:
            continue
        text = path.read_text(encoding="utf-8")
        said = {str(a.question.route) for a in spoken(report)}
        headings = [names[found] for found in re.findall(r"^### (.+)$", text, re.M) if found in names]
        assert len(headings) == len(set(headings)), path
        shown = re.findall(r'\.route\("(\w+)"\)', text)
        assert sorted(shown) == sorted(said), path
        assert said <= set(headings), path
        for route, section in zip(headings, re.split(r"^### ", text, flags=re.M)[1:], strict=False):
            assert set(re.findall(r'\.route\("(\w+)"\)', section)) <= {route}, f"{path}: {route}"


def test_chapters_have_the_three_layers(reports: dict[tuple[str, str | None], Report]) -> None:
    for drug, condition in reports:
        path = chapter(drug, condition)
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        calls = set(re.findall(r"^\w+\.(\w+)", text, re.M))
        layers = {"answer", "plain", "flow", "sof"} | ({"trials"} if condition else {"by_routes"})
        audit = set(AUDIT.values()) - (set() if condition else {"outcomes", "risk_of_bias"})
        assert layers | audit <= calls, path
        assert re.findall(r"^## (Trials|Audit)$", text, re.M)[-1] == "Audit", path


def test_one_trial_gets_no_figure(reports: dict[tuple[str, str | None], Report]) -> None:
    for report in reports.values():
        for route in {str(analysis.question.route) for analysis in spoken(report)}:
            trials = {
                e.study_id for a in report.by_route(route) for e in (*a.numeric, *a.bounded, *a.doubted)
            }
            assert isinstance(report.route(route), OneTrial) == (len(trials) == 1), (report, route)


def test_map_box_and_plain_words_count_alike(
    ds: Dataset, reports: dict[tuple[str, str | None], Report]
) -> None:
    """One funnel: the map, the answer and the plain words print its numbers, and drugs add up."""
    rows_of = {(drug, condition): row for drug, condition, row in every(ds)}
    for (drug, condition), report in reports.items():
        found, people = report.flow.found, report.flow.people
        counts = [stage.count for stage in report.flow.stages]
        assert counts == sorted(counts, reverse=True)
        assert f"We found {found} trial" in report.plain().text
        assert dict(report.answer().facts.items)["Trials found"] == f"{found:,}"
        assert dict(report.answer().facts.items)["People behind the numbers"] == f"{people:,}"
        if (drug, condition) in rows_of:
            assert rows_of[drug, condition]["found"] == found
        if condition is None:
            own = [r for (name, group), r in reports.items() if name == drug and group is not None]
            assert found == sum(r.flow.found for r in own)


def test_every_fallen_trial_has_one_stage_and_a_reason(
    reports: dict[tuple[str, str | None], Report],
) -> None:
    for report in reports.values():
        stages = report.flow.stages
        for before, after in pairwise(stages):
            fallen = {item.study_id for item in after.fallen}
            assert set(before.studies) == set(after.studies) | fallen
            assert not set(after.studies) & fallen
            assert all(item.why.strip() for item in after.fallen)
        numbers = {e.study_id for a in report.analyses for e in a.numeric}
        assert set(stages[-1].studies) == numbers


def test_a_trial_is_planned_with_the_sd_of_the_trials_at_that_time(ds: Dataset) -> None:
    """From the printed means' spread by hand: 2 · 2 (1.96 + 0.8416)² SD² / 10², rounded up to equal arms.

    First week, Sigtermans 2009: SE 0.51 and 0.48 of 30 v 30 on 0–10, so SD² = 30 (5.1² + 4.8²) / 2. Later its
    SDs 27.386 and 21.909 meet those of Schwartzman 2009, 33 and 18.974 with 9 v 10; after three months
    Schwartzman's 27 and 22.136 stand alone (SD² as a trial of equal variances would have given the same SE).
    """

    def size(*trials: tuple[float, int, float, int]) -> int:
        within = [((s1**2 / n1 + s2**2 / n2) / (1 / n1 + 1 / n2), n1 + n2 - 2) for s1, n1, s2, n2 in trials]
        variance = sum(square * df for square, df in within) / sum(df for _, df in within)
        return 2 * math.ceil(2 * (1.95996 + 0.84162) ** 2 * variance / 10**2)

    week = size((5.1 * 30**0.5, 30, 4.8 * 30**0.5, 30))
    later = size((27.386, 30, 21.909, 30), (33, 9, 18.974, 10))
    assert week == 232
    said = Report("ketamine", "crps", ds=ds).needed()
    assert f"{week} people where pain is measured from 2 days to 1 week" in said
    assert f"{later} from 1 week to 3 months, at that of Schwartzman 2009 and Sigtermans 2009" in said
    assert f"{size((27, 9, 22.136, 10))} from 3 to 6 months, at that of Schwartzman 2009" in said


def test_a_trial_without_an_sd_of_its_own_is_planned_with_the_reference(ds: Dataset) -> None:
    """The one trial of memantine for headache with a number gives it without a spread between people."""
    said = Report("memantine", "headache", ds=ds).needed()
    people = 2 * math.ceil(2 * (1.95996 + 0.84162) ** 2 * reference_sd(ds).sd ** 2 / 10**2)
    assert f"{people} people" in said
    assert "the standard deviation that the trials of this book report" in said


def test_what_would_settle_it_says_what_a_trial_may_do_to_the_posterior(
    reports: dict[tuple[str, str | None], Report],
) -> None:
    """What every prior calls high or low needs no trial; else the chance of one trial stands there."""
    told = set()
    for report in reports.values():
        main, said = main_analysis(report.analyses), report.needed()
        if main is None or main.posterior is None or not main.posterior.says_chances:
            assert "The probability that" not in said
            continue
        now = main.posterior.important
        agreed = now.high <= 0.2 or now.low >= 0.8
        assert f"is {percent(now.value)}" in said
        assert ("already" in said) == agreed
        assert ("with a chance of" in said) == (not agreed)
        assert ("assumption one makes still decides" in said) == (not agreed and not 0.2 < now.value < 0.8)
        told.add("already" in said)
    assert told == {True, False}


def test_plain_words_on_harms_deny_nothing_that_the_strip_says(
    reports: dict[tuple[str, str | None], Report],
) -> None:
    """What the strip finds more often with the drug, counted or only said, plain words name."""
    only_said = 0
    for report in reports.values():
        lines = harm_lines(report.ds, report.drug, report.given_by)
        answers = dict(report.plain().items)
        told, messages = " ".join(answers["What about harms?"]), answers["Key messages"]
        counted = {fact.name for line in lines for fact in line.counted if fact.likely}
        unlike = {fact.name for line in lines for fact in line.counted} - counted
        said = {each.name for line in lines for each in line.stated if "more of it" in each.words}
        only_said += bool(said - counted)
        assert all(name in told for name in counted | said), report
        assert not any(name in told for name in unlike - said), report
        silent = any("do not count harms" in message for message in messages)
        assert silent == (not any(line.counted or line.stated for line in lines)), report
    assert only_said


def test_a_summary_of_findings_has_few_rows_and_none_is_empty(
    reports: dict[tuple[str, str | None], Report],
) -> None:
    for report in reports.values():
        rows = report.sof().rows
        assert len(rows) <= MOST
        assert all(cell.text for row in rows for cell in row)


def test_a_response_in_attacks_is_not_called_pain(reports: dict[tuple[str, str | None], Report]) -> None:
    """Shanmugam 2019 counts people whose migraine became half as frequent."""
    table = reports["memantine", "headache"].outcomes()
    row = next(row for row in table.rows if row[1].text == "Shanmugam 2019" and "50" in row[0].text)
    assert "pain" not in row[0].text.lower()
    assert "migraine frequency, not pain intensity" in row[2].text


def pooled_by_hand(yi: np.ndarray, vi: np.ndarray) -> tuple[float, float, float]:
    """REML by direct search of the restricted likelihood, and Student's t with the factor not below 1."""

    def minus_log_likelihood(tau2: float) -> float:
        w = 1 / (vi + tau2)
        mean = (w * yi).sum() / w.sum()
        return float((np.log(vi + tau2).sum() + np.log(w.sum()) + (w * (yi - mean) ** 2).sum()) / 2)

    tau2 = 0.0
    if yi.size > 1:
        top = 10 * (np.var(yi) + vi.max())
        tau2 = minimize_scalar(minus_log_likelihood, bounds=(0, top), method="bounded").x
        if minus_log_likelihood(0) <= minus_log_likelihood(tau2):
            tau2 = 0.0
    w = 1 / (vi + tau2)
    mean = float((w * yi).sum() / w.sum())
    if yi.size == 1:
        return mean, mean - 1.959964 * vi[0] ** 0.5, mean + 1.959964 * vi[0] ** 0.5
    factor = max(1.0, float((w * (yi - mean) ** 2).sum()) / (yi.size - 1))
    reach = float(student.ppf(0.975, yi.size - 1)) * (factor / w.sum()) ** 0.5
    return mean, mean - reach, mean + reach


def test_opening_statements_agree_with_their_numbers(
    reports: dict[tuple[str, str | None], Report],
) -> None:
    """One trial is told with its own interval; several with the median of their posterior; certainty last."""
    counted = 0
    for report, analysis in analyses(reports):
        line, where = answer_line(analysis), (report.drug, report.condition, analysis.question)
        levels = ("high", "moderate", "low", "very low")
        down = sum(domain.down for domain in analysis.certainty.domains)
        assert analysis.certainty.level == levels[min(max(down, analysis.certainty.unjudged), 3)]
        assert f"Provisional, rule-based certainty: {analysis.certainty.level};" in line.numbers
        if analysis.pooled is None:
            assert not analysis.numeric
            assert not re.search(r"\d points (lower|higher)", line.statement) or analysis.posterior, where
            continue
        counted += 1
        yi = np.array([effect.yi for effect in analysis.numeric], dtype=float)
        vi = np.array([effect.vi for effect in analysis.numeric], dtype=float)
        found = (analysis.pooled.estimate, analysis.pooled.ci_low, analysis.pooled.ci_high)
        assert found == pytest.approx(pooled_by_hand(yi, vi), abs=0.02), where
        assert analysis.posterior is not None
        if len(analysis.numeric) == 1:
            size = f"{abs(yi[0]):.1f} points"
            assert line.statement.startswith("One trial found"), where
        else:
            median = abs(analysis.posterior.primary.median)
            size = "1 point" if round(median) == 1 else f"{median:.0f} points"
        assert size in line.statement, where
    assert counted > 20


def test_grade_of_known_texts() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 × 6 + 11.8 − 15.59 = −1.45
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45)
    # 5 words of 3, 4, 3, 4 and 4 syllables: 0.39 × 5 + 11.8 × 18 / 5 − 15.59 = 28.84
    assert grade("Physicians habitually underreport inadequate methodologies.") > 20
    assert reading_age("The cat sat on the mat.") == 5


def test_plain_words_can_be_read_at_fourteen(reports: dict[tuple[str, str | None], Report]) -> None:
    for key, report in reports.items():
        said = report.plain()
        assert reading_age(said.text) <= 14, key
        assert "Reading age" not in said._repr_html_()


def test_plain_words_agree_with_the_numbers(reports: dict[tuple[str, str | None], Report]) -> None:
    for key, report in reports.items():
        text = report.plain().text
        lasting = [a for a in report.analyses if a.question.window != EARLY]
        main = main_analysis(lasting)
        for analysis in report.analyses:
            late = analysis in lasting
            if analysis.pooled is None or (late and main and analysis.question.route != main.question.route):
                continue  # other ways of giving the drug are named without their numbers
            found = headline(analysis)
            assert found is not None
            points = round(abs(found.estimate))
            side = "lower" if found.estimate < 0 else "higher"
            said = f"{points} point{'' if points == 1 else 's'} {side}" if points else "about the same"
            assert said in text, key
            assert all(line in text for line in found.chances), key
            wide = found.high - found.low > 100  # more than the scale of pain
            assert ("leave almost any difference possible" in text) >= wide, key


@pytest.mark.parametrize(
    ("estimate", "said"),
    [(-1.2, "1 point less"), (1.4, "1 point more"), (-2.0, "2 points less"), (0.4, "no difference")],
)
def test_a_difference_is_told_in_points(estimate: float, said: str) -> None:
    assert Headline(estimate, estimate - 5, estimate + 5, "95% CI", 1, 20, 10.0).change == said


def test_what_several_trials_make_is_told_of_several_alone(
    reports: dict[tuple[str, str | None], Report],
) -> None:
    """A number of one trial is its own; of several it has chances, tests that move it, and a density."""
    found = [(a, h) for report in reports.values() for a in report.analyses if (h := headline(a)) is not None]
    assert {h.k for _, h in found} >= {1, 2}
    for analysis, told in found:
        if told.k == 1:
            assert (told.silent, told.chances, told.curve) == (0, (), ())
            continue
        assert told.silent == len([e for e in analysis.bounded if e.bound is not None])
        places, heights = zip(*told.curve, strict=True)
        assert max(heights) == 1
        assert analysis.posterior is not None
        peak = places[heights.index(1)]
        density = analysis.posterior.primary.density([peak, peak - 3, peak + 3])
        assert density[0] >= max(density[1:])


def test_an_exact_p_value_is_drawn_as_exact(reports: dict[tuple[str, str | None], Report]) -> None:
    """Amr 2010 prints p = 0.25 without a direction five weeks after the start, and p < 0.0001 in week one."""
    report = reports["ketamine", "neuropathic"]
    drawn = {}
    for window in ("immediate", "short"):
        effect = next(
            effect
            for effect in report.analysis("intravenous", window).effects
            if effect.study_id == "Amr2010"
        )
        point = albatross_point(effect)
        assert point is not None
        drawn[window] = (point.operator, point.p, point.favours)
    assert drawn == {"immediate": ("<", 0.0001, "low"), "short": ("=", 0.25, "neither")}


def test_a_response_is_taken_from_its_counts_and_not_from_their_p_value(ds: Dataset) -> None:
    """Hardy 2012: 29 of 93 v 25 of 92. ln OR = ln(29 × 67 / (64 × 25)) = 0.194; times √3/π it is an SMD."""
    analysis = Report("ketamine", "cancer", ds=ds).analysis("subcutaneous", "immediate")
    (hardy,) = (effect for effect in analysis.numeric if effect.study_id == "Hardy2012")
    factor = 3**0.5 / np.pi * reference_sd(ds).sd
    assert hardy.yi == pytest.approx(-np.log(29 * 67 / (64 * 25)) * factor, rel=0.01)
    assert hardy.se == pytest.approx((1 / 29 + 1 / 64 + 1 / 25 + 1 / 67) ** 0.5 * factor, rel=0.01)
