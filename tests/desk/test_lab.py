"""The editor's way in a real JupyterLab with a real browser."""

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from .checkout import Checkout

MILLISECONDS = 60_000
CHAPTER = "chapters/ketamine/crps.md"
SENTENCE = (
    "A difference of {eval}`report.words.points(10)`, say. {cite:t}`Sigtermans2009` agree"
    " {cite:p}`Ferraro2025_CD015373pub2,Nobody1900`, but not {trial}`Gustin2010`."
)
#: Brackets around and between citations are a style, which is no text.
SHOWN = "A difference of 10 points, say. Sigtermans et al. (2009) agree Ferraro et al., 2025Nobody1900, but"


@pytest.fixture
def lab(clone, tmp_path):
    """JupyterLab on a scratch copy, as `make edit` starts it; gives the address."""
    mine = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    path = clone.root / CHAPTER
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{SENTENCE}\n", encoding="utf-8")
    clone.run("git", "-c", "user.name=E", "-c", "user.email=e@example.org", "commit", "-qam", "A sentence")
    port = _free_port()
    arguments = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=desk"]
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "evidence", "edit", "--", *arguments],
        cwd=clone.root,
        env=clone.environment | mine,
        stdout=log,
        stderr=log,
    )
    try:
        yield clone, _address(process, port, tmp_path / "log")
    finally:
        process.terminate()
        process.wait()
        log.close()


def _free_port():
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        return taken.getsockname()[1]


def _address(process, port, log):
    address = f"http://localhost:{port}"
    for _ in range(600):
        if _answers(address):
            return address
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def _answers(address):
    try:
        with urllib.request.urlopen(f"{address}/api"):
            return True
    except urllib.error.URLError:
        return False


@pytest.mark.xdist_group("browser")
def test_open_run_edit_save_changes_the_edited_line_only(lab, browser):
    clone, address = lab
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(MILLISECONDS)
    page.goto(f"{address}/lab/tree/chapters/ketamine?token=desk&reset")
    page.locator(".jp-DirListing-item", has_text="crps.md").dblclick()
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    _run_all(page)
    _change_a_sentence(page)
    page.close()
    _only_the_sentence_differs(clone)


def _run_all(page):
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Python 3 | Idle", timeout=MILLISECONDS)
    assert page.locator(".lm-TabBar-tab.jp-mod-dirty").count() == 0  # opened, and nothing changed
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    forest = page.locator(".jp-OutputArea-output figure:has(svg)").first
    forest.wait_for(state="attached")
    assert forest.locator("svg").first.evaluate("svg => svg.getBoundingClientRect().width > 300")
    aligned = "cells => cells.map(cell => getComputedStyle(cell).textAlign)"
    tables = page.locator(".jp-OutputArea-output table")
    tables.first.wait_for(state="attached")
    assert set(tables.locator(".ev-right").evaluate_all(aligned)) == {"right"}
    assert set(tables.locator("td:not([class])").evaluate_all(aligned)) == {"left"}
    sentence = page.locator(".jp-MarkdownCell").last
    expect(sentence).to_contain_text(SHOWN, timeout=MILLISECONDS)
    _cited(sentence)


def _cited(sentence):
    """What the tables know is named as on the site, with its title; what they do not know stays a warning."""
    expect(sentence).to_contain_text("but not Gustin 2010.")
    named = sentence.locator(".cite-group.narrative > span")
    assert "complex regional pain syndrome" in named.get_attribute("title").lower()
    unknown = sentence.locator("[title='Citation Not Found']")
    assert unknown.all_inner_texts() == ["Nobody1900"]


def _change_a_sentence(page):
    cell = page.locator(".jp-MarkdownCell").last
    cell.scroll_into_view_if_needed()
    cell.locator("p").last.dblclick()
    page.locator(".jp-MarkdownCell.jp-mod-active .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" That is all.")
    page.keyboard.press("Control+Enter")
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "crps.md" in answer.url):
        page.keyboard.press("Control+s")
    expect(cell).to_contain_text("That is all.")
    _cited(cell)


def _only_the_sentence_differs(clone: Checkout) -> None:
    assert clone.changed() == [f"-{SENTENCE}", f"+{SENTENCE} That is all."]
    assert clone.status().split() == ["M", CHAPTER]
