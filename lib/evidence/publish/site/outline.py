"""What other pages can ask of a page: its title, its anchors, the pages below it.

Sphinx learns it by reading a page. Of a page that is kept it is told what it learned when it last read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docutils import nodes
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment

#: Where MyST notes the headings of a page to which others can lead.
_SLUGS = "myst_slugs"


@dataclass(frozen=True, slots=True)
class Outline:
    """What Sphinx knows of a page beside its text.

    Attributes
    ----------
    title : str
    slugs : mapping
        Line, id and text of each heading, by the anchor that MyST gives it.
    labels, unnamed : mapping
        Id and title of each label, and id of each label without a title, by name.
    below : sequence of str
        The pages below it in the contents.
    """

    title: str
    slugs: Mapping[str, Sequence[str | int | None]]
    labels: Mapping[str, Sequence[str]]
    unnamed: Mapping[str, str]
    below: Sequence[str]


def outline(env: BuildEnvironment, docname: str) -> Outline:
    """Return what Sphinx learned of a page that it has read."""
    std = _std(env)
    return Outline(
        env.titles[docname].astext(),
        dict(env.metadata[docname].get(_SLUGS, {})),
        {name: (ident, title) for name, (page, ident, title) in std.labels.items() if page == docname},
        {name: ident for name, (page, ident) in std.anonlabels.items() if page == docname},
        tuple(env.toctree_includes.get(docname, ())),
    )


def tell(env: BuildEnvironment, docname: str, known: Outline) -> None:
    """Tell Sphinx of a page that it does not read."""
    std = _std(env)
    env.all_docs[docname] = 0
    env.titles[docname] = env.longtitles[docname] = nodes.title(text=known.title)
    if known.slugs:
        env.metadata[docname][_SLUGS] = {slug: tuple(found) for slug, found in known.slugs.items()}
    std.labels.update({name: (docname, ident, title) for name, (ident, title) in known.labels.items()})
    std.anonlabels.update({name: (docname, ident) for name, ident in known.unnamed.items()})
    if known.below:
        env.toctree_includes[docname] = list(known.below)
    for below in known.below:
        env.files_to_rebuild.setdefault(below, set()).add(docname)


def _std(env: BuildEnvironment) -> StandardDomain:
    return env.domains["std"]
