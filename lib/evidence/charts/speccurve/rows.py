"""What a specification curve is made of: analyses in the order of their estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from evidence.charts.checks import check_order
from evidence.charts.frames import records, standard

ORDER: Final = "in the frame"  # the place of an analysis in the frame, which orders the options of a choice


def read(
    data: pd.DataFrame,
    choices: Sequence[str],
    est: str = "est",
    lo: str = "lo",
    hi: str = "hi",
    main: str = "main",
) -> pd.DataFrame:
    """Return the analyses in the order of their estimates, checked."""
    needed = ("est", "lo", "hi", *choices)
    named = standard(
        data, "speccurve", needed, est=est, lo=lo, hi=hi, main=main, **{name: name for name in choices}
    )
    if named.empty:
        raise ValueError(
            "A specification curve needs at least one analysis; say in words that there is none."
        )
    named = named.assign(main=named["main"].astype(bool) if "main" in named else False)
    if named["main"].sum() > 1:
        raise ValueError("More than one analysis is marked as the main one.")
    for row in records(named):
        check_order(", ".join(str(row[name]) for name in choices), row["lo"], row["est"], row["hi"])
    named[ORDER] = range(len(named))
    return named.sort_values(["est", "lo", *choices], kind="stable", ignore_index=True)


def varied_of(ranked: pd.DataFrame, choices: Sequence[str]) -> list[str]:
    """Return the choices in which the analyses differ."""
    return [name for name in choices if ranked[name].nunique() > 1]
