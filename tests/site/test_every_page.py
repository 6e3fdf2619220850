"""Every page as readers meet it: desk and phone, light and dark, by keyboard, in large type, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from .pages import pages

DESK, PHONE, NARROWEST = 1280, 390, 360
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
#: Rules about colours, of which alone the scheme decides; they take axe long.
COLOURS = ("color-contrast", "link-in-text-block")
AXE = Axe().axe_script


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that must not complain nor ask for anything outside the site."""
    context = browser.new_context(viewport={"width": DESK, "height": 900}, color_scheme="light")
    context.add_init_script(path=Path(__file__).with_name("checks.js"))
    context.add_init_script(AXE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda ask: None if ask.url.startswith(address) else complaints.append(ask.url))
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    yield page
    context.close()
    assert complaints == []


def violations(page: Page, *, colours_only: bool = False) -> list[Any]:
    """What axe finds by every rule; of the many rows of a long table, which are alike, in the first ones."""
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False, "preload": False}
    if colours_only:
        options["runOnly"] = {"type": "rule", "values": COLOURS}
    return list(page.evaluate("options => checks.axe(options)", options))


def show(page: Page, width: int, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)


@pytest.mark.parametrize("path", pages())
def test_page(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    faults: dict[str, list[Any]] = {}
    for width in (PHONE, DESK):
        for scheme in SCHEMES:
            show(page, width, scheme)
            faults[f"{width}, {scheme}: axe"] = violations(page, colours_only=scheme != SCHEMES[0])
        faults[f"{width}: picture without a sentence"] = page.evaluate("checks.unnamed()")
        page.keyboard.press("Tab")
        faults[f"{width}: keyboard"] = page.evaluate("checks.unfocusable()")
    for width in (NARROWEST, PHONE, DESK):
        show(page, width, "light")
        faults[f"{width}: wider than the screen"] = page.evaluate("checks.clipped()")
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
    assert {what: found for what, found in faults.items() if found} == {}


def test_a_fault_of_each_kind_is_found(page: Page, address: str) -> None:
    """The checks above can fail."""
    page.goto(address + "404.html")
    page.evaluate(
        """document.querySelector("main").innerHTML = `<div style="width: 3000px">wide</div>
        <svg role="img" aria-label="fig.png" width="9" height="9"></svg>
        <p style="color: #999; background: #aaa">pale</p>
        <style>.x { transition: all 1s; outline: none !important }</style>
        <button class="x">press</button><button></button>`"""
    )
    assert page.evaluate("checks.clipped()")
    assert page.evaluate("checks.unnamed()") == ["fig.png"]
    assert [rule for rule, _ in violations(page, colours_only=True)] == ["color-contrast"]
    assert {"button-name", "color-contrast"} <= {rule for rule, _ in violations(page)}
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
    box = hint.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= DESK
    page.keyboard.press("Escape")
    assert not hint.is_visible()
    button.blur()
    button.hover()
    assert hint.is_visible()
    page.mouse.move(1, 1)
    hint.wait_for(state="hidden")


def test_a_trial_shows_its_card_on_focus_and_on_pointing_and_leads_to_its_entry(
    page: Page, address: str
) -> None:
    page.goto(address + "chapters/ketamine/crps.html")
    link = page.locator('#trials a[href*="#study-Sigtermans2009"]').first
    card = page.locator("#card-Sigtermans2009")
    assert not card.is_visible()
    page.keyboard.press("Tab")  # focus counts as the keyboard's from here on
    link.focus()
    assert card.is_visible() and "60" in card.inner_text()
    page.keyboard.press("Escape")
    assert not card.is_visible()
    link.blur()
    link.hover()
    card.wait_for(state="visible")
    link.click()
    page.wait_for_url("**/studies.html#study-Sigtermans2009")
    assert page.locator("#study-Sigtermans2009 dl.study").is_visible()


def test_a_trial_leads_to_its_entry_at_a_touch(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address + "chapters/ketamine/crps.html")
    page.locator('#trials a[href*="#study-Sigtermans2009"]').first.tap()
    page.wait_for_url("**/studies.html#study-Sigtermans2009")
    assert page.locator("#study-Sigtermans2009 dl.study").is_visible()
    context.close()


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_a_key_leads_to_the_search(page: Page, address: str, key: str) -> None:
    page.goto(address + "chapters/ketamine/crps.html")
    page.keyboard.press(key)
    assert page.evaluate("document.activeElement.matches('.find input')")
    page.keyboard.type("side effects")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=side+effects")
    assert "harms" in str(page.locator("#results a").first.get_attribute("href"))


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
