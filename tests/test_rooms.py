"""The house: data flows left to right, and the library knows nothing of this book."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LIB = Path(__file__).parents[1] / "lib"
#: The rooms of the library in the order in which data flows; each imports only from rooms before it.
ROOMS = (
    "meta",
    "dataset",
    "rob",
    "integrity",
    "question",
    "effects",
    "wording",
    "grade",
    "results",
    "charts",
    "packages",
    "report",
    "publish",
    "desk",
)
#: Words of this book's topic: they stand in its data, its chapters and `lib/nmda`.
TOPICAL = re.compile(
    r"\b(pain|pain_.*|analges\w*|opioids?|ketamine|memantine|dextromethorphan|amantadine|magnesium|nmda|crps"
    r"|fibromyalgia|psilocybin)\b",
    re.IGNORECASE,
)


def modules() -> list[Path]:
    return sorted((LIB / "evidence").rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_every_folder_of_the_library_is_a_room():
    folders = {path.name for path in (LIB / "evidence").iterdir() if (path / "__init__.py").is_file()}
    assert folders <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_rooms_before_it(room):
    found = {
        (path.relative_to(LIB / "evidence").as_posix(), parts[1])
        for path in modules()
        if path.relative_to(LIB / "evidence").parts[0] == room
        for parts in (name.split(".") for name in imported(path))
        if parts[0] == "evidence" and len(parts) > 1 and parts[1] in ROOMS
        if ROOMS.index(parts[1]) > ROOMS.index(room)
    }
    assert found == set()


def test_the_library_imports_nothing_of_the_book():
    assert not [path for path in modules() for name in imported(path) if name.split(".")[0] == "nmda"]


def test_the_library_has_no_word_of_the_topic_outside_of_docstrings():
    named = {
        path.relative_to(LIB / "evidence").as_posix()
        for path in modules()
        if TOPICAL.search("\n".join(_code(path)))
    }
    assert named == set()


def _code(path: Path) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
