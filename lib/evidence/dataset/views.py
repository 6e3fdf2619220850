"""Results as tables: computed from the tables once, kept between builds, and asked for like them.

What asks for a view depends on its rows and not on the rows behind it: a changed cell that leaves a view as
it was changes nothing further on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Protocol

from evidence.dataset.recorder import Query, Where, recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.dataset.store import Dataset

P = ParamSpec("P")

#: A row: values that JSON can hold, by column.
Row = Mapping[str, Any]
Rows = Sequence[Row]
#: Gives the digest of the present answer to a query (table or view, conditions).
Ask = Callable[[str, Where], str]

#: Begins the name of a view where it stands among the tables that were asked.
PREFIX: Final = "view:"
#: The tables that hold results of studies.
RESULTS: Final = ("arm_results", "contrasts")

_views: dict[str, Callable[..., Rows]] = {}
_kept: list[tuple[Kept, str]] = []


class Kept(Protocol):
    """Where results are kept between runs: by what computes them and what the tables answered."""

    def find(self, place: str, ask: Ask) -> Any:
        """Return what was kept at a place while the tables answered as they do now; None for nothing."""

    def keep(self, place: str, queries: Sequence[Query], value: Any) -> object:
        """Keep a result with the queries behind it."""


class UnknownViewError(LookupError):
    """No module that was imported defines a view."""


@dataclass(frozen=True, slots=True)
class Computed:
    """The rows of a view, their digest, and the studies whose results were asked for by name to make them."""

    rows: Rows
    digest: str
    studies: tuple[str, ...]

    def query(self, name: str, where: Where) -> Query:
        """Return the view as a query that was answered."""
        return Query(table=name, where=where, digest=self.digest, studies=list(self.studies))


def view(
    compute: Callable[Concatenate[Dataset, P], Rows],
) -> Callable[Concatenate[Dataset, P], Rows]:
    """Make a view of a function of the tables; its arguments are texts, numbers, None, or lists of them.

    Examples
    --------
    >>> @view
    ... def people(ds: Dataset, drug: str) -> Rows:
    ...     return [{"people": int(ds.rows("interventions", drug=drug)["study_id"].nunique())}]
    """
    name = f"{PREFIX}{compute.__module__}.{compute.__qualname__}"
    _views[name] = compute

    def asked(ds: Dataset, /, *arguments: P.args, **named: P.kwargs) -> Rows:
        if arguments:
            raise TypeError(f"{compute.__qualname__}: name the arguments, which are the conditions of a view")
        return ds.view(name, dict(named))  # type: ignore[arg-type]

    asked.__doc__, asked.__name__ = compute.__doc__, compute.__name__
    return asked


def is_view(name: str) -> bool:
    """Whether a name among the queries is that of a view."""
    return name.startswith(PREFIX)


def studies_asked(queries: Sequence[Query]) -> list[str]:
    """Return the ids of the studies whose results were asked for by name, directly or by way of a view."""
    found: set[str] = set()
    for query in queries:
        named = query["where"].get("study_id") if query["table"] in RESULTS else query.get("studies")
        found.update(str(study) for study in (named if isinstance(named, list) else [named]) if study)
    return sorted(found)


def computed(ds: Dataset, name: str, where: Where) -> Computed:
    """Return the rows of a view: as they were kept, or computed now.

    Raises
    ------
    UnknownViewError
        When the view has to be computed and no module that was imported defines it.
    """
    store, library = _kept[-1] if _kept else (None, "")
    place = _digest([library, name, where])
    found = None if store is None else store.find(place, ds.digest)
    if found is None and name not in _views:
        raise UnknownViewError(f"no module that was imported defines {name}")
    if found is None:
        with recording(alone=True) as queries:
            rows = _views[name](ds, **where)
        value = {"rows": rows, "studies": studies_asked(queries)}
        found = json.loads(json.dumps(value))  # what is kept and what is new look alike
        if store is not None:
            store.keep(place, queries, found)
    return Computed(found["rows"], _digest(found["rows"]), tuple(found["studies"]))


def is_keeping() -> bool:
    """Whether views are kept somewhere."""
    return bool(_kept)


@contextmanager
def kept_in(store: Kept, library: str) -> Iterator[None]:
    """Keep views in a store inside the block, as computed by a library of this hash."""
    _kept.append((store, library))
    try:
        yield
    finally:
        _kept.pop()


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
