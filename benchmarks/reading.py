"""How far readers have to go: heights, words, cut tables, empty rows, denominators, the way to answers.

    python benchmarks/reading.py [SITE] [--name NAME]

SITE is a built site, `_build/html` unless another is named, so that two versions are measured by one script.
Needs Debian's chromium. Writes `benchmarks/results/reading-NAME.json` and prints the table.

A walk is a row of links that a reader follows and the words that answer the question at its end. It counts
clicks and the screens that lie above each link and above the answer. Its seconds are a rough price, the same
for both sites: three for each click, two for each screen looked over. A walk whose link is not there leads
nowhere.
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
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import CHROMIUM  # noqa: E402
from tests.site.conftest import SITE, serve  # noqa: E402

DESK, PHONE, WALL = 1280, 390, 1920
SCREEN = 900
CLICK, LOOK = 3, 2  # seconds
DRUGS = ("ketamine", "memantine", "dextromethorphan", "amantadine", "magnesium")
REPORT = re.compile(rf"chapters/(?:{'|'.join(DRUGS)})/[a-z-]+\.html")

#: What a page is asked, in its own words.
PROBE = (Path(__file__).with_name("reading.js")).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Walk:
    """A reader's way: where it begins, addresses of the links to follow, and what the answer looks like."""

    reader: str
    start: str
    links: tuple[str, ...]
    answer: str


_RELIEF = r"points? (less|lower)|−\d"
WALKS = (
    Walk(
        "a person with CRPS, by the card",
        "index.html",
        (r"have-pain|conditions|how-to-read|#i-have-pain", r"ketamine/crps"),
        _RELIEF,
    ),
    Walk("a person with CRPS, by the map", "index.html", (r"ketamine/crps",), _RELIEF),
    Walk(
        "a person with CRPS, by search",
        "search.html?q=CRPS",
        (r"ketamine/crps",),
        _RELIEF,
    ),
    Walk(
        "a clinician: a dose and a harm of intravenous ketamine",
        "index.html",
        (r"i-treat-pain|treat-pain|ketamine/index", r"ketamine/(crps|neuropathic)"),
        r"\d+ of \d+ (people )?.*(hear|psychotomimetic|strange)|mg",
    ),
    Walk(
        "a methodologist: risk of bias, by search",
        "search.html?q=risk+of+bias",
        (r"methods",),
        r"[Rr]isk of bias|RoB",
    ),
    Walk(
        "a methodologist: the data",
        "index.html",
        (r"methods|chapters/data", r"data(\.html|/studies)"),
        r"\.csv",
    ),
)


def main() -> None:
    """Measure a site and write what was found."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("site", nargs="?", type=Path, default=SITE)
    wanted.add_argument("--name", default="now")
    chosen = wanted.parse_args()
    site = chosen.site.resolve()
    server = serve(site)
    address = next(server)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = {
            "pages": pages(browser, address, site),
            "walks": {walk.reader: walked(browser, address, walk) for walk in WALKS},
        }
        browser.close()
    found = {"summary": summary(found), **found}
    target = ROOT / "benchmarks" / "results" / f"reading-{chosen.name}.json"
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found["summary"], indent=1, ensure_ascii=False))
    print(json.dumps(found["walks"], indent=1, ensure_ascii=False))


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
    for link in walk.links:
        place = page.evaluate("pattern => reading.link(pattern)", link)
        if place is None:
            context.close()
            return {"ends": f"no link to {link} on {path_of(page, address)}"}
        clicks, screens = clicks + 1, screens + place["top"] / SCREEN
        page.goto(place["href"])
        page.wait_for_timeout(300)
    top = page.evaluate("pattern => reading.answer(pattern)", walk.answer)
    where = path_of(page, address)
    context.close()
    if top is None:
        return {"ends": f"no answer on {where}"}
    screens += max(0.0, top - 0.8 * SCREEN) / SCREEN
    seconds = clicks * CLICK + screens * LOOK
    return {"clicks": clicks, "screens": round(screens, 1), "seconds": round(seconds), "ends": where}


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
        "denominators": {
            drug: sorted(
                {
                    n
                    for path, said in reports.items()
                    if path == f"chapters/{drug}/index.html"
                    for n in said[str(DESK)]["totals"]
                }
            )
            for drug in DRUGS
        },
        "heaviest page, kB": round(max(said["bytes"] for said in measured.values()) / 1000),
        "heaviest report, kB": round(max(said["bytes"] for said in reports.values()) / 1000),
    }


if __name__ == "__main__":
    main()
