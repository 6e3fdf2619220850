"""The commands of a review's steps, screening and risk of bias: their options, and what each does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from evidence.desk.options import other_tables, output, tell, writing


def register(commands: Any) -> None:
    """Add the commands to those of `python -m evidence`."""
    screen = commands.add_parser(
        "screen", help="list what is new in export files of databases, as a table of candidates"
    )
    screen.add_argument("files", nargs="+", type=Path, help="files as `add study --from` takes them")
    output(screen)
    other_tables(screen)
    screen.set_defaults(run=_screen)
    robvis = commands.add_parser("robvis", help="write or read a table of risk of bias for robvis")
    ways = robvis.add_subparsers(required=True, metavar="way")
    out = ways.add_parser("out", help="write the assessments of the book as a table of robvis")
    output(out)
    other_tables(out)
    out.set_defaults(run=_robvis_out)
    into = ways.add_parser("in", help="add the judgements of a table of robvis to rob2.csv")
    into.add_argument("file", type=Path, help="a CSV file with the columns Study and D1 to D5")
    into.add_argument("--source", required=True, help="address of the review that judged")
    writing(into)
    into.set_defaults(run=_robvis_in)
    for way in (out, into):
        way.add_argument("--outcome", default="", help="an outcome of the tables [the main outcome]")


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


def _robvis_out(options: argparse.Namespace) -> int:
    from evidence import dataset
    from evidence.desk.problems import DeskError
    from evidence.desk.robvis import exported
    from evidence.publish import project

    try:
        ds = dataset.load(options.data or project.here().data)
        _give(exported(ds, options.outcome or str(ds.setting("main_outcome"))), options.output)
    except (DeskError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _robvis_in(options: argparse.Namespace) -> int:
    from evidence import dataset
    from evidence.desk.change import apply
    from evidence.desk.problems import DeskError
    from evidence.desk.robvis import imported
    from evidence.publish import project

    try:
        folder = (options.data or project.here().data).resolve()
        ds = dataset.load(folder)
        outcome = options.outcome or str(ds.setting("main_outcome"))
        change = imported(options.file, ds, folder, outcome, options.source, uncommitted=options.uncommitted)
        shown = change.diff()
        apply(change, dry_run=options.dry_run)
    except (DeskError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    tell(shown, dry_run=options.dry_run)
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
