"""The panel of a report in a page of its own, and what Python says under any choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
from playwright.sync_api import Browser, Page

from evidence.report import Report
from evidence.report.sections.whatif import WhatIf
from evidence.report.sections.whatif_data import kind_of, switchable
from evidence.results.analysis import Analysis
from evidence.results.posterior import posterior_answer

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "_static"
ADDRESS = "http://book.test/page.html"
SCRIPTS = ("bayes.js", "numbers.js", "whatif.js")
#: The policy that forbids a page what the site does not use.
POLICY = re.search(
    r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>",
    (ROOT / "_templates" / "layout.html").read_text("utf-8"),
)


def html(item: WhatIf, static: str = "/_static/") -> str:
    """Return a page with a panel under the policy of the site."""
    assert POLICY is not None
    styles = "".join(
        f'<link rel="stylesheet" href="{static}{name}">'
        for name in ("site.css", "evidence.css", "whatif.css")
    )
    scripts = "".join(f'<script defer src="{static}{name}"></script>' for name in SCRIPTS)
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head = f"{meta}{POLICY[0]}<title>What if</title>{styles}{scripts}"
    body = f"<main>{item._repr_html_()}</main>"
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{body}</body></html>'


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """Open a page that must not complain, nor ask for anything outside the site."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    context.route("**/*", lambda route: (complaints.append(route.request.url), route.abort()))
    context.route(
        "http://book.test/_static/*",
        lambda route: route.fulfill(path=STATIC / urlsplit(route.request.url).path.rsplit("/", 1)[-1]),
    )
    yield page
    assert complaints == []
    context.close()


def show(page: Page, item: WhatIf, query: str = "") -> None:
    """Show a panel and wait until it has answered."""
    content = html(item)
    page.context.route(
        "http://book.test/page.html*", lambda route: route.fulfill(content_type="text/html", body=content)
    )
    page.goto(ADDRESS + query)
    answered(page)


def answered(page: Page) -> list[str]:
    """Return the sentences once the panel has computed them."""
    page.locator(".ev-whatif-live:visible").wait_for()
    page.locator(".ev-whatif:not([aria-busy])").wait_for()
    return page.locator(".ev-whatif-result p").all_inner_texts()


def random_state(rng: np.random.Generator, data: Any) -> dict[str, Any]:
    """Return choices that a reader may make; most trials stay in."""
    question = data["questions"][rng.integers(len(data["questions"]))]
    kinds = sorted({trial["kind"] for trial in question["trials"]} - {"number"})
    return {
        "question": question["key"],
        "prior": data["priors"][rng.integers(len(data["priors"]))]["name"],
        "mid": int(rng.integers(1, 40)),
        "kinds": [kind for kind in kinds if rng.random() < 0.8],
        "on": [
            [each["id"], bool(rng.random() < (0.75 if each["on"] else 0.4))] for each in question["trials"]
        ],
    }


def query_of(data: Any, state: dict[str, Any]) -> str:
    """Return the query of an address that holds choices, without the page's script."""
    question = next(each for each in data["questions"] if each["key"] == state["question"])
    kinds = {trial["kind"] for trial in question["trials"]} - {"number", *state["kinds"]}
    given = [("question", state["question"]), ("prior", state["prior"]), ("mid", str(state["mid"]))]
    given += [("without", kind) for kind in kinds]
    given += [("in" if on else "out", trial) for trial, on in state["on"]]
    return "?" + "&".join(f"{data['key']}.{name}={quote(value)}" for name, value in given)


def analysis_under(report: Report, state: dict[str, Any]) -> Analysis:
    """Return the report's analysis with the evidence and the prior of some choices."""
    route, window = state["question"].rsplit("-", 1)
    analysis = report.analysis(route, window)
    numeric, bounded = switchable(report.ds, analysis)
    on = dict(state["on"])
    named = sorted(analysis.priors, key=lambda prior: prior.name != state["prior"])
    numeric = [e for e in numeric if on[e.study_id]]
    bounded = [e for e in bounded if on[e.study_id] and kind_of(e) in state["kinds"]]
    mid, favourable = float(state["mid"]), analysis.labels.main.favourable
    return replace(
        analysis,
        numeric=tuple(numeric),
        bounded=tuple(bounded),
        doubted=tuple(e for e in analysis.doubted if not on[e.study_id]),
        priors=tuple(named),
        mid=mid,
        posterior=posterior_answer(numeric, bounded, named, mid, favourable),
    )
