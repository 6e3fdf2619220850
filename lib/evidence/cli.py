"""The commands of `python -m evidence`; each imports what it needs only when it runs."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evidence.desk import commands as desk
from evidence.publish.ending import stoppable
from evidence.publish.problems import of_system

if TYPE_CHECKING:
    from evidence.dataset import Dataset


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a problem in the book, 2 a wrong call."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 128 + signal.SIGINT
    except (OSError, MemoryError) as error:  # a disk that is full, a folder that may not be written
        if not (why := of_system(error, "run it again")):
            raise
        print(why, file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evidence", description=sys.modules["evidence"].__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    build = commands.add_parser("build", help="build the site to _build/html, running only what changed")
    build.set_defaults(run=_build)
    check = commands.add_parser("check", help="check the tables in data/ and list every problem")
    check.add_argument("folder", nargs="?", help="another folder of tables (without it also references.bib)")
    check.add_argument("--unused", action="store_true", help="list every result that no analysis uses")
    check.set_defaults(run=_check)
    bibliography = commands.add_parser("bibliography", help="write references.bib from the tables")
    bibliography.set_defaults(run=_bibliography)
    desk.register(commands)
    return parser


def _build(_: argparse.Namespace) -> int:
    from evidence.publish import project, swap
    from evidence.publish.problems import BuildError

    book = project.here()
    stands = swap.standing(book.site)
    with stoppable(stands):
        from evidence.publish import build as whole

        try:
            whole.build(book)
        except BuildError as error:
            print(f"{error}\n\n{stands()}", file=sys.stderr)
            return 1
        except (OSError, MemoryError) as error:
            if not (why := of_system(error)):
                raise
            print(f"{why}\n\n{stands()}", file=sys.stderr)
            return 1
    return 0


def _check(options: argparse.Namespace) -> int:
    from evidence import dataset
    from evidence.dataset.bibliography import FILE, outdated
    from evidence.publish import project

    problems = dataset.check(options.folder or project.here().data)
    if not problems and not options.folder:
        path = project.here().root / FILE
        committed = path.read_text(encoding="utf-8") if path.is_file() else ""
        problems = outdated(dataset.load(project.here().data), committed)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} to put right" if problems else "the tables are in order", file=sys.stderr)
    if not problems:
        _tell_unused(dataset.load(options.folder or project.here().data), options)
    return 1 if problems else 0


def _tell_unused(ds: Dataset, options: argparse.Namespace) -> None:
    """List the results that lack a word of the tables, and count the others that no analysis uses."""
    from evidence.desk import reread
    from evidence.desk.spreads import doubtful_spreads
    from evidence.desk.unused import in_short, mendable, unused
    from evidence.publish import project

    for line in doubtful_spreads(ds):
        print(line, file=sys.stderr)
    if options.folder and not options.unused:
        for item in mendable(ds):
            print(item, file=sys.stderr)
        return
    items = unused(ds)
    for item in items:
        if options.unused or item.mendable:
            print(item, file=sys.stdout if options.unused else sys.stderr)
    if items and not options.unused:
        print(f"{len(items)} results are used by no analysis; `check --unused` lists each:", file=sys.stderr)
        print("\n".join(in_short(items)), file=sys.stderr)
    for line in reread.quick(project.here().root, ds) if not options.folder else ():
        print(line, file=sys.stderr)


def _bibliography(_: argparse.Namespace) -> int:
    from evidence import dataset
    from evidence.dataset.bibliography import FILE, bibliography
    from evidence.publish import project

    try:
        text = bibliography(dataset.load(project.here().data))
    except dataset.InvalidDataError as error:
        print(error, file=sys.stderr)
        return 1
    path = project.here().root / FILE
    unfinished = path.with_suffix(".bib.part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
    return 0
