"""The text of the tables as it stands in the files, with the line each row starts on."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence.dataset.contract import CONTRACT_FILE, Contract


@dataclass(frozen=True, slots=True)
class RawTable:
    """The cells of one file as text.

    Attributes
    ----------
    header : tuple of str
        The first record of the file.
    rows : tuple of tuple of str
        The other records, in file order.
    lines : tuple of int
        The line of the file each record of `rows` starts on; the header is on line 1.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def parse(text: str) -> RawTable:
    """Read the text of a CSV file (comma, double quotes, quotes doubled inside a cell).

    Raises
    ------
    csv.Error
        When a quote is opened and not closed, or text follows a closing quote.
    """
    records = list(_numbered_records(text))
    if not records:
        return RawTable((), (), ())
    (_, header), body = records[0], records[1:]
    return RawTable(header, tuple(row for _, row in body), tuple(line for line, _ in body))


def _numbered_records(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    for record in reader:
        yield start, tuple(record)
        start = reader.line_num + 1


def fingerprint(folder: Path, contract: Contract) -> str:
    """Digest of the contract and of every table file of a data folder, byte for byte."""
    digest = hashlib.sha256()
    for name in (CONTRACT_FILE, *(table.path for table in contract.tables.values())):
        path = folder / name
        content = path.read_bytes() if path.is_file() else b"missing"
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
