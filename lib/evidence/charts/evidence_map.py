"""Evidence map: what is known for each drug and each condition, as a table of links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from evidence.charts.html import Html, markup
from evidence.charts.tables import Cell, Column, Table
from evidence.wording.numbers import plural

Verdict = Literal["favours-drug", "favours-comparator", "no-difference", "no-pool"]

_SIGNS: Final[dict[Verdict, str]] = {
    "favours-drug": "▲",
    "favours-comparator": "▼",
    "no-difference": "■",
    "no-pool": "○",
}


@dataclass(frozen=True, slots=True)
class MapCell:
    """What is known for one drug and one condition.

    Attributes
    ----------
    words
        The finding in a few words; the sign and the colour only repeat it.
    href
        The report.
    """

    trials: int
    verdict: Verdict
    words: str
    people: int | None = None
    href: str = ""


def evidence_map(
    key: str,
    caption: str,
    conditions: tuple[str, ...],
    drugs: tuple[str, ...],
    cells: Mapping[tuple[str, str], MapCell],
) -> Table:
    """Return the table of conditions (down) by drugs (across); `cells` is keyed (condition, drug).

    Raises
    ------
    ValueError
        A cell for a condition or a drug that has no line.
    """
    for condition, drug in cells:
        if condition not in conditions or drug not in drugs:
            raise ValueError(f"The cell {condition!r} x {drug!r} has no line in the map.")
    columns = (Column("Condition"), *(Column(drug) for drug in drugs))
    rows = tuple(
        (Cell(condition), *(_cell(cells.get((condition, drug)), condition, drug) for drug in drugs))
        for condition in conditions
    )
    return Table(key, caption, columns, rows, kind="ev-map")


def _cell(cell: MapCell | None, condition: str, drug: str) -> Cell:
    if cell is None:
        return Cell("no trials")
    people = f", {plural(cell.people, 'person', 'people')}" if cell.people is not None else ""
    count = f'<span class="ev-count">{plural(cell.trials, "trial")}{people}</span>'
    sign = f'<span aria-hidden="true">{_SIGNS[cell.verdict]}</span> '
    return Cell(
        Html(f'<span class="ev-verdict ev-{cell.verdict}">{count}{sign}{markup(cell.words)}</span>'),
        href=cell.href,
    )
