"""A data folder read and checked: from files to tables in memory."""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from evidence.dataset.catalogue import CATALOGUE, catalogue
from evidence.dataset.check import check_snapshot
from evidence.dataset.contract import Column, Table
from evidence.dataset.files import RawTable, Snapshot, parse, read_snapshot
from evidence.dataset.problems import Problem
from evidence.dataset.store import Dataset

#: The repository's data folder, seen from the installed (editable) package.
DEFAULT_FOLDER = Path(__file__).resolve().parents[3] / "data"

#: Holds the fingerprint of a data folder that this process need not check again (see `load`).
CHECKED_VARIABLE = "EVIDENCE_CHECKED_DATA"


class InvalidDataError(ValueError):
    """The tables break their contract or a rule.

    Attributes
    ----------
    problems : list of Problem
        Every problem found.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"the data cannot be used: {len(problems)} to put right\n{lines}")


def load(folder: str | os.PathLike[str] | None = None) -> Dataset:
    """Read and check a data folder.

    The answer is kept for as long as no byte of the folder's tables changes; a changed file is read anew.

    Parameters
    ----------
    folder : path, optional
        The repository's ``data/`` by default.

    Raises
    ------
    InvalidDataError
        When the tables break the contract or a rule: the message lists every problem. The check is left out
        only when the environment variable ``EVIDENCE_CHECKED_DATA`` holds the fingerprint of exactly these
        files, which the build sets for its workers after it has checked them.

    Examples
    --------
    >>> load().rows("studies", study_id="Sigtermans2009")["year"].tolist()
    [2009]
    """
    return _load(read_snapshot(DEFAULT_FOLDER if folder is None else Path(folder).resolve()))


@lru_cache(maxsize=8)
def _load(snapshot: Snapshot) -> Dataset:
    if os.environ.get(CHECKED_VARIABLE) != snapshot.fingerprint and (problems := check_snapshot(snapshot)):
        raise InvalidDataError(problems)
    contract, files = snapshot.contract, snapshot.files
    texts = {table.name: (files[table.path] or b"").decode("utf-8") for table in contract.tables.values()}
    raw = {name: parse(text) for name, text in texts.items()}
    raw |= catalogue(contract, raw)
    described = {**contract.tables, **CATALOGUE}
    frames = {name: _frame(described[name], cells) for name, cells in raw.items()}
    return Dataset(snapshot.folder, contract, snapshot.fingerprint, raw, frames)


def _frame(table: Table, raw: RawTable) -> pd.DataFrame:
    cells = zip(*raw.rows, strict=True) if raw.rows else [() for _ in table.columns]
    return pd.DataFrame(
        {column.name: _typed(column, texts) for column, texts in zip(table.columns, cells, strict=True)}
    )


def _typed(column: Column, texts: Iterable[str]) -> "pd.Series":
    values = [column.value(text) for text in texts]
    return pd.Series(values, dtype=column.dtype)
