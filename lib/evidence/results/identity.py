"""A digest of numbers, words and frames: alike where, and only where, all of them are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd

_PLAIN = (str, bytes, bool, int, float, type(None), Enum, np.generic)


def identity(value: object) -> str:
    """Return a digest of a value with all that it holds.

    Parameters
    ----------
    value
        Numbers, words, arrays, frames, functions and classes of a module, dataclasses, and collections that
        have an order and hold such.

    Raises
    ------
    TypeError
        When it holds anything else, such as a function made inside another or in a cell of a chapter: two of
        them may look alike.

    Examples
    --------
    >>> identity({"at": [1.0, 2.0]}) == identity({"at": [1.0, 2.0]})
    True
    >>> identity(1) == identity(1.0)
    False
    """
    found = hashlib.sha256()
    for part in _parts(value):
        found.update(f"{len(part)}:".encode())
        found.update(part)
    return found.hexdigest()


def _parts(value: object) -> Iterator[bytes]:
    """Yield what makes up a value; each collection with its kind and length before its members."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    match value:
        case FunctionType() | type():
            if "<" in value.__qualname__ or value.__module__ == "__main__":
                raise TypeError(f"{value.__qualname__} is made inside a function or a cell")
            yield f"{name} {value.__module__}.{value.__qualname__}".encode()
        case np.ndarray() if value.dtype != object:
            yield f"{name} {value.dtype} {value.shape}".encode()
            yield np.ascontiguousarray(value).tobytes()
        case np.ndarray():
            yield f"{name} {value.shape}".encode()
            yield from _members(value.ravel().tolist())
        case pd.DataFrame():
            yield f"{name} {len(value)} {len(value.columns)}".encode()
            for column in value.columns:
                yield from _parts(column)
                yield from _parts(value[column])
            yield from _parts(value.index)
        case pd.Series() | pd.Index():
            yield f"{name} {value.dtype} {len(value)} {value.name!r}".encode()
            yield from _members(value.tolist())
        case tuple() | list():
            yield f"{name} {len(value)}".encode()
            yield from _members(value)
        case Mapping():
            yield f"{name} {len(value)}".encode()
            for key, held in value.items():
                yield from _parts(key)
                yield from _parts(held)
        case _ if isinstance(value, _PLAIN) or value is pd.NA or value is pd.NaT:
            yield f"{name} {value!r}".encode()
        case _ if is_dataclass(value):
            yield name.encode()
            yield from _members([getattr(value, part.name) for part in fields(value)])
        case _:
            raise TypeError(f"a {name} has no identity here")


def _members(values: Any) -> Iterator[bytes]:
    for each in values:
        yield from _parts(each)
