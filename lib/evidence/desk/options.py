"""Options that several commands have, and what a command that changes tables says when it is done."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

#: What a command says that was told to write nothing.
DRY: Final = "nothing was written (--dry-run)"


def other_tables(command: argparse.ArgumentParser) -> None:
    """Let a command read other tables than those of the book."""
    command.add_argument("--data", type=Path, help="another folder of tables")


def writing(command: argparse.ArgumentParser) -> None:
    """Let a command that changes tables take others, write nothing, or go on from changes."""
    other_tables(command)
    command.add_argument("--dry-run", action="store_true", help="show what would change, and write nothing")
    command.add_argument(
        "--uncommitted", action="store_true", help="accept tables with changes that are not committed"
    )


def output(command: argparse.ArgumentParser) -> None:
    """Let a command that gives a table write it to a file."""
    command.add_argument("-o", "--output", type=Path, help="write the table there and not to the terminal")


def tell(shown: str, *, dry_run: bool) -> None:
    """Print what changed in the tables, and whether it was written."""
    print(shown, end="")
    print(f"{DRY if dry_run else 'written'}; the tables are in order", file=sys.stderr)
