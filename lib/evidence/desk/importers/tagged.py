"""Records of lines that begin with a tag: RIS, PubMed, Web of Science, EndNote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from evidence.desk.problems import DeskError

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Tags:
    """How a format marks its lines.

    Attributes
    ----------
    name : str
        Of the format, for messages.
    line : pattern
        A line with a tag: the tag, then the text.
    begins : str
        The tag that begins a record.
    ends : str
        The tag that ends a record; empty where the next record or the file does.
    lists : frozenset of str
        Tags whose further lines are values of their own; of others they go on with the text.
    """

    name: str
    line: re.Pattern[str]
    begins: str
    ends: str = ""
    lists: frozenset[str] = frozenset()


@dataclass(slots=True)
class Record:
    """One record: the texts of each tag, in order, and the line on which it begins."""

    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)

    def all(self, *tags: str) -> list[str]:
        """Return the filled texts of some tags, tag by tag."""
        return [text for tag in tags for text in self.fields.get(tag, ()) if text.strip()]

    def first(self, *tags: str) -> str:
        """Return the first filled text among some tags, in the order of preference; empty without one."""
        return next(iter(self.all(*tags)), "")


def read_tagged(
    name: str, text: str, tags: Tags, article: Callable[[Record], Read]
) -> Iterator[Read | DeskError]:
    """Read each record of a text; in place of one that does not end the reason is yielded."""
    for record in _records(name, text, tags):
        yield record if isinstance(record, DeskError) else article(record)


def _records(name: str, text: str, tags: Tags) -> list[Record | DeskError]:
    """Return the records; in place of one that begins before the one above has ended, or is cut off, why."""
    records: list[Record | DeskError] = []
    open_record: Record | None = None
    last: list[str] | None = None
    listed = False
    for number, line in enumerate(text.splitlines(), start=1):
        found = tags.line.match(line)
        if not found:
            if open_record is not None and last is not None and line.strip():
                if listed:
                    last.append(line.strip())
                else:
                    last[-1] = f"{last[-1]} {line.strip()}".strip()
            continue
        tag, said = found.group(1), (found.group(2) or "").strip()
        if tag == tags.begins:
            if open_record is not None and tags.ends:
                records[-1] = _cut(name, tags, open_record.line, number)
            open_record = Record(number)
            records.append(open_record)
        elif tag == tags.ends:
            open_record = None
        if open_record is not None:
            last = open_record.fields.setdefault(tag, [])
            last.append(said)
            listed = tag in tags.lists
    if open_record is not None and tags.ends:
        records[-1] = _cut(name, tags, open_record.line, 0)
    return records


def _cut(name: str, tags: Tags, line: int, following: int) -> DeskError:
    where = f"before the next begins on line {following}" if following else "before the file does"
    return DeskError(
        f"{name}: the record on line {line} does not end ({tags.ends}) {where}: the file is cut off; "
        "export it again"
    )
