"""Text that a spreadsheet shows and never runs."""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def inert(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe goes before its first sign.

    A sign that stands alone, such as the operator of a p-value, is no formula and stays as it is.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > 1 and text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
