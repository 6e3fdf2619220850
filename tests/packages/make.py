"""Packages made for tests: real numbers in every format, and packages that must be refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

DATA = Path(__file__).parent / "data"
FLEISS = DATA / "Fleiss1993.zip"
V2 = DATA / "v2"
RM5 = DATA / "sore_throat.rm5"
METAPSY = DATA / "metapsy.csv"


def zipped(path: Path, files: dict[str, bytes | str]) -> Path:
    """A ZIP with these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def v2_files(**replaced: str | bytes | None) -> dict[str, bytes | str]:
    """Files of a version-2 package; `rows` and `settings` replace its tables, None leaves one out."""
    names = {
        "rows": "CD014353-data-rows.csv",
        "settings": "CD014353-overall-estimates-and-settings.csv",
    }
    files: dict[str, bytes | str] = {}
    for key, name in names.items():
        content = replaced.get(key, (V2 / name).read_bytes())
        if content is not None:
            files[f"CD014353-analysis-data/{name}"] = content
    return files


def v2_rows() -> str:
    """The rows of the version-2 package, as text."""
    return (V2 / "CD014353-data-rows.csv").read_text("utf-8")


def inner(package: Path) -> zipfile.ZipFile:
    """The data package within an article's ZIP."""
    with zipfile.ZipFile(package) as outer:
        name = next(each for each in outer.namelist() if each.endswith("-data.zip"))
        return zipfile.ZipFile(io.BytesIO(outer.read(name)))
