"""What a book of a package says under the reader's choices: its script against Python, to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from evidence.meta.tau2 import ESTIMATORS
from evidence.packages.book.whatif import INTERVALS, SCRIPT, WORDS, WhatIf, says, what_if
from tests.packages.test_book import BCG, book_of

pytestmark = pytest.mark.xdist_group("whatif")

STATIC = Path(__file__).parents[2] / "_static"
SCRIPTS = (STATIC / "meta.js", STATIC / "numbers.js", SCRIPT)
TINY = "study,yi,vi\nA,0.00000125,0.00000001\nB,-0.00000375,0.00000001\nC,0,0.00000002\n"
HUGE = "study,yi,vi\nA,2500000.125,1e13\nB,-123456789,1e14\nC,5e13,1e26\n"
#: Ratios, differences so small that they take four decimals, and some that no page could print.
CASES = {"ratios": (BCG, ""), "tiny": (TINY, "mean difference"), "huge": (HUGE, "mean difference")}
#: Choices → the sentence after each.
CHOOSE = """choices => choices.map(({kept, tau2, ci}) => {
  const live = document.querySelector(".live");
  live.querySelectorAll("input").forEach((box, i) => { box.checked = kept.includes(i); });
  for (const [name, value] of Object.entries({tau2, ci})) live.querySelector(`[name=${name}]`).value = value;
  live.querySelector("[name=ci]").dispatchEvent(new Event("change"));
  return document.querySelector(".result").textContent;
})"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []
    page.close()


def show(page: Page, item: WhatIf) -> None:
    page.set_content(f"<!DOCTYPE html><title>What if</title><main>{item._repr_html_()}</main>")
    for script in SCRIPTS:
        page.add_script_tag(path=script)


def random_choice(rng: np.random.Generator, k: int) -> dict[str, Any]:
    return {
        "kept": np.flatnonzero(rng.random(k) < rng.choice([0.1, 0.5, 1.0])).tolist(),
        "tau2": str(rng.choice(ESTIMATORS)),
        "ci": str(rng.choice(list(INTERVALS))),
    }


@pytest.mark.parametrize(("text", "measure"), CASES.values(), ids=CASES)
def test_the_script_says_what_python_says(page: Page, tmp_path: Path, text: str, measure: str) -> None:
    found = book_of(text, tmp_path, measure).result("1.1")
    item = what_if(found, frozenset())
    show(page, item)
    assert page.inner_text(".result") == item.statement
    rng = np.random.default_rng(7)
    choices = [random_choice(rng, found.k) for _ in range(120)]
    expected = [says(found, each["kept"], each["tau2"], each["ci"]) for each in choices]
    assert page.evaluate(CHOOSE, choices) == expected
    assert len(set(expected)) > 20 and WORDS["none"] in expected


def test_buttons_leave_studies_out_and_bring_them_back(page: Page, tmp_path: Path) -> None:
    found = book_of(BCG, tmp_path).result("1.1")
    risky = frozenset({"Hart 1977", "TPT Madras 1980"})
    item = what_if(found, risky)
    show(page, item)
    page.get_by_role("button", name="Without high risk of bias").click()
    kept = [place for place, study in enumerate(found.study) if study not in risky]
    assert page.inner_text(".result") == says(found, kept) and says(found, kept).startswith(
        "11 of 13 studies"
    )
    page.get_by_label("Hart 1977").check()
    page.get_by_label("Interval").select_option("Wald")
    page.get_by_role("button", name="All studies").click()
    assert page.inner_text(".result") == says(found, range(13), ci="wald")


def test_without_a_script_the_page_says_the_librarys_result(browser: Browser, tmp_path: Path) -> None:
    item = what_if(book_of(BCG, tmp_path).result("1.1"), frozenset())
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(item._repr_html_())
    assert (
        item.statement in page.inner_text("body")
        and page.locator("input:visible, select:visible").count() == 0
    )
    context.close()


def test_names_are_text_and_fill_no_sentence(page: Page, tmp_path: Path) -> None:
    nasty, study = "<script>window.hurt = 1</script>{low}{who}", "A < B & {count}"
    text = f"study,yi,vi\n{study},0.1,0.04\nB,0.2,0.05\n"
    found = book_of(text, tmp_path, nasty).result("1.1")
    item = what_if(found, frozenset({study}))
    show(page, item)
    assert page.evaluate("window.hurt") is None
    assert nasty in item.statement and page.inner_text(".result") == item.statement
    assert f"{study} (high risk of bias)" in page.inner_text("fieldset")


def test_the_script_says_nothing_of_its_own() -> None:
    """Every word that a reader may see comes from the page."""
    script = re.sub(r"^\s*//.*$|//.*$", "", SCRIPT.read_text("utf-8"), flags=re.MULTILINE)
    texts = re.findall(r'"([^"\n]*)"', script)
    assert len(texts) > 8 and re.findall("`([^`]*)`", script) == ["select[name=${name}]"]
    assert [text for text in texts if " " in text] == ["use strict"]
