"""How far readers have to go: heights, words, cut tables, empty rows, denominators, the way to answers.

    python benchmarks/reading.py [SITE] [--name NAME]
    python benchmarks/reading.py --beside BEFORE AFTER

SITE is a built site, `_build/html` unless another is named, so that two versions are measured by one script.
Needs Debian's chromium. Writes `benchmarks/results/reading-NAME.json` and prints the table. `--beside` prints
two of these results as one table in Markdown.

A walk is a row of links that a reader follows and what answers the question at its end; it ends where all
of that stands. It counts clicks and the screens that lie above each link and above the answers. Its seconds
are a rough price, the same for both sites: three for each click, two for each screen looked over. A walk
whose link is not there leads nowhere. Of a search the place of the page that is wanted is counted.

Axe is asked for every rule on every page, at a desk in the light and on a phone in the dark.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal
from urllib.parse import quote_plus

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import CHROMIUM  # noqa: E402
from tests.site.conftest import SITE, serve  # noqa: E402
from tests.site.test_every_page import AXE  # noqa: E402

DESK, PHONE, WALL = 1280, 390, 1920
AXED: tuple[tuple[int, Literal["light", "dark"]], ...] = ((DESK, "light"), (PHONE, "dark"))
CHECKS = ROOT / "tests" / "site" / "checks.js"
SCREEN = 900
CLICK, LOOK = 3, 2  # seconds
DRUGS = ("ketamine", "memantine", "dextromethorphan", "amantadine", "magnesium")
REPORT = re.compile(rf"chapters/(?:{'|'.join(DRUGS)})/[a-z-]+\.html")

#: What a page is asked, in its own words.
PROBE = (Path(__file__).with_name("reading.js")).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Walk:
    """A reader's way: where it begins, addresses of the links to follow, and what the answers look like."""

    reader: str
    start: str
    links: tuple[str, ...]
    answers: tuple[str, ...]


#: Between addresses of a link, the one that a reader would rather follow first.
ELSE = " else "
_RELIEF = r"points? (less|lower)|−\d"
_HARM = "(hear|[Pp]sychotomimetic|strange|halluc)"
WALKS = (
    Walk(
        "a person with CRPS, by the card",
        "index.html",
        (r"have-pain|conditions|how-to-read|#i-have-pain", r"ketamine/crps"),
        (_RELIEF,),
    ),
    Walk("a person with CRPS, by the map", "index.html", (r"ketamine/crps",), (_RELIEF,)),
    Walk(
        "a person with CRPS, by search",
        "search.html?q=CRPS",
        (r"ketamine/crps",),
        (_RELIEF,),
    ),
    Walk(
        "a clinician: a dose and a harm of intravenous ketamine",
        "index.html",
        (rf"treat-pain{ELSE}ketamine/index", r"ketamine/(crps|neuropathic)"),
        (
            r"\d mg",
            rf"{_HARM}.*\d+ (of|v) \d+|\d+ of \d+.*{_HARM}",
        ),
    ),
    Walk(
        "a methodologist: risk of bias, by search",
        "search.html?q=risk+of+bias",
        (r"risk-of-bias|methods",),
        (r"[Rr]isk of bias|RoB",),
    ),
    Walk(
        "a methodologist: the data",
        "index.html",
        (r"methods|chapters/data", r"data(\.html|/studies)"),
        (r"\.csv",),
    ),
)
#: What readers type, and the address of the page that they want.
SEARCHES = {
    "CRPS": r"ketamine/crps",
    "side effects": r"/harms",
    "fibromyalga": r"fibromyalgia",
    "Namenda": r"memantine/",
    "addiction": r"opioids-and-mood|harms",
    "Jørum": r"studies.html#.*[Jj]orum",
    "risk of bias": r"risk-of-bias|methods",
}


