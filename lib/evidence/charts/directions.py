"""Effect direction plot: what each study found, where numbers that could be pooled are missing.

After Boon and Thomson, Research Synthesis Methods 2021;12:29-33 (doi:10.1002/jrsm.1458).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records, standard, text
from evidence.charts.grid import Entry, Line, draw_grid
from evidence.charts.legend import Sample, legend
from evidence.charts.marks import Shape, marker
from evidence.charts.room import Room, name_rows
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import LINE, SMALL
from evidence.wording.numbers import capital, listing, plural

#: What each direction means.
MEANINGS: Final = {
    "better": "better on the drug",
    "worse": "worse on the drug",
    "same": "no clear difference",
    "unclear": "direction not reported",
}
_SIGNIFICANT: Final = {True: "yes", False: "no", None: "not told"}
_SIDES: Final[dict[str, tuple[Shape, str]]] = {"better": ("up", "blue"), "worse": ("down", "orange")}
_LINE: Final = SMALL * LINE


@dataclass(frozen=True, slots=True)
class _Study:
    """One study with its finding for each outcome that it reports."""

    label: str
    n: str
    detail: str
    href: str
    findings: Mapping[str, Mapping[str, Any]]


def directions(
    data: pd.DataFrame,
    *,
    label: str = "label",
    outcome: str = "outcome",
    direction: str = "direction",
    significant: str = "significant",
    outcomes: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw an effect direction plot: outcomes across, studies down.

    Parameters
    ----------
    data
        One row for each finding of a study. Beside the four columns named by the next parameters it may have
        ``words`` (the source's own test or number), and of the study ``n``, ``detail`` and ``href``.
    label, outcome
        Columns of the study and of the outcome, or the time.
    direction
        Column that holds "better", "worse", "same" or "unclear".
    significant
        Column that says whether the source calls the difference significant, drawn filled; None: not told.
    outcomes
        The outcomes in the order drawn; without it as they come.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x are points from the left, y points from the top; ``get_yticks()`` are the studies.

    Raises
    ------
    ValueError
        No findings; a missing column; two findings of a study on one outcome; a direction that is none.

    Examples
    --------
    >>> found = pd.DataFrame({
    ...     "label": ["Eide 1994", "Amr 2010", "Amr 2010"],
    ...     "outcome": ["First 48 hours", "2 to 7 days", "Later"],
    ...     "direction": ["better", "better", "same"],
    ...     "significant": [None, True, False],
    ...     "words": ["a direction only", "p < 0.0001", "p = 0.25"],
    ... })
    >>> ax = directions(found)
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['Eide 1994', 'Amr 2010']
    """
    names, studies = _read(data, label, outcome, direction, significant, outcomes)
    room = Room(ax)
    lines = [_line(study) for study in studies]
    rows, y = draw_grid(room, names, lines, head="Study and regimen", found="What it found")
    name_rows(room.ax, rows, y)
    return room.close(legend(room, list(_samples(studies)), y + 20) - _LINE + 6, 0, y)


