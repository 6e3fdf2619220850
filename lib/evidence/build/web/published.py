"""What a chapter tells the site about its page.

Any object that a chapter shows may carry an output of the type `MIME` beside its HTML (its
`_repr_mimebundle_` returns it). The build keeps these outputs out of the page and reads from them:

``title``, ``description``
    Plain text for search engines, citations and previews. The page's first heading, and the start of its
    text, stand in where they are absent.
``kind``
    "report" or "data"; a page that names studies is a report without saying so.
``studies``
    The ids of the studies whose results the page uses.
``figures``
    For each figure ``key``, ``title``, ``description``, ``csv`` and ``svg`` as text and ``png`` in base64.
``tables``
    For each table ``key``, ``title`` and ``csv``.

Every field may be left out. A page may publish many outputs: lists add up, and a text stated last stands.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

MIME = "application/vnd.evidence.page+json"

_TEXTS = ("title", "description", "kind")
_LISTS = ("studies", "figures", "tables")
_KINDS = ("", "report", "data")

#: A cell's outputs, in the notebook format.
Outputs = list[Any]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A figure or a table with its files.

    Attributes
    ----------
    key : str
        Names its files.
    files : dict
        Suffix → content, such as ``"csv"``.
    """

    key: str
    title: str
    description: str
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Published:
    """What one page said about itself."""

    title: str = ""
    description: str = ""
    kind: str = ""
    studies: tuple[str, ...] = ()
    figures: tuple[Exhibit, ...] = ()
    tables: tuple[Exhibit, ...] = ()


def read(cells: Iterable[Outputs]) -> Published:
    """Gather what the cells of a chapter published.

    Raises
    ------
    ValueError
        If a field is unknown, or two figures or tables share a key.
    """
    texts: dict[str, str] = {}
    lists: dict[str, list[Any]] = {name: [] for name in _LISTS}
    for said in _statements(cells):
        if unknown := set(said) - {*_TEXTS, *_LISTS}:
            raise ValueError(f"publishes the unknown field {', '.join(sorted(unknown))} as {MIME}")
        texts |= {name: " ".join(said[name].split()) for name in _TEXTS if said.get(name)}
        for name in _LISTS:
            lists[name] += said.get(name, [])
    if texts.get("kind", "") not in _KINDS:
        raise ValueError(f"publishes the unknown kind {texts['kind']!r}")
    return Published(
        **texts,
        studies=tuple(sorted(set(lists["studies"]))),
        figures=_exhibits(lists["figures"], "figure"),
        tables=_exhibits(lists["tables"], "table"),
    )


def without(cells: Iterable[Outputs]) -> list[Outputs]:
    """Return the cells' outputs without what is meant for the site."""
    return [list(_shown(outputs)) for outputs in cells]


def _shown(outputs: Outputs) -> Iterator[Any]:
    for output in outputs:
        if MIME not in output.get("data", {}):
            yield output
        elif data := {mime: content for mime, content in output["data"].items() if mime != MIME}:
            yield output | {"data": data}


def _statements(cells: Iterable[Outputs]) -> Iterator[dict[str, Any]]:
    for outputs in cells:
        for output in outputs:
            if MIME in output.get("data", {}):
                yield output["data"][MIME]


def _exhibits(stated: list[dict[str, str]], what: str) -> tuple[Exhibit, ...]:
    keys = [exhibit["key"] for exhibit in stated]
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"shows the {what} {', '.join(repeated)} more than once: give each its own key")
    return tuple(_exhibit(exhibit) for exhibit in stated)


def _exhibit(stated: dict[str, str]) -> Exhibit:
    files: dict[str, bytes] = {
        suffix: stated[suffix].encode() for suffix in ("csv", "svg") if suffix in stated
    }
    if "png" in stated:
        files["png"] = base64.b64decode(stated["png"])
    return Exhibit(stated["key"], stated.get("title", ""), stated.get("description", ""), files)
