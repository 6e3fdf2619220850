"""A report on one drug in one condition: what a chapter calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from evidence import dataset
from evidence.charts.figure import Figure
from evidence.charts.tables import Table
from evidence.dataset import Dataset
from evidence.effects import effects, reference_sd
from evidence.question import WINDOWS, Question, Selection
from evidence.report.sections import course, forest, harms, outcomes, pain, reviews, sof, trials
from evidence.report.sections.answer import Answer, answer_line, facts
from evidence.report.sections.certainty_table import certainty_table
from evidence.report.sections.ledger import ledger, part_table
from evidence.report.sections.multiverse import Multiverse, multiverse, multiverse_figure
from evidence.report.sections.plain import Plain, plain
from evidence.report.sections.sensitivity import sensitivity
from evidence.report.sections.whatif import WhatIf, whatif
from evidence.results.analysis import Analysis, analyse, sample_size
from evidence.results.pipeline import selected
from evidence.wording.labels import Labels, labels
from evidence.wording.numbers import listing
from evidence.wording.sentences import number, points


@dataclass(frozen=True)
class Report:
    """A drug in a condition.

    Parameters
    ----------
    drug : str
    condition : str or None
        A condition group; None for all that the Cochrane review covers.
    detail : str, tuple of str or None
        Finer conditions inside the group; None for all.
    everything : bool
        Without a condition: cancer pain and headache as well.

    Examples
    --------
    >>> crps = Report("ketamine", "crps")
    >>> crps.answer()
    """

    drug: str
    condition: str | None = None
    detail: str | tuple[str, ...] | None = None
    everything: bool = False
    ds: Dataset = field(default_factory=dataset.load, repr=False)
    _multiverses: dict[tuple[str, str], Multiverse] = field(default_factory=dict, repr=False, compare=False)

    @property
    def labels(self) -> Labels:
        """What the codes of the tables are called."""
        return labels(self.ds)

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
        if self.condition is not None:
            return self.condition
        if self.everything:
            return self.labels.conditions
        outside = self.ds.words("conditions_outside_cochrane")
        return tuple(condition for condition in self.labels.conditions if condition not in outside)

    @cached_property
    def selection(self) -> Selection:
        """Every trial of the question, whatever the window."""
        return selected(self.ds, Question(self.drug, self.scope, detail=self.detail))

    @cached_property
    def routes(self) -> tuple[str, ...]:
        """Routes by which the drug was given in trials that say something on pain."""
        spoken = {result.study.study_id for result in self.selection.results}
        routes = (
            self.selection.interventions[study].route for study in self.selection.studies if study in spoken
        )
        return tuple(dict.fromkeys(routes))

    @cached_property
    def analyses(self) -> tuple[Analysis, ...]:
        """One analysis for each route and window in which a trial says something on pain."""
        said = {
            (self.selection.interventions[result.study.study_id].route, result.window)
            for result in self.selection.results
        }
        return tuple(
            analyse(self.ds, Question(self.drug, self.scope, route, window=window, detail=self.detail))
            for route in self.routes
            for window in WINDOWS
            if (route, window) in said
        )

    def by_route(self, route: str) -> tuple[Analysis, ...]:
        """Return the analyses of one route, by window."""
        return tuple(analysis for analysis in self.analyses if analysis.question.route == route)

    def analysis(self, route: str, window: str) -> Analysis:
        """Return the analysis of one route and window.

        Raises
        ------
        ValueError
            When no trial of the route says anything on pain in the window.
        """
        for analysis in self.by_route(route):
            if analysis.question.window == window:
                return analysis
        raise ValueError(
            f"no trial of {route} {self.drug} in {self.name} reports pain in the window {window!r}"
        )

    def answer(self) -> Answer:
        """Return the first screen."""
        spoken = [a for a in self.analyses if a.numeric or a.bounded]
        lasting = [a for a in spoken if a.question.window != "during_infusion"]
        early = [a for a in spoken if a.question.window == "during_infusion"]
        return Answer(
            f"Does {self.drug} relieve {self.name}, and for how long?",
            tuple(answer_line(analysis) for analysis in lasting),
            facts(
                lasting,
                len(self.trial_rows),
                self.people,
                str(self.ds.setting("data_version")),
                str(self.ds.setting("last_search_date")),
            ),
            tuple(answer_line(analysis) for analysis in early),
        )

    @cached_property
    def harms_found(self) -> tuple[harms.Harm, ...]:
        """Every harm on which a trial says something."""
        return harms.harms(self.ds, Question(self.drug, self.scope, detail=self.detail))

    @cached_property
    def trial_rows(self) -> dict[str, trials.TrialRow]:
        """The trials of the question, by study."""
        return trials.trial_rows(self.ds, self.selection.studies)

    @property
    def people(self) -> int:
        """People in the trials, where the text says how many; nobody twice."""
        return trials.people_of(self.ds, self.trial_rows)

    def plain(self) -> Plain:
        """Return the report in plain words."""
        rows = self.trial_rows.values()
        return plain(self.drug, self.name, rows, self.people, self.analyses, self.harms_found, self.labels)

    def outcomes(self) -> Table:
        """List what trials say on other outcomes."""
        found = outcomes.outcome_effects(self.ds, Question(self.drug, self.scope, detail=self.detail))
        caption = f"Other outcomes in trials of {self.drug} in {self.name}"
        return outcomes.outcomes_table(f"{self.key}-outcomes", caption, found, self.labels)

    def multiverse(self, route: str, window: str) -> Multiverse:
        """Pool one question under every combination of defensible choices."""
        if (route, window) not in self._multiverses:
            found = multiverse(self.ds, self.analysis(route, window).question)
            self._multiverses[route, window] = found
        return self._multiverses[route, window]

    def multiverse_figure(self, route: str, window: str) -> Figure:
        """Draw the specification curve of one question."""
        subject = self.labels.subject(self.drug, route)
        found = self.multiverse(route, window)
        title = f"{subject} in {self.name}, pain {self.labels.when(window)}: {found.extent}"
        return multiverse_figure(f"{self.key}-{route}-{window}-multiverse", title, found, self.drug)

    def albatross(self) -> Figure:
        """Draw p-value against people for the trials that print no effect."""
        bounded = [effect for analysis in self.analyses for effect in analysis.bounded]
        title = (
            f"{self.drug[0].upper()}{self.drug[1:]} in {self.name}: p-values of trials that print no effect"
        )
        return pain.albatross_of(f"{self.key}-albatross", title, bounded, self.labels)

    def harms(self) -> Table:
        """List the harms with counts and risk ratios."""
        found = self.harms_found
        caption = f"Harms of {self.drug} in trials in {self.name}"
        return harms.harms_table(f"{self.key}-harms", caption, found, self.labels)

    def sof(self) -> Table:
        """Summarise the findings: effects at several baseline risks, and their certainty."""
        caption = f"Summary of findings: {self.drug} for {self.name}"
        question = Question(self.drug, self.scope, detail=self.detail)
        return sof.summary(self.ds, f"{self.key}-sof", caption, question, self.analyses)

    def certainty(self) -> Table:
        """List the certainty of each route and window with the reason of each rating."""
        caption = f"How sure: {self.drug} for pain in {self.name}"
        return certainty_table(f"{self.key}-certainty", caption, self.analyses)

    def sensitivity(self, route: str, window: str) -> Table:
        """Repeat one analysis with other defensible choices."""
        analysis = self.analysis(route, window)
        caption = f"The same pool under other choices: {analysis.subject}, pain {analysis.when}"
        return sensitivity(self.ds, analysis, f"{self.key}-{route}-{window}-sensitivity", caption)

    def whatif(self, route: str, window: str) -> WhatIf:
        """Let the reader switch the assumptions of one pooled result in the page."""
        return whatif(self.ds, self.analysis(route, window), f"whatif-{self.key}-{route}-{window}")

    def course(self, study_id: str) -> Figure:
        """Draw the printed means of pain of one trial over time."""
        label = self.selection.studies[study_id].label
        key = f"{self.key}-{study_id}-course"
        return course.pain_course(self.ds, study_id, self.drug, key, f"{label}: mean pain in each arm")

    def comparisons(self, study_id: str) -> Table:
        """List every comparison that a trial reports, as it prints it."""
        label = self.selection.studies[study_id].label
        return course.comparisons(
            self.ds, study_id, f"{self.key}-{study_id}-said", f"What {label} reports, as printed"
        )

    def regimens(self) -> Table:
        """List how long each trial gave the drug, and what it says on pain."""
        caption = f"How {self.drug} was given, and what each trial says on pain"
        return course.regimen_table(self.ds, self.selection, f"{self.key}-regimens", caption)

    def trials(self) -> Table:
        """List the trials."""
        caption = f"Trials of {self.drug} in {self.name}, with what the text that was read says"
        return trials.trials(self.selection, self.ds, f"{self.key}-trials", caption)

    def forest(self, route: str) -> Figure:
        """Draw the effects on pain of one route, a block for each time window."""
        title = f"{self.labels.subject(self.drug, route)} in {self.name}: pain"
        return forest.pain_forest(f"{self.key}-{route}-forest", title, self.by_route(route))

    def directions(self, route: str) -> Figure:
        """Draw what every trial of one route found, whether or not it can be pooled."""
        title = f"{self.labels.subject(self.drug, route)} in {self.name}: what each trial found on pain"
        return pain.directions(f"{self.key}-{route}-directions", title, self.by_route(route))

    @cached_property
    def best_class(self) -> dict[str, str]:
        """The best class of evidence that each trial gives on pain, by study."""
        return pain.best_class(effects(self.selection, self.ds))

    def classes(self) -> str:
        """Say in what form the trials report pain."""
        return pain.summary_of_classes(self.best_class)

    def needed(self) -> str:
        """Say how many people a trial would need to detect the smallest difference that matters."""
        mid, sd = float(self.ds.setting("mid_pain_points")), reference_sd(self.ds).sd
        return (
            f"To detect a difference of {points(mid)} on the scale of pain from 0 to 100, with 80% power in "
            f"a two-sided test at 5%, a trial with two equal arms would need {sample_size(mid, sd):,} "
            f"people, at the standard deviation of {number(sd)} points that the trials here report."
        )

    def ledger(self) -> Table:
        """List where each analysed number comes from."""
        return ledger(f"{self.key}-ledger", "Where each analysed number comes from", self.analyses)

    def part(self, detail: str) -> Table:
        """List the trials of a finer condition with what each says on pain."""
        part = replace(self, detail=detail)
        found = effects(part.selection, self.ds)
        caption = f"{self.labels.subject(self.drug, None)} in {part.name}: what each trial says on pain"
        return part_table(f"{part.key}-part", caption, part.selection, found, self.labels)

    def reviews(self) -> Table:
        """List what published reviews print."""
        caption = f"Published reviews of {self.drug} in {self.name}, as they print their results"
        return reviews.reviews(self.ds, self.drug, self.condition, f"{self.key}-reviews", caption)

    def left_out(self) -> Table:
        """List the trials that are left out, each with the rule."""
        return trials.left_out(
            self.selection, f"{self.key}-left-out", "Trials that are not in the analysis of pain"
        )
