"""How often today's intervals include no effect where the published one did not, by number of studies."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

GROUPS: Final = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4", 4, 4), ("5–9", 5, 9), ("10–19", 10, 19))
LAST: Final = ("20 and more", 20)
SERIES: Final = {
    "modern": "Hartung–Knapp interval",
    "adhoc": "the same, never narrower than t",
    "posterior": "posterior interval",
    "prediction": "prediction interval",
}


def turned(table: pd.DataFrame) -> pd.DataFrame:
    """Share of published intervals that exclude no effect and whose successors do not.

    Parameters
    ----------
    table
        As `assess` gives it.

    Returns
    -------
    DataFrame
        One row per number of studies: `studies` (words), `published` (intervals that exclude no effect), and
        for each of `SERIES` the share of these, 0 to 1, in which that interval includes it. NaN where there
        are none.

    Examples
    --------
    >>> from evidence.packages.shelf.assess import VERDICTS
    >>> one = pd.DataFrame({"k": [2, 2]} | {name: [True, True] for name in VERDICTS}, dtype=object)
    >>> turned(one.assign(modern_excludes=[True, False]))["modern"].tolist()[:2]
    [nan, 0.5]
    """
    known = table["published_excludes"].fillna(False).astype(bool)
    rows: list[dict[str, Any]] = []
    for words, low, high in (*GROUPS, (*LAST, np.inf)):
        chosen = table[known & (table["k"] >= low) & (table["k"] <= high)]
        row: dict[str, Any] = {"studies": words, "published": len(chosen)}
        for name in SERIES:
            verdict = chosen[f"{name}_excludes"].dropna().astype(bool)
            compared = len(verdict) and (low > 1 or name == "posterior")
            row[name] = 1 - float(verdict.mean()) if compared else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def draw(shares: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw `turned`: one line per kind of interval, numbers of studies along the axis.

    Parameters
    ----------
    shares
        As `turned` gives it.
    ax
        Axes to draw on; without it, new ones.
    """
    import matplotlib.pyplot as plt
    import seaborn as sns

    axes = plt.subplots(figsize=(8, 4.5), layout="constrained")[1] if ax is None else ax
    long = shares.melt("studies", list(SERIES), var_name="interval", value_name="share").dropna()
    long["interval"] = long["interval"].map(SERIES)
    long["share"] *= 100
    sns.lineplot(
        long, x="studies", y="share", hue="interval", style="interval", markers=True, palette="colorblind",
        sort=False, ax=axes,
    )  # fmt: skip
    axes.set(xlabel="Studies in the analysis", ylabel="Published conclusions that it takes back, %")
    axes.set_ylim(0, 100)
    axes.legend(title=None, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return axes
