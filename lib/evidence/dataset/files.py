"""The bytes of a data folder, read once, and the text of its tables with the line each row starts on."""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evidence.dataset.contract import CONTRACT_FILE, Contract, parse_contract


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every file of a data folder that the contract names, as bytes.

    Attributes
    ----------
    folder : Path
        Where the files were read.
    contents : tuple of (str, bytes or None)
        File name and content, the contract first; None for a file that is missing.
    strays : tuple of str
        CSV files of the folder that the contract does not name.
    """

    folder: Path
    contents: tuple[tuple[str, bytes | None], ...]
    strays: tuple[str, ...] = ()

    @property
    def files(self) -> Mapping[str, bytes | None]:
        """Content by file name."""
        return dict(self.contents)

    @property
    def contract(self) -> Contract:
        """The contract; raises ValueError when it cannot be read."""
        return parse_contract(self.files[CONTRACT_FILE])

    @property
    def fingerprint(self) -> str:
        """Digest of every file, byte for byte."""
        digest = hashlib.sha256()
        for name, content in self.contents:
            size = -1 if content is None else len(content)
            digest.update(f"{name}\0{size}\0".encode() + (content or b""))
        return digest.hexdigest()


def read_snapshot(folder: Path) -> Snapshot:
    """Read a data folder.

    Raises
    ------
    ValueError
        When ``datapackage.json`` is missing or cannot be read.
    """
    contract = _content(folder / CONTRACT_FILE)
    paths = [table.path for table in parse_contract(contract).tables.values()]
    contents = ((CONTRACT_FILE, contract), *((path, _content(folder / path)) for path in paths))
    strays = sorted(path.name for path in folder.glob("*.csv") if path.name not in paths)
    return Snapshot(folder, contents, tuple(strays))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


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
    broken : (int, str) or None
        The line of the record at which the file stops being CSV, and why; nothing after it is read.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    broken: tuple[int, str] | None = None


def parse(text: str) -> RawTable:
    """Read the text of a CSV file: commas, double quotes, a quote inside a quoted cell doubled."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[str, ...]] = []
    lines: list[int] = []
    broken = None
    start = 1
    try:
        for record in reader:
            records.append(tuple(record))
            lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        broken = (start, str(error))
    header = records[0] if records else ()
    return RawTable(header, tuple(records[1:]), tuple(lines[1:]), broken)
