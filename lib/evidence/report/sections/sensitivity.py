"""What the pooled effect becomes under other choices that can be argued for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.effects import Options, has_unlabelled, is_ruled_out
from evidence.meta import Pooled, Posterior, pool
from evidence.results.analysis import Analysis
from evidence.results.evidence import Evidence, evidence
from evidence.results.priors import PRIMARY
from evidence.wording.numbers import interval, listing, number
from evidence.wording.sentences import plural, pooled_effect


def sensitivity(ds: Dataset, analysis: Analysis, key: str, caption: str) -> Table:
    """Repeat an analysis with one choice changed at a time, for the choices that matter to its trials.

    A reading of ± that changes no trial has no row: it is the recorded one, or the limits of the scale rule
    it out. Where they rule it out for some trials the row names them.
    """
    repeated = (
        (name, options, evidence(ds, analysis.question, options)) for name, options in choices(ds, analysis)
    )
    others = [
        (f"{name}{_but(again)}", again.pooled)
        for name, options, again in repeated
        if options.spread == "recorded" or _numbers(again) != _numbers(analysis)
    ]
    rows = [
        ("Hartung–Knapp interval, never narrower than Student's t", analysis.pooled),
        *intervals(analysis),
        *others,
    ]
    first = posteriors(analysis)
    main = analysis.labels.main
    columns = (
        Column("Analysis"),
        Column("Trials", "right"),
        Column(f"Mean difference in {main.name}", "right", f"{main.unit}, 95% CI"),
    )
    return Table(key, caption, columns, (*first, *(_row(name, pooled) for name, pooled in rows)))


def posteriors(analysis: Analysis) -> tuple[tuple[Cell, ...], ...]:
    """Return the posterior of the mean effect: as the page prints it, from the numbers alone, by prior."""
    answer = analysis.posterior
    if answer is None or not answer.has_size:
        return ()
    says = {prior.name: prior.says for prior in analysis.priors}
    named = [("Posterior from all evidence, as printed", answer.primary)]
    if answer.numbers_only is not None and answer.numbers_only is not answer.primary:
        named.append(("Posterior from the numbers alone", answer.numbers_only))
    named += [
        (f"Posterior: {says[name]}", found) for name, found in answer.by_prior.items() if name != PRIMARY
    ]
    return tuple(_posterior_row(name, found) for name, found in named)


def _posterior_row(name: str, found: Posterior) -> tuple[Cell, ...]:
    low, high = found.interval()
    said = f"{number(found.median)} points (95% CrI {interval(low, high)})"
    return Cell(name), Cell(plural(found.k, "trial"), value=found.k), Cell(said, value=found.median)


def _numbers(analysis: Evidence) -> list[tuple[str, float | None, float | None]]:
    return [(effect.study_id, effect.yi, effect.vi) for effect in analysis.numeric]


def _but(analysis: Evidence) -> str:
    """Name the trials whose scale rules out the reading of ± that was asked for."""
    names = [effect.label for effect in analysis.numeric if is_ruled_out(effect.assumptions)]
    return f", but for {listing(names)}: the limits of the scale rule it out" if names else ""


def intervals(analysis: Evidence) -> list[tuple[str, Pooled]]:
    """Return the same pool with other intervals, where few trials or little scatter make the choice matter.

    The primary interval is never narrower than Student's t; RevMan's Hartung-Knapp interval may be, and the
    Wald interval takes the variance between trials as known.
    """
    pooled = analysis.pooled
    if pooled is None or pooled.k < 2:
        return []
    yi, vi = analysis.yi, analysis.vi
    plain = pool(yi, vi, ci="HKSJ")
    if not plain.show_alternatives:
        return []
    return [
        ("Hartung–Knapp interval as RevMan computes it", plain),
        ("Wald interval", pool(yi, vi, ci="wald")),
    ]


def choices(ds: Dataset, analysis: Analysis) -> Sequence[tuple[str, Options]]:
    """Return the other choices that can change an analysis, by name."""
    base = Options()
    found: list[tuple[str, Options]] = []
    if any(has_unlabelled(effect.assumptions) for effect in analysis.numeric):
        found.append(("Every unlabelled ± read as a standard error", replace(base, spread="se")))
        found.append(("Every unlabelled ± read as a standard deviation", replace(base, spread="sd")))
    if any(effect.design == "crossover" for effect in analysis.numeric):
        for name in ("correlation_crossover_low", "correlation_crossover_high"):
            value = float(ds.setting(name))
            found.append((f"Within-person correlation {value:g}", replace(base, correlation=value)))
    if any(effect.evidence_class == "derived" for effect in analysis.numeric):
        found.append(("Only effects reported with their spread", replace(base, classes=("reported",))))
    flagged = {flag.severity for flags in analysis.selection.flags.values() for flag in flags}
    if "caution" in flagged:
        found.append(("Without trials flagged for caution", replace(base, flag_rule="without_caution")))
    if "exclude" in flagged:
        found.append(("With the excluded trials", replace(base, flag_rule="with_excluded")))
    if analysis.doubted:
        found.append(("With the reports whose integrity is in doubt", replace(base, with_doubted=True)))
    found.append(("The earliest time in the window", replace(base, time_rule="earliest")))
    return found


def _row(name: str, pooled: Pooled | None) -> tuple[Cell, ...]:
    count = 0 if pooled is None else pooled.k
    return (
        Cell(name),
        Cell(plural(count, "trial"), value=count),
        Cell("nothing to pool") if pooled is None else Cell(pooled_effect(pooled), value=pooled.estimate),
    )
