"""What every chapter is made of as a MyST notebook: its header, and its folded code cells."""

from typing import Final

#: What JupyterLab and jupytext want at the top of a chapter.
HEADER: Final = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
"""


def cell(code: str, tag: str = "hide-input") -> str:
    """Write a code cell, folded away by its tag.

    Examples
    --------
    >>> print(cell("crps.answer()"), end="")
    ```{code-cell} python
    :tags: [hide-input]
    <BLANKLINE>
    crps.answer()
    ```
    """
    return f"```{{code-cell}} python\n:tags: [{tag}]\n\n{code}\n```\n"
