"""What a chapter's kernel tells the build: the computed texts of its prose, and what it asked the tables."""

from __future__ import annotations

from evidence.dataset import Query
from evidence.results import memo

MIME = "application/vnd.evidence.texts+json"
ASKED_MIME = "application/vnd.evidence.queries+json"

_queries: list[Query] = []


def listen(queries: list[Query]) -> None:
    """Take the list that a recording of queries fills."""
    global _queries
    _queries = queries


def tell_queries() -> None:
    """Write what is remembered; send what was asked of the tables to the build, as the output of a cell."""
    from IPython.display import publish_display_data

    memo.write()
    publish_display_data({ASKED_MIME: _queries})


def show(value: object) -> None:
    """Send the value of an `{eval}` expression to the build, as Markdown."""
    from IPython.display import publish_display_data

    publish_display_data({MIME: as_text(value)})


def as_text(value: object) -> str:
    """Return the Markdown of a value that stands in a sentence.

    A text may hold cells of the tables: its links and emphasis are Markdown, HTML and formulas are not.

    Raises
    ------
    TypeError
        If the value is a bare float or an object that does not say how it reads.
    """
    if isinstance(value, str):
        return value.replace("<", "&lt;").replace("$", "\\$")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    markdown = getattr(value, "_repr_markdown_", None)
    if markdown is None:
        raise TypeError(
            f"a {type(value).__name__} stands in the prose: format it first (evidence.report.text), "
            "so that every number on the page is rounded in one way"
        )
    return str(markdown())
