"""Every page as readers meet it: desk and phone, light and dark, by keyboard, in large type, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from .pages import pages

WIDTHS = {"desk": 1280, "phone": 360}
SCHEMES = ("light", "dark")
#: Rules about colours take axe long: they run on the first rows of long tables, which are alike.
COLOURS = ["color-contrast", "link-in-text-block"]
#: One page of each kind.
KINDS = (
    "index.html",
    "chapters/claims.html",
    "chapters/ketamine/crps.html",
    "chapters/magnesium/index.html",
    "chapters/data/times.html",
    "chapters/references.html",
    "search.html",
)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that must not complain nor ask for anything outside the site."""
    context = browser.new_context(viewport={"width": WIDTHS["desk"], "height": 900}, color_scheme="light")
    context.add_init_script(path=Path(__file__).with_name("checks.js"))
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda ask: None if ask.url.startswith(address) else complaints.append(ask.url))
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    yield page
    context.close()
    assert complaints == []


def violations(page: Page, *, colours: bool) -> list[Any]:
    if colours:
        page.evaluate("checks.thin()")
        options = {"runOnly": {"type": "rule", "values": COLOURS}}
    else:
        options = {"rules": {rule: {"enabled": False} for rule in COLOURS}}
    found = Axe().run(page, options=options | {"resultTypes": ["violations"]}).response["violations"]
    return [(rule["id"], [node["html"][:150] for node in rule["nodes"][:3]]) for rule in found]


def show(page: Page, width: int, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)


@pytest.mark.parametrize("path", pages())
def test_page(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    faults: dict[str, list[Any]] = {}
    for name, width in WIDTHS.items():
        show(page, width, "light" if name == "desk" else "dark")
        faults[f"{name}: axe"] = violations(page, colours=False)
        faults[f"{name}: wider than the screen"] = page.evaluate("checks.clipped()")
        faults[f"{name}: picture without a sentence"] = page.evaluate("checks.unnamed()")
        page.keyboard.press("Tab")
        faults[f"{name}: keyboard"] = page.evaluate("checks.unfocusable()")
    show(page, WIDTHS["desk"], "light")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    faults["text at 200 %: wider than the screen"] = page.evaluate("checks.clipped()")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.emulate_media(reduced_motion="reduce")
    faults["moves although motion is unwanted"] = page.evaluate("checks.moving()")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    faults["on paper: navigation"] = page.evaluate("checks.navigation()")
    faults["on paper: folded"] = page.evaluate("checks.folded()")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    for name, width, scheme in (("desk", 1280, "light"), ("phone", 360, "dark")):
        show(page, width, scheme)  # type: ignore[arg-type]
        faults[f"{name}, {scheme}: colours"] = violations(page, colours=True)
    assert {what: found for what, found in faults.items() if found} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values())
@pytest.mark.parametrize("path", KINDS)
def test_each_kind_of_page_in_each_width_and_scheme(
    page: Page, address: str, path: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page.goto(address + path)
    show(page, width, scheme)
    assert violations(page, colours=False) + violations(page, colours=True) == []


def test_a_fault_of_each_kind_is_found(page: Page, address: str) -> None:
    """The checks above can fail."""
    page.goto(address + "404.html")
    page.evaluate(
        """document.querySelector("main").innerHTML = `<div style="width: 3000px">wide</div>
        <svg role="img" aria-label="fig.png" width="9" height="9"></svg>
        <p style="color: #999; background: #aaa">pale</p>
        <style>.x { transition: all 1s; outline: none !important }</style>
        <button class="x">press</button>`"""
    )
    assert page.evaluate("checks.clipped()")
    assert page.evaluate("checks.unnamed()") == ["fig.png"]
    assert [rule for rule, _ in violations(page, colours=True)] == ["color-contrast"]
    assert any("not seen" in fault for fault in page.evaluate("checks.unfocusable()"))
    assert page.evaluate("checks.moving()")
    page.emulate_media(media="screen")
    assert page.evaluate("checks.navigation()")


def test_a_page_goes_to_paper(page: Page, address: str) -> None:
    page.goto(address + "chapters/ketamine/crps.html")
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 900})  # A4 between its margins at 96 dots an inch
    assert page.evaluate("checks.clipped()") == []


def test_the_first_tab_stop_leads_past_the_navigation(page: Page, address: str) -> None:
    page.goto(address + "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_reasons_show_on_focus_and_on_pointing_and_close_on_escape(page: Page, address: str) -> None:
    page.goto(address + "chapters/ketamine/crps.html")
    button = page.locator("#ketamine-crps-sof .ev-why").first
    hint = page.locator(f"#{button.get_attribute('aria-describedby')}")
    assert not hint.is_visible()
    button.focus()
    assert hint.is_visible() and "Imprecision" in hint.inner_text()
    box, page_width = hint.bounding_box(), WIDTHS["desk"]
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= page_width
    page.keyboard.press("Escape")
    assert not hint.is_visible()
    button.blur()
    button.hover()
    assert hint.is_visible()
    page.mouse.move(1, 1)
    hint.wait_for(state="hidden")


def test_reasons_open_by_a_click_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "chapters/ketamine/crps.html")
    button = page.locator("#ketamine-crps-sof .ev-why").first
    button.click()
    assert page.locator(f"#{button.get_attribute('aria-describedby')}").is_visible()
    context.close()


def test_search_finds_a_trial_by_author_pmid_and_registration(page: Page, address: str) -> None:
    for query, expected in (
        ("Schwartzman", "Schwartzman 2009"),
        ("12044624", "Mitchell"),
        ("NCT00579085", "Schwartzman"),
    ):
        page.goto(f"{address}search.html?q={query}")
        page.wait_for_selector("#results li")
        first = page.locator("#results li").first
        assert expected in first.inner_text()
        assert first.locator("a").first.get_attribute("href")


def test_the_scheme_is_kept_over_pages(page: Page, address: str) -> None:
    page.goto(address + "index.html")
    page.get_by_role("button", name="Switch to dark colours").click()
    page.goto(address + "chapters/claims.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
