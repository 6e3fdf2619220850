"""Strict JSON from a stranger: one value, every number finite, no key twice, not nested deep."""

import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

import yaml

from evidence.dataset.problems import shown

#: Brackets inside brackets; a contract needs nine.
DEEPEST = 30


class JsonError(ValueError):
    """A file is not JSON as this module takes it: the line (from 1), what was found, and what is allowed."""

    def __init__(self, line: int, value: str, allowed: str) -> None:
        self.line, self.value, self.allowed = line, value, allowed
        super().__init__(f"line {line}: {shown(value)}: allowed is {allowed}")


def decode(content: bytes) -> tuple[str, Any]:
    """Return the text and the value of a JSON file.

    Raises
    ------
    JsonError
        When it is not UTF-8 or not JSON, holds NaN, an infinity or a key twice in one object, or nests deeper
        than `DEEPEST`.
    """
    try:
        text = content.decode("utf-8")
        value = json.loads(
            text, parse_constant=_no_number, parse_float=_finite, object_pairs_hook=_each_key_once
        )
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise JsonError(line, f"byte {content[error.start]:02x}", "JSON in UTF-8") from None
    except json.JSONDecodeError as error:
        raise JsonError(error.lineno, error.msg, "JSON") from None
    except ValueError as error:
        raise JsonError(1, str(error), "JSON with finite numbers and each key once") from None
    except RecursionError:
        raise JsonError(1, "nested too deep", f"at most {DEEPEST} brackets inside each other") from None
    if _depth(value) > DEEPEST:
        raise JsonError(1, "nested too deep", f"at most {DEEPEST} brackets inside each other")
    return text, value


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line (from 1) on which a value of a JSON text stands; 1 when it cannot be told.

    Examples
    --------
    >>> line_of('{\\n "a": [1,\\n 2]\\n}', ["a", 1])
    3
    """
    try:  # JSON is read as YAML, whose reader knows its lines
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        for step in path:
            if isinstance(node, yaml.MappingNode):
                node = next(value for key, value in node.value if key.value == step)
            else:
                node = node.value[step]
        return int(node.start_mark.line) + 1
    except (yaml.YAMLError, StopIteration, IndexError, TypeError, AttributeError):
        return 1


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON")


def _finite(text: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError(f"{text} is too large for a number")
    return float(text)


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {shown(twice)} stands twice in one object")
    return found


def _depth(value: Any) -> int:
    """Count the levels of a value without recursion."""
    level, depth = [value], 0
    while level := [
        child
        for item in level
        if isinstance(item, dict | list)
        for child in (item.values() if isinstance(item, dict) else item)
    ]:
        depth += 1
    return depth
