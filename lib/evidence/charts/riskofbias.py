"""Risk of bias: a traffic light for each study and domain, and how much of the evidence each level carries.

After McGuinness and Higgins, Research Synthesis Methods 2021;12:55-61 (doi:10.1002/jrsm.1411).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records, standard
from evidence.charts.legend import Sample, legend
from evidence.charts.marks import safeguard
from evidence.charts.room import Room, name_rows
from evidence.charts.tables import Cell, Column
from evidence.charts.text import measure
from evidence.charts.theme import INK, LINE, SMALL, TEXT
from evidence.wording.numbers import listing, percent, plural

#: Each judgement: the symbol that it is drawn as, its colour in a bar, and the colour of words on that.
LEVELS: Final[dict[str, tuple[str, str, str]]] = {
    "low": ("yes", "blue", "surface"),
    "some concerns": ("unclear", "band", "ink"),
    "high": ("no", "orange", "surface"),
    "no information": ("untold", "panel", "ink"),
}
_NAME: Final = 200.0
_STEP: Final = 40.0
_BAR: Final = 20.0


def riskofbias(
    data: pd.DataFrame,
    *,
    label: str = "label",
    domain: str = "domain",
    judgement: str = "judgement",
    domains: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the judgement of each study in each domain.

    Parameters
    ----------
    data
        One row for each study and domain. It may have ``href``, where the study is.
    label, domain
        Columns of the study and of the domain, in a few letters: "D1".
    judgement
        Column that holds "low", "some concerns", "high" or "no information".
    domains
        Domain → what it stands for, in the order drawn; without it as they come.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x and y are points from the left and from the top; ``get_yticks()`` are the studies.

    Raises
    ------
    ValueError
        No studies; a missing column; a study judged twice or not at all in a domain; no such judgement.

    Examples
    --------
    >>> judged = pd.DataFrame({
    ...     "label": ["Sigtermans 2009", "Sigtermans 2009", "Amr 2010", "Amr 2010"],
    ...     "domain": ["D1", "Overall", "D1", "Overall"],
    ...     "judgement": ["low", "some concerns", "some concerns", "high"],
    ... })
    >>> ax = riskofbias(judged, domains={"D1": "randomisation", "Overall": "the whole"})
    """
    judged, named = _read(data, label, domain, judgement, domains)
    room = Room(ax)
    room.use_whole()
    widths = [
        max(_STEP if not room.stacked else 30.0, measure(short, SMALL, bold=True) + 8) for short in named
    ]
    name = min(_NAME, room.width - sum(widths))
    middles = [name + end - width / 2 for end, width in zip(accumulate(widths), widths, strict=True)]
    for x, short in zip(middles, named, strict=True):
        room.text(x, 15, short, size=SMALL, role="muted", anchor="middle", bold=True)
    room.text(2, 15, "Study", size=SMALL, role="muted", bold=True)
    room.rule(22, "edge")
    y, rows = 22.0, []
    hrefs = dict(zip(data[label], data["href"], strict=True)) if "href" in data else {}
    for study, levels in judged.items():
        below = room.paragraph(2, y + 18, study, name - 12, href=str(hrefs.get(study, "")))
        for x, short in zip(middles, named, strict=True):
            safeguard(room, x, y + 14, LEVELS[levels[short]][0])
        rows.append((study, y + 14))
        y = below - 8
        room.rule(y)
    name_rows(room.ax, rows, y)
    end = legend(room, list(_samples(judged)), y + 20)
    if domains:
        meanings = "; ".join(f"{short} {meaning}" for short, meaning in named.items() if meaning)
        end = room.paragraph(2, end, f"Domains: {meanings}.", room.width - 4, size=SMALL, role="muted")
    return room.close(end - SMALL * LINE + 6, 0, y)


