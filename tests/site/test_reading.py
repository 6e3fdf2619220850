"""How far readers have to go: nothing cut, empty, lonely or counted twice, no page too tall or too heavy.

The measures are those of `benchmarks/reading.py`, which prints them for any two sites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from benchmarks.reading import (
    DESK,
    DRUGS,
    PHONE,
    PROBE,
    REPORT,
    SCREEN,
    SEARCHES,
    WALKS,
    WALL,
    Walk,
    denominators,
    place,
    walked,
    weight,
)
from lxml import html
from playwright.sync_api import Browser, Page

from evidence import dataset
from evidence.dataset import Dataset
from evidence.publish.site.trials import read_trials
from evidence.question import Question
from evidence.results.pipeline import selected
from evidence.wording.glossary import glossary
from evidence.wording.labels import labels

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


def test_every_page_counts_the_trials_of_a_drug_alike(page: Page, address: str) -> None:
    """Whatever a page says something of a drug's trials of, it is all that were found."""
    measured = {}
    for path in pages():
        page.goto(address + path)
        measured[path] = {str(DESK): page.evaluate("reading.measured()")}
    found = denominators(measured)
    assert found == {drug: [len(selected(dataset.load(), of(drug)).studies)] for drug in DRUGS}
    of_report = next(said for path, said in measured.items() if path == "chapters/harms.html")
    assert set(of_report[str(DESK)]["denominators"]) == set(DRUGS)


def of(drug: str) -> Question:
    """Return the question that every trial of a drug asks."""
    return Question(drug, labels(dataset.load()).conditions)


def test_another_count_of_a_drugs_trials_is_found(page: Page, address: str) -> None:
    page.goto(address + "chapters/harms.html")
    page.evaluate(
        """document.querySelector("article").insertAdjacentHTML("afterbegin", `<p>3 trials of ketamine.</p>
        <table><thead><tr><th>Harm</th><th>Memantine</th></tr></thead>
        <tbody><tr><th>Nausea</th><td>1 of 4</td></tr></tbody></table>`)"""
    )
    found = page.evaluate("reading.measured()")["denominators"]
    assert 3 in found["ketamine"] and len(found["ketamine"]) == 2
    assert 4 in found["memantine"] and len(found["memantine"]) == 2


@pytest.mark.parametrize("path", pages())
def test_every_page_says_who_answers_for_it_and_what_kind_of_search_it_rests_on(
    site: object, path: str
) -> None:
    body = html.fromstring((SITE / path).read_bytes()).find(".//body")
    assert body is not None
    (foot,) = body.xpath(".//*[contains(@class, 'bottom')]")
    for entry in ("Editors: ", "Interests: ", "Funding: ", "Errors: ", "CC-BY-4.0", "Last search: "):
        assert entry in " ".join(foot.text_content().split()), entry
    for part in body.xpath(".//script | .//style | .//pre"):
        part.drop_tree()
    said = " ".join(body.text_content().split())
    days = re.findall(r"Last search:? ?\d+ \w+ \d{4}(.{24})", said)
    assert days and set(days) == {" (not a systematic searc"}


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.reader)
def test_each_reader_has_the_answer_in_half_a_minute(browser: Browser, address: str, walk: Walk) -> None:
    assert walked(browser, address, walk).get("seconds", 99) <= 30


@pytest.mark.parametrize("query", SEARCHES)
def test_what_a_reader_types_finds_its_page_first(browser: Browser, address: str, query: str) -> None:
    found = place(browser, address, query, SEARCHES[query])
    assert found is not None and found <= 3


@pytest.mark.parametrize("path", [path for path in pages() if REPORT.fullmatch(path)])
def test_the_answer_of_a_report_is_printed_on_one_page(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    page.evaluate("document.documentElement.dataset.print = 'answer'")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1


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
