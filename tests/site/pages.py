"""The pages of the site, without building it: what `_toc.yml` lists, and what the templates add."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def _files(tree: object) -> list[str]:
    if isinstance(tree, dict):
        own = [str(tree[name]) for name in ("root", "file") if name in tree]
        return own + [name for value in tree.values() for name in _files(value)]
    return [name for value in tree for name in _files(value)] if isinstance(tree, list) else []


def pages() -> list[str]:
    """Return the paths of all pages from the root of the site."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [f"{name}.html" for name in (*_files(toc), "search", "404")]