def riskofbias_summary(
    data: pd.DataFrame,
    *,
    label: str = "label",
    domain: str = "domain",
    judgement: str = "judgement",
    weight: str = "",
    domains: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how much of the evidence has each level of risk, a bar for each domain.

    Parameters
    ----------
    data, label, domain, judgement, domains, ax
        As for `riskofbias`.
    weight
        Column of the study's share of the evidence, in any unit; without it studies count alike.

    Returns
    -------
    Axes
        x is a share, y points from the top; ``get_yticks()`` are the domains.

    Raises
    ------
    ValueError
        As `riskofbias`, and for a weight that is negative or missing.

    Examples
    --------
    >>> judged = pd.DataFrame({
    ...     "label": ["A", "B", "A", "B"], "domain": ["D1", "D1", "D2", "D2"],
    ...     "judgement": ["low", "high", "low", "some concerns"], "people": [60, 20, 60, 20],
    ... })
    >>> ax = riskofbias_summary(judged, weight="people")
    >>> [[float(bar.get_width()) for bar in level] for level in ax.containers]
    [[0.75, 0.75], [0.0, 0.25], [0.25, 0.0], [0.0, 0.0]]
    """
    shares, named = _shares(data, label, domain, judgement, weight, domains)
    room = Room(ax)
    start = 2.0 if room.stacked else _NAME
    room.keep(start, room.width - 2)
    room.ax.set(xlim=(0, 1))
    y, places = 0.0, []
    for short, meaning in named.items():
        words = f"{short} {meaning}" if meaning else short
        below = room.paragraph(2, y + 17, words, room.width - 4 if room.stacked else start - 12)
        top = below - TEXT * LINE + 5 if room.stacked else y + 3
        places.append(top + _BAR / 2)
        y = max(below - 8, top + _BAR + 5)
    left = pd.Series(0.0, index=shares.index)
    for level, (_, fill, ink) in LEVELS.items():
        width = shares[level]
        room.ax.barh(places, width, left=left, height=_BAR, color=INK[fill], linewidth=0)
        for place, begin, share in zip(places, left, width, strict=True):
            x, words = room.across(begin + share / 2), percent(100 * share)
            if share * (room.width - 2 - start) > measure(words, SMALL) + 6:
                room.text(x, place + 4.5, words, size=SMALL, role=ink, anchor="middle")
        left += width
    room.ax.xaxis.set_visible(False)
    room.ax.spines[:].set_visible(False)
    name_rows(room.ax, list(zip(named, places, strict=True)), y)
    end = legend(room, [Sample(partial(_box, level), _words(level)) for level in _used(shares)], y + 20)
    return room.close(end - SMALL * LINE + 6, 0, y)


def riskofbias_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return the traffic lights as a figure of the book; `options` are those of `riskofbias`."""
    judged, named = _read(data, **options)
    parts = [f"Risk of bias of {plural(len(judged), 'study', 'studies')} in {plural(len(named), 'domain')}."]
    for short, meaning in named.items():
        counts = Counter(levels[short] for levels in judged.values())
        tally = listing(f"{counts[level]} {level}" for level in LEVELS if counts[level])
        parts.append(f"{meaning or short}: {tally}.".capitalize())
    columns = (Column("Study"), *(Column(meaning or short) for short, meaning in named.items()))
    rows = tuple((Cell(study), *(Cell(levels[short]) for short in named)) for study, levels in judged.items())
    draw = drawing(riskofbias, data, **options)
    return Figure(key, title, caption, " ".join(parts), data, draw, twin(key, title, columns, rows))


def riskofbias_summary_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return the bars as a figure of the book; `options` are those of `riskofbias_summary`."""
    shares, named = _shares(data, **options)
    parts = []
    for short, meaning in named.items():
        here = {level: float(shares[level][short]) for level in LEVELS}
        found = (f"{percent(100 * share)} {_words(level)}" for level, share in here.items() if share)
        parts.append(f"{meaning or short}: {', '.join(found)}.".capitalize())
    columns = (Column("Domain"), *(Column(f"{_words(level)} (%)", "right") for level in LEVELS))
    rows = tuple(
        (
            Cell(meaning or short),
            *(
                Cell(percent(100 * share), value=100 * share)
                for share in (float(shares[level][short]) for level in LEVELS)
            ),
        )
        for short, meaning in named.items()
    )
    draw = drawing(riskofbias_summary, data, **options)
    return Figure(key, title, caption, " ".join(parts), data, draw, twin(key, title, columns, rows))


def _read(
    data: pd.DataFrame,
    label: str = "label",
    domain: str = "domain",
    judgement: str = "judgement",
    domains: Mapping[str, str] | None = None,
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the judgements by study and domain, and the domains with what they stand for."""
    names = {"label": label, "domain": domain, "judgement": judgement}
    found = records(standard(data, "riskofbias", tuple(names), **names))
    if not found:
        raise ValueError("A plot of risk of bias needs at least one study; say in words that there is none.")
    judged: dict[str, dict[str, str]] = {}
    for row in found:
        study, short, level = (str(row[name]) for name in names)
        if level not in LEVELS:
            raise ValueError(f"{study}, {short}: a judgement is one of {', '.join(LEVELS)}, not {level!r}.")
        if short in judged.setdefault(study, {}):
            raise ValueError(f"{study}: {short} is judged twice.")
        judged[study][short] = level
    named = dict(domains or dict.fromkeys((str(row["domain"]) for row in found), ""))
    for study, levels in judged.items():
        if missing := [short for short in named if short not in levels]:
            raise ValueError(f"{study}: {listing(missing)} is not judged.")
    return judged, named


def _shares(
    data: pd.DataFrame,
    label: str = "label",
    domain: str = "domain",
    judgement: str = "judgement",
    weight: str = "",
    domains: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the share of the evidence at each level by domain."""
    judged, named = _read(data, label, domain, judgement, domains)
    weights = dict.fromkeys(judged, 1.0)
    if weight:
        weights = {str(study): float(part.iloc[0]) for study, part in data.groupby(label)[weight]}
        if not sum(weights.values()) > 0 or not all(value >= 0 for value in weights.values()):
            raise ValueError(
                f"riskofbias_summary: the weights are {list(weights.values())}; each is 0 or more."
            )
    total = sum(weights.values())
    rows = {
        short: {
            level: sum(weights[study] for study, found in judged.items() if found[short] == level) / total
            for level in LEVELS
        }
        for short in named
    }
    return pd.DataFrame.from_dict(rows, orient="index"), named


def _words(level: str) -> str:
    return f"{level} risk" if level in ("low", "high") else level


def _used(shares: pd.DataFrame) -> Sequence[str]:
    return [level for level in LEVELS if shares[level].any()]


def _samples(judged: dict[str, dict[str, str]]) -> Iterator[Sample]:
    found = {level for levels in judged.values() for level in levels.values()}
    for level, (symbol, _, _) in LEVELS.items():
        if level in found:
            yield Sample(partial(_symbol, symbol), _words(level))


def _symbol(symbol: str, room: Room, x: float, y: float) -> None:
    safeguard(room, x, y, symbol)


def _box(level: str, room: Room, x: float, y: float) -> None:
    room.box(x - 8, y - 6, 16, 12, LEVELS[level][1])
