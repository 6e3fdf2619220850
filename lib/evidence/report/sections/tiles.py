"""Tiles: for each time the difference on one fixed axis, or in words that there is no number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evidence.report.sections.headline import Headline, headline
from evidence.report.sections.sides import counted
from evidence.results.analysis import Analysis
from evidence.wording.html import escape
from evidence.wording.numbers import capital, listing, number, plural

#: Ends of the axis of every tile, in points. What lies beyond ends in an arrow.
REACH: Final = 60.0
_WIDE, _HIGH, _LINE, _TALL = 240.0, 38.0, 28.0, 24.0
DOUBT: Final = "from a report we doubt"


@dataclass(frozen=True, slots=True)
class Tile:
    """What is known at one time.

    Attributes
    ----------
    when : str
        The time in words, for the head of the tile.
    headline : Headline or None
    untold : str
        Without a number: what its trials say.
    """

    when: str
    headline: Headline | None
    untold: str = ""

    def html(self, outcome: str) -> str:
        """Return the tile."""
        head = f'<b class="ev-tile-when">{escape(capital(self.when))}</b>'
        found = self.headline
        if found is None:
            none = f'<span class="ev-tile-none">—</span><span>{escape(self.untold)}</span>'
            return f'<li class="ev-tile">{head}{none}</li>'
        size = plural(found.people, "person", "people")
        said = f"{size}, {found.trials}" + (f"; {DOUBT}" if found.doubtful else "")
        words = f"{capital(found.change)} {outcome}" if round(abs(found.estimate)) else "No difference"
        return (
            f'<li class="ev-tile{" ev-doubt" if found.doubtful else ""}">{head}{eye(found)}'
            f'<b class="ev-tile-size">{escape(words)}</b>'
            f"<span>{escape(found.interval)}</span>"
            f"{''.join(f'<span>{escape(capital(line))}</span>' for line in found.chances)}"
            f'<span class="ev-note">{escape(said)}</span></li>'
        )


def tile(analysis: Analysis) -> Tile:
    """Return the tile of a question."""
    found = headline(analysis)
    when = analysis.labels.window(analysis.question.window)
    if found is not None:
        return Tile(when, found)
    outcome = analysis.labels.outcome(analysis.question.outcome)
    return Tile(when, None, _untold(analysis, outcome))


def _untold(analysis: Analysis, outcome: str) -> str:
    """Say what trials without a number found, and what reports in doubt give."""
    told = ""
    if analysis.bounded:
        likely = answer.relief.verb if (answer := analysis.posterior) and answer.has_direction else ""
        end = f"; {outcome} is {likely} {analysis.labels.toward.than}" if likely else ""
        told = f"No number: {counted(analysis.bounded, outcome)}{end}"
    sizes = ("a test" if e.yi is None else f"{number(e.yi, 0)} points" for e in analysis.doubted)
    doubted = [f"{size} {DOUBT} ({e.label})" for size, e in zip(sizes, analysis.doubted, strict=True)]
    if not doubted:
        return told
    return f"{told}, besides {listing(doubted)}" if told else f"No number but {listing(doubted)}"


def tiles(analyses: Sequence[Analysis]) -> tuple[Tile, ...]:
    """Return the tiles of one route, one for each time at which a trial says something."""
    return tuple(tile(analysis) for analysis in analyses if speaks(analysis))


def speaks(analysis: Analysis) -> bool:
    """Whether a trial says something, be it a report in doubt."""
    return bool(analysis.numeric or analysis.bounded or analysis.doubted)


def eye(found: Headline, *, dots: bool = False) -> str:
    """Return the difference with its interval on the fixed axis; the words beside it say the same.

    With `dots` the dot is larger for more people.
    """
    radius = min(3 + math.sqrt(found.people) / 3, 12) if dots else 5.0
    low, high = _place(found.low), _place(found.high)
    band = _place(-found.mid), _place(found.mid) - _place(-found.mid)
    parts = [
        f'<rect class="ev-mid" x="{band[0]:.1f}" width="{band[1]:.1f}" height="{_HIGH:g}"/>',
        f'<path class="ev-zero" d="M{_place(0):.1f} 0v{_HIGH:g}"/>',
        _density(found),
        f'<path class="ev-span" d="M{low:.1f} {_LINE:g}H{high:.1f}"/>',
    ]
    parts += [_arrow(place, side) for place, side, out in _ends(found) if out]
    parts.append(
        f'<circle class="ev-dot" cx="{_place(found.estimate):.1f}" cy="{_LINE:g}" r="{radius:.1f}"/>'
    )
    return f'<svg class="ev-eye" viewBox="0 0 {_WIDE:g} {_HIGH:g}" aria-hidden="true">{"".join(parts)}</svg>'


def _density(found: Headline) -> str:
    """Return the density of the posterior above its interval, as far as it lies on the axis."""
    seen = [(x, y) for x, y in found.curve if -REACH <= x <= REACH]
    if len(seen) < 2:
        return ""
    line = " ".join(f"L{_place(x):.1f} {_LINE - _TALL * y:.1f}" for x, y in seen)
    start, end = _place(seen[0][0]), _place(seen[-1][0])
    return f'<path class="ev-density" d="M{start:.1f} {_LINE:g}{line}L{end:.1f} {_LINE:g}Z"/>'


def _place(points: float) -> float:
    """Return where a difference stands across the tile, within its ends."""
    return (min(max(points, -REACH), REACH) + REACH) / (2 * REACH) * (_WIDE - 12) + 6


def _ends(found: Headline) -> tuple[tuple[float, int, bool], ...]:
    return (_place(found.low), -1, found.low < -REACH), (_place(found.high), 1, found.high > REACH)


def _arrow(place: float, side: int) -> str:
    back, top, foot = place - 7 * side, _LINE - 5, _LINE + 5
    return f'<path class="ev-span" d="M{back:.1f} {top:g}L{place:.1f} {_LINE:g}L{back:.1f} {foot:g}"/>'
