"""Every problem of a data folder at once.

The rules bring SciPy and pandera, which tables that were checked before can spare: they are imported when
something is to be checked.
"""

from __future__ import annotations

import os
from pathlib import Path

from evidence.dataset.files import Snapshot, read_snapshot
from evidence.dataset.package import ContractError
from evidence.dataset.problems import Problem


def check(folder: str | os.PathLike[str]) -> list[Problem]:
    """Check a data folder against its contract and against the rules of `evidence.dataset.rules`.

    Returns
    -------
    list of Problem
        All problems, by table in the order of the contract, then by line; empty when there is none. ``str``
        of a problem is one line with file, line, column, value, what is allowed and what to do.
    """
    from evidence.dataset.problems_of import placed

    path = Path(folder).resolve()
    try:
        snapshot = read_snapshot(path)
    except ContractError as error:
        return [placed(error.problem, path)]
    return check_snapshot(snapshot)


def check_snapshot(snapshot: Snapshot) -> list[Problem]:
    """Check files that were read already; see `check`."""
    from evidence.dataset import problems_of

    return problems_of.check_snapshot(snapshot)
