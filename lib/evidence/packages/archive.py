"""The files of a package, read into memory: a ZIP, a folder or one file; nothing is unpacked to disk."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from evidence.packages.problems import PackageError

MEGABYTE: Final = 2**20
LARGEST_PACKAGE: Final = 64 * MEGABYTE
LARGEST_TABLE: Final = 64 * MEGABYTE
MOST_FILES: Final = 2_000
HIGHEST_RATIO: Final = 200
"""Tables of numbers shrink to a tenth or twentieth; what shrinks more than this is made to fill a disk."""
DEEPEST: Final = 2
"""RevMan Web puts the tables into a ZIP within the ZIP of the article."""
USED: Final = (".csv", ".rm5", ".ris", ".json", ".zip", ".xml", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Archive:
    """Files of a package by path; what has a suffix that no reader uses is in `ignored`."""

    name: str
    files: Mapping[str, bytes]
    ignored: tuple[str, ...]


def read_archive(path: Path) -> Archive:
    """Read a package.

    Raises
    ------
    PackageError
        Missing, empty, too large, truncated or damaged, encrypted, or built to harm: members with paths that
        lead out of the package, links, or contents that grow beyond reason.
    """
    if not path.exists():
        raise PackageError(
            "does not exist", file=str(path), remedy="Name a .zip, .rm5 or .csv file, or a folder."
        )
    if path.is_dir():
        return _folder(path)
    size = path.stat().st_size
    if size == 0:
        raise PackageError("is empty", file=path.name, remedy="Download the package again.")
    if size > LARGEST_PACKAGE:
        raise _too_large(path.name, size, LARGEST_PACKAGE)
    content = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)) or content[:2] == b"PK":
        files: dict[str, bytes] = {}
        ignored: list[str] = []
        _unpack(path.name, content, files, ignored, depth=1, budget=[LARGEST_PACKAGE])
        return Archive(path.stem, files, tuple(ignored))
    return Archive(path.stem, {path.name: content}, ())


def _folder(path: Path) -> Archive:
    files, ignored, total = {}, [], 0
    for each in sorted(path.rglob("*")):
        if each.is_symlink() or not each.is_file():
            continue
        name = each.relative_to(path).as_posix()
        if each.suffix.lower() not in USED or each.suffix.lower() == ".zip":
            ignored.append(name)
            continue
        total += each.stat().st_size
        if total > LARGEST_PACKAGE:
            raise _too_large(path.name, total, LARGEST_PACKAGE)
        files[name] = each.read_bytes()
        if len(files) > MOST_FILES:
            raise PackageError(
                f"holds more than {MOST_FILES} files", file=path.name, remedy="Name one review's."
            )
    return Archive(path.name, files, tuple(ignored))


def _unpack(
    name: str, content: bytes, files: dict[str, bytes], ignored: list[str], *, depth: int, budget: list[int]
) -> None:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise PackageError(
            "is truncated or damaged: its list of contents cannot be read",
            file=name,
            remedy="Download the package again.",
        ) from error
    with archive:
        if not _whole(content, archive):
            raise PackageError(
                "is truncated or damaged: its list of contents is not at its end",
                file=name,
                remedy="Download the package again.",
            )
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MOST_FILES:
            raise PackageError(f"holds {len(members)} files", file=name, remedy="Name one review's package.")
        for member in members:
            _refuse(name, member)
            if not member.filename.lower().endswith(USED):
                ignored.append(member.filename)
                continue
            _keep(name, archive, member, files, ignored, depth=depth, budget=budget)


def _whole(content: bytes, archive: zipfile.ZipFile) -> bool:
    """Whether the archive fills the file: a ZIP cut off behind a ZIP that it holds opens as the inner one."""
    end = content.rfind(b"PK\x05\x06")
    starts = [member.header_offset for member in archive.infolist()]
    return end + 22 + len(archive.comment) == len(content) and min(starts, default=0) == 0


def _keep(
    name: str,
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    files: dict[str, bytes],
    ignored: list[str],
    *,
    depth: int,
    budget: list[int],
) -> None:
    budget[0] -= member.file_size
    if budget[0] < 0:
        raise _too_large(name, LARGEST_PACKAGE - budget[0], LARGEST_PACKAGE)
    content = _read(name, archive, member)
    if not member.filename.lower().endswith(".zip"):
        if member.filename in files:
            raise PackageError(
                "stands twice in the package", file=member.filename, remedy="Download the package again."
            )
        files[member.filename] = content
    elif depth < DEEPEST:
        _unpack(member.filename, content, files, ignored, depth=depth + 1, budget=budget)
    else:
        ignored.append(member.filename)


def _read(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(member) as stream:
            content = stream.read(member.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise PackageError(
            f"cannot be taken out of {name}: the package is truncated or damaged",
            file=member.filename,
            remedy="Download the package again.",
        ) from error
    if len(content) != member.file_size:
        raise PackageError(
            f"is not as long as {name} says", file=member.filename, remedy="Download the package again."
        )
    return content


def _refuse(name: str, member: zipfile.ZipInfo) -> None:
    """Members that no package of a review has."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if (
        not path.parts
        or path.is_absolute()
        or ".." in path.parts
        or ":" in path.parts[0]
        or "\0" in member.orig_filename
    ):
        raise PackageError(
            f"leads out of the package {name}", file=member.filename, remedy="Do not trust this package."
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise PackageError("is a link, not a file", file=member.filename, remedy="Do not trust this package.")
    if member.flag_bits & 0x1:
        raise PackageError("is encrypted", file=member.filename, remedy="Take the password off the package.")
    if member.file_size > LARGEST_TABLE:
        raise _too_large(member.filename, member.file_size, LARGEST_TABLE)
    if member.file_size > MEGABYTE and member.file_size > HIGHEST_RATIO * max(member.compress_size, 1):
        raise PackageError(
            f"would grow from {member.compress_size:,} to {member.file_size:,} bytes",
            file=member.filename,
            remedy="Do not trust this package.",
        )


def _too_large(name: str, size: int, largest: int) -> PackageError:
    return PackageError(
        f"is too large: {size / MEGABYTE:,.0f} MB, where {largest // MEGABYTE} MB is the most",
        file=name,
        remedy="Name the data package alone, without the article's other files.",
    )
