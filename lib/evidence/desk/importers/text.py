"""The text of a file from elsewhere: of a sensible size, in UTF-8, without anything that unfolds."""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path

from evidence.desk.problems import DeskError

#: Larger than any record of one study; what is above is refused unread.
LARGEST = 20_000_000  # bytes

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>")


def read_text(path: Path) -> str:
    """Read a text file.

    Raises
    ------
    DeskError
        When there is no such file, it is empty, larger than `LARGEST`, not UTF-8, or XML.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise DeskError(
                f"{path.name}: {size / 1e6:,.0f} MB is more than one study needs "
                f"(at most {LARGEST / 1e6:,.0f} MB): export the record of this study alone"
            )
        content = path.read_bytes()
    except OSError as error:
        raise DeskError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    text = _decoded(path.name, content)
    if not text.strip():
        raise DeskError(f"{path.name}: the file is empty: export the record again")
    if text.lstrip().startswith("<"):
        entities = " with entities, which are never unfolded here," if "<!ENTITY" in text.upper() else ""
        raise DeskError(
            f"{path.name}: this is XML or HTML{entities} and not a record: export it as RIS, BibTeX, "
            "PubMed (.nbib), or ClinicalTrials.gov JSON"
        )
    return text


def _decoded(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DeskError(
            f"{name}: line {line} is not UTF-8 (byte {content[error.start]:02x}): save the file as UTF-8 and "
            "compare names and signs with the source"
        ) from None
    if "\0" in text:
        raise DeskError(f"{name}: holds NUL bytes: it is not a text file in UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def plain(text: str) -> str:
    """Return a text on one line, with `&amp;` and the like resolved and tags such as `<i>` taken out."""
    clean = _TAG.sub("", html.unescape(text))
    clean = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in clean)
    return " ".join(clean.split())
