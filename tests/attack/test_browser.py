"""The search box and addresses in a real browser: nothing is executed, thrown or hung, whatever they hold."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route

from evidence.report import Report
from evidence.report.sections.whatif import WhatIf
from tests.publish.conftest import Book
from tests.site.conftest import serve
from tests.site.whatif import answered, html

#: A browser that takes longer for one of these hangs.
PATIENCE = 20_000  # milliseconds: a page that hangs does so for ever
ODD = (
    "<img src=x onerror=hacked=1>", "<script>hacked=1</script>", "'\"><svg onload=hacked=1>",
    "javascript:hacked=1",
    "(a+)+$", "[", "\\", "*", ".*", "a" * 100_000, "🧪" * 200, "\u202e\u0000\ufffd", "__proto__",
    "constructor",
    "toString", "%00", "%E0%A4%A", "${7*7}", "{{7*7}}", "-1", "NaN", "1e999", " ", "null", "undefined", "٢",
)  # fmt: skip


def _give_file(route: Route) -> None:
    """Answer with a static file of the project."""
    name = route.request.url.rsplit("/", 1)[-1]
    route.fulfill(path=Path(__file__).parents[2] / "_static" / name)


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
    """Odd texts alone, and odd texts among choices that there are."""
    shown = Report("ketamine", "neuropathic").whatifs()
    assert isinstance(shown, WhatIf)
    body = html(shown)
    page.route(re.compile("/page.html"), lambda route: route.fulfill(content_type="text/html", body=body))
    page.route("**/_static/*", _give_file)
    names = ("question", "prior", "mid", "without", "out", "in", "window", "__proto__")
    chance = random.Random(5)
    real = [trial["id"] for question in shown.data["questions"] for trial in question["trials"]]
    real += [question["key"] for question in shown.data["questions"]]
    real += [*(prior["name"] for prior in shown.data["priors"]), "7", "100", "0", "bound", "direction"]
    addresses = [[(name, text) for name in names] for text in (*ODD, *_made_up(20))]
    for _ in range(20):
        values = [chance.choice((*real, *real, *ODD)) for _ in range(8)]
        addresses.append([(chance.choice(names), value) for value in values])
    for choices in addresses:
        query = "&".join(
            f"{shown.key}.{name}={quote(text[:2000], errors='replace')}" for name, text in choices
        )
        page.goto(f"http://book.test/page.html?{query}")
        result = " ".join(answered(page))
        assert result.strip() and not re.search("NaN|undefined|null|Infinity|[{}]", result), choices
