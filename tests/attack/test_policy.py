"""The content security policy: in every page, before anything that could run, and it holds in a browser."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser

from tests.publish.conftest import Book
from tests.site.conftest import serve

#: What text that got into a page as markup could try: none of it may run or leave the page.
HOSTILE = """
<script>hacked = 1</script>
<script src="data:text/javascript,hacked=1"></script>
<script src="https://example.org/hacked.js"></script>
<img src="x" onerror="hacked = 1"><a id="lure" href="javascript:hacked=1">a link</a>
<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe><object data="data:text/html,x"></object>
<base href="https://example.org/">
"""


@pytest.fixture(scope="module")
def pages(built: Book) -> dict[Path, html.HtmlElement]:
    """Every page of a small book."""
    site = built.root / "_build" / "html"
    return {path: html.fromstring(path.read_bytes()) for path in sorted(site.rglob("*.html"))}


def test_every_page_has_the_policy_before_anything_that_runs(pages: dict[Path, html.HtmlElement]) -> None:
    assert len(pages) >= 4
    for path, page in pages.items():
        first = page.xpath("//head/*[not(@charset)]")[0]
        assert first.get("http-equiv") == "Content-Security-Policy", path
        rules = dict(re.findall(r"([\w-]+) ([^;]+)", first.get("content")))
        assert (
            rules["default-src"] == "'none'"
            and rules["script-src"] == "'self'"
            and rules["base-uri"] == "'none'"
        )


def test_no_page_needs_what_the_policy_forbids(pages: dict[Path, html.HtmlElement]) -> None:
    for path, page in pages.items():
        assert not page.xpath(
            "//script[not(@src)]/@type[not(. = 'application/json' or . = 'application/ld+json')]"
        )
        assert not page.xpath("//script[not(@src) and not(@type)]"), path
        assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")], path
        assert not page.xpath("//iframe | //object | //embed | //base"), path
        assert not [src for src in page.xpath("//script/@src | //img/@src") if "://" in src], path


@pytest.mark.parametrize("way", ["http", "file"])
def test_nothing_that_got_into_a_page_runs(built: Book, browser: Browser, tmp_path: Path, way: str) -> None:
    site = tmp_path / "html"
    shutil.copytree(built.root / "_build" / "html", site)
    path = site / "index.html"
    path.write_text(path.read_text("utf-8").replace("<article>", f"<article>{HOSTILE}", 1), "utf-8")
    server: Iterator[str] = serve(site)
    address = next(server) if way == "http" else f"{site.as_uri()}/"
    page = browser.new_page()
    asked: dict[str, str | None] = {}
    page.on("request", lambda request: asked.setdefault(request.url))
    page.on("requestfailed", lambda request: asked.update({request.url: request.failure}))
    page.goto(f"{address}index.html")
    page.locator("#lure").click()
    assert page.evaluate("typeof hacked") == "undefined"
    outside = {url: why for url, why in asked.items() if url.startswith(("https:", "data:text"))}
    assert set(outside.values()) <= {"csp"}, "refused by the policy before anything was sent"
    page.fill("input[name=q]", "book")
    page.press("input[name=q]", "Enter")
    page.wait_for_url(re.compile(r"search\.html\?q=book"))
    page.wait_for_selector("#results li")
    page.close()
    next(server, None)
