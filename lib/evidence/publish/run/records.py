"""Executions that are kept, what each was computed from, and why one no longer holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from evidence.publish.run import state
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.execute import Execution
from evidence.results.store import Store

#: Gives the digest of the data's present answer to a query (table, conditions).
Ask = Callable[[str, dict[str, Any]], str]

#: Different lists of queries that are remembered for one state of a chapter's code and library.
_LISTS: Final = 16
_CURRENT: Final = "current"


@dataclass(frozen=True)
class Record:
    """An execution with everything it depended on.

    Attributes
    ----------
    key : str
        Under which it is kept: a digest of all that follows but what it gave.
    source : str
        Digest of the chapter's name, code cells and prose expressions.
    library, environment : str
        Hashes of what ran it; see `evidence.publish.run.state`.
    execution : Execution
        What it gave; its queries hold the digest of each answer.
    """

    key: str
    source: str
    library: str
    environment: str
    execution: Execution

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

    def find(self, chapter: Chapter, running: Running, ask: Ask) -> Record | None:
        """Return the execution that holds now, if there ever was one."""
        place = _place(chapter, running)
        for asked in self._store.get(_asked(place)) or []:
            try:
                answers = [[table, where, ask(table, where)] for table, where in asked]
            except (ValueError, KeyError, TypeError):
                continue  # a table, a column or a word of a vocabulary is gone, or the list is no list
            if (record := self._load(_key(place, answers))) is not None:
                return record
        return None

    def keep(self, chapter: Chapter, running: Running, execution: Execution) -> Record:
        """Keep an execution.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        place = _place(chapter, running)
        answers = [[query["table"], query["where"], query["digest"]] for query in execution.queries]
        asked = [[table, where] for table, where, _ in answers]
        source = source_digest(chapter)
        record = Record(_key(place, answers), source, running.library, running.environment, execution)
        self._store.put(record.key, asdict(record))
        known = [other for other in self._store.get(_asked(place)) or [] if other != asked]
        self._store.put(_asked(place), [asked, *known][:_LISTS])
        return record

    def note(self, current: Mapping[str, Record]) -> None:
        """Note which executions hold, for what looks at them later, and make room."""
        keys = {docname: record.key for docname, record in current.items()}
        if self._store.get(_CURRENT) != keys:
            self._store.put(_CURRENT, keys)
        self._store.prune()

    def current(self) -> dict[str, Record]:
        """Return the executions that held when they were last brought up to date, by docname."""
        keys = self._store.get(_CURRENT)
        found = {str(name): self._load(key) for name, key in keys.items()} if isinstance(keys, dict) else {}
        return {name: record for name, record in found.items() if record is not None}

    def _load(self, key: object) -> Record | None:
        stored = self._store.get(str(key))
        try:
            return Record(**{**stored, "execution": Execution(**stored["execution"])})
        except (TypeError, KeyError):
            return None


def source_digest(chapter: Chapter) -> str:
    """Digest what the kernel gets to see of a chapter; prose does not count."""
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


def _asked(place: str) -> str:
    return f"{place}-asked"


def _key(place: str, answers: list[list[Any]]) -> str:
    return f"{place}-{state.digest(json.dumps(answers, sort_keys=True))}"


def _answer(ask: Ask, query: dict[str, Any]) -> str:
    try:
        return ask(query["table"], query["where"])
    except (ValueError, KeyError):
        return "cannot be asked any more"


def _conditions(where: dict[str, Any]) -> str:
    return " and ".join(f"{key}={value}" for key, value in where.items()) or "(whole table)"
