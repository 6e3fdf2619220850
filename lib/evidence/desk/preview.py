"""The site as it will be, rebuilt and shown again whenever a source changes."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.desk import warm
from evidence.publish.project import Project

#: What is watched, below the root.
WATCHED = ("chapters/**/*.md", "*.md", "_toc.yml", "_config.yml", "_static/**/*", "data/*", "lib/**/*.py")

_BODY = re.compile(rb"<body[^>]*>")
#: The page of readers forbids scripts that are not its own; the preview's is not.
_POLICY = re.compile(rb"<meta[^>]+http-equiv=[\"']?Content-Security-Policy[^>]*>", re.IGNORECASE)
_BANNER = (
    '<div role="alert" style="position:sticky;top:0;z-index:9999;max-height:50vh;overflow:auto;'
    'padding:1rem;background:#fff3cd;color:#332701;border-bottom:3px solid #b45309;font:15px/1.4 sans-serif">'
    "<strong>This page is as it was: the change cannot be built.</strong>"
    '<pre style="white-space:pre-wrap;margin:.5rem 0 0;background:none;color:inherit">{}</pre></div>'
)


@dataclass
class State:
    """What the last build said was wrong; empty when it was well."""

    problems: str = ""


def serve(project: Project, port: int, *, browser: bool) -> None:
    """Build, then serve `_build/html` on localhost until interrupted, and rebuild on every change.

    A change that cannot be built is told in the terminal and on every page, which else stays as it was.
    """
    from livereload import Server
    from livereload.handlers import LiveReloadHandler

    LiveReloadHandler.DEFAULT_RELOAD_TIME = 0  # else a page is not told of a change in the 3 s after another
    state = State()
    with closing(warm.Builder(project)) as builds:
        build = rebuild(builds.build, state)
        build()
        server = Server()
        server.SFH = handler(state)
        for pattern in WATCHED:
            server.watch(str(project.root / pattern), build, delay=0)
        delay = 1 if browser else None
        server.serve(port=port, host="localhost", root=str(project.site), open_url_delay=delay)


def rebuild(build: Callable[[], warm.Ended], state: State) -> Callable[[], None]:
    """Return a function that builds the site, and tells problems in the terminal and to the pages."""

    def again() -> None:
        ended = build()
        sys.stderr.write(ended.problems)
        state.problems = ended.problems.strip() if ended.code else ""

    return again


def with_problems(page: bytes, problems: str) -> bytes:
    """Return a page with the problems of the last build at its top, and open to the preview's own script."""
    page = _POLICY.sub(b"", page)
    if not problems:
        return page
    banner = _BANNER.format(html.escape(problems)).encode()
    return _BODY.sub(lambda found: found.group() + banner, page, count=1)


def handler(state: State) -> type[Any]:
    """Return livereload's handler of files, with the problems of the last build in its pages."""
    from livereload.handlers import StaticFileHandler

    class Pages(StaticFileHandler):
        """Serves pages with the problems of the last build."""

        @classmethod
        def get_content(  # type: ignore[override]
            cls, abspath: str, start: int | None = None, end: int | None = None
        ) -> bytes:
            """Return the content of a file, of a page with the problems."""
            content = Path(abspath).read_bytes()
            if abspath.endswith(".html"):
                content = with_problems(content, state.problems)
            return content[start:end]

        def get_content_size(self) -> int:
            """Return the size of what is sent."""
            return len(self.get_content(str(self.absolute_path)))

        def set_extra_headers(self, path: str) -> None:
            """Let no browser keep a page that is about to change."""
            self.set_header("Cache-Control", "no-store")

    return Pages
