"""A chapter's code: folded, below what it gave."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator


class CodeBelowOutput(SphinxPostTransform):
    """Put the folded code of each cell after its outputs."""

    default_priority = 300  # type: ignore[assignment]  # MyST-NB folds at 199
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Move the folds of one page."""
        for fold in list(self.document.findall(HideCodeCellNode)):
            cell = fold.parent
            if "above-input" in fold["classes"] and cell is not None:
                cell.remove(fold)
                cell.append(fold)


def visit_hidden_code(self: HTML5Translator, node: nodes.Element) -> None:
    """Begin a disclosure of a cell's code; MyST-NB's own puts paragraphs into its summary."""
    self.body.append('<details class="code">\n<summary>Code</summary>\n')


def depart_hidden_code(self: HTML5Translator, node: nodes.Element) -> None:
    """End it."""
    self.body.append("</details>\n")
