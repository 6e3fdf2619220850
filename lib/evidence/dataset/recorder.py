"""What was asked of the tables, with a digest of each answer: a page is rebuilt when an answer changes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import NotRequired, TypeAlias, TypedDict

from evidence.dataset.contract import Column

Scalar: TypeAlias = str | int | float | None
Where: TypeAlias = dict[str, Scalar | list[Scalar]]


class Query(TypedDict):
    """One question put to the tables, ready for JSON.

    `where` maps a column to a value, a list of values, or None for an empty cell; `digest` stands for the
    answer. A view has the `studies` whose results were asked for by name to make it.
    """

    table: str
    where: Where
    digest: str
    studies: NotRequired[list[str]]


class Log(list[Query]):
    """Queries in the order first asked, each one once.

    Attributes
    ----------
    named : dict of str to Query
        The same by name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, Query] = {}

    def add(self, name: str, query: Query) -> None:
        """Note a query, unless it is known."""
        if name not in self.named:
            self.named[name] = query
            self.append(query)


_listeners: ContextVar[tuple[Log, ...]] = ContextVar("listeners", default=())


@contextmanager
def recording(*, alone: bool = False) -> Iterator[Log]:
    """Gather every query put to any `Dataset` inside the block, each one once, in the order first asked.

    Parameters
    ----------
    alone : bool
        Hide the queries of the block from recordings around it.

    Examples
    --------
    >>> from evidence.dataset import load
    >>> with recording() as queries:
    ...     found = load().rows("studies", study_id="Sigtermans2009")
    >>> queries[0]["table"]
    'studies'
    """
    queries = Log()
    token = _listeners.set((queries,) if alone else (*_listeners.get(), queries))
    try:
        yield queries
    finally:
        _listeners.reset(token)


def name_of(table: str, where: Mapping[str, object]) -> str:
    """Return the name under which a query is known."""
    return json.dumps([table, where])


def record(asked: Mapping[str, Query]) -> None:
    """Tell every open recording about queries, by name."""
    for log in _listeners.get():
        for name, query in asked.items():
            log.add(name, query)


def answer_digest(columns: Sequence[Column], rows: Sequence[tuple[str, ...]]) -> str:
    """Digest of the texts of the selected rows, in file order, under the names and dtypes of their columns.

    Rows that are not selected, and the lines the rows stand on, do not enter it.
    """
    answer = [[(column.name, column.dtype) for column in columns], rows]
    return sha256(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
