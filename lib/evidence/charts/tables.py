"""A table anyone can read: caption, row and column headers, its own scroll, safe with untrusted cells."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from evidence.wording.html import Html, escape, link, markup
from evidence.wording.inert import inert
from evidence.wording.numbers import number

#: Longer plain cells fold into a disclosure that shows their beginning.
FOLD_AT: Final = 240
_SHOWN: Final = 120
#: A column with a longer cell is kept wide enough to read, also on a phone.
PROSE: Final = 50
#: A table of more columns is shown as cards at any width.
MANY: Final = 9
#: A longer word may break anywhere; shorter ones keep their column as wide as they are.
LONG: Final = 17  # "dextromethorphan," is as long
_SPACE: Final = re.compile(r"[\s\-\u2013]+")
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text
        What the cell shows; escaped unless it is `Html`.
    value
        The number behind the text, for the CSV file.
    href
        Where the text leads.
    detail
        What a disclosure under the text holds, such as a derivation; escaped unless it is `Html`.
    hint
        What shows when the text is pointed at, focused or tapped, such as reasons: lines of plain text.
        A cell with a hint has neither link nor disclosure.
    """

    text: str
    value: float | int | None = None
    href: str = ""
    detail: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, how its cells align, and a few words that explain it."""

    name: str
    align: Literal["left", "right"] = "left"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names its rows; a folded one shows its caption and how many rows it has.

    Raises
    ------
    ValueError
        The key is not an HTML id, or a row has more or fewer cells than there are columns.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(repr=False)
    kind: str = ""
    folded: bool = False

    def __post_init__(self) -> None:
        """Check the key and the shape."""
        wanted = len(self.columns)
        check_key(self.key)
        for position, row in enumerate(self.rows):
            if len(row) != wanted:
                raise ValueError(
                    f"Table {self.key!r}: row {position} has {len(row)} cells for {wanted} columns."
                )

    def _repr_html_(self) -> str:
        if not self.rows:
            return f'<p id="{self.key}">{markup(self.caption)}: none.</p>'
        kind = f" {escape(self.kind)}" if self.kind else ""
        kind += " ev-many" if len(self.columns) > MANY else ""
        head = "".join(
            _header(column, prose=any(_is_prose(row[position]) for row in self.rows))
            for position, column in enumerate(self.columns)
        )
        body = "".join(self._row(row, position) for position, row in enumerate(self.rows))
        if self.folded:
            opened = replace(self, folded=False)._repr_html_()
            count = f"{len(self.rows):,} rows"
            summary = f"<summary>{markup(self.caption)}: {count}</summary>"
            return f'<details class="ev-more">{summary}{opened}</details>'
        return (
            f'<div class="ev-scroll" role="region" tabindex="0" aria-labelledby="{self.key}-caption">'
            f'<table class="ev-table{kind}" id="{self.key}">'
            f'<caption id="{self.key}-caption"><span>{markup(self.caption)}</span></caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _row(self, row: tuple[Cell, ...], position: int) -> str:
        ids = (f"{self.key}-hint-{position}-{column}" for column in range(len(row)))
        first, *others = (
            _hinted(cell, name) if cell.hint else _content(cell) for cell, name in zip(row, ids, strict=True)
        )
        aligned = zip(others, self.columns[1:], strict=True)
        cells = "".join(
            self._cell(content, column, long=_is_long(cell.text))
            for cell, (content, column) in zip(row[1:], aligned, strict=True)
        )
        return f'<tr><th scope="row"{_classes(self.columns[0])}>{first}</th>{cells}</tr>'

    def _cell(self, content: str, column: Column, *, long: bool) -> str:
        """Return a cell; in a narrow column it stands as a line of a card and names its column itself."""
        return f'<td{_classes(column, long=long)} data-head="{escape(column.name)}">{content}</td>'

    def to_csv(self) -> str:
        """Return the table as CSV: numbers at full precision, no cell that a spreadsheet would run."""
        target = io.StringIO()
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([inert(column.name) for column in self.columns])
        for row in self.rows:
            writer.writerow([inert(_plain(cell)) for cell in row])
        return target.getvalue()


def table(key: str, caption: str, columns: list[Column | str], rows: list[list[Cell | str]]) -> Table:
    """Return a `Table` from plain strings where nothing more is needed."""
    return Table(
        key,
        caption,
        tuple(Column(column) if isinstance(column, str) else column for column in columns),
        tuple(tuple(Cell(cell) if isinstance(cell, str) else cell for cell in row) for row in rows),
    )


def from_frame(key: str, caption: str, data: pd.DataFrame, *, digits: int = 1) -> Table:
    """Return the table of a frame: numbers with so many decimals at most, missing values empty.

    Examples
    --------
    >>> found = {"trial": ["Eide 1994", "Lynch 2005"], "people": [8, 92], "effect": [-20.26, None]}
    >>> trials = pd.DataFrame(found)
    >>> print(from_frame("t", "Trials", trials).to_csv())
    trial,people,effect
    Eide 1994,8,-20.26
    Lynch 2005,92,
    <BLANKLINE>
    """
    numeric = [is_numeric_dtype(data[name]) and not is_bool_dtype(data[name]) for name in data]
    columns = tuple(
        Column(str(name), "right" if right else "left") for name, right in zip(data, numeric, strict=True)
    )
    rows = tuple(
        tuple(_of_frame(value, digits) for value in row)
        for row in data.astype(object).itertuples(index=False, name=None)
    )
    return Table(key, caption, columns, rows)


def _of_frame(value: object, digits: int) -> Cell:
    if value is None or value is pd.NA or value != value:
        return Cell("")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        whole = float(value).is_integer()
        return Cell(number(float(value), 0 if whole else digits), value=value)
    return Cell(str(value))


def check_key(key: str) -> None:
    """Raise a ValueError for a key that cannot be an HTML id and a file name."""
    if not _KEY.fullmatch(key):
        raise ValueError(
            f"The key {key!r} names an anchor and a file: use letters, digits, '-' and '_', a letter first."
        )


def _plain(cell: Cell) -> str:
    if cell.value is not None:
        return repr(cell.value)
    if isinstance(cell.text, Html):
        return re.sub(r"<[^>]*>", "", cell.text)
    return cell.text


def _header(column: Column, *, prose: bool) -> str:
    note = f'<span class="ev-note">{markup(column.note)}</span>' if column.note else ""
    kind = _classes(column, prose=prose, long=_is_long(column.name))
    return f'<th scope="col"{kind}>{markup(column.name)}{note}</th>'


def _classes(column: Column, *, prose: bool = False, long: bool = False) -> str:
    names = [f"ev-{column.align}"] * (column.align != "left") + ["ev-prose"] * prose + ["ev-breaks"] * long
    return f' class="{" ".join(names)}"' if names else ""


def _is_prose(cell: Cell) -> bool:
    """Say whether a cell needs room to be read."""
    return max(len(_plain(cell)), len(cell.detail)) > PROSE


def _is_long(text: str) -> bool:
    """Say whether a text holds a word that no column is kept wide enough for."""
    return any(len(word) > LONG for word in _SPACE.split(re.sub(r"<[^>]*>", " ", text)))


def _content(cell: Cell) -> str:
    """Return what a cell shows. A disclosure holds its link inside: a summary may hold nothing to press."""
    folded = not isinstance(cell.text, Html) and len(cell.text) > FOLD_AT
    if not folded and not cell.detail:
        return link(cell.href, cell.text)
    summary = markup(f"{cell.text[:_SHOWN].rpartition(' ')[0]} …" if folded else cell.text)
    parts = [_paragraphs(text) for text in (cell.text if folded else "", cell.detail) if text]
    if cell.href:
        parts.append(_paragraphs(Html(link(cell.href, cell.href))))
    return f"<details><summary>{summary}</summary>{''.join(parts)}</details>"


def _hinted(cell: Cell, name: str) -> str:
    """Return a button with its hint. The browser shows it on a click; `site.js` adds pointing and focus."""
    lines = "<br>".join(markup(line) for line in cell.hint.splitlines())
    button = f'<button type="button" class="ev-why" popovertarget="{name}" aria-describedby="{name}">'
    return f'{button}{markup(cell.text)}</button><span popover class="ev-hint" id="{name}">{lines}</span>'


def _paragraphs(text: str) -> str:
    if isinstance(text, Html):
        return f'<div class="ev-detail">{text}</div>'
    return '<div class="ev-detail">' + "<br>".join(markup(line) for line in text.splitlines()) + "</div>"
