"""The tables in memory: typed, selected by column values, and every selection recorded."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import pandas as pd

from evidence.dataset import views
from evidence.dataset.catalogue import CATALOGUE
from evidence.dataset.conditions import canonical
from evidence.dataset.contract import Contract, Table
from evidence.dataset.files import RawTable
from evidence.dataset.recorder import Query, Scalar, Where, answer_digest, name_of, record, recording

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The tables of one data folder. Ask it with `rows` and `setting`.

    Attributes
    ----------
    folder : Path
        Where the tables were read.
    contract : Contract
        The columns of every table.
    fingerprint : str
        Digest of the contract and of every file.
    """

    folder: Path
    contract: Contract
    fingerprint: str
    raw: Mapping[str, RawTable]
    frames: Mapping[str, pd.DataFrame]
    _selections: dict[str, tuple[Query, list[int]]] = field(default_factory=dict, repr=False)
    _answers: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _plain: dict[tuple[str, str], list[Any]] = field(default_factory=dict, repr=False)
    _digests: dict[str, str] = field(default_factory=dict, repr=False)
    _views: dict[str, views.Computed] = field(default_factory=dict, repr=False)
    _columns: dict[tuple[str, str], dict[Scalar, list[int]]] = field(default_factory=dict, repr=False)
    _results: dict[Hashable, tuple[object, dict[str, Query]]] = field(default_factory=dict, repr=False)

    def rows(self, table: str, /, **where: object) -> pd.DataFrame:
        """Select rows of a table.

        Parameters
        ----------
        table : str
            The name of a table, such as ``"studies"``; or ``"tables"`` or ``"columns"``, which describe the
            tables (see `evidence.dataset.catalogue`).
        **where
            Conditions that must all hold: ``column=value``, ``column=[values]`` for any of several values,
            ``column=None`` for an empty cell (None may stand in a list too).

        Returns
        -------
        DataFrame
            A copy, in file order, numbered from 0. Text is ``str``, numbers are ``float64``, whole numbers
            ``Int64`` (``int64`` in a column that must be filled). An empty cell is missing (``isna``).

        Raises
        ------
        ValueError
            When there is no such table or column, or a value that the column can never hold.
        """
        key, selected = self._asked(table, where)
        if key not in self._answers:
            self._answers[key] = self.frames[table].iloc[selected].reset_index(drop=True)
        return self._answers[key].copy()

    def records(self, kind: Callable[..., R], table: str, /, **where: object) -> tuple[R, ...]:
        """Select rows of a table as `rows` does, each as a record.

        Parameters
        ----------
        kind : dataclass
            What to make of a row: its fields are filled from the columns of the same names, with None for an
            empty cell. A field that the table has no column for keeps its default.
        table : str
        **where

        Examples
        --------
        >>> from dataclasses import dataclass
        >>> @dataclass
        ... class Mid:
        ...     value: str
        >>> from evidence import dataset
        >>> dataset.load().records(Mid, "settings", key="main_mid")
        (Mid(value='10'),)
        """
        _, selected = self._asked(table, where)
        frame = self.frames[table]
        wanted = [part.name for part in fields(kind) if part.name in frame.columns]  # type: ignore[arg-type]
        columns = [self._cells(table, name) for name in wanted]
        rows = (dict(zip(wanted, (column[i] for column in columns), strict=True)) for i in selected)
        return tuple(kind(**row) for row in rows)

    def _asked(self, table: str, where: Mapping[str, object]) -> tuple[str, list[int]]:
        """Return the name of a query and which rows answer it, and record it."""
        described = self._table(table)
        conditions = self._canonical(described, where)
        key = name_of(table, conditions)
        if key not in self._selections:
            selected = self._select(described, conditions)
            query = Query(table=table, where=conditions, digest=self._digest(described, selected))
            self._selections[key] = query, selected
        query, selected = self._selections[key]
        record({key: query})
        return key, selected

    def _cells(self, table: str, name: str) -> list[Any]:
        """The cells of a column as Python's own values, None where one is empty."""
        if (table, name) not in self._plain:
            column = self.frames[table][name].tolist()
            empty = (value is pd.NA or value != value for value in column)
            self._plain[table, name] = [None if no else each for each, no in zip(column, empty, strict=True)]
        return self._plain[table, name]

    def once(
        self, compute: Callable[Concatenate["Dataset", P], T], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Return what a function computes from the tables and from hashable arguments, computing it once.

        The queries behind the result are recorded each time, as if it were computed anew. The result is
        shared: it is not to be changed.
        """
        key: Hashable = (compute, arguments, tuple(sorted(named.items())))
        if key not in self._results:
            with recording() as log:
                self._results[key] = compute(self, *arguments, **named), log.named
        result, asked = self._results[key]
        record(asked)
        return cast(T, result)

    def view(self, name: str, where: Where) -> views.Rows:
        """Return the rows of a view, computed once and kept; see `evidence.dataset.views`."""
        key = name_of(name, where)
        if key not in self._views:
            self._views[key] = views.computed(self, name, where)
        record({key: self._views[key].query(name, where)})
        return self._views[key].rows

    def setting(self, key: str) -> float | int | str:
        """Return a value of ``settings.csv``, typed as ``datapackage.json`` says; a list or a date as text.

        Raises
        ------
        ValueError
            When there is no such key.
        """
        if key not in self.contract.settings:
            known = ", ".join(self.contract.settings)
            raise ValueError(f"datapackage.json describes no setting {key!r}; the settings are {known}")
        text = self.once(_setting, key)
        match self.contract.settings[key].column.type:
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case _:
                return text

    def words(self, key: str) -> tuple[str, ...]:
        """Return the words of a setting that is a list, in their order.

        Raises
        ------
        ValueError
            When there is no such key, or it is no list.
        """
        text = self.setting(key)
        if self.contract.settings[key].column.type != "list":
            raise ValueError(f"the setting {key!r} is no list of words: ask with setting()")
        return tuple(str(text).split())

    def digest(self, table: str, where: Where) -> str:
        """Digest of the answer to a query, without recording it; see `evidence.dataset.digest`."""
        key = name_of(table, where)
        if key not in self._digests and views.is_view(table):
            if key not in self._views:
                self._views[key] = views.computed(self, table, where)
            self._digests[key] = self._views[key].digest
        elif key not in self._digests:
            described = self._table(table)
            selected = self._select(described, self._canonical(described, where))
            self._digests[key] = self._digest(described, selected)
        return self._digests[key]

    def values(self, table: str, column: str, where: Mapping[str, object]) -> frozenset[str]:
        """Return the cells of a column among the rows that answer a query, as text, without recording it.

        Raises
        ------
        ValueError
            When there is no such table or column, or a value that the column can never hold.
        """
        described = self._table(table)
        position = described.header.index(described.column(column).name)
        selected = self._select(described, self._canonical(described, where))
        return frozenset(self.raw[table].rows[place][position] for place in selected)

    def _table(self, name: str) -> Table:
        return CATALOGUE[name] if name in CATALOGUE else self.contract.table(name)

    def _canonical(self, table: Table, where: Mapping[str, object]) -> Where:
        return canonical(table, where, lambda name: self._places(table, name))

    def _select(self, table: Table, conditions: Where) -> list[int]:
        chosen: set[int] | None = None
        for name, wanted in conditions.items():
            places = self._places(table, name)
            values = wanted if isinstance(wanted, list) else [wanted]
            found = {place for value in values for place in places.get(value, ())}
            chosen = found if chosen is None else chosen & found
        return list(range(len(self.raw[table.name].rows))) if chosen is None else sorted(chosen)

    def _places(self, table: Table, name: str) -> dict[Scalar, list[int]]:
        """Where in a table each value of a column stands; None for an empty cell."""
        key = (table.name, name)
        if key not in self._columns:
            column, position = table.column(name), table.header.index(name)
            places: dict[Scalar, list[int]] = {}
            for place, row in enumerate(self.raw[table.name].rows):
                places.setdefault(column.value(row[position]), []).append(place)
            self._columns[key] = places
        return self._columns[key]

    def _digest(self, table: Table, selected: Sequence[int]) -> str:
        rows = self.raw[table.name].rows
        return answer_digest(table.columns, [rows[position] for position in selected])


def _setting(ds: Dataset, key: str) -> str:
    return str(ds.rows("settings", key=key)["value"].iloc[0])


def once(compute: Callable[Concatenate[Dataset, P], T]) -> Callable[Concatenate[Dataset, P], T]:
    """Let a dataset remember what a function of it and of hashable arguments gives; see `Dataset.once`.

    Examples
    --------
    >>> @once
    ... def people(ds: Dataset, drug: str) -> int:
    ...     return int(ds.rows("interventions", drug=drug)["study_id"].nunique())
    """

    @wraps(compute)
    def remembered(ds: Dataset, /, *arguments: P.args, **named: P.kwargs) -> T:
        return ds.once(compute, *arguments, **named)

    return remembered


def digest(table: str, where: Where, ds: Dataset) -> str:
    """Digest of the answer that `ds` gives now to a recorded query; nothing is recorded.

    Raises
    ------
    ValueError
        When the query can no longer be asked (a table, a column or a word of a vocabulary is gone).
    """
    return ds.digest(table, where)
