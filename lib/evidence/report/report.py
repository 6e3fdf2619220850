"""A report on one drug in one condition: what a chapter calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from evidence import dataset
from evidence.charts.figure import Figure
from evidence.charts.tables import Column, Table
from evidence.dataset import Dataset
from evidence.effects import effects
from evidence.effects.frame import to_frame
from evidence.question import Question, Selection
from evidence.report.sections import course, findings, forest, harms, outcomes, reviews, sof, trials
from evidence.report.sections.answer import Facts, answer_line
from evidence.report.sections.answer_rows import answer_rows
from evidence.report.sections.certainty_table import certainty_table
from evidence.report.sections.flow import Flow, flow
from evidence.report.sections.harm_line import harm_lines
from evidence.report.sections.headline import main_analysis
from evidence.report.sections.in_r import in_r
from evidence.report.sections.ledger import ledger, part_table
from evidence.report.sections.missing import missing_sentence
from evidence.report.sections.multiverse import Multiverse, multiverse, multiverse_figure
from evidence.report.sections.plain import Plain, Told, plain
from evidence.report.sections.route import InDoubt, OneTrial, route_found
from evidence.report.sections.sensitivity import sensitivity
from evidence.report.sections.sentence import first_sentence
from evidence.report.sections.settle import needed
from evidence.report.sections.several import Several, Words, several
from evidence.report.sections.sizes import sizes_figure
from evidence.report.sections.strip import Strip, by_route, certainty_words, doubts
from evidence.report.sections.tiles import speaks
from evidence.report.sections.whatif import WhatIf, whatif
from evidence.report.standards.riskofbias import lights
from evidence.results.analysis import Analysis, analyse
from evidence.results.evidence import evidence
from evidence.results.pipeline import asked, routes, scope, selected
from evidence.results.trials import TrialRow, people_of, trial_rows
from evidence.wording.glossary import meaning
from evidence.wording.labels import Labels, labels
from evidence.wording.numbers import capital, listing
from evidence.wording.sentences import searched

#: Different results from which on the choices behind a number of one trial are worth a table and a figure.
ENOUGH_RESULTS = 4


@dataclass(frozen=True, repr=False)
class Report:
    """A drug in a condition.

    Parameters
    ----------
    drug : str
        A drug of labels.csv.
    condition : str or None
        A condition group of labels.csv; None for all inside the scope of the review that the book stands
        beside (setting ``conditions_outside_cochrane``).
    detail : str, tuple of str or None
        Finer conditions inside the group, as `condition_detail` of studies.csv has them; None for all.
    everything : bool
        Without a condition: those outside that scope as well.

    Raises
    ------
    ValueError
        When the tables have no such drug, condition or detail: the message lists what they have.

    Examples
    --------
    >>> crps = Report("ketamine", "crps")
    >>> crps
    Report('ketamine', 'crps')
    >>> crps.effects()[["study", "window", "yi", "se"]].shape[1]
    4
    """

    drug: str
    condition: str | None = None
    detail: str | tuple[str, ...] | None = None
    everything: bool = False
    ds: Dataset = field(default_factory=dataset.load, repr=False)

    def __post_init__(self) -> None:
        """Refuse words that the tables do not have."""
        _require("drug", self.drug, self.labels.drugs)
        if self.condition is not None:
            _require("condition", self.condition, self.labels.conditions)
        for detail in (self.detail,) if isinstance(self.detail, str) else self.detail or ():
            place = {} if self.condition is None else {"condition_group": self.condition}
            known = self.ds.rows("studies", **place)["condition_detail"].dropna()
            _require("detail", detail, tuple(sorted(set(known))))

    def __repr__(self) -> str:
        given = [repr(self.drug), *([repr(self.condition)] if self.condition else [])]
        given += [f"detail={self.detail!r}"] if self.detail is not None else []
        given += ["everything=True"] if self.everything else []
        return f"Report({', '.join(given)})"

    @property
    def labels(self) -> Labels:
        """What the codes of the tables are called."""
        return labels(self.ds)

    @property
    def outcome(self) -> str:
        """The main outcome in a word."""
        return self.labels.outcome()

    @property
    def name(self) -> str:
        """The condition in words."""
        if self.detail is not None:
            details = (self.detail,) if isinstance(self.detail, str) else self.detail
            return listing(self.labels.detail(detail) for detail in details)
        return self.labels.condition(self.condition)

    @property
    def key(self) -> str:
        """Prefix of the anchors of this report."""
        detail = self.detail if isinstance(self.detail, str) or self.detail is None else self.detail[0]
        return "-".join(part for part in (self.drug, self.condition or "all", detail) if part)

    @property
    def scope(self) -> str | tuple[str, ...]:
        """The condition group, or those inside the scope of the Cochrane review."""
        if self.condition is None and self.everything:
            return self.labels.conditions
        return scope(self.ds, self.condition)

    @cached_property
    def selection(self) -> Selection:
        """Every trial of the question, whatever the window."""
        return selected(self.ds, Question(self.drug, self.scope, detail=self.detail))

    @cached_property
    def routes(self) -> tuple[str, ...]:
        """Routes by which the drug was given in trials that say something on the main outcome."""
        return routes(self.selection)

    @cached_property
    def analyses(self) -> tuple[Analysis, ...]:
        """One analysis for each route and window in which a trial says something on the main outcome."""
        return tuple(analyse(self.ds, question) for question in asked(self.selection))

    def by_route(self, route: str) -> tuple[Analysis, ...]:
        """Return the analyses of one route, by window."""
        return tuple(analyse(self.ds, each) for each in asked(self.selection) if each.route == route)

    def analysis(self, route: str, window: str) -> Analysis:
        """Return the analysis of one route and window.

        Raises
        ------
        ValueError
            When no trial of the route says anything on the main outcome in the window.
        """
        return analyse(self.ds, self.question(route, window))

    def question(self, route: str, window: str) -> Question:
        """Return the question of one route and window.

        Raises
        ------
        ValueError
            When there is no such route or window, or no trial of the route says anything on the main outcome
            in the window: the message lists what there is.
        """
        found = {(each.route, each.window): each for each in asked(self.selection)}
        if (route, window) in found:
            return found[route, window]
        _require("route", route, tuple(self.labels.names["route"]))
        _require("window", window, tuple(self.labels.names["window"]))
        there = "; ".join(f"{one} {other}" for one, other in found) or "nothing"
        raise ValueError(
            f"no trial of {route} {self.drug} in {self.name} reports {self.outcome} in the window "
            f"{window!r}; there is {there}"
        )

    def effects(self) -> pd.DataFrame:
        """Return what each trial says on the main outcome, one row for each trial, route and window.

        The columns are those of `evidence.effects.frame.to_frame`.
        """
        known = (evidence(self.ds, question) for question in asked(self.selection))
        return to_frame(effect for each in known for effect in each.effects)

    def to_frame(self) -> pd.DataFrame:
        """Return the answers, one row for each route and window in which a trial says something.

        Returns
        -------
        DataFrame
            `estimate`, `ci_low`, `ci_high` and `mid` are points on 0–100, drug less comparator;
            `k` trials are pooled, of `trials` that say something; `certainty` is provisional and rule-based,
            and columns that start with `down_` hold the levels that each GRADE domain took off it.
        """
        return pd.DataFrame(answer_rows(self.analyses))

    @cached_property
    def flow(self) -> Flow:
        """From the trials found to the numbers: what every page counts this report's trials by."""
        words = self.labels
        # "headache and migraine" and "cancer pain" are three names in a list, not an "and" inside another.
        outside = [
            name
            for code in words.conditions
            if code not in self.scope
            for name in words.condition(code).split(" and ")
        ]
        names = {
            "drug": words.drug(self.drug),
            "condition": self.name,
            "outcome": words.outcome(),
            "scope": f"{self.name} other than {listing(outside)}",
        }
        every = self.selection
        if self.condition is None and self.detail is None:
            every = selected(self.ds, Question(self.drug, words.conditions))
        rows = trial_rows(self.ds, every.studies)
        found = [evidence(self.ds, question) for question in asked(self.selection)]
        return flow(self.ds, self.key, every, self.selection, rows, found, names)

    @cached_property
    def given_by(self) -> tuple[str, ...]:
        """Routes by which trials that test the drug alone gave it, those that say something first."""
        tested = [self.selection.interventions[study].route for study in self.flow["tested"].studies]
        return tuple(dict.fromkeys((*(route.route for route in by_route(self.analyses)), *tested)))

    @cached_property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return first_sentence(self.analyses, self.outcome)

    def answer(self) -> Strip:
        """Return the first screen."""
        spoken = [a for a in self.analyses if speaks(a)]
        return Strip(
            f"Does {self.drug} relieve {self.name}, and for how long?",
            self.sentence,
            self.outcome,
            by_route(spoken),
            harm_lines(self.ds, self.drug, self.given_by),
            certainty_words(spoken),
            tuple(answer_line(analysis) for analysis in spoken),
            Facts(
                (
                    ("Trials found", f"{self.flow.found:,}"),
                    ("People behind the numbers", f"{self.flow.people:,}"),
                    ("Data version", str(self.ds.setting("data_version"))),
                    ("Last search", searched(str(self.ds.setting("last_search_date")))),
                )
            ),
            tuple(self.selection.studies),
        )

    @cached_property
    def harms_found(self) -> tuple[harms.Harm, ...]:
        """Every harm on which a trial says something."""
        return harms.harms(self.ds, Question(self.drug, self.scope, detail=self.detail))

    @cached_property
    def trial_rows(self) -> dict[str, TrialRow]:
        """The trials of the question, by study."""
        return trial_rows(self.ds, self.selection.studies)

    @property
    def people(self) -> int:
        """People in the trials, where the text says how many; nobody twice."""
        return people_of(self.ds, self.trial_rows)

    def plain(self) -> Plain:
        """Return the report in plain words."""
        meanings = [meaning(self.ds, code) for code in (self.condition, self.drug) if code]
        return plain(
            Told(
                self.labels.drug(self.drug),
                self.name,
                self.sentence,
                doubts(self.analyses),
                self.flow,
                self.trial_rows.values(),
                self.analyses,
                harm_lines(self.ds, self.drug, self.given_by),
                [term for term in meanings if term],
                searched(str(self.ds.setting("last_search_date"))),
                self.labels,
            )
        )

    def outcomes(self) -> Table:
        """List what trials say on other outcomes."""
        found = outcomes.outcome_effects(self.ds, Question(self.drug, self.scope, detail=self.detail))
        caption = f"Other outcomes in trials of {self.drug} in {self.name}"
        return outcomes.outcomes_table(f"{self.key}-outcomes", caption, found, self.labels)

    def multiverse(self, route: str, window: str) -> Multiverse:
        """Pool one question under every combination of defensible choices."""
        return multiverse(self.ds, self.question(route, window))

    def multiverse_figure(self, route: str, window: str) -> Figure:
        """Draw the specification curve of one question."""
        subject = self.labels.subject(self.drug, route)
        found = self.multiverse(route, window)
        title = f"{subject} in {self.name}, {self.outcome} {self.labels.when(window)}: {found.extent}"
        return multiverse_figure(
            f"{self.key}-{route}-{window}-multiverse", title, found, self.drug, self.labels
        )

    def albatross(self) -> Figure | Words:
        """Draw p-value against people for the trials that print no effect, if any."""
        bounded = [effect for analysis in self.analyses for effect in analysis.bounded]
        if not any(map(findings.albatross_point, bounded)):
            return Words("No trial here prints a p-value and no effect.")
        title = (
            f"{self.drug[0].upper()}{self.drug[1:]} in {self.name}: p-values of trials that print no effect"
        )
        return findings.albatross_of(f"{self.key}-albatross", title, bounded, self.labels)

    def harms(self) -> Table:
        """List the harms with counts and risk ratios."""
        found = self.harms_found
        caption = f"Harms of {self.drug} in trials in {self.name}"
        return harms.harms_table(f"{self.key}-harms", caption, found, self.labels)

    def sof(self) -> sof.Summary:
        """Summarise the findings: effects at several baseline risks, and their certainty."""
        caption = f"Summary of findings: {self.drug} for {self.name}"
        question = Question(self.drug, self.scope, detail=self.detail)
        return sof.summary(self.ds, f"{self.key}-sof", caption, question, self.analyses)

    def certainty(self) -> Table:
        """List the certainty of each route and window with the reason of each rating."""
        caption = f"How sure: {self.drug} for {self.outcome} in {self.name}"
        return certainty_table(f"{self.key}-certainty", caption, self.analyses)

    def risk_of_bias(self) -> Figure | Table:
        """Draw the risk of bias, by RoB 2, of the trials that say something on the main outcome, if any."""
        studies = self.flow["said"].studies
        title = f"{capital(self.labels.drug(self.drug))} in {self.name}: risk of bias of the trials"
        if not studies:
            return Table(f"{self.key}-rob", title, (Column("Trial"),), ())
        return lights(self.ds, f"{self.key}-rob", title, studies, str(self.ds.setting("main_outcome")))

    def missing(self) -> str:
        """Say which trials give nothing for the result that stands for the report, and what they could do."""
        return missing_sentence(self.analyses)

    def sensitivity(self, route: str, window: str) -> Table:
        """Repeat one analysis with other defensible choices."""
        analysis = self.analysis(route, window)
        caption = f"The same pool under other choices: {analysis.subject}, {self.outcome} {analysis.when}"
        return sensitivity(self.ds, analysis, f"{self.key}-{route}-{window}-sensitivity", caption)

    def choices(self) -> Several:
        """Show what hangs on the choices behind each number: other choices one at a time, and all together.

        Before them how probable each size is. A number of one trial has its table where other choices make at
        least `ENOUGH_RESULTS` of it. An overview draws the number that stands for it, and tells the others.
        """
        parts: list[tuple[str, object]] = []
        main = main_analysis(self.analyses)
        for analysis in self.analyses:
            drawn = analysis is main or self.condition is not None
            if analysis is main or (drawn and len(analysis.numeric) > 1):
                route, window = str(analysis.question.route), str(analysis.question.window)
                curve = sizes_figure(analysis, f"{self.key}-{route}-{window}-sizes")
                parts += [(f"{analysis.subject}, {self.labels.window(window)}", curve)] if curve else []
            if analysis.pooled is None:
                continue
            route, window = str(analysis.question.route), str(analysis.question.window)
            found = self.multiverse(route, window)
            if analysis.pooled.k < 2 and len(found.results) < ENOUGH_RESULTS:
                continue
            name = f"{analysis.subject}, {self.labels.window(window)}"
            parts.append((name, self.sensitivity(route, window)))
            code = in_r(analysis)
            parts += [("", code)] if code else []
            if len(found.results) >= ENOUGH_RESULTS:
                parts.append(("", Words(found.place)))
                parts += [("", self.multiverse_figure(route, window))] if drawn else []
        return several(
            parts, "No number here rests on more than one trial, or changes much with the choices."
        )

    def whatifs(self) -> WhatIf | Words:
        """Let the reader switch what an answer rests on, where at least two trials say something."""
        asked = [a for a in self.analyses if a.posterior is not None and len(a.numeric) + len(a.bounded) > 1]
        if not asked:
            return Words("No question here has more than one trial, so that there is nothing to switch.")
        return whatif(self.ds, asked, f"whatif-{self.key}")

    def comparisons(self, study_id: str) -> Table:
        """List every comparison that a trial reports, as it prints it."""
        label = self.selection.studies[study_id].label
        return course.comparisons(
            self.ds, study_id, f"{self.key}-{study_id}-said", f"What {label} reports, as printed"
        )

    def regimens(self) -> Table:
        """List how long each trial gave the drug, and what it says on the main outcome."""
        caption = f"How {self.drug} was given, and what each trial says on {self.outcome}"
        return course.regimen_table(self.ds, self.selection, f"{self.key}-regimens", caption)

    def trials(self) -> Table:
        """List the trials that say something; the funnel lists the others."""
        caption = f"Trials of {self.drug} in {self.name} that say something on {self.outcome}"
        shown = self.flow["said"].studies
        return trials.trials(self.selection, self.ds, f"{self.key}-trials", caption, shown)

    def route(self, route: str) -> Figure | OneTrial | InDoubt:
        """Show what the trials of one route found: one figure, or a sentence where there is one trial."""
        title = f"{self.labels.subject(self.drug, route)} in {self.name}: what each trial found"
        return route_found(f"{self.key}-{route}", title, self.by_route(route))

    def by_routes(self) -> Several:
        """Show what trials found, route by route."""
        spoken = dict.fromkeys(str(a.question.route) for a in self.analyses if speaks(a))
        none = "No trial says anything that can be used."
        return several([(capital(self.labels.by_route(r)), self.route(r)) for r in spoken], none)

    def forest(self, route: str) -> Figure:
        """Draw the effects of one route, a block for each time window."""
        title = f"{self.labels.subject(self.drug, route)} in {self.name}: {self.outcome}"
        return forest.main_forest(f"{self.key}-{route}-forest", title, self.by_route(route))

    def directions(self, route: str) -> Figure:
        """Draw what every trial of one route found, whether or not it can be pooled."""
        title = (
            f"{self.labels.subject(self.drug, route)} in {self.name}: what each trial found on {self.outcome}"
        )
        return findings.directions(f"{self.key}-{route}-directions", title, self.by_route(route))

    @cached_property
    def best_class(self) -> dict[str, str]:
        """The best class of evidence that each trial gives, by study."""
        return findings.best_class(effects(self.selection, self.ds))

    def classes(self) -> str:
        """Say in what form the trials report the main outcome."""
        return findings.summary_of_classes(self.best_class, self.outcome)

    def needed(self) -> str:
        """Say how many people a trial would need to detect the smallest difference that matters."""
        return needed(self.ds, self.analyses)

    def ledger(self) -> Table:
        """List where each analysed number comes from."""
        return ledger(
            f"{self.key}-ledger", "Where each analysed number comes from", self.analyses, self.labels
        )

    def part(self, detail: str) -> Table:
        """List the trials of a finer condition with what each says on the main outcome."""
        part = replace(self, detail=detail)
        found = effects(part.selection, self.ds)
        caption = (
            f"{self.labels.subject(self.drug, None)} in {part.name}: what each trial says on {self.outcome}"
        )
        return part_table(f"{part.key}-part", caption, part.selection, found, self.labels)

    def reviews(self) -> Table:
        """List what published reviews print."""
        caption = f"Published reviews of {self.drug} in {self.name}, as they print their results"
        return reviews.reviews(self.ds, self.drug, self.condition, f"{self.key}-reviews", caption)

    def left_out(self) -> Table:
        """List the trials that are left out, each with the rule."""
        return trials.left_out(
            self.selection, f"{self.key}-left-out", f"Trials that are not in the analysis of {self.outcome}"
        )


def _require(what: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise ValueError(f"the tables have no {what} {word!r}; they have {', '.join(known)}")