def directions_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return an effect direction plot as a figure of the book; `options` are those of `directions`."""
    names, studies = _read(data, **options)
    draw = drawing(directions, data, **options)
    return Figure(
        key, title, caption, _describe(names, studies), data, draw, _twin(key, title, names, studies)
    )


def _read(
    data: pd.DataFrame,
    label: str = "label",
    outcome: str = "outcome",
    direction: str = "direction",
    significant: str = "significant",
    outcomes: Sequence[str] = (),
) -> tuple[list[str], list[_Study]]:
    needed = ("label", "outcome", "direction", "significant")
    given = dict(zip(needed, (label, outcome, direction, significant), strict=True))
    found = records(standard(data, "directions", needed, **given))
    if not found:
        raise ValueError(
            "An effect direction plot needs at least one study; say in words that there is none."
        )
    by_study: dict[str, dict[str, dict[str, Any]]] = {}
    for row in found:
        if row["direction"] not in MEANINGS:
            raise ValueError(
                f"{row['label']}: a direction is one of {listing(MEANINGS)}, not {row['direction']!r}."
            )
        of_study = by_study.setdefault(row["label"], {})
        if row["outcome"] in of_study:
            raise ValueError(f"{row['label']}: two findings on {row['outcome']}.")
        told = row["significant"]
        of_study[row["outcome"]] = {**row, "significant": None if pd.isna(told) else bool(told)}
    names = list(outcomes) or list(dict.fromkeys(row["outcome"] for row in found))
    if left := sorted({row["outcome"] for row in found} - set(names)):
        raise ValueError(f"directions: `outcomes` leaves out {listing(left)}.")
    return names, [_study(label, findings) for label, findings in by_study.items()]


def _study(label: str, findings: Mapping[str, Mapping[str, Any]]) -> _Study:
    first = next(iter(findings.values()))
    n, detail, href = (text(first.get(name)) for name in ("n", "detail", "href"))
    return _Study(label, n, detail, href, findings)


def _describe(names: Sequence[str], studies: Sequence[_Study]) -> str:
    """Return what the plot shows in sentences with its counts."""
    parts = [f"Effect direction plot of {plural(len(studies), 'study', 'studies')}."]
    for name in names:
        found = [study.findings[name] for study in studies if name in study.findings]
        counts = Counter(finding["direction"] for finding in found)
        tally = listing(f"{counts[way]} {MEANINGS[way]}" for way in MEANINGS if counts[way])
        clear = sum(bool(finding["significant"]) for finding in found)
        parts.append(f"{capital(name)}: {tally or 'no findings'}; {clear} statistically significant.")
    return " ".join(parts)


def _twin(key: str, title: str, names: Sequence[str], studies: Sequence[_Study]) -> Any:
    columns = [Column(name) for name in ("Study", "Regimen", "People")]
    for name in names:
        columns += [Column(name), Column(f"{name}: significant"), Column(f"{name}: as reported")]
    rows = []
    for study in studies:
        cells = [Cell(study.label, href=study.href), Cell(study.detail), Cell(study.n)]
        for name in names:
            cells += _cells(study.findings.get(name))
        rows.append(tuple(cells))
    return twin(key, title, tuple(columns), tuple(rows))


def _cells(finding: Mapping[str, Any] | None) -> list[Cell]:
    if finding is None:
        return [Cell("")] * 3
    told = _SIGNIFICANT[finding["significant"]]
    return [Cell(MEANINGS[finding["direction"]]), Cell(told), Cell(text(finding.get("words")))]


def _line(study: _Study) -> Line:
    entries = {
        name: Entry(partial(_mark, finding["direction"], finding["significant"]), text(finding.get("words")))
        for name, finding in study.findings.items()
    }
    return Line(study.label, entries, study.n, study.detail, study.href)


def _mark(way: str, filled: bool | None, room: Room, x: float, y: float, name: str = "") -> None:
    """Draw a finding: up is better, down is worse, a bar is no clear difference; filled is significant."""
    if way == "unclear":
        room.text(x, y + 4.5, "?", anchor="middle", bold=True, name=name)
    elif way == "same":
        room.box(x - 8, y - 3, 16, 6, "muted" if filled else "surface", "muted", name=name)
    else:
        shape, role = _SIDES[way]
        fill = role if filled else "surface"
        marker(room.ax, shape, x, y, 120, fill, role, name=name, transform=room.at)


def _samples(studies: Sequence[_Study]) -> Iterator[Sample]:
    found = {(f["direction"], f["significant"]) for study in studies for f in study.findings.values()}
    for way, meaning in MEANINGS.items():
        if (way, True) in found:
            yield Sample(partial(_mark, way, True), f"{meaning}, statistically significant")
        hollow = [test for other, test in found if other == way and not test]
        if hollow:
            yield Sample(partial(_mark, way, False), meaning + _hollow_words(way, hollow))


def _hollow_words(way: str, tests: Collection[bool | None]) -> str:
    """Return what a mark that is not filled says about the test of a difference."""
    if way not in _SIDES:
        return ""
    parts = ["not significant"] * (False in tests) + ["significance not told"] * (None in tests)
    return f", {' or '.join(parts)}"
