"""The text of a file from elsewhere: of a sensible size, without anything that unfolds or never ends."""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from pathlib import Path

from evidence.dataset.plain import NotPlainError, read_plain
from evidence.desk.problems import DeskError

#: Larger than any record of one study; what is above is refused unread.
LARGEST = 20_000_000  # bytes

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """Read an ordinary file of a sensible size.

    Raises
    ------
    DeskError
        When there is no such file, it is a folder, a pipe or a device, or larger than `largest` bytes.
    """
    try:
        # An editor may name a link; what it leads to must be a plain file all the same.
        content = read_plain(path.resolve(), largest)
    except NotPlainError as error:
        remedy = (
            "export the record of this study alone" if "more than" in str(error) else "give the file itself"
        )
        raise DeskError(f"{path.name}: is {error}: {remedy}") from None
    except (OSError, RuntimeError) as error:
        raise DeskError(f"{path.name}: cannot be read: {error}") from None
    if content is None:
        raise DeskError(f"{path.name}: cannot be read: there is no such file")
    return content


def read_text(path: Path, largest: int = LARGEST) -> str:
    """Read a text file.

    Raises
    ------
    DeskError
        As `read_bytes`; and when the file is empty, in an unknown encoding, or XML.
    """
    text = _decoded(path.name, read_bytes(path, largest))
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
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
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
    return unicodedata.normalize("NFC", " ".join(clean.split()))
