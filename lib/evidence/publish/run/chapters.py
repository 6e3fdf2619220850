"""Chapters as files: their code cells, the expressions in their prose, and the notebook a reader gets."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook
from nbformat import NotebookNode
from sphinx_external_toc.parsing import parse_toc_yaml

from evidence.publish.run import state

_EXPRESSION = re.compile(r"\{eval\}`([^`\n]+)`")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})(?:\{([\w:-]+)\})?")
_CODE_DIRECTIVES = frozenset({"code", "code-block", "literalinclude", "math", "raw", "sourcecode"})


@dataclass(frozen=True)
class Chapter:
    """A page of the book.

    Attributes
    ----------
    docname : str
        Path below the root without suffix, as in `_toc.yml`.
    path : Path
        The Markdown file.
    text : str
        What it said when it was read.
    notebook : NotebookNode
        Its cells without outputs, not to be changed; `metadata.source_map` holds the line (0-based) at which
        each starts.
    """

    docname: str
    path: Path
    text: str
    notebook: NotebookNode

    def steps(self) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Yield what has to be run, in order: cell index, then code or else prose expressions."""
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code":
                yield index, cell.source, ()
            elif found := expressions(cell.source):
                yield index, "", found

    def line(self, index: int) -> int:
        """Return the line (1-based) of the file at which the content of a cell starts."""
        start: int = self.notebook.metadata.source_map[index]
        lines = self.text.splitlines()
        options = (":", "---") if self.notebook.cells[index].cell_type == "code" else ()
        while start < len(lines) and (not lines[start].strip() or lines[start].startswith(options)):
            start += 1
        return start + 1

    def line_of_expression(self, index: int, position: int) -> int:
        """Return the line (1-based) of the file at which an expression of a Markdown cell stands."""
        numbers = [
            number
            for number, text in prose_lines(self.notebook.cells[index].source)
            for _ in _EXPRESSION.findall(text)
        ]
        return self.line(index) + numbers[position]


class Parsed:
    """What texts of pages were parsed into.

    Parameters
    ----------
    before : mapping of str to dict
        Notebooks of former texts, by the digest of the text.

    Attributes
    ----------
    asked : dict
        Those that were asked for.
    """

    def __init__(self, before: Mapping[str, dict[str, Any]]) -> None:
        self._before = before
        self.asked: dict[str, dict[str, Any]] = {}

    def notebook(self, text: str, path: Path) -> NotebookNode:
        """Return the notebook of a text; parse the text if it is new."""
        key = state.digest(text)
        self.asked[key] = self._before.get(key) or _parsed(text, path)
        notebook: NotebookNode = nbformat.from_dict(self.asked[key])
        return notebook


def docnames(root: Path) -> list[str]:
    """Return the pages named in `_toc.yml`, in reading order."""
    site_map = parse_toc_yaml(root / "_toc.yml")
    ordered: list[str] = []
    pending = [site_map.root.docname]
    while pending:
        name = pending.pop(0)
        ordered.append(name)
        pending[:0] = [
            str(item) for tree in site_map[name].subtrees for item in tree.items if item in site_map
        ]
    return ordered


def read(root: Path, docname: str, parsed: Parsed | None = None) -> Chapter:
    """Read one page.

    Parameters
    ----------
    parsed : Parsed, optional
        Knows the texts that were parsed before.

    Raises
    ------
    ValueError
        If the file that `_toc.yml` names does not exist or cannot be parsed; the message names it.
    """
    path = root / f"{docname}.md"
    if not path.is_file():
        raise ValueError(f"_toc.yml: {docname}.md does not exist; create it or take the entry out")
    try:
        text = path.read_text(encoding="utf-8")
        return Chapter(docname, path, text, (parsed or Parsed({})).notebook(text, path))
    except Exception as error:
        raise ValueError(f"{docname}.md: cannot be read as a MyST notebook: {error}") from error


@lru_cache(maxsize=512)
def _parsed(text: str, path: Path) -> NotebookNode:
    return read_myst_markdown_notebook(text, add_source_map=True, path=path)


def expressions(text: str) -> tuple[str, ...]:
    """Return the `{eval}` expressions of a Markdown text outside fenced code."""
    return tuple(found for _, line in prose_lines(text) for found in _EXPRESSION.findall(line))


def substitute(text: str, values: Sequence[str]) -> str:
    """Put the computed texts in the places of the `{eval}` expressions."""
    rest = iter(values)
    return "\n".join(
        line if inside else _EXPRESSION.sub(lambda _: next(rest), line) for line, inside in _lines(text)
    )


def filled(chapter: Chapter, outputs: Sequence[list[Any]], texts: Sequence[list[str]]) -> NotebookNode:
    """Return the chapter's notebook with the outputs of its code and the computed texts of its prose."""
    notebook = copy.deepcopy(chapter.notebook)
    remaining_outputs, remaining_texts = iter(outputs), iter(texts)
    for index, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{index}"
    for index, _, found in chapter.steps():
        cell = notebook.cells[index]
        if found:
            cell.source = substitute(cell.source, next(remaining_texts))
        else:
            cell.outputs = [nbformat.from_dict(output) for output in next(remaining_outputs)]
    return notebook


def read_filled(text: str) -> NotebookNode:
    """Read the notebook that the Sphinx extension put in the place of a chapter's source."""
    notebook: NotebookNode = nbformat.from_dict(json.loads(text))
    return notebook


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number (from 0) and text of each line of a Markdown text outside fenced code."""
    return ((number, line) for number, (line, inside) in enumerate(_lines(text)) if not inside)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line and whether it lies in, or delimits, a fenced code block; directives hold prose."""
    code, directives = "", list[str]()
    for line in text.splitlines():
        mark = _FENCE.match(line)
        fence, name = (mark.group(1), mark.group(2)) if mark else ("", "")
        if code:
            yield line, True
            if _closes(line, fence, code):
                code = ""
        elif not fence:
            yield line, False
        elif directives and _closes(line, fence, directives[-1]):
            directives.pop()
            yield line, False
        elif name and name not in _CODE_DIRECTIVES:
            directives.append(fence)
            yield line, False
        else:
            code = fence
            yield line, True


def _closes(line: str, fence: str, opened: str) -> bool:
    return bool(fence) and fence.startswith(opened) and line.strip() == fence
