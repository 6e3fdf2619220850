"""A chapter as an executed notebook, and as a folder that computes it again without the book."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from evidence.publish.project import Project
from evidence.publish.run import chapters
from evidence.publish.run.edition import Edition
from evidence.publish.site import addresses, published
from evidence.publish.site.work import Work

#: Files of the checkout that an archive carries, where they exist.
_CARRIED = ("pyproject.toml", "requirements.txt", "CITATION.cff", "LICENSE", "LICENSE-TEXT-AND-DATA")

_README = """{title}

One report of {book}, version {version}.
{url}

chapters/   the report as a notebook (with its results) and as its editors write it
data/       the tables from which it is computed
lib/        the code that computes it

To compute it again, with Python 3.11:

    python3.11 -m venv .venv
    .venv/bin/python -m pip install --no-deps --require-hashes -r requirements.txt
    .venv/bin/python -m pip install --no-deps --no-build-isolation -e .
    .venv/bin/jupyter lab {notebook}
"""


class Notebooks:
    """The chapters of a project as notebooks."""

    def __init__(self, project: Project, edition: Edition, work: Work, tables: Mapping[str, bytes]) -> None:
        """Take the tables as they are given away, by file name."""
        self._project = project
        self._edition = edition
        self._work = work
        self._tables = tables

    def source(self, docname: str) -> bytes:
        """Return the chapter as its editors write it."""
        return (self._project.root / f"{docname}.md").read_bytes()

    def executed(self, docname: str) -> bytes:
        """Return the chapter with its results, as a notebook whose links lead to the published site."""
        chapter, record = self._edition.chapter(docname), self._edition.records[docname]
        outputs = published.without(record.execution.outputs)
        notebook = chapters.filled(chapter, outputs, record.execution.texts)
        notebook.metadata = nbformat.from_dict(
            {"kernelspec": _kernel(notebook), "language_info": {"name": "python"}}
        )
        for cell in notebook.cells:
            _tidy(cell)
        text = nbformat.writes(addresses.absolute(notebook, self._work.url), version=4)
        return f"{text}\n".encode()

    def folder(self, docname: str, title: str) -> dict[str, bytes]:
        """Return a folder, by path, in which the chapter can be computed without the book."""
        notebook = f"{docname}.ipynb"
        stated = {"title": title, "book": self._work.title, "version": self._work.version}
        readme = _README.format(url=self._work.address(f"{docname}.html"), notebook=notebook, **stated)
        return {
            **self._shared,
            "README.txt": readme.encode(),
            f"{docname}.md": self.source(docname),
            notebook: self.executed(docname),
        }

    @cached_property
    def _shared(self) -> dict[str, bytes]:
        root = self._project.root
        carried = [root / name for name in _CARRIED]
        library = sorted(path for path in self._project.library.rglob("*") if _is_source(path))
        found = {
            str(path.relative_to(root)): path.read_bytes() for path in [*carried, *library] if path.is_file()
        }
        return found | {f"data/{name}": content for name, content in self._tables.items()}


def _is_source(path: Path) -> bool:
    return path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.parts[-4:])


def _kernel(notebook: NotebookNode) -> Any:
    return notebook.metadata.get(
        "kernelspec", {"name": "python3", "display_name": "Python 3", "language": "python"}
    )


def _tidy(cell: NotebookNode) -> None:
    """Leave out the plain text that stands beside HTML, and what only the build needs."""
    cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "text/html" in data:
            data.pop("text/plain", None)
