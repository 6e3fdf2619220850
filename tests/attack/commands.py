"""Hostile files, and the commands that a stranger's file is given to. A benchmark runs them too."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from openpyxl import Workbook

#: A command with its file, by the end of the file's name: from the file, the tables and a place to write.
Command = Callable[[str, str, str], list[str]]

_DRY = ["--uncommitted", "--dry-run"]
COMMANDS: Mapping[str, Mapping[str, Command]] = {
    ".xlsx": {"add study": lambda file, data, new: ["add", "study", file, "--data", data, *_DRY]},
    ".yaml": {"add study": lambda file, data, new: ["add", "study", file, "--data", data, *_DRY]},
    ".csv": {
        "add study": lambda file, data, new: ["add", "study", file, "--data", data, *_DRY],
        "robvis in": lambda file, data, new: [
            *("robvis", "in", file, "--source", "https://example.org", "--data", data, *_DRY)
        ],
        "shelf": lambda file, data, new: ["shelf", file, "--out", new, "--workers", "0"],
        "new book": lambda file, data, new: ["new", "book", new, "--from", file],
    },
    ".csv.gz": {"shelf": lambda file, data, new: ["shelf", file, "--out", new, "--workers", "0"]},
    ".parquet": {"shelf": lambda file, data, new: ["shelf", file, "--out", new, "--workers", "0"]},
    ".rm5": {
        "new book": lambda file, data, new: ["new", "book", new, "--from", file],
        "shelf": lambda file, data, new: ["shelf", file, "--out", new, "--workers", "0"],
    },
    ".zip": {"new book": lambda file, data, new: ["new", "book", new, "--from", file]},
    ".ris": {
        "add study --from": lambda file, data, new: [
            *("add", "study", "--from", file, "--data", data, "--template")
        ],
        "screen": lambda file, data, new: ["screen", file, "--data", data],
    },
    ".json": {"screen": lambda file, data, new: ["screen", file, "--data", data]},
    ".bib": {"screen": lambda file, data, new: ["screen", file, "--data", data]},
}

_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_ENTITIES = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
_LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">{_ENTITIES}]>'
_OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
_REVIEW = "<COCHRANE_REVIEW><COVER_SHEET><TITLE>&j;</TITLE></COVER_SHEET></COCHRANE_REVIEW>"
_ROWS = "review,comparison,outcome,study"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of parts by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def spreadsheet(rows: str = "", after: str = "", before: str = "") -> bytes:
    """A spreadsheet whose one sheet, of the studies, is this XML."""
    book = Workbook()
    book.active.title = "studies"
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    sheet = f"{before}<worksheet {_SHEET}><sheetData>{rows}</sheetData>{after}</worksheet>"
    return zipped(parts | {"xl/worksheets/sheet1.xml": sheet})


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def contents() -> Mapping[str, Mapping[str, str | bytes]]:
    """What hostile files hold, by the end of their names and by what is hostile."""
    row = f'<row r="1">{_cell("A1", "study_id")}</row>'
    everywhere = "A1:XFD1048576"
    far = f'<row r="1048576">{_cell("XFD1048576", "x")}</row>'
    merged = f'<mergeCells><mergeCell ref="{everywhere}"/></mergeCells>'
    links = f'<hyperlinks><hyperlink ref="{everywhere}" location="x"/></hyperlinks>'
    sheets = {
        "one merged range": spreadsheet(row, merged),
        "a link of every cell": spreadsheet(row, links),
        "a cell in the last row and column": spreadsheet(row + far),
        "a cell of 60 megabytes": spreadsheet(f'<row r="1">{_cell("A1", "a" * 60_000_000)}</row>'),
        "a billion laughs": spreadsheet(f'<row r="1">{_cell("A1", "&j;")}</row>', before=_LAUGHS),
        "a file from outside": spreadsheet(row + f'<row r="2">{_cell("A2", "&j;")}</row>', before=_OUTSIDE),
        "elements 100,000 deep": spreadsheet("<a>" * 100_000 + "</a>" * 100_000),
    }
    packages = {
        "a billion laughs": _LAUGHS + _REVIEW,
        "a billion laughs in UTF-16": (_LAUGHS + _REVIEW).encode("utf-16-be"),
        "a file from outside": _OUTSIDE + _REVIEW,
        "elements 100,000 deep": "<COCHRANE_REVIEW>" * 100_000 + "</COCHRANE_REVIEW>" * 100_000,
        "a number without an end": '<COCHRANE_REVIEW><COMPARISON NO="1e400"/></COCHRANE_REVIEW>',
        "no analysis": "<COCHRANE_REVIEW/>",
    }
    tables = {
        "null bytes": f"{_ROWS}\nR1,1,1,A\0B\n",
        "random bytes": bytes(range(256)) * 400,
        "a megabyte of commas": "," * 1_000_000,
        "half a megabyte of commas": "," * 500_000,
        "300,000 columns of one name": "a," * 300_000 + "\n",
        "one cell of 4 megabytes": f"{_ROWS}\nR1,1,1,{'a' * 4_000_000}\n",
        "an open quote": f'{_ROWS}\nR1,1,1,"A\n',
        "a row with more cells than the header": f"{_ROWS}\nR1,1,1,A,1,2,3\n",
        "a header alone": f"{_ROWS}\n",
        "a number without an end": f"{_ROWS},giv,giv_se\nR1,1,1,A,1e400,1\n",
        "Arabic digits": f"{_ROWS},giv,giv_se\nR1,1,1,A,٢,1\n",
        "words for numbers": f"{_ROWS},giv,giv_se\nR1,1,1,A,two,1\n",
        "nothing": "",
    }
    zips = {
        "a table that grows a thousandfold": zipped({"a.csv": b"0" * 60_000_000}),
        "a path that leads out": zipped({"../../a.csv": "a"}),
        "a path that is no name": zipped({".": "a"}),
        "an absolute path": zipped({"/etc/a.csv": "a"}),
        "a ZIP in a ZIP in a ZIP": zipped({"a.zip": zipped({"b.zip": zipped({"c.csv": "a"})})}),
        "3,000 files": zipped({f"{number}.csv": "a" for number in range(3_000)}),
        "its end cut off": zipped({"a.csv": "a" * 1_000})[:-30],
    }
    forms = {
        "aliases that unfold": "a: &a [x, x]\nb: [*a, *a]\n",
        "lists 100,000 deep": "[" * 100_000,
        "a command": "!!python/object/apply:os.system ['true']\n",
        "a mapping as a key": "? {a: b}\n: c\n",
        "a name of half a megabyte": f"{'a' * 500_000}:\n- b: c\n",
        "a column of half a megabyte": f"studies:\n- {'a' * 500_000}: c\n",
        "random bytes": bytes(range(256)) * 40,
    }
    records = {"null bytes": "TY  - JOUR\nTI  - a\0\nER  - \n", "nothing": "\n"}
    deep = {"lists 100,000 deep": "[" * 100_000, "an endless number": f"[{'9' * 100_000}]", "NaN": "[NaN]"}
    braces = {"braces 100,000 deep": f"@article{{a, title={'{' * 100_000}"}
    long = gzip.compress(f'{_ROWS}\nR1,1,1,"'.encode() + b"a" * 50_000_000)
    return {
        ".xlsx": sheets,
        ".rm5": packages,
        ".csv": tables,
        ".csv.gz": {"a cell of 50 megabytes": long, "no archive": b"\x1f\x8b" + b"\0" * 20},
        ".parquet": {"no table": b"PAR1" + b"\0" * 50 + b"PAR1", "nothing": b""},
        ".zip": zips,
        ".yaml": forms,
        ".ris": records,
        ".json": deep,
        ".bib": braces,
    }


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**33)  # eight gigabytes that take no room


SPECIAL: Mapping[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "the device zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "eight gigabytes": _huge,
}


def attempts(place: Path, data: Path) -> Iterator[tuple[str, list[str]]]:
    """Write every hostile file below a folder and yield each use of it: a name, and the arguments.

    Each must end in a line that says why the file is refused, with exit code 1, and write nothing.
    """
    for number, (end, commands) in enumerate(COMMANDS.items()):
        made: dict[str, Callable[[Path], object]] = {**SPECIAL}
        for name, content in contents()[end].items():
            text = content.encode() if isinstance(content, str) else content
            made[name] = lambda path, text=text: path.write_bytes(text)  # type: ignore[misc]
        for turn, (name, make) in enumerate(made.items()):
            path = place / f"file-{number}-{turn}{end}"
            make(path)
            for command, arguments in commands.items():
                yield f"{command}: {end} {name}", arguments(str(path), str(data), str(place / "new"))
