"""Sphinx's HTML builder, writing only what changed; kept texts get what stands around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sphinx.builders.html import StandaloneHTMLBuilder

from evidence.publish.site.bodies import Bodies


class SiteBuilder(StandaloneHTMLBuilder):
    """Writes the pages that changed, and gives kept pages their place in the site.

    Attributes
    ----------
    bodies : Bodies or None
        Set when the configuration is read; None writes every page.
    """

    bodies: Bodies | None = None

    def get_doc_context(self, docname: str, body: str, metatags: str) -> dict[str, Any]:
        """Keep the text of a page; return what the templates of this project use, nothing for a theme."""
        if self.bodies is not None:
            self.bodies.keep(self.env, docname, body)
        return {"body": body}

    def _write_serial(self, docnames: Sequence[str]) -> None:
        super()._write_serial(self._changed(docnames))

    def _write_parallel(self, docnames: Sequence[str], nproc: int) -> None:
        super()._write_parallel(self._changed(docnames), nproc)

    def _changed(self, docnames: Iterable[str]) -> list[str]:
        kept = self.bodies.kept if self.bodies is not None else {}
        return [docname for docname in docnames if docname not in kept]
