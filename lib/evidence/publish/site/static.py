"""Style sheets and scripts: a page loads what it uses, and the site holds nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from evidence.publish.run import state

#: Loaded first, so that the other style sheets may build on it.
FIRST = "site.css"
#: Runs before a page is painted.
EARLY = "first.js"
#: Loaded by the search page alone, together with its index.
SEARCH = "search.js"
#: Style sheet or script → what stands in the HTML of a page that needs it.
#: Scripts run in the order of their names.
ON_DEMAND = {
    "sphinx-design.min.css": 'class="sd-',
    "bayes.js": 'class="ev-whatif"',
    "meta.js": 'class="ev-whatif-review"',
    "numbers.js": 'class="ev-whatif',
    "whatif.css": 'class="ev-whatif"',
    "whatif.js": 'class="ev-whatif"',
    "review-whatif.js": 'class="ev-whatif-review"',
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one page loads: paths from the root of the site, each with a mark of its content."""

    first: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]


def choose(app: Sphinx, context: dict[str, Any]) -> Loaded:
    """Return the style sheets and scripts that a page uses."""
    own = own_files(Path(app.srcdir))
    body = context.get("body", "")
    styles = {name for name in _names(context["css_files"]) if _wanted(name, own, body)}
    scripts = {
        name
        for name in _names(context["script_files"])
        if name in own and name not in (EARLY, SEARCH) and _wanted(name, own, body)
    }
    site = Path(app.outdir)
    return Loaded(
        _marked(site, EARLY),
        tuple(_marked(site, name) for name in sorted(styles, key=lambda name: (name != FIRST, name))),
        tuple(_marked(site, name) for name in sorted(scripts)),
    )


def own_files(source: Path) -> set[str]:
    """Return the names of the project's own static files."""
    folder = source / "_static"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def shortened(text: str, suffix: str) -> str:
    """Return a style sheet or script without its comments and its indentation.

    A comment of a script begins its line. No script of the book has a template of several lines, in which
    indentation would be text.
    """
    text = re.sub(
        r"/\*.*?\*/" if suffix == ".css" else r"^\s*/\*\*.*?\*/", "", text, flags=re.DOTALL | re.MULTILINE
    )
    if suffix == ".js":
        text = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    return "\n".join(line for line in map(str.strip, text.splitlines()) if line) + "\n"


def sweep(source: Path, site: Path) -> None:
    """Take away the static files of theme and extensions that no page loads, and comments from the others."""
    folder = site / "_static"
    kept = own_files(source) | {
        name for name, mark in ON_DEMAND.items() if _appears(mark, site.rglob("*.html"))
    }
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder).as_posix() not in kept:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.suffix in (".css", ".js") and ".min." not in path.name:
            said = path.read_text(encoding="utf-8")
            if said != (short := shortened(said, path.suffix)):
                path.write_text(short, encoding="utf-8")


def _appears(mark: str, pages: Iterable[Path]) -> bool:
    return any(mark in page.read_text(encoding="utf-8") for page in pages)


def _wanted(name: str, own: set[str], body: str) -> bool:
    return ON_DEMAND[name] in body if name in ON_DEMAND else name in own


def _names(assets: Iterable[Any]) -> Iterator[str]:
    for asset in assets:
        yield str(getattr(asset, "filename", None) or "").removeprefix("_static/")


def _marked(site: Path, name: str) -> str:
    path = f"_static/{name}"
    return f"{path}?v={state.file(site / path)[:8]}"
