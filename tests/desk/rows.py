"""Rows of older tables in the columns that the tables have now."""

import csv
import io


def widened(path, line):
    """Return an older row in the columns that its table has now, with the same changed cells.

    An older row lacks columns that were added since; they are empty, or as the row of today has them.
    """
    (cells,) = csv.reader([line])
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    header = rows[0]
    missing = len(header) - len(cells)
    if missing:
        place = header.index("crossover_period") if "crossover_period" in header else len(header)
        (there,) = [row for row in rows[1:] if row[:5] == cells[:5] and row[9] == cells[9]] or [
            [""] * len(header)
        ]
        cells = [*cells[:place], *there[place : place + missing], *cells[place:]]
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
