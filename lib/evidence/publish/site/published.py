"""What a chapter tells the site about its page.

Any object that a chapter shows may carry an output of the type `MIME` beside its HTML (its
`_repr_mimebundle_` returns it). The build keeps these outputs out of the page and reads from them:

``title``, ``description``
    Plain text for search engines, citations and previews. The page's first heading, and the start of its
    text, stand in where they are absent.
``kind``
    "report" or "data"; a page that names studies is a report without saying so.
``studies``
    The ids of studies whose results the page uses. A report that states them rests on those alone, whatever
    its chapter asks of others to say where it stands among them; other pages add those they ask for by name.
``figures``
    For each figure ``key``, ``title``, ``description``, ``csv`` and ``svg`` as text and ``png`` in base64.
``files``
    Other files to download: ``path`` from the root of the site, ``title``, ``description``, and ``content``
    in base64.

Every field may be left out. A page may publish many outputs: lists add up, and a text stated last stands.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from evidence.wording.html import PAGE_MIME

MIME = PAGE_MIME

_TEXTS = ("title", "description", "kind")
_LISTS = ("studies", "figures", "files")
_KINDS = ("", "report", "data")

#: A cell's outputs, in the notebook format.
Outputs = list[Any]


@dataclass(frozen=True, slots=True)
class FigureFiles:
    """A figure with its files.

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
class OwnFile:
    """A file that a page made.

    Attributes
    ----------
    path : str
        From the root of the site.
    """

    path: str
    title: str
    description: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """What one page said about itself."""

    title: str = ""
    description: str = ""
    kind: str = ""
    studies: tuple[str, ...] = ()
    figures: tuple[FigureFiles, ...] = ()
    files: tuple[OwnFile, ...] = ()


def read(cells: Iterable[Outputs]) -> Published:
    """Gather what the cells of a chapter published.

    Raises
    ------
    ValueError
        If a field is unknown, or two figures share a key.
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
        figures=_figures(lists["figures"]),
        files=tuple(
            OwnFile(**{**stated, "content": base64.b64decode(stated["content"])}) for stated in lists["files"]
        ),
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


def _figures(stated: list[dict[str, str]]) -> tuple[FigureFiles, ...]:
    keys = [figure["key"] for figure in stated]
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"shows the figure {', '.join(repeated)} more than once: give each its own key")
    return tuple(_figure(figure) for figure in stated)


def _figure(stated: dict[str, str]) -> FigureFiles:
    files = {
        "csv": stated["csv"].encode(),
        "svg": stated["svg"].encode(),
        "png": base64.b64decode(stated["png"]),
    }
    return FigureFiles(stated["key"], stated["title"], stated["description"], files)
