"""Where each analysed number comes from: the derivation of every effect, step by step."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.charts.tables import Cell, Column, Table
from evidence.effects import Effect, Step
from evidence.question import Selection
from evidence.report.sections.findings import limits
from evidence.results.analysis import Analysis
from evidence.wording.html import Html, escape
from evidence.wording.labels import Labels
from evidence.wording.numbers import interval, number


def ledger(key: str, caption: str, analyses: Sequence[Analysis], labels: Labels) -> Table:
    """List every effect with its class and, folded below, each step, assumption and source row."""
    columns = (
        Column("Trial"),
        Column("Window"),
        Column("Class"),
        Column("Effect", "right", labels.main.unit),
        Column("Standard error", "right"),
        Column("Where it comes from"),
    )
    rows = tuple(
        _row(effect, labels)
        for analysis in analyses
        for effect in analysis.effects
        if effect.evidence_class != "unusable"
    )
    return Table(key, caption, columns, rows)


def _row(effect: Effect, labels: Labels) -> tuple[Cell, ...]:
    yi, se = effect.yi, effect.se
    said = effect.statement.words if effect.statement else ""
    return (
        Cell(effect.label),
        Cell(f"{labels.window(effect.window)} ({effect.time_label})"),
        Cell(effect.evidence_class + (", re-expressed from an SMD" if effect.reexpressed else "")),
        Cell(said) if yi is None else Cell(number(yi), value=yi),
        Cell("") if se is None else Cell(number(se), value=se),
        Cell("steps, assumptions and source rows", detail=_steps(effect)),
    )


def _steps(effect: Effect) -> Html:
    steps = "".join(f"<li>{_step(step)}</li>" for step in effect.ledger)
    assumed = "".join(f"<li>Assumed: {escape(text)}</li>" for text in effect.assumptions)
    rows = "".join(f"<li>Row: {escape(' · '.join(part for part in row if part))}</li>" for row in effect.rows)
    note = f"<p>{escape(effect.note)}</p>" if effect.note else ""
    return Html(f"{note}<ol>{steps}</ol><ul>{assumed}{rows}</ul>")


def _step(step: Step) -> str:
    inputs = ", ".join(f"{name} = {value:.4g}" for name, value in step.inputs)
    result = ", ".join(f"{name} = {value:.4g}" for name, value in step.result)
    return escape(f"{step.what}: {step.formula}; {inputs} → {result} ({step.source})").replace(
        "-", "\N{MINUS SIGN}"
    )


def part_table(
    key: str, caption: str, selection: Selection, found: Sequence[Effect], labels: Labels
) -> Table:
    """List each trial of a selection with its regimen and what it says, or why it says nothing."""
    said = f"What it says on {labels.outcome()}"
    columns = (Column("Trial"), Column("Drug and dose"), Column("When"), Column(said))
    spoken = [effect for effect in found if effect.evidence_class != "unusable"]
    rows = [
        (
            Cell(e.label),
            Cell(f"{labels.route(e.route)}, {e.regimen}"),
            Cell(labels.window(e.window)),
            Cell(_finding(e)),
        )
        for e in spoken
    ]
    rows += [
        (
            Cell(selection.studies[item.study_id].label),
            Cell(labels.route(selection.interventions[item.study_id].route)),
            Cell(""),
            Cell(item.sentence),
        )
        for item in (*selection.studies_left_out, *selection.silent)
    ]
    return Table(key, caption, columns, tuple(rows))


def _finding(effect: Effect) -> str:
    if effect.yi is None or effect.se is None:
        return effect.statement.words if effect.statement else "no statement"
    return f"{number(effect.yi)} points ({interval(*limits(effect))})"
