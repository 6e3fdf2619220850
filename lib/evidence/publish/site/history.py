"""The directive `{version-history}`: what changed in each version, from `CHANGES.md`."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from evidence.publish.site.feed import FILE, Change, read_changes


class VersionHistory(SphinxDirective):
    """Show one section for each version, the newest first."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        return [self._version(change) for change in read_changes(Path(self.env.srcdir))]

    def _version(self, change: Change) -> nodes.section:
        title = nodes.title(text=f"Version {change.version}")
        section = nodes.section("", title, ids=[change.anchor], names=[change.anchor])
        section += nodes.paragraph(text=f"{change.date:%-d %B %Y}")
        self.state.nested_parse(StringList(change.text.splitlines(), FILE), 0, section)
        return section
