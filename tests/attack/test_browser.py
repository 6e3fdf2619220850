"""The search box and addresses in a real browser: nothing is executed, thrown or hung, whatever they hold."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route

from evidence.report import Report
from tests.publish.conftest import Book
from tests.site.conftest import serve
from tests.site.test_whatif import html

#: A browser that takes longer for one of these hangs.
PATIENCE = 2000  # milliseconds
ODD = (
    "<img src=x onerror=hacked=1>", "<script>hacked=1</script>", "'\"><svg onload=hacked=1>",
    "javascript:hacked=1",
    "(a+)+$", "[", "\\", "*", ".*", "a" * 100_000, "🧪" * 200, "\u202e\u0000\ufffd", "__proto__",
    "constructor",
    "toString", "%00", "%E0%A4%A", "${7*7}", "{{7*7}}", "-1", "NaN", "1e999", " ", "null", "undefined", "٢",
)  # fmt: skip


def _give(text: str, route: Route) -> None:
    """Answer with a script."""
    route.fulfill(content_type="text/javascript", body=text)


def _made_up(number: int, seed: int = 3) -> Iterator[str]:
    """Yield texts of odd pieces and of any characters."""
    chance = random.Random(seed)
    for _ in range(number):
        pieces = [chance.choice(ODD)[:30], "".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(9))]
        yield " ".join(chance.sample(pieces, 2))


@pytest.fixture(scope="module")
def address(built: Book) -> Iterator[str]:
    """Where the small book is served."""
    yield from serve(built.root / "_build" / "html")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must throw nothing and run nothing."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.on("dialog", lambda dialog: thrown.append(dialog.message))
    yield page
    assert page.evaluate("typeof hacked") == "undefined"
    assert thrown == []
    page.close()


def test_the_search_box_takes_any_text(page: Page, address: str) -> None:
    page.goto(f"{address}search.html")
    for text in (*ODD, *_made_up(60)):
        page.fill("#query", text)
        assert page.evaluate("typeof hacked") == "undefined", text[:80]
    page.fill("#query", "book")
    page.wait_for_selector("#results li")


@pytest.mark.parametrize(
    "place", ["search.html?q=", "search.html#", "index.html#", "index.html?", "search.html?q=a&q="]
)
def test_an_address_may_hold_any_text(page: Page, address: str, place: str) -> None:
    for text in ODD:
        page.goto("about:blank")
        page.goto(address + place + quote(text[:5000], errors="replace"))
    for raw in ("%E0%A4%A", "%", "%00", "%ff%fe"):
        page.goto("about:blank")
        page.goto(address + place + raw)


def test_the_address_of_the_what_if_may_hold_any_text(page: Page) -> None:
    shown = Report("ketamine", "neuropathic").whatif("intravenous", "short")
    static = Path(__file__).parents[2] / "_static"
    body = html(shown)
    page.route(re.compile("/page.html"), lambda route: route.fulfill(content_type="text/html", body=body))
    for name in ("meta.js", "whatif.js"):
        script = (static / name).read_text("utf-8")
        page.route(f"**/_static/{name}", partial(_give, script))
    names = ("estimator", "interval", "correlation", "level", "out", "in", "window", "__proto__")
    for text in (*ODD, *_made_up(20)):
        query = "&".join(f"{shown.key}.{name}={quote(text[:2000], errors='replace')}" for name in names)
        page.goto(f"http://book.test/page.html?{query}")
        result = page.locator(".ev-whatif-result").inner_text()
        assert result.strip() and "NaN" not in result and "undefined" not in result, text[:80]
