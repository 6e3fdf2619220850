"""Links inside the site that a computed output can write without knowing its page.

An output writes `site:` and the path from the root of the site, such as `site:chapters/data.html`, as the
value of a `href` or `src`, or as the target of a Markdown link; here it becomes an address that leads there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

SCHEME = "site:"


def relative(value: Any, root: str) -> Any:
    """Return outputs (nested lists, dicts, texts) with the links of their HTML relative to a page.

    Links in Markdown (`[text](site:path)`) become relative when the page is written (`Translator`).

    Parameters
    ----------
    root : str
        The way from the page to the root of the site: empty or a row of `../`.
    """
    return _replaced(value, lambda text: text.replace(f'="{SCHEME}', f'="{root}'))


def absolute(value: Any, url: str) -> Any:
    """Return a notebook or outputs with full addresses."""
    return _replaced(
        value, lambda text: text.replace(f'="{SCHEME}', f'="{url}').replace(f"]({SCHEME}", f"]({url}")
    )


def _replaced(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_replaced(item, change) for item in value]
    if isinstance(value, dict):
        changed = copy.copy(value)
        for key, item in value.items():
            changed[key] = _replaced(item, change)
        return changed
    return value
