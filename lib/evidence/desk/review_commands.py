"""The commands of a review's steps, screening and risk of bias: their options, and what each does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the commands to those of `python -m evidence`."""
    screen = commands.add_parser(
        "screen", help="list what is new in export files of databases, as a table of candidates"
    )
    screen.add_argument("files", nargs="+", type=Path, help="files as `add study --from` takes them")
    screen.add_argument("-o", "--output", type=Path, help="write the table there and not to the terminal")
    screen.add_argument("--data", type=Path, help="another folder of tables")
    screen.set_defaults(run=_screen)


def _screen(options: argparse.Namespace) -> int:
    from evidence.desk.problems import DeskError
    from evidence.desk.screen import screen, table
    from evidence.publish import project

    try:
        found = screen(options.files, (options.data or project.here().data).resolve())
        _give(table(found.candidates), options.output)
    except (DeskError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    for line in found.said():
        print(line, file=sys.stderr)
    return 0


def _give(text: str, path: Path | None) -> None:
    """Print a table, or write it to a new file."""
    from evidence.desk.problems import DeskError

    if path is None:
        print(text, end="")
        return
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise DeskError(f"{path.name}: exists already: take another name") from None
