"""What the chapters have in common: done once, before each of them runs in a fork of this process."""

from __future__ import annotations

import contextlib
import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evidence.dataset import Dataset

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

PRELOADED = (
    "evidence.report",
    "seaborn",
    "scipy.interpolate",
    "pandas.core.methods.to_dict",
    "evidence.publish.run.shell",
    *(f"IPython.core.{name}" for name in ("application", "completerlib", "magics", "oinspect")),
)

_DRAWN: Final = ("forest", "threshold", "riskofbias", "speccurve", "albatross")

#: The folder of the packages: the library and what is the book's own.
LIBRARY = Path(__file__).parents[3]


def own_modules() -> tuple[str, ...]:
    """Return the modules of the packages that stand beside this library: what is the book's own."""
    paths = (path for path in sorted(LIBRARY.glob("*/*.py")) if path.parent.name != "evidence")
    return tuple(f"{path.parent.name}.{path.stem}" for path in paths if path.stem != "__init__")


def preload() -> None:
    """Import what every chapter needs, so that forks inherit it."""
    for name in (*PRELOADED, *own_modules()):
        __import__(name)
    gc.freeze()  # a fork that collects garbage would copy every page of memory


def warm(ds: Dataset) -> None:
    """Answer every question that is not kept, and draw, so that forks inherit it and none does it again.

    What cannot be answered is left to the chapter that asks for it, which says so with its line.
    """
    from evidence.report.book.answers import VIEWS, reports_of
    from evidence.report.book.known import known, regimens_tried
    from evidence.report.sections.harm_line import harms_counted

    for drug, condition in reports_of(ds):
        with contextlib.suppress(ValueError):
            for asked in (*VIEWS.values(), known):
                asked(ds, drug=drug, condition=condition)
            if condition is None:
                for row in regimens_tried(ds, drug=drug):
                    harms_counted(ds, drug=drug, route=row["route"])
    draw_once()
    gc.freeze()


def draw_once() -> None:
    """Draw charts of the kinds that take longest: the first of a process reads letters, theme and code.

    Where these are kept from another build, most of the book's are, and nothing is drawn.
    """
    import pandas as pd

    from evidence.charts.figure import Figure, drawing
    from evidence.charts.tables import from_frame

    frame = pd.DataFrame({"chart": _DRAWN})
    for name in _DRAWN:
        numbers = from_frame(f"fig-{name}-data", name, frame)
        once = Figure(f"once-{name}", name, "", name, frame, drawing(_drawn, frame, name=name), numbers)
        once._repr_html_()
        once.png_file()


def _drawn(_: pd.DataFrame, *, name: str, ax: Axes) -> Axes:
    from evidence.charts.gallery import examples

    return examples()[name].draw(ax)