def main() -> None:
    """Measure a site and write what was found."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("site", nargs="?", type=Path, default=SITE)
    wanted.add_argument("--name", default="now")
    wanted.add_argument("--beside", nargs=2, metavar="NAME")
    chosen = wanted.parse_args()
    if chosen.beside:
        print(beside(*chosen.beside))
        return
    site = chosen.site.resolve()
    server = serve(site)
    address = next(server)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = {
            "pages": pages(browser, address, site),
            "walks": {walk.reader: walked(browser, address, walk) for walk in WALKS},
            "searches": {query: place(browser, address, query, wanted) for query, wanted in SEARCHES.items()},
        }
        browser.close()
    found = {"summary": summary(found), **found}
    file_of(chosen.name).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found["summary"], indent=1, ensure_ascii=False))
    print(json.dumps({name: found[name] for name in ("walks", "searches")}, indent=1, ensure_ascii=False))


def pages(browser: Browser, address: str, site: Path) -> dict[str, dict[str, Any]]:
    """Measure every page in three widths."""
    paths = sorted(str(path.relative_to(site)) for path in site.rglob("*.html"))
    found: dict[str, dict[str, Any]] = {path: {"bytes": weight(site, path)} for path in paths}
    for width in (DESK, PHONE, WALL):
        context = browser.new_context(viewport={"width": width, "height": SCREEN})
        page = context.new_page()
        page.add_init_script(PROBE)
        for path in paths:
            page.goto(address + path)
            found[path][str(width)] = page.evaluate("reading.measured()")
        context.close()
    for width, scheme in AXED:
        context = browser.new_context(viewport={"width": width, "height": SCREEN}, color_scheme=scheme)
        context.add_init_script(AXE)
        context.add_init_script(path=CHECKS)
        page = context.new_page()
        for path in paths:
            page.goto(address + path)
            broken = page.evaluate(
                "checks.axe({resultTypes: ['violations'], iframes: false, preload: false})"
            )
            found[path][f"axe, {width}, {scheme}"] = [rule for rule, *_ in broken]
        context.close()
    return found


def weight(site: Path, path: str) -> int:
    """Return the compressed bytes of a page with the style sheets and scripts that it loads."""
    text = (site / path).read_text(encoding="utf-8")
    named = re.findall(r'(?:<link rel="stylesheet" href|<script defer src|<script src)="([^"?]+)', text)
    files = {(site / path).parent / name for name in named}
    files |= {site / name.lstrip("/") for name in named if name.startswith("/")}
    contents = [text.encode(), *(file.read_bytes() for file in files if file.is_file())]
    return sum(len(gzip.compress(content)) for content in contents)


def walked(browser: Browser, address: str, walk: Walk) -> dict[str, Any]:
    """Go a reader's way and count."""
    context = browser.new_context(viewport={"width": DESK, "height": SCREEN})
    page = context.new_page()
    page.add_init_script(PROBE)
    page.goto(address + walk.start)
    page.wait_for_timeout(600)
    clicks, screens = 0, 0.0
    tops: list[float | None] = []
    for link in walk.links:
        if tops and None not in tops:
            break
        places = (page.evaluate("pattern => reading.link(pattern)", each) for each in link.split(ELSE))
        place = next(filter(None, places), None)
        if place is None:
            context.close()
            return {"ends": f"no link to {link} on {path_of(page, address)}"}
        clicks, screens = clicks + 1, screens + place["top"] / SCREEN
        page.goto(place["href"])
        page.wait_for_timeout(300)
        tops = [page.evaluate("pattern => reading.answer(pattern)", answer) for answer in walk.answers]
    where = path_of(page, address)
    context.close()
    found = [top for top in tops if top is not None]
    if len(found) < len(walk.answers):
        return {"ends": f"no answer on {where}"}
    screens += max(0.0, max(found) - 0.8 * SCREEN) / SCREEN
    seconds = clicks * CLICK + screens * LOOK
    return {"clicks": clicks, "screens": round(screens, 1), "seconds": round(seconds), "ends": where}


