"""Refuse code of a chapter that could read what the build does not see: its page would go stale."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from evidence.publish.run.chapters import Chapter

#: The packages of the library: every byte of them counts.
_OWN = "|".join(sorted(path.parent.name for path in Path(__file__).parents[3].glob("*/__init__.py")))
#: What a chapter may import: the library, and what only computes.
_MODULE = re.compile(
    rf"({_OWN}|numpy|pandas|scipy|matplotlib|seaborn|math|statistics|collections|itertools|functools"
    r"|textwrap|dataclasses|typing|warnings|string|re)(\..*)?"
)
_NAME = re.compile(
    "open|eval|exec|compile|input|__import__|globals|locals|vars|getattr|setattr|delattr|get_ipython"
)
_ATTRIBUTE = re.compile(
    "frames|raw|open|open_memmap|loadtxt|genfromtxt|fromfile|fromregex|memmap|imread|mmread|mminfo|load_dataset"
    # what a module has imported for itself
    "|builtins|ctypes|ctypeslib|glob|importlib|os|pathlib|pyarrow|shutil|sqlite3|subprocess|sys|read_.*|__.*"
)
_MAGIC = re.compile(r"^\s*[%!?]|^[^#'\"]*(?<![=!<>])=\s*[%!]|\?\s*$")
_LOADED = re.compile(r"^\s*:load:")
_REMEDY = "ask the tables with ds.rows(…) or put the code into the library, where the build sees a change"


def hidden_inputs(root: Path, pages: Sequence[Chapter]) -> list[str]:
    """Return one line for each place where a page could read unseen: file, line, what it does, what to do."""
    return [
        f"{page.path.relative_to(root)}:{line}: {what}; {_REMEDY}"
        for page in pages
        for line, what in _hidden(page)
    ]


def _hidden(page: Chapter) -> Iterator[tuple[int, str]]:
    for number, text in enumerate(page.text.splitlines(), start=1):
        if _LOADED.match(text):
            yield number, "code is loaded from another file (:load:)"
    for index, code, texts in page.steps():
        for position, text in enumerate(texts):
            for _, what in _of_code(text):
                yield page.line_of_expression(index, position), what
        for line, what in _of_code(code):
            yield page.line(index) + line - 1, what


def _of_code(code: str) -> Iterator[tuple[int, str]]:
    """Yield line (from 1) and what is hidden in a piece of code; what is no Python fails when it runs."""
    magics = [number for number, line in enumerate(code.splitlines(), start=1) if _MAGIC.search(line)]
    try:
        tree = ast.parse(code)
    except SyntaxError:
        for number in magics:
            yield number, "a command of IPython (%, ! or ?) hides what the code reads"
        return
    for node in ast.walk(tree):
        for what in _of_node(node):
            yield getattr(node, "lineno", 1), what


_UNKNOWN: Final = "which may read files or stand beside the chapter"


def _of_node(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            for name in names:
                if not _MODULE.fullmatch(name.name):
                    yield f"it imports {name.name}, {_UNKNOWN}"
        case ast.ImportFrom(module=module, level=level, names=names):
            if level or not _MODULE.fullmatch(module or ""):
                source = "." * level + (module or "")
                yield f"it imports from {source}, {_UNKNOWN}"
            yield from (f"{name.name} reads a file" for name in names if _ATTRIBUTE.fullmatch(name.name))
        case ast.Name(id=called) if _NAME.fullmatch(called):
            yield f"{called}() reads or runs what the build does not see"
        case ast.Attribute(attr=asked) if _ATTRIBUTE.fullmatch(asked):
            yield f".{asked} goes past what the build records"
        case ast.Call(func=ast.Attribute(attr="load"), args=args, keywords=more) if args or more:
            yield "load(…) reads another file or folder than data/"
