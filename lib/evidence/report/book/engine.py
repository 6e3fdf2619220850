"""How the engine is checked: where it differs from R on purpose, and how its pooling does in simulation."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import pandas as pd

from evidence.charts.figure import Figure
from evidence.charts.forest import Heads, Kind, forest_figure
from evidence.charts.measure import Measure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.meta.distributions import Z95
from evidence.wording.numbers import number

_HEADS: Final = Heads(row="Way of pooling", detail="coverage and width", effect="Bias (Monte Carlo interval)")
_SIMULATED: Final = Kind("simulated", "mean bias in the simulation, with its Monte Carlo interval")


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
    """Show bias, coverage and width of three ways to treat trials without numbers, by number of trials."""
    rows = ds.rows("simulation")
    columns = (
        Column("Way"),
        Column("Trials", "right"),
        Column("Cases", "right"),
        Column("Runs with an estimate", "right", "share"),
        Column("Mean absolute bias", "right", "SMD"),
        Column("Coverage", "right", "share of intervals that hold the truth"),
        Column("Width", "right", "SMD"),
    )
    cells = []
    for (method, k), group in rows.groupby(["method", "k"], sort=False):
        values = (
            group["estimable"].mean(),
            group["bias"].abs().mean(),
            group["coverage"].mean(),
            group["width"].mean(),
        )
        cells.append(
            (
                Cell(str(method)),
                Cell(str(k)),
                Cell(str(len(group))),
                *(Cell(number(float(value), 2), value=float(value)) for value in values),
            )
        )
    caption = "Simulated meta-analyses with known truth, in which what is printed depends on significance"
    return Table("simulation", caption, columns, tuple(cells))


def simulation_figure(ds: Dataset) -> Figure:
    """Draw the bias of each way of pooling in one setting, a block for each number of trials."""
    mu, tau = (float(ds.setting(f"simulation_shown_{name}")) for name in ("mu", "tau"))
    rows = ds.rows("simulation", mu=mu, tau=tau, reporting="significance")
    shown = pd.DataFrame([_bias(row) for row in rows.sort_values("k", kind="stable").to_dict("records")])
    measure = Measure(
        "Bias of the pooled effect (SMD)",
        digits=2,
        favours_low="benefit overstated",
        favours_high="benefit understated",
    )
    title = f"Simulated trials with a true effect of {number(mu, 1)} SMD and tau {number(tau, 1)}"
    caption = "Bars are Monte Carlo intervals of the bias; coverage is that of 95% CIs."
    return forest_figure(
        "simulation-bias",
        title,
        shown,
        caption=caption,
        measure=measure,
        heads=_HEADS,
        kinds={"reported": _SIMULATED},
    )


def _bias(row: dict[Hashable, Any]) -> dict[str, Any]:
    reach = Z95 * row["bias_se"]
    return {
        "block": f"{row['k']} trials",
        "label": row["method"],
        "est": row["bias"],
        "lo": row["bias"] - reach,
        "hi": row["bias"] + reach,
        "detail": f"coverage {number(row['coverage'], 2)}, width {number(row['width'], 2)}",
    }
