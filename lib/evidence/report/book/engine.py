"""How the engine is checked: where it differs from R on purpose, and how its posteriors do in simulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, figure
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.theme import INK, SERIES
from evidence.dataset import Dataset
from evidence.wording.numbers import number, percent
from evidence.wording.sentences import plural

_NOMINAL: Final = 0.95
#: A cell whose coverage lies this many Monte Carlo errors below the nominal one is said to be bad.
_ERRORS: Final = 2.0
_LIKELY: Final = 0.8
_PRINTED: Final = {
    "complete": "Where all trials print numbers",
    "by significance": "Where printing depends on significance",
    "truth drawn from the priors": "Where the truth is drawn from the priors",
}


def differences(ds: Dataset) -> Table:
    """List where the engine differs from its reference on purpose, why, and which one is right."""
    rows = ds.rows("engine_differences")
    cells = tuple(
        tuple(Cell("" if value != value else str(value)) for value in row)
        for row in rows.itertuples(index=False)
    )
    names = tuple(Column(str(name).replace("_", " ")) for name in rows)
    caption = "Where the engine differs from R metafor or RevMan on purpose"
    return Table("engine-differences", caption, names, cells)


def simulation(ds: Dataset) -> Table:
    """List coverage, width and bias of the credible interval in every simulated setting."""
    columns = (
        Column("What is printed"),
        Column("Trials", "right"),
        Column("Tau", "right", "SMD"),
        Column("Coverage", "right", "of the 95% credible interval, ± Monte Carlo SE"),
        Column("Width", "right", "median, SMD"),
        Column("Bias", "right", "SMD, ± Monte Carlo SE"),
    )
    rows = tuple(
        (
            Cell(str(row["reporting"])),
            Cell(str(row["k"])),
            Cell(number(row["tau"], 2), value=row["tau"]),
            Cell(_with_error(row, "coverage") + (" *" if _bad(row) else ""), value=row["coverage"]),
            Cell(number(row["width"], 2), value=row["width"]),
            Cell(_with_error(row, "bias"), value=row["bias"]),
        )
        for row in _records(ds, "simulation")
    )
    caption = f"Posteriors of simulated meta-analyses. * covers less than {percent(100 * _NOMINAL)} says"
    return Table("simulation", caption, columns, rows, folded=True)


def _with_error(row: Mapping[str, Any], name: str) -> str:
    return f"{number(row[name], 2)} ± {number(row[f'{name}_se'], 2)}"


def _bad(row: Mapping[str, Any]) -> bool:
    return bool(row["coverage"] + _ERRORS * row["coverage_se"] < _NOMINAL)


def _records(ds: Dataset, table: str) -> Iterator[dict[str, Any]]:
    for row in ds.rows(table).to_dict("records"):
        yield {str(name): value for name, value in row.items()}


def coverage_figure(ds: Dataset, reporting: str) -> Figure:
    """Draw how often the credible interval holds the truth, by number of trials and by how they differ.

    Parameters
    ----------
    reporting : {"complete", "by significance"}
        Whether all trials print numbers, or some by the significance of their result.
    """
    data = _settings_of(ds, "coverage").query("reporting == @reporting")
    label = "Share of intervals that hold the truth"
    draw = drawing(_lines, data, measure="coverage", line=_NOMINAL, ylabel=label, ylim=(0.5, 1.01))
    says = f"Coverage {_range_of(data, 'coverage')}."
    title = f"Coverage of the 95% credible interval: {_PRINTED[reporting].lower()}"
    key = f"simulation-coverage-{reporting.replace(' ', '-')}"
    return figure(key, title, draw, data, says=says, digits=3)


def bias_figure(ds: Dataset) -> Figure:
    """Draw how far the posterior median lies from the truth on average; broken lines: selective printing."""
    data = _settings_of(ds, "bias")
    draw = drawing(_lines, data, measure="bias", line=0, ylabel="Median less the truth, SMD")
    says = f"Bias {_range_of(data, 'bias')}."
    return figure("simulation-bias", "Bias of the posterior median", draw, data, says=says, digits=3)


def width_figure(ds: Dataset) -> Figure:
    """Draw how wide the credible interval is; broken lines: selective printing."""
    data = _settings_of(ds, "width")
    draw = drawing(_lines, data, measure="width", ylabel="Median width, SMD", ylim=(0, None))
    says = f"Median width {_range_of(data, 'width')}."
    return figure("simulation-width", "Width of the 95% credible interval", draw, data, says=says, digits=3)


def _settings_of(ds: Dataset, measure: str) -> pd.DataFrame:
    """Return a measure of the simulated settings in which tau was set."""
    data = ds.rows("simulation", reporting=["complete", "by significance"])
    data = data[["reporting", "k", "tau", measure]].astype({"k": int, "tau": float, measure: float})
    return data.sort_values(["reporting", "tau", "k"], ignore_index=True)


def _lines(data: pd.DataFrame, ax: Axes, *, measure: str, line: float | None = None, **labels: Any) -> Axes:
    """Draw a measure by number of trials, with a line where it is as it should be."""
    import seaborn as sns

    differ, printed = "Trials differ by", "Printed"
    shown = data.assign(trials=[str(k) for k in data["k"]])
    shown[differ] = [f"tau {number(tau, 2)}" for tau in data["tau"]]
    shown[printed] = data["reporting"]
    marked = {"marker": "o", "errorbar": None, "palette": [INK[role] for role in SERIES]}
    if data["reporting"].nunique() > 1:
        marked |= {"style": printed, "style_order": ["complete", "by significance"]}
    sns.lineplot(shown, x="trials", y=measure, hue=differ, ax=ax, **marked)
    if line is not None:
        ax.axhline(line, lw=1, color=INK["edge"])
    ax.set(xlabel="Trials", **labels)
    return ax


def _range_of(data: pd.DataFrame, measure: str) -> str:
    """Say between which values a measure lies and where they are met."""
    ends = data.sort_values(measure)
    low, high = ends.iloc[0], ends.iloc[-1]
    return f"from {_where(low, measure)} to {_where(high, measure)}"


def _where(row: pd.Series, measure: str) -> str:
    printed = _PRINTED[str(row["reporting"])]
    where = f"{plural(int(row['k']), 'trial')} and tau {number(row['tau'], 2)}"
    return f"{number(row[measure], 2)} ({printed[0].lower()}{printed[1:]}, {where})"


def calibration_figure(ds: Dataset) -> Figure:
    """Draw how often a benefit of the MID or more is true, by the probability that the posterior gives it."""
    data = ds.rows("simulation_calibration")[["reporting", "predicted", "observed", "observed_se", "runs"]]
    data = data.astype({"predicted": float, "observed": float, "observed_se": float, "runs": int})
    title = "Probability of the smallest important benefit or more, said and true"
    draw = drawing(_calibration, data)
    return figure("simulation-calibration", title, draw, data, says=calibrated(ds), digits=3)


def _calibration(data: pd.DataFrame, ax: Axes) -> Axes:
    import seaborn as sns

    sns.lineplot(data, x="predicted", y="observed", hue="reporting", marker="o", errorbar=None, ax=ax)
    ax.plot([0, 1], [0, 1], lw=1, color=INK["edge"])
    ax.set(xlabel="Probability that the posterior gives", ylabel="Share in which it is true")
    return ax


def calibrated(ds: Dataset) -> str:
    """Say how often what the posterior calls probable is true, with a warning where it is true less often."""
    parts = []
    for reporting, rows in ds.rows("simulation_calibration", low=[0.8, 0.9]).groupby("reporting", sort=False):
        runs = rows["runs"].astype(float)
        said, true = (
            float((rows[name].astype(float) * runs).sum() / runs.sum()) for name in ("predicted", "observed")
        )
        error = (true * (1 - true) / float(runs.sum())) ** 0.5
        less = "less often than said" if true + _ERRORS * error < said else "as often as said"
        parts.append(
            f"{_PRINTED[str(reporting)]}: {percent(100 * said)} on average, true in {percent(100 * true)} "
            f"(± {number(100 * error, 1)}), {less}"
        )
    return (
        f"Probabilities of {percent(100 * _LIKELY)} and more of a benefit of the smallest important "
        f"difference or more. {'. '.join(parts)}."
    )


def simulated(ds: Dataset) -> str:
    """Say how many runs there are, how exact they are, and where the interval covers less than it says."""
    rows = list(_records(ds, "simulation"))
    bad = [row for row in rows if _bad(row)]
    largest = max(row["coverage_se"] for row in rows)
    runs = min(row["runs"] for row in rows)
    said = (
        f"Each of {len(rows):,} settings has {runs:,} simulated meta-analyses, so that the Monte Carlo "
        f"standard error of a coverage is at most {number(largest, 3)}."
    )
    if not bad:
        return f"{said} No setting covers clearly less than {percent(100 * _NOMINAL)}."
    taus = [row["tau"] for row in bad]
    worst = min(bad, key=lambda row: row["coverage"])
    return (
        f"{said} {len(bad):,} cover clearly less than {percent(100 * _NOMINAL)}, all with a tau of "
        f"{number(min(taus), 2)} or more; the worst {percent(100 * worst['coverage'])}, with "
        f"{plural(int(worst['k']), 'trial')} and a tau of {number(worst['tau'], 2)}."
    )
