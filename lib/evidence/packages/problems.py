"""How a package is refused: one sentence that names the place, the value and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

INTERVENTIONS: Final = "Only reviews of interventions can be read."
NAMELESS: Final = ("has no name of a study", "Name the study.")
TEXT, NO_ROWS = "holds text, not numbers,", "has no rows"


class PackageError(ValueError):
    """A package cannot be read, and nothing was written.

    Parameters
    ----------
    what
        What is wrong, in words.
    file, line, column, value
        Where: file within the package, line counted from 1, name of the column, the cell as it stands.
    remedy
        What to do.

    Examples
    --------
    >>> print(PackageError("is no number", file="a.csv", line=3, column="SE", value="x", remedy="Mend it."))
    a.csv, line 3, column "SE": "x" is no number. Mend it.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str = "",
        line: int = 0,
        column: str = "",
        value: str | None = None,
        remedy: str = "",
    ) -> None:
        place = ", ".join(
            part
            for part in (file, f"line {line}" if line else "", f'column "{column}"' if column else "")
            if part
        )
        shown = "" if value is None else f'"{value if len(value) <= 60 else value[:57] + "..."}" '
        sentence = f"{place}: {shown}{what}" if place else f"{shown}{what}"
        super().__init__(f"{sentence}. {remedy}".strip() if remedy else f"{sentence}.")


def several_reviews(found: Iterable[str], file: str) -> PackageError:
    """Return the refusal of a package that holds several reviews."""
    names = ", ".join(sorted(found)[:3])
    remedy = "Make a book from one review at a time."
    return PackageError(f"holds more than one review: {names}", file=file, remedy=remedy)


def left_out(key: tuple[int, int], why: str) -> str:
    """Say why an analysis of a package is left out: `TEXT` or `NO_ROWS`."""
    return f"Analysis {key[0]}.{key[1]} {why} and is left out."
