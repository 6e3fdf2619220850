"""What the pooled effect becomes under other defensible choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.harmonise import Options
from evidence.report.analysis import Analysis, analyse
from evidence.report.words import pain_effect, plural

_COLUMNS = (
    Column("Analysis"),
    Column("Trials", "right"),
    Column("Mean difference in pain", "right", "points on 0–100, 95 % interval"),
)


def sensitivity(ds: Dataset, analysis: Analysis, key: str, caption: str) -> Table:
    """Repeat an analysis with one choice changed at a time, for the choices that matter to its trials."""
    rows = [("As analysed", analysis)]
    rows += [(name, analyse(ds, analysis.question, options)) for name, options in choices(ds, analysis)]
    return Table(key, caption, _COLUMNS, tuple(_row(name, found) for name, found in rows))


def choices(ds: Dataset, analysis: Analysis) -> Sequence[tuple[str, Options]]:
    """Return the other choices that can change an analysis, by name."""
    base = Options()
    found: list[tuple[str, Options]] = []
    if any("spread_unlabelled" in effect.flags for effect in analysis.numeric):
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
    found.append(("The earliest time in the window", replace(base, time_rule="earliest")))
    return found


def _row(name: str, analysis: Analysis) -> tuple[Cell, ...]:
    pooled = analysis.pooled
    count = 0 if pooled is None else pooled.k
    return (
        Cell(name),
        Cell(plural(count, "trial"), value=count),
        Cell("nothing to pool") if pooled is None else Cell(pain_effect(pooled), value=pooled.estimate),
    )