def place(browser: Browser, address: str, query: str, wanted: str) -> int | None:
    """Return the place of the page that is wanted among what a search finds; None where it is not found."""
    page = browser.new_page()
    page.goto(f"{address}search.html?q={quote_plus(query)}")
    page.wait_for_timeout(600)
    hrefs = page.eval_on_selector_all("#results a", "links => links.map(a => a.getAttribute('href'))")
    page.close()
    return next((place for place, href in enumerate(hrefs, 1) if re.search(wanted, href)), None)


def path_of(page: Page, address: str) -> str:
    """Return the place of a page in its site."""
    return page.url.removeprefix(address)


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """Return the table: reports alone where it says so."""
    measured = found["pages"]
    reports = {path: said for path, said in measured.items() if REPORT.fullmatch(path)}
    overviews = {path: said for path, said in reports.items() if path.endswith("/index.html")}
    single = {path: said for path, said in reports.items() if path not in overviews}

    def over(pages: dict[str, Any], width: int, what: str) -> list[int]:
        return [said[str(width)][what] for said in pages.values()]

    def spread(values: list[int]) -> str:
        return f"{min(values):,} to {max(values):,}, median {median(values):,.0f}" if values else "none"

    return {
        "reports": len(single),
        "height of a report at 1280": spread(over(single, DESK, "height")),
        "height of a report at 390": spread(over(single, PHONE, "height")),
        "answer layer at 1280": spread([h for h in over(single, DESK, "answer") if h]),
        "height of an overview at 1280": spread(over(overviews, DESK, "height")),
        "words of a report": spread(over(single, DESK, "words")),
        "words of an overview": spread(over(overviews, DESK, "words")),
        "tables cut at 390": sum(over(measured, PHONE, "cut")),
        "tables cut at 1280": sum(over(measured, DESK, "cut")),
        "tables cut at 1920": sum(over(measured, WALL, "cut")),
        "tables": sum(over(measured, DESK, "tables")),
        "rows without content": sum(over(measured, DESK, "empty")),
        "blocks with one trial": sum(over(measured, DESK, "lonely")),
        "“very low” printed on reports": sum(over(reports, DESK, "low")),
        "denominators": denominators(measured),
        "axe: rules broken, all pages": sum(
            len(said[f"axe, {width}, {scheme}"]) for said in measured.values() for width, scheme in AXED
        ),
        "heaviest page, kB": round(max(said["bytes"] for said in measured.values()) / 1000),
        "heaviest report, kB": round(max(said["bytes"] for said in reports.values()) / 1000),
    }


def denominators(measured: dict[str, Any]) -> dict[str, list[int]]:
    """Return every number of trials that any page says a drug has."""
    return {
        drug: sorted({n for said in measured.values() for n in said[str(DESK)]["denominators"].get(drug, [])})
        for drug in DRUGS
    }


def beside(before: str, after: str) -> str:
    """Return two results as one table in Markdown."""
    found = [json.loads(file_of(name).read_text(encoding="utf-8")) for name in (before, after)]
    rows = {name: [said["summary"].get(name, "") for said in found] for name in found[1]["summary"]}
    counts = rows.pop("denominators")
    for drug in DRUGS:
        rows[f"counts of all trials of {drug}"] = [", ".join(map(str, each[drug])) for each in counts]
    for reader in found[1]["walks"]:
        ends = [said["walks"][reader] for said in found]
        rows[f"seconds of {reader}"] = [end.get("seconds", end["ends"]) for end in ends]
    for query in found[1]["searches"]:
        places = [said["searches"][query] for said in found]
        rows[f"place of the page wanted by “{query}”"] = [place or "not found" for place in places]
    lines = [f"| {name} | {' | '.join(str(value) for value in values)} |" for name, values in rows.items()]
    return "\n".join([f"| | {before} | {after} |", "|---|---|---|", *lines])


def file_of(name: str) -> Path:
    """Return where the results of a site are kept."""
    return ROOT / "benchmarks" / "results" / f"reading-{name}.json"


if __name__ == "__main__":
    main()
