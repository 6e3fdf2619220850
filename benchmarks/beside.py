"""Figures of two built sites side by side, on a desk and on a phone, light and dark.

Run with `.venv/bin/python benchmarks/beside.py BEFORE AFTER OUT chapters/harms#fig-harms-forest …`: BEFORE
and AFTER are folders `_build/html`; each figure gives four pictures in OUT. A figure whose page or anchor
differs is given as two, with `=` between them. It needs chromium.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
UNFOLD = """
for (const fold of document.querySelectorAll("article details:not(.ev-twin, .code)")) fold.open = true;
"""
GAP = 20


def main(before: Path, after: Path, out: Path, figures: list[str]) -> None:
    """Take the pictures."""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme)
                for figure in figures:
                    old, _, new = figure.partition("=")
                    pair = [taken(page, before, old), taken(page, after, new or old)]
                    name = (new or old).partition("#")[2]
                    beside(pair).save(out / f"{name}-{width}-{scheme}.png")
                page.close()
        browser.close()


def taken(page: Page, site: Path, figure: str) -> Image.Image:
    """Return the picture of a figure, with every fold of its page open."""
    path, _, anchor = figure.partition("#")
    page.goto(f"{(site / path).resolve().as_uri()}.html")
    page.evaluate(UNFOLD)
    return Image.open(io.BytesIO(page.locator(f"#{anchor}").screenshot(timeout=5000)))


def beside(pictures: list[Image.Image]) -> Image.Image:
    """Return pictures beside one another on grey."""
    width = sum(picture.width + GAP for picture in pictures) - GAP
    whole = Image.new("RGB", (width, max(picture.height for picture in pictures)), "#888888")
    left = 0
    for picture in pictures:
        whole.paste(picture, (left, 0))
        left += picture.width + GAP
    return whole


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
