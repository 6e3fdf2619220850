"""The tutorial's own commands, run from a package to a built site in a temporary folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "chapters" / "your-own-review.md"


PYTHON = shlex.quote(sys.executable)


def commands() -> list[str]:
    """Every line of every shell block of the tutorial, for this environment's Python."""
    blocks = re.findall(r"^```sh\n(.*?)^```", TUTORIAL.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    return [re.sub(r"^\.venv/bin/python", PYTHON, line) for line in lines]


def run(line: str, folder: Path, library: Path) -> str:
    """Run a line with the library of a checkout or a book."""
    environment = os.environ | {"PYTHONPATH": str(library), "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        shlex.split(line), cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stderr


@pytest.mark.xdist_group("tutorial")
def test_the_tutorial_runs_from_a_package_to_a_site(tmp_path: Path) -> None:
    first, change, build, shelf = commands()
    book, out = tmp_path / "aspirin", tmp_path / "shelf"
    assert change == "cd ../aspirin" and build == "make book"
    run(first.replace("../aspirin", str(book)), ROOT, ROOT / "lib")
    run(f"{PYTHON} -m evidence build", book, book / "lib")  # what `make book` runs
    page = (book / "_build" / "html" / "chapters" / "comparison-1.html").read_text("utf-8")
    assert "0.90 (95\N{NO-BREAK SPACE}% CI 0.84 to 0.96)" in page
    assert 'id="fig-forest-1-1"' in page
    scripts = re.findall(r'src="[^"]*/(\w[\w-]*\.js)\?', page)
    first, second, third = (scripts.index(name) for name in ("meta.js", "numbers.js", "review-whatif.js"))
    assert first < third and second < third
    run(f"{PYTHON} -m pytest -q -n 0 -p no:cacheprovider tests", book, book / "lib")
    run(shelf.replace("../shelf", str(out)) + " --workers 0", ROOT, ROOT / "lib")
    assert (out / "analyses.parquet").is_file() and "reproduced: 7 of 7" in (out / "index.html").read_text()
