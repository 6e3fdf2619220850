"""Words that readers may not know: glossary.csv."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.dataset import Dataset, once


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its meaning and its other names.

    Attributes
    ----------
    code : str or None
        The drug or condition group that it names.
    """

    term: str
    code: str | None
    also: str | None
    definition: str

    @property
    def anchor(self) -> str:
        """The anchor of its entry in the glossary."""
        return f"word-{re.sub(r'[^a-z0-9]+', '-', self.term.lower()).strip('-')}"

    @property
    def names(self) -> tuple[str, ...]:
        """The word and its other names."""
        others = [name.strip() for name in (self.also or "").split(";")]
        return (self.term, *(name for name in others if name))


@once
def glossary(ds: Dataset) -> dict[str, Term]:
    """Return the glossary, by term; empty where the tables have none.

    Examples
    --------
    >>> from evidence import dataset
    >>> glossary(dataset.load())["MID"].anchor
    'word-mid'
    """
    if "glossary" not in ds.contract.tables:
        return {}
    return {row.term: row for row in ds.records(Term, "glossary")}


def meaning(ds: Dataset, code: str) -> Term | None:
    """Return what a drug or condition is; None where the glossary does not say."""
    return next((term for term in glossary(ds).values() if term.code == code), None)
