"""A static page that searches and sorts the table of a shelf, with its picture."""

from __future__ import annotations

import html
import io
import json
import math
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow.parquet as parquet

from evidence.packages.shelf.picture import SERIES, draw, turned

MOST: Final = 50_000
"""Rows that the page holds; Parquet has all."""
COLUMNS: Final = (
    "review", "comparison", "outcome", "subgroup", "measure", "model", "k", "log_scale", "published_estimate",
    "published_ci_low", "published_ci_high", "modern_estimate", "modern_ci_low", "modern_ci_high",
    "modern_pi_low", "modern_pi_high", "posterior_median", "posterior_ci_low", "posterior_ci_high",
    "posterior_below", "leave_one_out", "changes", "effects_printed", "effects_reproduced", "miss",
)  # fmt: skip
DIGITS: Final = 4
FOLDER: Final = Path(__file__).parent


def write(table: Path, folder: Path) -> None:
    """Write `index.html`, `turned.svg` and `turned.csv` beside the table of a shelf.

    Parameters
    ----------
    table
        The Parquet file that `run` wrote.
    folder
        Where to write.
    """
    wanted = [*COLUMNS, *(f"{name}_excludes" for name in ("published", *SERIES)), "weights_error"]
    frame = parquet.read_table(table, columns=wanted).to_pandas()
    shares = turned(frame)
    shares.to_csv(folder / "turned.csv", index=False)
    (folder / "turned.svg").write_text(_svg(shares), "utf-8")
    text = (FOLDER / "page.html").read_text("utf-8")
    shown = _first(frame)
    for name, value in {
        "SUMMARY": _summary(frame, len(shown)),
        "SHARES": _table(shares),
        "ROWS": json.dumps(_columns(shown), separators=(",", ":"), allow_nan=False).replace("</", "<\\/"),
    }.items():
        text = text.replace(f"<!--{name}-->", value)
    (folder / "index.html").write_text(text, "utf-8")


def _svg(shares: pd.DataFrame) -> str:
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    with mpl.rc_context({"svg.hashsalt": "shelf", "svg.fonttype": "none", "font.size": 11}):
        figure = draw(shares).figure
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})  # type: ignore[union-attr]
        plt.close(figure)  # type: ignore[arg-type]
    return out.getvalue()


def _first(frame: pd.DataFrame) -> pd.DataFrame:
    """All rows, or as many as the page holds: what changes first."""
    if len(frame) <= MOST:
        return frame
    order = (frame["changes"] == "").to_numpy().argsort(kind="stable")[:MOST]
    return frame.iloc[sorted(order)]


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Column by column, numbers with the digits that a table shows."""
    found: dict[str, list[Any]] = {}
    for name in COLUMNS:
        values = frame[name]
        if values.dtype.kind == "f":
            found[name] = [None if math.isnan(value) else float(f"{value:.{DIGITS}g}") for value in values]
        else:
            found[name] = values.tolist()
    return found


def _summary(frame: pd.DataFrame, shown: int) -> str:
    analyses = frame.drop_duplicates(["review", "comparison", "outcome"])
    printed, reproduced = (int(analyses[name].sum()) for name in ("effects_printed", "effects_reproduced"))
    weighed = analyses["weights_error"].notna()
    close = (analyses["miss"] == "") & weighed
    changed = int((frame["changes"] != "").sum())
    words = [
        f"{len(analyses):,} analyses of {frame['review'].nunique():,} reviews with {len(frame):,} results.",
        f"Printed effects reproduced: {reproduced:,} of {printed:,}.",
        f"Analyses whose printed weights are reproduced: {int(close.sum()):,} of {int(weighed.sum()):,}.",
        f"Results whose conclusion something changes: {changed:,}.",
    ]
    if shown < len(frame):
        words.append(f"This page holds {shown:,} results, those that change first; the Parquet file has all.")
    return " ".join(html.escape(each) for each in words)


def _table(shares: pd.DataFrame) -> str:
    head = "".join(
        f'<th scope="col">{html.escape(each)}</th>' for each in ("Studies", "Published", *SERIES.values())
    )
    body = "".join(
        f'<tr><th scope="row">{html.escape(row["studies"])}</th><td>{row["published"]:,}</td>'
        + "".join(f"<td>{_percent(row[name])}</td>" for name in SERIES)
        + "</tr>"
        for row in shares.to_dict("records")
    )
    return f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.0f} %"
