"""HTML from text that may hold anything."""

from __future__ import annotations

import unicodedata
from typing import Final

#: The type under which a page's contents tell the build what to write beside the page.
PAGE_MIME: Final = "application/vnd.evidence.page+json"
_RIGHT_TO_LEFT: Final = {"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"}
_MARKS: Final = "\u200e\u200f\u061c"


class Html(str):
    """Markup written by the project itself; any other string is escaped."""

    __slots__ = ()


def escape(text: str) -> str:
    """Return text as it stands in HTML and SVG, safe inside quoted attributes too."""
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;")):
        text = text.replace(char, entity)
    return text


def markup(text: str) -> str:
    """Return `Html` as it is; escape other text, and isolate it where it could turn the writing direction."""
    if isinstance(text, Html):
        return str(text)
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT or char in _MARKS for char in text):
        return f"<bdi>{escape(text)}</bdi>"
    return escape(text)


def link(href: str, text: str) -> str:
    """Return a link to a web page or inside the site; an address that could run a script stays text.

    `site:` and a path leads from the root of the site, from whatever page it stands on.

    Text that is already `Html` is not escaped again.
    """
    address = safe_address(href)
    return f'<a href="{escape(address)}">{markup(text)}</a>' if address else markup(text)


def safe_address(href: str) -> str:
    """Return an address of a web page or inside the site; empty for one that could run a script."""
    scheme, colon, _ = href.partition(":")
    inside = not colon or scheme.startswith(("#", ".", "/"))
    return href if inside or scheme.lower() in {"http", "https", "mailto", "site"} else ""
