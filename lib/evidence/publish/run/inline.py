"""What the prose of a chapter gives to the build: the computed texts that stand in it."""

from __future__ import annotations

MIME = "application/vnd.evidence.texts+json"


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
            f"a {type(value).__name__} stands in the prose: format it first (evidence.wording.numbers), "
            "so that every number on the page is rounded in one way"
        )
    return str(markdown())
