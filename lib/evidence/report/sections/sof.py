"""Summary of findings: at most seven rows that fit, each with what happens, its size and its certainty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeAlias

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.effects import Effect
from evidence.grade.body import Body
from evidence.grade.certainty import NAME, Certainty, rate
from evidence.question import ArmRow, MainOutcome, Question, responses
from evidence.question.records import measure_of
from evidence.report.sections.absolute import AtBaseline, at_baselines
from evidence.report.sections.baselines import Baseline, baselines, control_arms
from evidence.report.sections.harm_line import counted
from evidence.report.sections.harms import pooled_ratio, ratio_words
from evidence.report.sections.headline import EARLY, Headline, headline, main_analysis
from evidence.report.sections.tiles import DOUBT
from evidence.results.analysis import Analysis
from evidence.results.event_posterior import EventPosterior, event_posterior
from evidence.results.pipeline import said, selected
from evidence.results.priors import event_priors
from evidence.results.rated import flag_domains, rated_trials, spans
from evidence.results.trials import trial_rows
from evidence.wording.html import Html, escape
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, interval, number, plural

Row: TypeAlias = tuple[Cell, ...]
_APPRECIABLE: Final = math.log(1.25)  # GRADE guidelines 6: a relative change of a quarter is appreciable
_SCALE: Final = 100  # points: an interval wider than the scale
#: More rows than these are not read; what is left out stands in the trials' layer.
MOST: Final = 7
_MEASURED, _RESPONDED = 4, 2
_COLUMNS: Final = (
    Column("Outcome and time"),
    Column("What happens"),
    Column("Without → with", "right", "points, or people of 1,000"),
    Column("Effect", "right", "points or risk ratio (RR); 95% CI, or CrI where it says so"),
    Column("People (trials)", "right", "numbers + tests"),
    Column("Certainty", "left", NAME),
)


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary of findings: a table of few rows, and in a line what cannot be estimated.

    Attributes
    ----------
    untold : tuple of str
        Questions on which trials say something without a number.
    trials : str
        Where the page shows what its trials say.
    spared : tuple of str
        Harms that nobody had in some trials, with their number: those trials give no ratio.
    """

    table: Table
    untold: tuple[str, ...]
    trials: str = "#trials"
    spared: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows of the table."""
        return self.table.rows

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p>No outcome has a number. {_untold(self.untold, self.trials)}</p>"
        levels = any("ev-at-low" in cell.text for row in self.rows for cell in row)
        chooser = _CHOOSER.format(key=self.table.key) if levels else ""
        notes = " ".join(filter(None, (_untold(self.untold, self.trials), _spared(self.spared))))
        line = f'<p class="ev-note">{notes}</p>' if notes else ""
        return f'<div class="ev-sof" data-baseline="own">{chooser}{self.table._repr_html_()}{line}</div>'


_CHOOSER: Final = (
    '<p class="ev-baseline" hidden><label for="{key}-baseline">Risk without the drug</label> '
    '<select id="{key}-baseline"><option value="own">as in these trials</option>'
    '<option value="low">low</option><option value="middle">middle</option>'
    '<option value="high">high</option></select></p>'
)


def _untold(questions: Sequence[str], trials: str) -> str:
    if not questions:
        return ""
    return (
        f"Tested, without a number for these times: {escape('; '.join(questions))}. "
        f'<a href="{trials}">What those trials say</a>.'
    )


def _spared(harms: Sequence[str]) -> str:
    said = "Not in the ratios, because nobody had the harm with the drug or without it"
    return f"{said}: {escape('; '.join(harms))}." if harms else ""


def summary(ds: Dataset, key: str, caption: str, question: Question, analyses: Sequence[Analysis]) -> Summary:
    """List at most `MOST` findings: the outcome by time, response, and harms by the routes given here.

    Harms are those of all trials of the drug by these routes, whatever it was given for. Rows come in the
    order of value to a reader: lasting effects, the first days, response, harms with the largest difference.

    Parameters
    ----------
    question : Question
        Drug and condition; route, outcome and window are set here.
    analyses : sequence of Analysis
        The analyses of the report.
    """
    main = main_analysis(analyses)
    first = main.question.route if main is not None else None

    def rank(analysis: Analysis) -> tuple[bool, bool]:
        return analysis.question.route != first, analysis.question.window == EARLY

    spoken = sorted((a for a in analyses if a.numeric or a.bounded), key=rank)
    measured = [a for a in spoken if headline(a) is not None]
    rows = [_main(a) for a in measured[:_MEASURED]]
    for outcome in responses(ds):
        rows += islice(_counted(ds, question, outcome), _MEASURED + _RESPONDED - len(rows))
    routes = tuple(dict.fromkeys(str(a.question.route) for a in spoken))
    harms = [found for outcome in labels_of(ds).harms for found in _harms(ds, question.drug, routes, outcome)]
    largest = sorted(harms, key=_difference, reverse=True)[: MOST - len(rows)]
    rows += [_row(ds, *harm) for harm in largest]
    trials = "#trials" if isinstance(question.condition, str) else "#trials-behind-the-numbers"
    untold = tuple(_by_route([a for a in spoken if headline(a) is None]))
    spared = tuple(word for _, route, part in largest if (word := _none_had(ds, question.drug, route, part)))
    return Summary(Table(key, caption, _COLUMNS, tuple(rows), kind="ev-cards"), untold, trials, spared)


def _none_had(ds: Dataset, drug: str, route: str, found: Sequence[Effect]) -> str:
    """Name a harm and how many trials counted it and found nobody with it on either side."""
    outcome, labels = found[0].outcome, labels_of(ds)
    all_of = next((fact.trials for fact in counted(ds, drug, route) if fact.outcome == outcome), 0)
    none = all_of - sum(effect.counts is not None for effect in found)
    return f"{labels.outcome(outcome)} {labels.by_route(route)}, {plural(none, 'trial')}" if none > 0 else ""


def _by_route(silent: Sequence[Analysis]) -> Iterator[str]:
    """Yield for each route the times at which no trial gives a number."""
    for route in dict.fromkeys(a.question.route for a in silent):
        times = [a.labels.window(a.question.window) for a in silent if a.question.route == route]
        yield f"{silent[0].labels.by_route(str(route))} ({', '.join(times)})"


def _main(analysis: Analysis) -> Row:
    found = headline(analysis)
    assert found is not None
    outcome = analysis.labels.outcome(analysis.question.outcome)
    when = analysis.labels.window(analysis.question.window)
    name = _named(f"{capital(outcome)}, {when}", analysis.labels.by_route(str(analysis.question.route)))
    size = f"{capital(found.change)} {outcome}" if round(abs(found.estimate)) else "No difference"
    effect = f"{number(found.estimate)} points ({interval(found.low, found.high)})"
    return (
        name,
        Cell(f"{size}{gloss(found)}"),
        Cell(_means(analysis)),
        Cell(effect, value=found.estimate),
        Cell(f"{found.people:,} ({found.k:,}{f' + {found.silent:,}' if found.silent else ''})"),
        sure(analysis.certainty),
    )


def _named(name: str, how: str) -> Cell:
    return Cell(Html(f'{escape(name)}<span class="ev-note">{escape(how)}</span>'))


def gloss(found: Headline) -> str:
    """Say what a number comes to; nothing that its own interval denies."""
    if found.doubtful:
        return f", {DOUBT}"
    if found.high - found.low > _SCALE:
        return "; almost anything is possible"
    if not found.sure:
        return "; it may be chance" if round(abs(found.estimate)) else " found; one may be missed"
    return ": more than the smallest that matters" if found.matters else ": too little to matter"


def _means(analysis: Analysis) -> str:
    """Return the means of the only trial, without and with the drug, on the scale from 0 to 100.

    An effect that was standardised first, such as one from percentages of baseline, is no difference of means
    on that scale.
    """
    if len(analysis.numeric) != 1:
        return "by trial, see below"
    (effect,) = analysis.numeric
    for result in analysis.selection.results:
        if result.study.study_id == effect.study_id and result.window == analysis.question.window:
            for pair in result.pairs:
                ends = [_scaled(row, analysis.labels.main) for row in (pair.control, pair.experimental[0])]
                if len(pair.experimental) == 1 and None not in ends:
                    if effect.reexpressed:
                        return "not in points"
                    return f"{number(ends[0] or 0.0, 0)} → {number(ends[1] or 0.0, 0)}"
    return "means not printed"


def _scaled(row: ArmRow, main: MainOutcome) -> float | None:
    """Return a mean on 0–100 of the outcome: a scale on which it gets better the other way is turned."""
    if row.mean is None or row.kind == "change" or row.scale_max is None or row.scale_min is None:
        return None
    share = (row.mean - row.scale_min) / (row.scale_max - row.scale_min)
    turned = row.higher_is == ("better" if main.better == "lower" else "worse")
    return 100 * (1 - share if turned else share)


def _counted(ds: Dataset, question: Question, outcome: str) -> Iterator[Row]:
    """Yield the rows of a response, route by route and window by window."""
    asked = replace(question, outcome=outcome)
    answering = ds.rows("measures", answers=outcome)
    others = set(answering[answering["kind"] == "other"]["measure"])  # fewer attacks are no response
    found = [e for e in _ratios(ds, asked) if not any(measure_of(row) in others for row in e.rows)]
    parts = dict.fromkeys((effect.route, effect.window) for effect in found)
    for route, when in parts:
        yield _row(ds, asked, route, [e for e in found if (e.route, e.window) == (route, when)])


def _harms(
    ds: Dataset, drug: str, routes: Sequence[str], outcome: str
) -> Iterator[tuple[Question, str, list[Effect]]]:
    """Yield what trials give on a harm, route by route, as `_row` takes it."""
    asked = Question(drug, outcome=outcome, window="any")
    found = _ratios(ds, asked)
    for route in routes:
        part = [effect for effect in found if effect.route == route]
        if part:
            yield asked, route, part


def _difference(harm: tuple[Question, str, list[Effect]]) -> float:
    before, after = _risks(harm[2])
    return abs(after - before)


def _ratios(ds: Dataset, asked: Question) -> list[Effect]:
    return [effect for effect in said(ds, asked) if effect.scale == "log_rr" and effect.yi is not None]


def _risks(found: Sequence[Effect]) -> tuple[float, float]:
    """Return the shares of people with the event without and with the drug, in these trials."""
    counts = [effect.counts for effect in found if effect.counts is not None]
    without = sum(c.n_control for c in counts)
    given = sum(c.n_experimental for c in counts)
    if not without or not given:
        return 0.0, 0.0
    return sum(c.events_control for c in counts) / without, sum(c.events_experimental for c in counts) / given


def _row(ds: Dataset, asked: Question, route: str, found: list[Effect]) -> Row:
    posterior, outcome = event_posterior(found, event_priors(ds)), asked.outcome
    assert posterior is not None
    assert outcome is not None
    ratio = posterior.shown
    levels = baselines(control_arms(ds, outcome))
    labels, response = labels_of(ds), found[0].favourable > 0
    when = f", {labels.window(found[0].window)}" if response else ""
    both = ", added to what both groups got" if all(effect.shared for effect in found) else ""
    name = _named(f"{capital(labels.outcome(outcome))}{when}", f"{labels.by_route(route)}{both}")
    people = sum(effect.people or 0 for effect in found)
    own = Baseline("own", _risks(found)[0], "the trials' own")
    known = at_baselines(ratio, (own, *levels), "beneficial" if response else "harmful")
    return (
        name,
        Cell(_happens(ratio)),
        Cell(Html("".join(_absolute(at, _risks(found)) for at in known))),
        Cell(f"RR {ratio_words(posterior)}", value=ratio[0]),
        Cell(f"{people:,} ({len(found):,})"),
        sure(rate(body_of(ds, found, asked, posterior), flag_domains(ds), {})),
    )


def _happens(ratio: tuple[float, float, float]) -> str:
    shown, low, high = ratio
    if round(shown, 2) == 1:
        return "No clear difference"
    end = "" if low > 1 or high < 1 else ", which may be chance"
    return f"{'More' if shown > 1 else 'Fewer'} people with it{end}"


def _absolute(at: AtBaseline, observed: tuple[float, float]) -> str:
    """Return people of 1,000 without and with the drug at one baseline, the number needed behind them.

    At the trials' own risk they are those that the trials counted.
    """
    text = f"{at.baseline.per_1000} → {at.risk_with}" if at.effect is not None else at.why_not
    if at.baseline.level == "own":
        text = " → ".join(number(1000 * share, 0) for share in observed)
    why = f"{at.with_drug}; {at.difference}; {at.needed}" if at.effect is not None else ""
    behind = f'<span class="ev-note">{escape(why)}</span>' if why else ""
    kind = f"ev-at ev-at-{at.baseline.level}"
    if not behind:
        return f'<span class="{kind}">{escape(text)}</span>'
    return f'<details class="{kind}"><summary>{escape(text)}</summary>{behind}</details>'


def body_of(ds: Dataset, found: Sequence[Effect], asked: Question, posterior: EventPosterior) -> Body:
    """Return counted effects as the rules of certainty read them: an appreciable change is a quarter."""
    rows = trial_rows(ds, [effect.study_id for effect in found])
    pooled = pooled_ratio(found)
    return Body(
        rated_trials(ds, selected(ds, asked), rows, found, list(posterior.primary.weights / 100)),
        posterior.primary.median,
        spans(posterior.by),
        _APPRECIABLE,
        pooled.i2 if pooled is not None else None,
        ratio=True,
        higher_is_better=found[0].favourable > 0,
    )


def sure(certainty: Certainty) -> Cell:
    """Return both lines of certainty; the hint says of what, and gives each reason for rating down."""
    reasons = [
        f"{domain.name.capitalize()} (−{domain.down}): {domain.reason}"
        for domain in certainty.domains
        if domain.down
    ]
    of = f"Certainty of {certainty.target}." if certainty.target else "Certainty of no size: none is told."
    hint = "\n".join([of, *(reasons or ["Nothing was rated down."])])
    said, other = f"{certainty.symbols} {certainty.level}", certainty.if_low_bias
    if other == certainty.level:
        return Cell(said, hint=hint)
    return Cell(Html(f'{said}<span class="ev-note">{other} if risk of bias were low</span>'), hint=hint)
