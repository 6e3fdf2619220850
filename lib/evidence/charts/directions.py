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
from evidence.charts.legend import Sample, legend
from evidence.charts.marks import Shape, marker
from evidence.charts.room import Room, name_rows
from evidence.charts.tables import Cell, Column
from evidence.charts.text import measure
from evidence.charts.theme import LINE, SMALL, TEXT
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
_NARROWEST: Final = 105.0  # columns of findings are at least so wide
_WIDEST: Final = 190.0


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
    room.keep(0, room.width)
    room.ax.set(xlim=(0, room.width))
    room.ax.set_axis_off()
    draw = _stacked if room.stacked else _in_columns
    rows, y = draw(room, names, studies)
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


@dataclass(frozen=True, slots=True)
class _Places:
    """Where columns stand; `step` is 0 where the findings are listed in lines instead."""

    study: float
    people: float
    people_width: float
    findings: float
    step: float


def _places(room: Room, names: Sequence[str], studies: Sequence[_Study]) -> _Places:
    people = min(max(measure(study.n, SMALL) for study in studies), 80.0)
    people = max(people, 46.0) if people else people
    for study in (200.0, 150.0):
        left = 2 + study + 12 + (people + 14 if people else 0)
        step = min((room.width - left) / len(names), _WIDEST)
        if step >= _NARROWEST:
            return _Places(study, 2 + study + 12, people, left, step)
    return _Places(240, 254, people, 254 + (people + 14 if people else 0), 0)


def _in_columns(
    room: Room, names: Sequence[str], studies: Sequence[_Study]
) -> tuple[list[tuple[str, float]], float]:
    places = _places(room, names, studies)
    y, rows = _head(room, names, places), []
    for index, study in enumerate(studies):
        rows.append((study.label, y + 13.5))
        below = room.paragraph(2, y + 18, study.label, places.study, href=study.href)
        below = room.paragraph(2, below - 1, study.detail, places.study, size=SMALL, role="muted")
        bottoms = [below]
        bottoms.append(room.paragraph(places.people, y + 18, study.n, places.people_width + 0.1, size=SMALL))
        if places.step:
            bottoms += _across(room, names, study, index, places, y + 18)
        else:
            bottoms.append(_lines(room, names, study, index, places.findings, y + 18))
        y = max(bottoms) - 7
        room.rule(y)
    return rows, y


def _head(room: Room, names: Sequence[str], places: _Places) -> float:
    """Write the column heads; return where the rows begin."""
    heads = [(2.0, "Study and regimen", places.study)]
    if places.people_width:
        heads.append((places.people, "People", places.people_width + 12))
    if places.step:
        lefts = (places.findings + position * places.step for position in range(len(names)))
        heads += [(x, name, places.step - 8) for x, name in zip(lefts, names, strict=True)]
    else:
        heads.append((places.findings, "What it found", room.width - places.findings))
    looks = {"size": SMALL, "role": "muted", "bold": True}
    y = max(room.paragraph(x, 15, name, width, **looks) for x, name, width in heads) - 8
    room.rule(y, "edge")
    return y


def _across(
    room: Room, names: Sequence[str], study: _Study, index: int, places: _Places, y: float
) -> list[float]:
    bottoms = []
    for position, name in enumerate(names):
        x = places.findings + position * places.step
        if finding := study.findings.get(name):
            _mark(room, x + 7, y - 4.5, finding, name=f"row-{index}-{position}")
            words = text(finding.get("words"))
            bottoms.append(room.paragraph(x + 22, y, words, places.step - 30, size=SMALL))
    return bottoms


def _lines(room: Room, names: Sequence[str], study: _Study, index: int, x: float, y: float) -> float:
    """Write a study's findings one below the other, each with its outcome; return the next baseline."""
    for position, name in enumerate(names):
        if finding := study.findings.get(name):
            _mark(room, x + 9, y - 4.5, finding, name=f"row-{index}-{position}")
            said = text(finding.get("words"))
            words = f"{name}: {said}" if said else name
            y = room.paragraph(x + 24, y, words, room.width - x - 26, size=SMALL) + 6
    return y


def _stacked(
    room: Room, names: Sequence[str], studies: Sequence[_Study]
) -> tuple[list[tuple[str, float]], float]:
    y, rows = 0.0, []
    for index, study in enumerate(studies):
        rows.append((study.label, y + 13.5))
        people = measure(study.n, SMALL)
        together = people < room.width / 2
        width = room.width - 4 - (people + 10 if together else 0)
        below = room.paragraph(2, y + 18, study.label, width, bold=True, href=study.href)
        if together:
            room.text(room.width - 2, y + 18, study.n, size=SMALL, role="muted", anchor="end")
        else:
            below = room.paragraph(2, below, study.n, room.width - 4, size=SMALL, role="muted")
        below = room.paragraph(2, below, study.detail, room.width - 4, size=SMALL, role="muted") + 2
        y = _lines(room, names, study, index, 2, below) - TEXT * LINE + 6
        room.rule(y)
    return rows, y


def _mark(room: Room, x: float, y: float, finding: Mapping[str, Any], *, name: str = "") -> None:
    """Draw a finding: up is better, down is worse, a bar is no clear difference; filled is significant."""
    way, filled = finding["direction"], finding["significant"]
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
            yield Sample(partial(_sample, way, True), f"{meaning}, statistically significant")
        hollow = [test for other, test in found if other == way and not test]
        if hollow:
            yield Sample(partial(_sample, way, False), meaning + _hollow_words(way, hollow))


def _hollow_words(way: str, tests: Collection[bool | None]) -> str:
    """Return what a mark that is not filled says about the test of a difference."""
    if way not in _SIDES:
        return ""
    parts = ["not significant"] * (False in tests) + ["significance not told"] * (None in tests)
    return f", {' or '.join(parts)}"


def _sample(way: str, filled: bool, room: Room, x: float, y: float) -> None:
    _mark(room, x, y, {"direction": way, "significant": filled})
