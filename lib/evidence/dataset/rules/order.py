"""Rules on the order and the sameness of rows."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, Row, rule


@rule("No two rows of a table have the same primary key.")
def primary_key(data: Data) -> Iterator[Problem]:
    """Yield every row whose key an earlier row has."""
    for table in data.contract.tables.values():
        if table.primary_key:
            yield from _repeated(data.tables[table.name], table.primary_key)


@rule("A column that is declared unique holds no value twice.")
def unique_values(data: Data) -> Iterator[Problem]:
    """Yield every row whose value an earlier row has; single-column keys are left to `primary_key`."""
    for table in data.contract.tables.values():
        for column in table.columns:
            if column.unique and table.primary_key != (column.name,):
                yield from _repeated(data.tables[table.name], (column.name,))


@rule("Rows are sorted by study_id (capital letters before small ones).")
def study_ids_sorted(data: Data) -> Iterator[Problem]:
    """Yield every row whose study should stand before the study of the row above."""
    for rows in data.tables.values():
        for above, row in pairwise(rows):
            if row["study_id"] and row["study_id"] < above["study_id"]:
                allowed = f"a study_id not before {above['study_id']!r} of the row above"
                yield row.problem("study_id", allowed, "move the row to its place in the order")


def _repeated(rows: Sequence[Row], columns: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        if not any(key):
            continue
        if key in first:
            allowed = f"one row for each {' + '.join(columns)} (line {first[key].line} has the same)"
            remedy = "remove one of the rows, or make the key differ if they are two results"
            yield row.problem(columns[-1], allowed, remedy)
        else:
            first[key] = row
