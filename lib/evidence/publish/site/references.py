"""References that are put into words when they are asked for.

sphinxcontrib-bibtex puts every entry into words in each build. Where the lists of references are kept, a
build asks for those alone that the pages which it writes cite.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, Final

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style import FormattedEntry
from pybtex.style.formatting.alpha import Style as Alpha

#: The style in which lists are written, and the same when none is: as sphinxcontrib-bibtex knows them.
STYLE: Final = "alpha"
LATE: Final = "alpha-late"


class Late(FormattedEntry):
    """An entry of a list of references whose words come late."""

    def __init__(self, key: str, label: str, words: Callable[[], Any]) -> None:
        self.key, self.label, self._words = key, label, words

    @cached_property
    def text(self) -> Any:
        """The reference in words."""
        return self._words()


class LateAlpha(Alpha):
    """The style `alpha`, for entries that were put into words before without a complaint."""

    def format_entry(self, label: str, entry: Entry, bib_data: Any = None) -> Late:
        """Return an entry with its words to come."""
        return Late(str(entry.key), label, partial(self._words, label, entry))

    def _words(self, label: str, entry: Entry) -> Any:
        return super().format_entry(label, entry).text  # type: ignore[no-untyped-call]


register_plugin("pybtex.style.formatting", LATE, LateAlpha)
