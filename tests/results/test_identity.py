"""An identity is the same for the same contents, and another for any other."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evidence.results.identity import identity


class Side(Enum):
    LEFT = 1
    RIGHT = 2


@dataclass(frozen=True)
class Mark:
    name: str
    at: float


@dataclass(frozen=True)
class Other:
    name: str
    at: float


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None], "c": [[1, 2], (3,)]})
DIFFERENT: list[Any] = [
    *(0, 0.0, -0.0, False, None, "", b"", (), [], {}, "0", "None"),
    *(1e-300, np.nextafter(1e-300, 1), float("nan"), np.float64(1e-300), np.int64(0)),
    *(("a", "bc"), ("ab", "c"), ("abc",), (("a",), "bc"), ("a", ("bc",)), ["a", "bc"]),
    *({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1}, {"a": {"b": 2}}, {"a": 1.0}),
    *(np.zeros(4), np.zeros((2, 2)), np.zeros(4, dtype=np.float32), np.zeros(4, dtype=int)),
    np.array(["a", None], dtype=object),
    *(Side.LEFT, Side.RIGHT, Mark("a", 1.0), Mark("a", 2.0), Other("a", 1.0), Mark, Other, identity),
    *(FRAME, FRAME[["b", "a", "c"]], FRAME.rename(columns={"a": "z"}), FRAME.iloc[::-1], FRAME.iloc[:1]),
    *(FRAME.set_index("b"), FRAME.assign(a=[1, 2]), FRAME.assign(b=["x", ""])),
    *(FRAME.assign(c=[[1, 2], (4,)]), FRAME["a"], FRAME["a"].rename("z"), pd.NA, pd.NaT, pd.Index(["a"])),
]


def test_everything_that_differs_has_another():
    found = [identity(each) for each in DIFFERENT]
    assert len(set(found)) == len(DIFFERENT)


def test_copies_have_the_same():
    frame = FRAME.copy(deep=True)
    assert identity(frame) == identity(pd.concat([FRAME.iloc[:1], FRAME.iloc[1:]]))
    assert identity(replace(Mark("a", 1.0))) == identity(Mark("a", 1.0))
    shared = "x" * 3
    assert identity([shared, shared]) == identity(["xxx", "xx" + "x"]), "by value, shared or not"


def test_what_two_values_cannot_be_told_apart_by_is_refused():
    for value in (lambda: 1, {1, 2}, object(), FRAME.assign(a=[object(), 1]), (1, [lambda: 2])):
        with pytest.raises(TypeError):
            identity(value)
