"""Numbers of the figures and tables of a page, and references to them.

Figures and tables are computed without knowing their page; here, in the finished page, each gets its number
in the order in which it stands, and `{see}` roles get the text that leads to it.
"""

from __future__ import annotations

import re
from typing import Final

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from evidence.wording.html import escape

#: The caption of a figure, or of a table that is not the twin of a figure.
_CAPTIONS: Final = re.compile(
    r'<figure class="ev-figure" id="(?P<figure>[^"]+)">(?:(?!<figcaption>).)*<figcaption>'
    r'|<table class="ev-table[^"]*" id="(?P<table>(?!fig-)[^"]+)"[^>]*><caption[^>]*><span>',
    re.DOTALL,
)
_SEE: Final = re.compile(r'<a class="ev-see[^"]*" href="#([^"]+)"></a>')


def numbered(body: str) -> str:
    """Return a page's text with its figures and tables numbered and its references to them filled in.

    Raises
    ------
    ValueError
        A reference leads to no figure or table of the page.
    """
    names: dict[str, str] = {}

    def caption(found: re.Match[str]) -> str:
        kind = "Figure" if found["figure"] else "Table"
        count = sum(name.startswith(kind) for name in names.values()) + 1
        names[found["figure"] or found["table"]] = f"{kind} {count}"
        return f'{found[0]}<span class="ev-number">{kind} {count}.</span> '

    def reference(found: re.Match[str]) -> str:
        if found[1] not in names:
            raise ValueError(f"{{see}} leads to {found[1]}, which is no figure or table of the page")
        return f'<a href="#{found[1]}">{names[found[1]]}</a>'

    return _SEE.sub(reference, _CAPTIONS.sub(caption, body))


class SeeRole(SphinxRole):
    """A reference to a figure or table of the page by its anchor: ``{see}`fig-ketamine-crps-forest` ``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the place of the reference, which `numbered` fills in."""
        return [nodes.raw("", f'<a class="ev-see" href="#{escape(self.text)}"></a>', format="html")], []
