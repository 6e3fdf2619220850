"""The house in a picture: the rooms of a library in the order of their data, an arc for imports between two.

Run with `.venv/bin/python benchmarks/rooms.py NAME [FOLDER]`: FOLDER is the `lib/evidence` of any checkout.
Arcs above the line run with the data, from a room to one that builds on it; those below it run back. An arc
is as thick as the files that import.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
plt.rcParams |= {"svg.hashsalt": "rooms", "svg.fonttype": "none"}  # the same bytes each time
#: Rooms of this version and of 0.2.0, in the order in which data flows.
ORDER = (
    *("meta", "dataset", "rob", "integrity", "question", "effects", "harmonise", "wording", "grade"),
    *("results", "charts", "packages", "report", "publish", "build", "desk", "nmda"),
)


def arrows(library: Path) -> Counter[tuple[str, str]]:
    """Count the files of one room that import from another, by (imported, importing)."""
    found: Counter[tuple[str, str]] = Counter()
    for path in library.rglob("*.py"):
        room = path.relative_to(library).parts[0]
        rooms = {name.split(".")[1] for name in imported(path) if name.startswith("evidence.")}
        found.update((other, room) for other in rooms if other != room and {other, room} <= set(ORDER))
    return found


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, at its head or later."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def draw(ax: Axes, library: Path) -> None:
    """Draw the rooms with their lines of code, and the arcs."""
    found = arrows(library)
    rooms = [name for name in ORDER if (library / name).is_dir()]
    for (source, target), count in sorted(found.items()):
        start, end = rooms.index(source), rooms.index(target)
        back = start > end
        angle = np.linspace(0, np.pi, 30)
        reach = abs(end - start) / 2
        x, y = (start + end) / 2 + reach * np.cos(angle), reach * np.sin(angle) * (-1 if back else 1)
        ax.plot(x, y, color="#b3410e" if back else "#3a6ea5", alpha=0.55, lw=0.6 + count / 6)
    for place, name in enumerate(rooms):
        lines = sum(len(path.read_text("utf-8").splitlines()) for path in (library / name).rglob("*.py"))
        ax.plot(place, 0, "o", color="#1b1f24", ms=3 + lines / 1200)
        ax.text(place, -0.25, f"{name}\n{lines:,}", ha="center", va="top", fontsize=7, rotation=0)
    backward = sum(rooms.index(source) > rooms.index(target) for source, target in found)
    ax.set_title(
        f"{len(rooms)} rooms, {len(found)} arrows between them, {backward} against the data", loc="left"
    )
    ax.set_aspect("equal")
    ax.axis("off")


def main(name: str, library: Path) -> None:
    """Write the picture and say what it shows."""
    figure, ax = plt.subplots(figsize=(11, 6.5))
    draw(ax, library)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"rooms-{name}.svg"
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    files = list(library.parent.rglob("*.py"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    code = sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)
    size = f"{len(files):,} files, {len(lines):,} lines, {code:,} without blanks and comments"
    print(f"{path.relative_to(ROOT)}: {ax.get_title(loc='left')}; {library.parent.name}: {size}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "lib" / "evidence")
