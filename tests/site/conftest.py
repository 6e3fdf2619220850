"""The built site, served as a host serves it, and a browser to read it with."""

from __future__ import annotations

import functools
import gzip
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from evidence.publish.build import is_current
from evidence.publish.project import here

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"


class Host(SimpleHTTPRequestHandler):
    """Serves a folder and compresses text, as hosts of static sites do."""

    def do_GET(self) -> None:
        """Answer with a file, or that there is none."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content, kind = path.read_bytes(), self.guess_type(str(path))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if kind.startswith(("text/", "application/j", "application/xml", "image/svg")):
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def serve(folder: Path) -> Iterator[str]:
    """Serve a folder while a test runs; gives the address with a final slash."""
    server = ThreadingHTTPServer(("localhost", 0), functools.partial(Host, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the site, which must be what this checkout gives."""
    if not is_current(here()):
        pytest.fail("_build/html is not what this checkout gives: run `make book` first (`make test` does)")
    return SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    yield from serve(site)
