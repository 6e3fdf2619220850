"""JSON from elsewhere: read without trusting its depth or its types."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from evidence.desk.importers.text import plain
from evidence.desk.problems import DeskError

#: How deep the registry nests; what is deeper is no record of a study.
DEEPEST = 40


def read_json(name: str, content: str) -> Any:
    """Read a JSON text.

    Raises
    ------
    DeskError
        When it is cut off, nested too deeply, or no JSON.
    """
    if _depth(content) > DEEPEST:
        raise DeskError(f"{name}: the JSON is nested deeper than any record of a study and is not read")
    try:
        return json.loads(content, parse_constant=_no_constant, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise DeskError(
            f"{name}: line {error.lineno} is not JSON ({error.msg}): it may be cut off; download it again"
        ) from None
    except ValueError as error:
        raise DeskError(f"{name}: holds a number that JSON does not allow: {error}") from None


def _depth(content: str) -> int:
    """Count how deep brackets nest outside strings."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", content)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def mapping(record: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return the object at the end of some keys; an empty one where something else stands."""
    for key in keys:
        found = record.get(key)
        record = found if isinstance(found, dict) else {}
    return record


def items(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects of a list; nothing where something else stands."""
    found = record.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def texts(record: dict[str, Any], key: str) -> list[str]:
    """Return the texts of a list."""
    found = record.get(key)
    return [plain(item) for item in found if isinstance(item, str)] if isinstance(found, list) else []


def text(record: dict[str, Any], key: str) -> str:
    """Return a text or a number as plain text; empty where something else stands."""
    found = record.get(key)
    return plain(found) if isinstance(found, str) else ""
