"""The examples of every docstring do as they say; those of charts run in `charts/test_gallery.py`."""

import doctest
import importlib
from pathlib import Path

import pytest

LIB = Path(__file__).parents[1] / "lib"
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def with_examples() -> list[str]:
    paths = [path for path in LIB.rglob("*.py") if shows_what_it_does(path.read_text(encoding="utf-8"))]
    names = (".".join(path.relative_to(LIB).with_suffix("").parts) for path in paths)
    return sorted(name.removesuffix(".__init__") for name in names if ".charts." not in name)


def shows_what_it_does(text: str) -> bool:
    return any(">>> " in line and "+SKIP" not in line for line in text.splitlines())


@pytest.mark.parametrize("name", with_examples())
def test_examples_do_as_they_say(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert found.attempted > 0
    assert found.failed == 0
