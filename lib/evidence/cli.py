"""The commands of `python -m evidence`; each imports what it needs only when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a problem in the book, 2 a wrong call."""
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evidence", description=sys.modules["evidence"].__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    build = commands.add_parser("build", help="build the site to _build/html, running only what changed")
    build.set_defaults(run=_build)
    return parser


def _build(_: argparse.Namespace) -> int:
    from evidence.build import project, site
    from evidence.build.problems import BuildError

    try:
        site.build(project.here())
    except BuildError as error:
        print(f"{error}\n\nThe book was not built; _build/html is as it was.", file=sys.stderr)
        return 1
    return 0
