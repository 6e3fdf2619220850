"""YAML forms: read from libyaml's events, without recursion, with the line of every cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from evidence.desk.problems import DeskError

#: A form nests tables, rows and cells, and nothing below.
DEEPEST = 6

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a form: a text, a list of nodes, or nodes by name; and the line on which it begins."""

    value: str | list[Node] | dict[str, Node]
    line: int


def read_yaml(name: str, text: str) -> list[Node]:
    """Return the documents of a YAML text; every scalar stays the text that it is in the file.

    Raises
    ------
    DeskError
        When it is not YAML, nests deeper than a form, uses an alias, or names something twice or by a list.
    """
    try:
        return list(_documents(name, yaml.parse(text, _LOADER)))
    except (yaml.YAMLError, ValueError) as error:
        raise DeskError(f"{name}: cannot be read as YAML: {_in_short(error)}") from None


def _in_short(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"line {mark.line + 1}: {problem}" if mark is not None else str(problem)


def _documents(name: str, events: Iterator[yaml.Event]) -> Iterator[Node]:
    opened: list[Node] = []
    names: list[str | None] = []
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise DeskError(f"{name}: line {line} uses an alias (*), which can unfold: write the text out")
        if isinstance(event, yaml.ScalarEvent):
            node = Node(event.value, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(opened) >= DEEPEST:
                raise DeskError(
                    f"{name}: cannot be read as YAML of a form: line {line} nests deeper than tables, rows "
                    "and cells"
                )
            node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            names.pop()
            opened.pop()
            continue
        else:
            continue
        if opened:
            _put(name, opened[-1], names, node)
        elif isinstance(node.value, str):
            yield node
        if not isinstance(node.value, str):
            if not opened:
                yield node  # filled while the events go on; `list` waits for the end
            opened.append(node)
            names.append(None)


def _put(name: str, parent: Node, names: list[str | None], node: Node) -> None:
    """Put a node into the list or mapping that is open."""
    if isinstance(parent.value, list):
        parent.value.append(node)
        return
    assert isinstance(parent.value, dict)
    key = names[-1]
    if key is not None:
        parent.value[key] = node
        names[-1] = None
    elif not isinstance(node.value, str):
        raise DeskError(
            f"{name}: line {node.line} names a cell by a list or a mapping: write a name before the :"
        )
    elif node.value in parent.value:
        raise DeskError(f"{name}: line {node.line} gives {node.value!r} a second time")
    else:
        names[-1] = node.value
