"""What a chapter used: notes, inside its kernel, the library functions called and the data asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType, FrameType

from evidence.dataset import Query

LIBRARY = Path(__file__).parents[3]
MIME = "application/vnd.evidence.trace+json"

_codes: dict[int, CodeType] = {}
_queries: list[Query] = []


def start(queries: list[Query]) -> None:
    """Begin to note calls in this process; `queries` is the list that a data recording fills."""
    global _queries
    _queries = queries
    sys.settrace(_note_call)


def publish() -> None:
    """Send the trace to the build as the output of a cell."""
    from IPython.display import publish_display_data

    sys.settrace(None)
    publish_display_data({MIME: {"functions": _functions(), "queries": _queries}})


def _note_call(frame: FrameType, event: str, argument: object) -> None:
    code = frame.f_code
    _codes[id(code)] = code


def _functions() -> list[str]:
    """Return the library functions called, as `module:qualified.name`, sorted."""
    names = set()
    for code in _codes.values():
        path = Path(code.co_filename)
        if path.is_relative_to(LIBRARY) and not path.is_relative_to(LIBRARY / "evidence" / "publish"):
            names.add(f"{_module(path)}:{code.co_qualname.split('.<locals>')[0]}")
    return sorted(names)


def _module(path: Path) -> str:
    parts = path.relative_to(LIBRARY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
