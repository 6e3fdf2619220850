"""The pages of a book as MyST notebooks: headings and code, no results."""

from __future__ import annotations

from typing import Final

from evidence.notebook import HEADER, cell
from evidence.packages.model import Comparison, Review

PARTS: Final = (
    ("", "answer"),
    ("", "forest"),
    ("### Printed numbers", "differences"),
    ("### Pooled in other ways", "methods"),
    ("### Without each study", "without_each"),
    ("### Small studies", "small_studies"),
    ("### Every choice", "every_choice"),
    ("### What if", "what_if"),
    ("### Certainty and risk of bias", "certainty"),
)
"""Headings and the methods of `evidence.packages.book.Chapter` that stand below them."""


def pages(review: Review) -> dict[str, str]:
    """Every page, and the table of contents, by path.

    Parameters
    ----------
    review

    Returns
    -------
    dict
        `index.md`, one chapter for each comparison, the pages about the book, and `_toc.yml`.
    """
    chapters = {f"chapters/comparison-{each.number}": each for each in review.comparisons}
    found = {f"{name}.md": _chapter(comparison) for name, comparison in chapters.items()}
    found["index.md"] = _front()
    found["chapters/about.md"] = _about()
    found["chapters/data.md"] = DATA
    found["chapters/changes.md"] = CHANGES
    found["_toc.yml"] = _contents(list(chapters))
    return found


def _chapter(comparison: Comparison) -> str:
    start = f"from evidence.packages.book import chapter\n\nreport = chapter({comparison.number})"
    parts = [
        HEADER, cell(start, "remove-cell"), "# {eval}`report.title`\n",
        cell("report.opening()"), cell("report.overview()"),
    ]  # fmt: skip
    for analysis in comparison.analyses:
        anchor = f"analysis-{analysis.key.replace('.', '-')}"
        parts.append(f'({anchor})=\n## {{eval}}`report.heading("{analysis.key}")`\n')
        for heading, method in PARTS:
            parts += [f"{heading}\n"] if heading else []
            parts.append(cell(f'report.{method}("{analysis.key}")'))
    return "\n".join(parts)


def _front() -> str:
    return "\n".join(
        [
            HEADER,
            cell("from evidence.packages.book import front\n\nbook = front()", "remove-cell"),
            "# {eval}`book.title`\n",
            cell("book.opening()"),
            "Each analysis leads to its page: first as the review set it up, with every printed number\n"
            "checked, then the same studies analysed again. The settings of this book stand in\n"
            "`data/settings.csv` and `data/outcomes.csv`: main outcomes, directions, smallest differences\n"
            "that matter, priors.\n",
            cell("book.overview()"),
        ]
    )


def _about() -> str:
    return "\n".join(
        [
            HEADER,
            "# What was read, and how\n",
            "Every number that the package prints is computed again by the rules of the program that\n"
            "printed it. What differs is listed here, and what of the package is not used.\n",
            "## Printed numbers that differ\n",
            cell("from evidence.packages.book import front\n\nbook = front()\nbook.differences()"),
            "## What is not used\n",
            cell("book.notes()"),
            "## Settings\n",
            cell("book.settings()"),
        ]
    )


CHANGES: Final = f"""{HEADER}
# Changes

What changed in each version of the book.

```{{version-history}}
```
"""

DATA: Final = f"""{HEADER}
# Data

The tables of this book, which every page is computed from, lie in `data/`; `data/datapackage.json` says what
each column holds.
"""


def _contents(chapters: list[str]) -> str:
    about = ["chapters/about", "chapters/data", "chapters/changes"]
    lines = ["format: jb-book", "root: index", "parts:", "  - caption: Comparisons", "    chapters:"]
    lines += [f"      - file: {name}" for name in chapters]
    lines += ["  - caption: About", "    chapters:", *(f"      - file: {name}" for name in about)]
    return "\n".join(lines) + "\n"
