"""How far readers have to go: nothing cut, empty, lonely or counted twice, no page too tall or too heavy.

The measures are those of `benchmarks/reading.py`, which prints them for any two sites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from benchmarks.reading import DESK, PHONE, PROBE, REPORT, SCREEN, WALL, weight
from lxml import html
from playwright.sync_api import Browser, Page

from evidence import dataset
from evidence.dataset import Dataset
from evidence.publish.site.trials import read_trials
from evidence.wording.glossary import glossary

from .conftest import SITE
from .pages import pages

TALLEST, TALLEST_ANSWER, HEAVIEST = 8_000, 2_700, 120_000
#: Capitals that are no words of the field: names of registries, formats and codes of tables.
NAMES = {
    "ASA",
    "CSV",
    "DOI",
    "JSON",
    "MIT",
    "NCT",
    "PDF",
    "PMID",
    "PNG",
    "SVG",
    "URL",
    "US",
    "USA",
    "UK",
    "WHO",
}
#: Codes of flags in the words that once stood before readers; others, such as "no placebo", are plain words.
CODES = (
    "attribution unclear",
    "conflict between sources",
    "denominator unclear",
    "effect unit",
    "interval asymmetric",
    "p does not fit",
    "spread imputed",
    "spread unlabelled",
    "within arm only",
)
#: A table that is cut, a row that says nothing, a figure of one trial, another count of trials, and height.
FAULTY = """
<p>Of 3 trials, none.</p>
<div class="ev-scroll" style="width: 90px">
  <table style="width: 999px" id="a-sof"><tbody><tr><th>x</th><td></td></tr></tbody></table>
</div>
<div>
  <figure id="fig-a-forest">f</figure>
  <div class="ev-twin"><table><tbody><tr><th>A 2001</th></tr></tbody></table></div>
</div>
<div style="height: 8000px"></div>
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with the questions of the measurement."""
    context = browser.new_context(viewport={"width": DESK, "height": SCREEN})
    page = context.new_page()
    page.add_init_script(PROBE)
    yield page
    context.close()


def faults(path: str, said: dict[int, dict[str, Any]], bytes_: int) -> list[str]:
    """Return what is wrong with a page as measured, by width."""
    found = [
        f"{said[width][what]} {name} at {width}"
        for width in said
        for what, name in (("cut", "tables cut"), ("empty", "empty rows"), ("lonely", "figures of one trial"))
        if said[width][what]
    ]
    desk = said[DESK]
    if bytes_ > HEAVIEST:
        found.append(f"{bytes_:,} bytes")
    if REPORT.fullmatch(path):
        if desk["height"] > TALLEST:
            found.append(f"{desk['height']:,} px tall")
        if desk["answer"] > TALLEST_ANSWER:
            found.append(f"an answer of {desk['answer']:,} px")
        if len(desk["totals"]) != 1:
            found.append(f"trials found: {desk['totals']}")
    return found


@pytest.mark.parametrize("path", pages())
def test_a_page_fits_says_something_and_is_no_burden(page: Page, address: str, path: str) -> None:
    said = {}
    for width in (DESK, WALL, PHONE):
        page.set_viewport_size({"width": width, "height": SCREEN})
        page.goto(address + path)
        said[width] = page.evaluate("reading.measured()")
    assert faults(path, said, weight(SITE, path)) == []


def test_each_of_these_faults_is_found(page: Page, address: str) -> None:
    path = "chapters/ketamine/crps.html"
    page.goto(address + path)
    page.evaluate("html => document.querySelector('#trials').insertAdjacentHTML('beforebegin', html)", FAULTY)
    said = page.evaluate("reading.measured()")
    found = " · ".join(faults(path, {DESK: said}, HEAVIEST + 1))
    for fault in (
        "tables cut",
        "empty rows",
        "figures of one trial",
        "bytes",
        "px tall",
        "an answer",
        "trials found",
    ):
        assert fault in found, fault


def abbreviations(text: str) -> set[str]:
    """Return the words in capitals of a text."""
    return set(re.findall(r"\b(?:[A-Z]{2,}|CrI|RoB)\b", text))


@pytest.mark.parametrize("path", [path for path in pages() if REPORT.fullmatch(path)])
def test_every_abbreviation_of_an_answer_is_a_term_of_the_glossary(site: object, path: str) -> None:
    ds = dataset.load()
    names = [name for term in glossary(ds).values() for name in term.names]
    known = {word for name in (*names, *read_labels(ds)) for word in re.findall(r"\w+", name)}
    article = html.fromstring((SITE / path).read_bytes()).find(".//article")
    assert article is not None
    for layer in article.xpath(".//svg | .//pre | .//section[contains('trials audit cite downloads', @id)]"):
        layer.drop_tree()
    assert abbreviations(article.text_content()) - known - NAMES == set()


def read_labels(ds: Dataset) -> list[str]:
    """Return the names of trials, some of which are capitals."""
    return [
        *(trial.label for trial in read_trials(ds).values()),
        *ds.rows("studies")["authors_short"].dropna(),
    ]


@pytest.mark.parametrize("path", [path for path in pages() if REPORT.fullmatch(path)])
def test_a_code_of_a_flag_stands_in_no_answer(site: object, path: str) -> None:
    """A reader meets what a flag means; its code stands in the audit layer alone."""
    article = html.fromstring((SITE / path).read_bytes()).find(".//article")
    assert article is not None
    for layer in article.xpath(".//section[contains('audit cite downloads', @id)] | .//*[@popover]"):
        layer.drop_tree()  # the reasons of a certainty, on pointing, are those of the audit
    text = " ".join(article.text_content().split()).lower()
    assert [code for code in CODES if code in text] == []
