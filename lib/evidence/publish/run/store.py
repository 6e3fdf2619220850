"""Executions that are kept, and the reasons for which one no longer holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evidence.publish.run.chapters import Chapter
from evidence.publish.run.execute import Execution
from evidence.publish.run.fingerprint import Library, digest

Ask = Callable[[str, dict[str, Any]], str]


@dataclass(frozen=True)
class Record:
    """An execution with everything it depended on.

    Attributes
    ----------
    source : str
        Digest of the chapter's code cells and prose expressions.
    environment : str
        Fingerprint of the locked environment.
    library : dict
        Hash of each library function and module frame it used.
    execution : Execution
        What it gave.
    """

    source: str
    environment: str
    library: dict[str, str]
    execution: Execution

    @property
    def library_fingerprint(self) -> str:
        """One hash for all the library code used."""
        return digest(json.dumps(self.library, sort_keys=True))

    @property
    def data_fingerprint(self) -> str:
        """One hash for all the answers that the data gave."""
        return digest(json.dumps(self.execution.queries, sort_keys=True))


def source_digest(chapter: Chapter) -> str:
    """Digest what the kernel gets to see of a chapter; prose does not count."""
    return digest(json.dumps([(code, texts) for _, code, texts in chapter.steps()]))


def make_record(chapter: Chapter, execution: Execution, library: Library, environment: str) -> Record:
    """Note what an execution depended on."""
    code = "\n".join(code for _, code, _ in chapter.steps())
    return Record(source_digest(chapter), environment, library.state(execution.functions, code), execution)


def reasons(
    chapter: Chapter, record: Record | None, library: Library, environment: str, ask: Ask
) -> list[str]:
    """Say why a chapter has to run again; an empty list means that its record holds.

    Parameters
    ----------
    ask : callable
        Gives the digest of the data's present answer to a query (table, conditions).
    """
    if record is None:
        return ["never run"]
    if record.environment != environment:
        return ["the locked environment changed"]
    if record.source != source_digest(chapter):
        return ["its code changed"]
    code = "\n".join(code for _, code, _ in chapter.steps())
    now = library.state(record.execution.functions, code)
    changed = [
        f"{name} changed"
        for name in sorted({*now, *record.library})
        if now.get(name) != record.library.get(name)
    ]
    return changed + [
        f"{query['table']} {_conditions(query['where'])} changed"
        for query in record.execution.queries
        if _asked(ask, query) != query["digest"]
    ]


def load(folder: Path, docname: str) -> Record | None:
    """Return the record of a chapter, or None where there is none that can be read."""
    try:
        stored = json.loads(_path(folder, docname).read_text(encoding="utf-8"))
        return Record(**{**stored, "execution": Execution(**stored["execution"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def save(folder: Path, docname: str, record: Record) -> None:
    """Keep the record of a chapter."""
    path = _path(folder, docname)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(asdict(record), ensure_ascii=False), encoding="utf-8")
    unfinished.replace(path)


def _path(folder: Path, docname: str) -> Path:
    return folder / f"{docname}.json"


def _asked(ask: Ask, query: dict[str, Any]) -> str:
    try:
        return ask(query["table"], query["where"])
    except (ValueError, KeyError):
        return "cannot be asked any more"


def _conditions(where: dict[str, Any]) -> str:
    return " and ".join(f"{key}={value}" for key, value in where.items()) or "(whole table)"
