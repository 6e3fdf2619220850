"""HTML from the document tree, with what Sphinx's own writer leaves inaccessible or invalid put right."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from evidence.publish.site.addresses import SCHEME
from evidence.publish.site.pages import up

#: Anchors of sections whose own sections are folded: the audit layer, a condition in the list of studies.
AUDIT, CONDITION = "audit", "condition-"
#: Anchor of the section whose cell is there to be changed in a notebook: folded wherever it stands.
LEARN = "the-same-numbers-in-your-hands"
LOGGER = logging.getLogger(__name__)


class Translator(HTML5Translator):
    """Write one page.

    - Reference lists are lists, without the roles that no longer exist (`doc-biblioentry`).
    - Tables scroll on their own, their header cells say what they head, and an empty corner is no header.
    - An image needs a text alternative that is not its file name.
    - `site:` addresses become relative to the page.
    - Links to headings have a name.
    """

    def visit_citation(self, node: nodes.Element) -> None:
        """Begin an entry of a reference list, and the list before its first entry."""
        if not isinstance(node.previous_sibling(), nodes.citation):
            self.body.append('<ul class="references">\n')
        self.body.append(self.starttag(node, "li"))  # type: ignore[no-untyped-call]

    def depart_citation(self, node: nodes.Element) -> None:
        """End an entry, and the list after its last entry."""
        self.body.append("</li>\n")
        if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
            self.body.append("</ul>\n")

    def visit_label(self, node: nodes.Element) -> None:
        """Write the label of a reference or footnote."""
        self.body.append('<span class="label">')

    def depart_label(self, node: nodes.Element) -> None:
        """End a label; no links lead back to the places that cite it."""
        self.body.append("</span>\n")

    def visit_table(self, node: nodes.Element) -> None:
        """Begin a table inside a box that scrolls and that the keyboard reaches."""
        name = escape(_table_name(node))
        self.body.append(f'<div class="ev-scroll" role="region" tabindex="0" aria-label="{name}">\n')
        super().visit_table(node)

    def depart_table(self, node: nodes.Element) -> None:
        """End a table and its box."""
        super().depart_table(node)
        self.body.append("</div>\n")

    def visit_entry(self, node: nodes.Element) -> None:
        """Begin a cell: a header says whether it heads a column or a row, unless it is empty."""
        place = len(self.body)
        super().visit_entry(node)  # type: ignore[no-untyped-call]
        tag = self.body[place]
        if not tag.startswith("<th"):
            return
        if not node.astext().strip():
            self.body[place] = tag.replace("<th", "<td", 1)
            self.context[-1] = "</td>\n"
            return
        row: Any = node.parent
        scope = "col" if isinstance(row.parent, nodes.thead) else "row"
        self.body[place] = tag.replace("<th", f'<th scope="{scope}"', 1)

    def visit_title(self, node: nodes.Element) -> None:
        """Begin a heading; one of the audit layer is what unfolds its section."""
        if _folds(node.parent):
            self.body.append('<details class="ev-fold"><summary>')
        super().visit_title(node)

    def depart_title(self, node: nodes.Element) -> None:
        """End a heading."""
        super().depart_title(node)
        if _folds(node.parent):
            self.body.append("</summary>\n")

    def depart_section(self, node: nodes.Element) -> None:
        """End a section."""
        if _folds(node):
            self.body.append("</details>\n")
        super().depart_section(node)  # type: ignore[no-untyped-call]

    def visit_image(self, node: nodes.Element) -> None:
        """Write an image, which must say in words what it shows."""
        text = node.get("alt", "")
        if not text.strip() or text == node["uri"]:
            LOGGER.warning(
                "the image %s has no text alternative", node["uri"], location=node, type="evidence"
            )
        super().visit_image(node)

    def visit_reference(self, node: nodes.Element) -> None:
        """Begin a link."""
        address = node.get("refuri", "")
        if address.startswith(SCHEME):
            node["refuri"] = up(self.docnames[0]) + address.removeprefix(SCHEME)
            node["internal"] = True
        super().visit_reference(node)

    def add_permalink_ref(self, node: nodes.Element, title: str) -> None:
        """Add a link to a heading, a table or a formula, named for those who do not see it."""
        if _folds(node):
            return  # a summary holds nothing else to press
        icon = self.config.html_permalinks_icon
        self.body.append(
            f'<a class="headerlink" href="#{node["ids"][0]}" aria-label="{escape(title)}">{icon}</a>'
        )


def _folds(node: Any) -> bool:
    """Whether a section is folded under its heading: the audit, a list of studies, a cell to change."""
    if not isinstance(node, nodes.section) or not isinstance(node.parent, nodes.section):
        return False
    if LEARN in node.get("ids", ()):
        return True
    return any(name == AUDIT or name.startswith(CONDITION) for name in node.parent.get("ids", ()))


def _table_name(node: nodes.Element) -> str:
    """Return a table's title, or else the title of its section."""
    place: Any = node
    while place is not None:
        title = next((child for child in place.children if isinstance(child, nodes.title)), None)
        if title is not None:
            return title.astext() if place is node else f"Table: {title.astext()}"
        place = place.parent
    return "Table"
