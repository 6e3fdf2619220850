"""Where a reader can go: the contents of the book, and the sections of a page."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes
from sphinx.environment import BuildEnvironment
from sphinx_external_toc.api import FileItem, SiteMap, UrlItem

from evidence.publish.site.pages import up
from evidence.wording.numbers import capital


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the contents.

    Attributes
    ----------
    current : bool
        Whether it is the page that the reader sees.
    open : bool
        Whether that page is this one or lies below it.
    """

    href: str
    title: str
    current: bool = False
    open: bool = False
    below: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the book."""

    caption: str
    links: tuple[Link, ...]

    @property
    def open(self) -> bool:
        """Whether the page that the reader sees is in it."""
        return any(link.open for link in self.links)


def contents(env: BuildEnvironment, site_map: SiteMap, pagename: str, root: str) -> tuple[Part, ...]:
    """Return the parts of the book as seen from a page; `root` leads from there to the root of the site."""

    def links(items: list[object], caption: str) -> tuple[Link, ...]:
        return tuple(link(item, caption) for item in items if isinstance(item, FileItem | UrlItem))

    def link(item: FileItem | UrlItem, caption: str) -> Link:
        if isinstance(item, UrlItem):
            return Link(item.url, item.title or item.url)
        docname = str(item)
        trees = site_map[docname].subtrees
        below = tuple(entry for tree in trees for entry in links(list(tree.items), caption))
        title = below_caption(env.titles[docname].astext(), caption)
        current = docname == pagename
        return Link(
            f"{root}{docname}.html",
            title,
            current,
            current or any(entry.open for entry in below),
            below,
        )

    return tuple(
        Part(tree.caption or "", links(list(tree.items), tree.caption or ""))
        for tree in site_map.root.subtrees
    )


def below_caption(title: str, caption: str) -> str:
    """Return a title without what the caption above it says already.

    Examples
    --------
    >>> below_caption("Ketamine for cancer pain", "Ketamine"), below_caption("Ketamine: overview", "Ketamine")
    ('Cancer pain', 'Overview')
    """
    for join in (" for ", ": "):
        if caption and title.startswith(f"{caption}{join}"):
            return capital(title.removeprefix(f"{caption}{join}"))
    return title


def neighbours(env: BuildEnvironment, order: list[str], pagename: str) -> tuple[Link | None, Link | None]:
    """Return the pages before and after a page in reading order."""
    place = order.index(pagename)

    def link(position: int) -> Link | None:
        if not 0 <= position < len(order):
            return None
        docname = order[position]
        return Link(f"{up(pagename)}{docname}.html", env.titles[docname].astext())

    return link(place - 1), link(place + 1)


def sections(env: BuildEnvironment, pagename: str) -> tuple[Link, ...]:
    """Return the sections and subsections of a page below its title."""
    return _entries(env.tocs[pagename], depth=3)[0].below if pagename in env.tocs else ()


def _entries(bullets: nodes.Element, depth: int) -> tuple[Link, ...]:
    found = []
    for item in bullets.children:
        if not isinstance(item, nodes.list_item):
            continue
        reference = next(iter(item.findall(nodes.reference)), None)
        if reference is None:
            continue
        inner = [child for child in item.children if isinstance(child, nodes.bullet_list)]
        below = tuple(entry for bullet in inner for entry in _entries(bullet, depth - 1)) if depth > 1 else ()
        found.append(Link(reference["anchorname"] or "#", reference.astext(), below=below))
    return tuple(found)
