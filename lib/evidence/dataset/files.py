"""The bytes of a data folder, read once, and the text of its tables with the line each row starts on."""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evidence.dataset.contract import CONTRACT_FILE, Contract
from evidence.dataset.package import ContractError, parse_contract
from evidence.dataset.plain import NotPlainError, read_plain

#: The most bytes that ``datapackage.json`` may have.
LARGEST_CONTRACT = 4 * 1024 * 1024
_PLAIN = f"a plain file of at most {LARGEST_CONTRACT:,} bytes: no link, pipe, device or folder"


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
    refused : tuple of (str, str)
        Names of the contract that lead to something else than a plain file, and to what; it is not read.
    """

    folder: Path
    contents: tuple[tuple[str, bytes | None], ...]
    strays: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()

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
    ContractError
        When ``datapackage.json`` is missing or cannot be used.
    """
    try:
        contract = read_plain(folder / CONTRACT_FILE, LARGEST_CONTRACT)
    except NotPlainError as error:
        raise ContractError(1, "", str(error), _PLAIN, "put the file itself there") from None
    paths = [table.path for table in parse_contract(contract).tables.values()]
    contents: list[tuple[str, bytes | None]] = [(CONTRACT_FILE, contract)]
    refused = []
    for path in paths:
        try:
            contents.append((path, read_plain(folder / path)))
        except NotPlainError as error:
            contents.append((path, None))
            refused.append((path, str(error)))
    strays = sorted(path.name for path in folder.glob("*.csv") if path.name not in paths)
    return Snapshot(folder, tuple(contents), tuple(strays), tuple(refused))


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
