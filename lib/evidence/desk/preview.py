"""The site as it will be, rebuilt and shown again whenever a source changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from evidence.publish.project import Project

#: What is watched, below the root.
WATCHED = ("chapters/**/*.md", "*.md", "_toc.yml", "_config.yml", "_static/**/*", "data/*", "lib/**/*.py")


def serve(project: Project, port: int, *, browser: bool) -> None:
    """Build, then serve `_build/html` on localhost until interrupted, and rebuild on every change.

    A change that cannot be built is told in the terminal; the page that is shown stays as it was.
    """
    from livereload import Server

    build = builder(project)
    build()
    server = Server()
    for pattern in WATCHED:
        server.watch(str(project.root / pattern), build, delay=0.5)
    server.serve(port=port, host="localhost", root=str(project.site), open_url_delay=1 if browser else None)


def builder(project: Project) -> Callable[[], None]:
    """Return a function that builds the site in a process of its own, so that changed code is read anew."""

    def build() -> None:
        subprocess.run([sys.executable, "-m", "evidence", "build"], cwd=project.root, check=False)

    return build
