"""Chapters as executed notebooks, and all of them in a folder that computes them again without the site."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from evidence.publish.project import Project
from evidence.publish.run import chapters, state
from evidence.publish.run.edition import Edition
from evidence.publish.site import addresses, published
from evidence.publish.site.work import Work

#: Files of the checkout that an archive carries, where they exist.
_CARRIED = (
    "pyproject.toml",
    "requirements.txt",
    "references.bib",
    "CITATION.cff",
    "LICENSE",
    "LICENSE-TEXT-AND-DATA",
    "_config.yml",
    "_toc.yml",
    "jupytext.toml",
)

#: What shows in the site alone, by its style sheet: drawings for phones, heads of cells that stand apart.
_OF_THE_SITE = re.compile(r'<svg class="ev-narrow".*?</svg>| data-head="[^"]*"', re.DOTALL)

_README = """{book}, version {version}
{url}

chapters/   the reports as their editors write them; JupyterLab opens them as notebooks
data/       the tables from which they are computed
lib/        the code that computes them

To compute them again, with Python 3.11:

    python3.11 -m venv .venv
    .venv/bin/python -m pip install --no-deps --require-hashes -r requirements.txt
    .venv/bin/python -m pip install --no-deps --no-build-isolation -e .
    .venv/bin/python -m evidence edit
"""


class Notebooks:
    """The chapters of a project as notebooks."""

    def __init__(self, project: Project, edition: Edition, work: Work) -> None:
        self._project = project
        self._edition = edition
        self._work = work

    def source(self, docname: str) -> str:
        """Return the chapter as its editors write it."""
        return (self._project.root / f"{docname}.md").read_bytes().decode()

    def executed(self, docname: str) -> str:
        """Return the chapter with its results, as a notebook whose links lead to the published site."""
        chapter, record = self._edition.chapter(docname), self._edition.records[docname]
        outputs = published.without(record.execution.outputs)
        notebook = chapters.filled(chapter, outputs, record.execution.texts)
        notebook.metadata = nbformat.from_dict(
            {"kernelspec": _kernel(notebook), "language_info": {"name": "python"}}
        )
        for cell in notebook.cells:
            _tidy(cell)
        whole = addresses.absolute(notebook, self._work.url)
        return f"{json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)}\n"

    def folder(self, tables: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return a folder, by path, in which every chapter can be computed without the site.

        It holds the tables as they are given away, by file name.
        """
        root = self._project.root
        library = (root / name for name, _ in state.files(root, state.LIBRARY))
        carried = [path for path in (root / name for name in _CARRIED) if path.is_file()]
        readme = _README.format(book=self._work.title, version=self._work.version, url=self._work.url)
        return {
            "README.txt": readme.encode(),
            **{f"{page.docname}.md": self.source(page.docname).encode() for page in self._edition.pages},
            **{str(path.relative_to(root)): path.read_bytes() for path in [*carried, *library]},
            **{f"data/{name}": content for name, content in tables.items()},
        }


def _kernel(notebook: NotebookNode) -> Any:
    return notebook.metadata.get(
        "kernelspec", {"name": "python3", "display_name": "Python 3", "language": "python"}
    )


def _tidy(cell: NotebookNode) -> None:
    """Leave out the plain text that stands beside HTML, and what only the build or the site's style needs."""
    cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "text/html" in data:
            data.pop("text/plain", None)
            data["text/html"] = _OF_THE_SITE.sub("", data["text/html"])
