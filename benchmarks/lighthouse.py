"""Lighthouse's scores of pages on a simulated phone: `python benchmarks/lighthouse.py [PAGE …]`.

Needs the built site (`make book`), what `make test` installs from npm, and Debian's chromium. Writes
`benchmarks/results/lighthouse.json`: the median of the rounds for each category, and the bytes that a page
transfers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import CHROMIUM  # noqa: E402
from tests.site.conftest import SITE, serve  # noqa: E402

PAGES = ("index.html", "chapters/claims.html", "chapters/ketamine/crps.html", "chapters/ketamine/index.html")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
ROUNDS = 3
FLAGS = "--chrome-flags=--headless --no-sandbox --disable-dev-shm-usage --disable-background-networking"


def run(address: str) -> dict[str, float]:
    """Return the scores of one run, of 100, and the bytes."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        call = [str(ROOT / "tests/site/node_modules/.bin/lighthouse"), address, "--quiet", "--output=json"]
        call += [f"--output-path={out}", FLAGS]
        subprocess.run(call, env=os.environ | {"CHROME_PATH": CHROMIUM}, check=True)
        found = json.loads(out.read_text(encoding="utf-8"))
    scores = {name: 100 * found["categories"][name]["score"] for name in CATEGORIES}
    return scores | {"bytes": found["audits"]["total-byte-weight"]["numericValue"]}


def main(pages: tuple[str, ...]) -> None:
    """Measure pages and write the medians."""
    server = serve(SITE)
    address = next(server)
    results = {}
    for page in pages:
        rounds = [run(address + page) for _ in range(ROUNDS)]
        results[page] = {name: median(found[name] for found in rounds) for name in rounds[0]}
        print(page, results[page], flush=True)
    text = json.dumps({"rounds": ROUNDS, "pages": results}, indent=1)
    (ROOT / "benchmarks" / "results" / "lighthouse.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or PAGES)
