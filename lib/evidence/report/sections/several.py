"""Several things that a chapter shows in one call, and tables that say so where they hold nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from evidence.wording.html import PAGE_MIME, escape

#: Lists of what is published about a page: those of the parts add up.
_LISTS: Final = ("figures", "studies")


@dataclass(frozen=True, slots=True)
class Several:
    """Parts one below the other, each with its title.

    Attributes
    ----------
    parts : tuple of (str, object)
        A title, which may be empty, and something that shows itself as HTML.
    none : str
        What is said where there is no part.
    """

    parts: tuple[tuple[str, Any], ...]
    none: str

    def _repr_html_(self) -> str:
        if not self.parts:
            return f"<p>{escape(self.none)}</p>"
        return "".join(
            (f'<p class="ev-part"><b>{escape(title)}</b></p>' if title else "") + part._repr_html_()
            for title, part in self.parts
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """Give the build what the parts publish."""
        said: dict[str, list[Any]] = {name: [] for name in _LISTS}
        for _, part in self.parts:
            published: dict[str, Any] = getattr(part, "_repr_mimebundle_", dict)()
            bundle = published.get(PAGE_MIME, {})
            for name in _LISTS:
                said[name] += bundle.get(name, [])
        page = {name: found for name, found in said.items() if found}
        return {PAGE_MIME: page} if page else {}


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph of computed words."""

    text: str

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>"


def several(parts: Sequence[tuple[str, Any]], none: str) -> Several:
    """Return parts, or what is said where there is none."""
    return Several(tuple(parts), none)
