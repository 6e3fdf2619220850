"""Words of the glossary where a page first uses them, and the list of all.

The first use of a word in the text of a page leads to its entry and tells its meaning on pointing. Headings,
links, buttons, captions, drawings and code stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from evidence import dataset
from evidence.publish.project import Project
from evidence.wording.glossary import Term, glossary
from evidence.wording.html import escape
from evidence.wording.numbers import capital

PAGE: Final = "chapters/how-to-read.html"
_TAG: Final = re.compile(r"(<[^>]*>)")
_NAME: Final = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
#: Elements whose text stays as it is.
_CLOSED: Final = frozenset(
    (
        *("a", "abbr", "button", "caption", "code", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("label", "math", "option", "pre", "script", "select", "style", "summary", "svg", "th", "title"),
    )
)


def explained(body: str, terms: Mapping[str, Term], root: str) -> str:
    """Return a page's text in which the first use of each word leads to its meaning.

    Parameters
    ----------
    body : str
        HTML.
    terms : mapping of str to Term
        Words that name a drug or a condition are left alone: their pages say what they are.
    root : str
        The way from the page to the root of the site.
    """
    left = {term.term: term for term in terms.values() if term.code is None}
    depth, parts = 0, []
    for part in _TAG.split(body):
        if part.startswith("<"):
            depth += _step(part)
        elif not depth and part.strip():
            part = _in_text(part, left, root)
        parts.append(part)
    return "".join(parts)


def _step(tag: str) -> int:
    found = _NAME.match(tag)
    if found is None or found[1].lower() not in _CLOSED or tag.endswith("/>"):
        return 0
    return -1 if tag.startswith("</") else 1


def _in_text(text: str, left: dict[str, Term], root: str) -> str:
    if not left:
        return text
    found = _pattern(tuple(left)).search(text)
    if found is None:
        return text
    term = left.pop(found[0] if found[0] in left else found[0].lower())
    rest = _in_text(text[found.end() :], left, root)
    link = f'<a class="ev-term" href="{root}{PAGE}#{term.anchor}">'
    return f'{text[: found.start()]}{link}<abbr title="{escape(term.definition)}">{found[0]}</abbr></a>{rest}'


@lru_cache(maxsize=1024)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of words: those with capitals as they are, others with a capital or without."""
    ways = [
        re.escape(word) if word != word.lower() else f"[{word[0]}{word[0].upper()}]{re.escape(word[1:])}"
        for word in words
    ]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(ways, key=len, reverse=True))})(?![\w-])")


class GlossaryList(SphinxDirective):
    """List every word with its meaning and its other names."""

    def run(self) -> list[nodes.Node]:
        """Return a list of definitions, each with its anchor."""
        terms = glossary(dataset.load(Project(Path(self.env.srcdir)).data))
        items = []
        for term in sorted(terms.values(), key=lambda term: term.term.lower()):
            also = f" Also: {', '.join(term.names[1:])}." if len(term.names) > 1 else ""
            meaning = nodes.definition("", nodes.paragraph(text=f"{term.definition}{also}"))
            name = nodes.term(text=capital(term.term), ids=[term.anchor])
            items.append(nodes.definition_list_item("", name, meaning))
        return [nodes.definition_list("", *items, classes=["glossary"])]
