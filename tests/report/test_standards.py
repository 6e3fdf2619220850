"""The checklists lead to places that are there, and what is not recorded of the search is said to be."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from evidence import dataset
from evidence.report.standards import checklists, search

ROOT = Path(__file__).parents[2]
#: Items of each list, with those that have letters counted one by one.
ITEMS = {"PRISMA 2020": 42, "PRISMA-LSR": 8, "PRISMA-Harms": 4, "SWiM": 10, "INSPECT-SR": 21}


def slugs(page: str) -> set[str]:
    """The anchors of the headings of a chapter, as MyST makes them."""
    heads = re.findall(r"^##+ (.+)$", (ROOT / f"{page}.md").read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", ITEMS)
def test_every_item_is_there_and_every_place_exists(name: str) -> None:
    found = checklists.items(dataset.load(), name)
    assert len(found) == ITEMS[name]
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    for item in found:
        page, _, anchor = (item.place or "").partition("#")
        assert not page or page == "index" or f"file: {page}\n" in toc, item
        assert not anchor or anchor in slugs(page), item


def test_an_item_without_an_answer_says_why_and_one_that_is_done_leads_somewhere() -> None:
    for name in ITEMS:
        for item in checklists.items(dataset.load(), name):
            assert item.note if item.answer != "done" else item.place, item


def test_the_numbers_of_prisma_are_those_of_the_list() -> None:
    numbers = [int(re.sub(r"\D", "", item.item)) for item in checklists.items(dataset.load(), "PRISMA 2020")]
    assert sorted(set(numbers)) == list(range(1, 28))


def test_the_trials_taken_are_those_of_the_tables() -> None:
    ds = dataset.load()
    assert ds.rows("search_log")["taken"].sum() == len(ds.rows("studies"))
    released = ds.rows("released_studies", version="0.1.0")
    assert ds.rows("search_log", round=1)["taken"].sum() == len(released)


def test_no_database_was_searched_and_the_log_says_so() -> None:
    ds = dataset.load()
    assert search.databases_searched(ds) == "none"
    rows = ds.rows("search_log")
    databases = rows[rows["source"].str.contains("database", case=False)]
    assert set(databases["searched"]) == {"no"}
    assert databases[["date", "words", "found", "taken"]].isna().all(axis=None)


def test_the_next_search_follows_the_last() -> None:
    ds = dataset.load()
    last = pd.Timestamp(search.last_search(ds))
    due = pd.Timestamp(search.next_search(ds))
    months = 12 * (due.year - last.year) + due.month - last.month
    assert months == ds.setting("search_interval_months")


def test_the_flow_begins_with_every_trial_and_narrows() -> None:
    counts = list(search.flow_figure(dataset.load()).data["trials"])
    assert counts[0] == len(dataset.load().rows("studies"))
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] > 0
