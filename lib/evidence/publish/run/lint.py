"""Refuse results that are typed into prose: they would outlive the data they came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from evidence.publish.run.chapters import Chapter, prose_lines

_COUNT = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|dozen|single|couple of|pair of|"
    r"(?<![\d,])(?!1,000|(?:19|20)\d\d (?:the|these|those) )\d[\d,]*)"
)
_OF = (
    r"(?:trials?|stud(?:y|ies)|people|persons|patients|participants?|volunteers|adults|children|women|men"
    r"|arms?)"
)
_NO_KIND = r"(?:of|or|is|are|for|with|which|to|in|that|how|each|by|from|on|than|at)\b"
_KIND = rf"(?:,? (?!{_NO_KIND})(?:[a-z]+-)*[a-z]+){{0,4}}"
#: A number, or a word for one, before what is counted: it stands in the tables.
_COUNTED = re.compile(
    rf"\b(?:{_COUNT}{_KIND} {_OF}|both (?:of (?:the|these|those) )?(?:trials|studies)"
    rf"|(?:half|a third|a quarter|(?:two|three) (?:thirds|quarters)) (?:of )?(?:the |its |all )?{_OF})\b",
    re.IGNORECASE,
)
#: What reads like a result. A year, a count of weeks or a scale such as 0–100 does not.
_RESULTS = (
    (re.compile(r"(?<![\w.])[-−+]?\d+\.\d+(?![\w.]*\d*/)"), "a decimal number"),
    (re.compile(r"\d\s?%"), "a percentage"),
    (re.compile(r"\b[Pp]\s*[=<>≤≥]\s*\.?\d"), "a p-value"),
    (re.compile(r"\b(?:95|99|90)\s?%?\s?CI\b.*\d"), "an interval"),
    (re.compile(r"\b\d+\s+(?:of|out of|in)\s+\d+\b"), "a count out of a total"),
    (re.compile(r"(?<!\w)[-−]\d+\b"), "a negative number"),
    (_COUNTED, "a count of trials or people"),
)
_IGNORED = re.compile(
    r"\{[a-zA-Z:_-]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|<[^>]+>|https?://\S+|10\.\d{4,}/\S+"
    r"|(?:Python|Book|version|CC BY) \d[\d.]*"
)


def typed_numbers(root: Path, pages: Sequence[Chapter]) -> list[str]:
    """Return one line for each result typed into prose: file, line, what was found, what to do."""
    return [
        f"{page.path.relative_to(root)}:{line}: {what} is typed into the prose ({found}); "
        "compute it and show it with {eval}`…`"
        for page in pages
        for line, what, found in _typed(page)
    ]


def _typed(page: Chapter) -> Iterator[tuple[int, str, str]]:
    for index, cell in enumerate(page.notebook.cells):
        if cell.cell_type != "markdown":
            continue
        start = page.line(index)
        for offset, text in prose_lines(cell.source):
            if text.startswith("%"):
                continue  # a comment
            bare = _IGNORED.sub(" ", text)
            for pattern, what in _RESULTS:
                if match := pattern.search(bare):
                    yield start + offset, what, match.group().strip()
                    break
