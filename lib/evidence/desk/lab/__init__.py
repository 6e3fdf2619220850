"""JupyterLab as the editor's desk: chapters open as notebooks and are saved as the text they were."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evidence.desk.lab import citations
from evidence.publish.project import Project

CONFIG = Path(__file__).parent / "jupyter_lab_config.py"
#: The book's own part of JupyterLab: citations by author and year.
EXTENSIONS = Path(__file__).parent / "labextensions"

#: JupyterLab sets every cell of a table to the right, whatever the table says.
_ALIGNED = """
.jp-RenderedHTMLCommon.jp-RenderedHTMLCommon :is(th, td) { text-align: left !important; }
.jp-RenderedHTMLCommon.jp-RenderedHTMLCommon .ev-right { text-align: right !important; }
"""

_HEADER = re.compile(r"\A---\n.*?\n---\n\n?", re.DOTALL)
_LEXER = re.compile(r"^(`{3,}\{code-cell\}) ipython3$", re.MULTILINE)


def start(arguments: Sequence[str]) -> None:
    """Become JupyterLab, with further arguments such as ``--no-browser``."""
    command = [sys.executable, "-m", "jupyterlab", f"--config={CONFIG}", *arguments]
    os.execv(sys.executable, command)


def figures(project: Project) -> Path:
    """Return a folder with the site's style sheet and the names of studies, where JupyterLab looks."""
    folder = project.build / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    style = (project.root / "_static" / "evidence.css").read_text(encoding="utf-8")
    (folder / "custom.css").write_text(style + _ALIGNED, encoding="utf-8")
    citations.write(project, folder)
    return folder


def as_it_was(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Give a chapter that is being saved the header of its file, and its cells the plain name of Python.

    JupyterLab writes the kernel of the day into both, and Jupytext gives a header to a page that has none.
    """
    file = Path(contents_manager.root_dir) / path
    if model["type"] != "file" or file.suffix != ".md" or not file.is_file():
        return
    header = _HEADER.match(file.read_text(encoding="utf-8"))
    body = _HEADER.sub("", model["content"])
    model["content"] = (header.group() if header else "") + _LEXER.sub(r"\1 python", body)
