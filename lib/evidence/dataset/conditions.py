"""What may be asked of a column, in the one form that is recorded, and which cells answer it."""

from collections.abc import Callable, Container, Mapping

import numpy as np
import pandas as pd

from evidence.dataset.contract import Column, Table
from evidence.dataset.recorder import Scalar, Where


def canonical(table: Table, where: Mapping[str, object], held: Callable[[str], Container[object]]) -> Where:
    """Write the conditions of a query in the one form that is recorded: columns sorted, plain values, lists.

    Parameters
    ----------
    table : Table
        The table that is asked.
    where : mapping
        Conditions as `Dataset.rows` takes them.
    held : callable
        The values that a column holds: a text among them need not be checked again.

    Raises
    ------
    ValueError
        When the table has no such column, or the column can never hold a value that is asked for.
    """
    return {name: _wanted(table, name, where[name], held) for name in sorted(where)}


def _wanted(
    table: Table, name: str, wanted: object, held: Callable[[str], Container[object]]
) -> Scalar | list[Scalar]:
    column = table.column(name)
    known = held(name)
    if isinstance(wanted, list | tuple | np.ndarray | pd.Series | pd.Index):
        return [_scalar(table, column, value, known) for value in wanted]
    if isinstance(wanted, set | frozenset):
        empty: list[Scalar] = [None] if None in wanted else []
        return [*(_scalar(table, column, value, known) for value in sorted(wanted - {None})), *empty]
    return _scalar(table, column, wanted, known)


def _scalar(table: Table, column: Column, value: object, known: Container[object]) -> Scalar:
    if isinstance(value, str) and value in known:
        return value
    value = value.item() if isinstance(value, np.generic) else value
    if value is None:
        return None
    where = f"{table.name}.{column.name}"
    if column.type in ("string", "date"):
        if not isinstance(value, str) or value == "":
            raise ValueError(f"{where} holds text: {value!r} is not; use None for an empty cell")
        if column.allowed and value not in column.allowed:
            raise ValueError(f"{where} never holds {value!r}; it holds {', '.join(column.allowed)}")
        if not column.matches(value):
            raise ValueError(f"{where} never holds {value!r}; it holds text of the form {column.pattern}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError(f"{where} holds numbers: {value!r} is not one; use None for an empty cell")
    return value
