"""The commands for reviews of others, `new book` and `shelf`: their options, and what each does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_book(new: Any) -> None:
    """Add `new book` to the parts of a book that `new` starts."""
    book = new.add_parser("book", help="make a book from the package of a review")
    book.add_argument("folder", type=Path, help="the book's folder, new or empty")
    book.add_argument(
        "--from",
        dest="package",
        type=Path,
        required=True,
        help="a data package of RevMan Web, a .rm5 file, a Metapsy data set, or a CSV of effects or arms",
    )
    book.add_argument("--title", default="", help="the title, where the package has none")
    book.add_argument("--measure", default="", help="RR, OR, RD, PETO, MD, SMD or words, for a plain CSV")
    book.set_defaults(run=_new_book)


def add_shelf(commands: Any) -> None:
    """Add `shelf` to the commands of `python -m evidence`."""
    shelf = commands.add_parser("shelf", help="analyse thousands of reviews again, as a table and a page")
    shelf.add_argument("rows", nargs="+", type=Path, help="tables of rows (CSV, CSV.XZ, Parquet) or packages")
    shelf.add_argument("--out", type=Path, default=Path("shelf"), help="the folder to write [shelf]")
    shelf.add_argument(
        "--scheduler", help="address of a Dask scheduler; without it all cores of this machine"
    )
    shelf.add_argument("--workers", type=int, help="processes on this machine; 0 computes in this one")
    shelf.set_defaults(run=_shelf)


def _new_book(options: argparse.Namespace) -> int:
    from evidence.packages import PackageError
    from evidence.packages.book.new import new_book
    from evidence.publish import project

    try:
        review = new_book(
            options.package,
            options.folder,
            home=project.here().root,
            title=options.title,
            measure=options.measure,
        )
    except (PackageError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for note in review.notes:
        print(f"note: {note}", file=sys.stderr)
    print(f"{options.folder}: a book of {review.title}; `make book` there builds it", file=sys.stderr)
    return 0


def _shelf(options: argparse.Namespace) -> int:
    from evidence.packages import PackageError
    from evidence.packages.shelf.command import shelve

    try:
        done = shelve(options.rows, options.out, scheduler=options.scheduler, workers=options.workers)
    except (PackageError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{done.analyses:,} analyses, {done.results:,} results in {done.seconds:.1f} s: "
        f"{options.out / 'index.html'}",
        file=sys.stderr,
    )
    return 0
