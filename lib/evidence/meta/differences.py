"""Where `evidence.meta` differs from metafor or RevMan on purpose, or where their rule is not known."""

from __future__ import annotations

from importlib.resources import files

import pandas as pd


def differences() -> pd.DataFrame:
    """The differences, one row each.

    Returns
    -------
    DataFrame
        Text columns: `what` differs; `reference`, the program and version; what `theirs` does and `ours`
        does; `why`; which one is `right`; and the `test` of this project that holds it.
    """
    with files("evidence.meta").joinpath("differences.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str)
