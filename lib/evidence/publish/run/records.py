"""Executions that are kept, what each was computed from, and why one no longer holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from evidence.dataset import Query
from evidence.dataset.views import Ask
from evidence.publish.run import state
from evidence.publish.run.chapters import Chapter, Parsed
from evidence.publish.run.execution import Execution
from evidence.results.store import Store, Traced, key_of

#: The place of the list of the executions that hold.
_CURRENT: Final = "current"

#: Values of a condition that a reason names one by one.
_NAMED: Final = 3


@dataclass(frozen=True)
class Record:
    """An execution with everything it depended on.

    Attributes
    ----------
    source : str
        Digest of the chapter's name, code cells and prose expressions.
    library, environment : str
        Hashes of what ran it; see `evidence.publish.run.state`.
    execution : Execution
        What it gave; its queries hold the digest of each answer.
    """

    source: str
    library: str
    environment: str
    execution: Execution

    @property
    def place(self) -> str:
        """A digest of what ran: code, library and environment."""
        return state.digest(self.source, self.library, self.environment)

    @property
    def key(self) -> str:
        """Under which it is kept."""
        return key_of(self.place, self.execution.queries)

    @property
    def data_fingerprint(self) -> str:
        """One hash for all the answers that the data gave."""
        return state.digest(json.dumps(self.execution.queries, sort_keys=True))


@dataclass(frozen=True)
class Running:
    """What runs the chapters: see `evidence.publish.run.state`."""

    library: str
    environment: str

    @classmethod
    def now(cls, root: Path) -> Running:
        """Return the state of a checkout."""
        return cls(state.library(root), state.environment(root))


class Records:
    """The executions of a checkout, by chapter, code, library, environment and answers of the tables.

    Several are kept for each chapter: going back to a former state of anything finds what it gave then.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)
        self.traced = Traced(self._store)

    def find(self, chapter: Chapter, running: Running, ask: Ask) -> Record | None:
        """Return the execution that holds now, if there ever was one."""
        return _record(self.traced.find(_place(chapter, running), ask))

    def keep(self, chapter: Chapter, running: Running, execution: Execution) -> Record:
        """Keep an execution.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        record = Record(source_digest(chapter), running.library, running.environment, execution)
        self.traced.keep(record.place, execution.queries, asdict(record))
        return record

    @contextmanager
    def parsed(self, running: Running) -> Iterator[Parsed]:
        """Hand out what texts of pages were parsed into; keep what was asked for."""
        key = f"parsed-{state.digest(running.library, running.environment)}"
        stored = self._store.get(key)
        before = stored if isinstance(stored, dict) else {}
        parsed = Parsed(before)
        yield parsed
        if parsed.asked.keys() != before.keys():
            self._store.put(key, parsed.asked)

    def forget(self, since: int) -> None:
        """Forget what was kept or used at a time or later; see `evidence.results.store.Store.forget`."""
        self._store.forget(since)

    def note(self, current: Mapping[str, Record]) -> None:
        """Note which executions hold, for what looks at them later, and make room."""
        keys = {docname: record.key for docname, record in current.items()}
        if self._store.get(_CURRENT) != keys:
            self._store.put(_CURRENT, keys)
        self._store.prune()

    def current(self) -> dict[str, Record]:
        """Return the executions that held when they were last brought up to date, by docname."""
        keys = self._store.get(_CURRENT)
        noted = keys.items() if isinstance(keys, dict) else ()
        found = {str(name): _record(self._store.get(str(key))) for name, key in noted}
        return {name: record for name, record in found.items() if record is not None}


def _record(stored: Any) -> Record | None:
    try:
        return Record(**{**stored, "execution": Execution(**stored["execution"])})
    except (TypeError, KeyError):
        return None


def source_digest(chapter: Chapter) -> str:
    """Digest what runs of a chapter; prose does not count."""
    steps = [(code, texts) for _, code, texts in chapter.steps()]
    return state.digest(json.dumps([chapter.docname, steps]))


def reasons(chapter: Chapter, before: Record | None, running: Running, ask: Ask) -> list[str]:
    """Say what changed since the execution that held before."""
    if before is None:
        return ["never run"]
    if before.environment != running.environment:
        return ["the environment changed"]
    if before.library != running.library:
        return ["the library changed"]
    if before.source != source_digest(chapter):
        return ["its code changed"]
    return [
        f"{query['table']} {_conditions(query['where'])} changed"
        for query in before.execution.queries
        if _answer(ask, query) != query["digest"]
    ] or ["its record cannot be read"]


def _place(chapter: Chapter, running: Running) -> str:
    return state.digest(source_digest(chapter), running.library, running.environment)


def _answer(ask: Ask, query: Query) -> str:
    try:
        return ask(query["table"], query["where"])
    except (ValueError, KeyError):
        return "cannot be asked any more"


def _conditions(where: dict[str, Any]) -> str:
    return " and ".join(f"{key}={_shown(value)}" for key, value in where.items()) or "(whole table)"


def _shown(value: Any) -> str:
    """Return a condition in short: of a long list the number and the first."""
    if isinstance(value, list) and len(value) > _NAMED:
        return f"{value[0]} and {len(value) - 1} others"
    return str(value)
