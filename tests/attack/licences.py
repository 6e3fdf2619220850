"""The licence of every package that the book and its tests install, written to ``licences.csv``."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("licences.csv")
HEADER = ("from", "package", "version", "licence")
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_PREFIX = "License :: OSI Approved :: "
UNKNOWN = "not stated"

Row = tuple[str, str, str, str]


def locked() -> Iterator[tuple[str, str, str]]:
    """Yield where from, name and version of every package in the two locks."""
    for name, version in _LOCKED.findall((ROOT / "requirements.txt").read_text("utf-8")):
        yield "Python", name.lower(), version
    for place, package in _npm().items():
        yield "npm", place.rpartition("node_modules/")[2], package["version"]


def rows(known: dict[tuple[str, str], str]) -> list[Row]:
    """Return every package with its licence; `known` tells of those that are not installed here."""
    npm = {place.rpartition("node_modules/")[2]: package for place, package in _npm().items()}
    found = set()
    for source, name, version in locked():
        stated = npm[name].get("license", "") if source == "npm" else _stated(name)
        found.add((source, name, version, stated or known.get((source, name), UNKNOWN)))
    return sorted(found)


def read() -> list[Row]:
    """Return the rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]  # type: ignore[misc]


def write() -> None:
    """Write the file anew; what is known of packages that are not installed here stays."""
    known = {(source, name): licence for source, name, _, licence in read()} if FILE.exists() else {}
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([HEADER, *rows(known)])


def _npm() -> dict[str, dict[str, str]]:
    lock = json.loads((ROOT / "tests" / "site" / "package-lock.json").read_text("utf-8"))
    return {place: package for place, package in lock["packages"].items() if place}


def _stated(name: str) -> str:
    """Return the licence that an installed package states: as an expression, a classifier or a short text."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return ""
    return package.metadata.get("License-Expression") or _classified(package) or _short(package)


def _classified(package: Distribution) -> str:
    found = [
        text.removeprefix(_PREFIX)
        for text in package.metadata.get_all("Classifier") or []
        if text.startswith(_PREFIX)
    ]
    return " AND ".join(sorted(found))


def _short(package: Distribution) -> str:
    text = (package.metadata.get("License") or "").strip()
    return text if len(text) < 60 else text.splitlines()[0].strip()


if __name__ == "__main__":
    write()
