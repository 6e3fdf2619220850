"""What the codes of the tables are called on a page: labels.csv, and windows worded from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evidence.dataset import Dataset
from evidence.question.main_outcome import MAIN, MainOutcome, main_outcome
from evidence.question.rules import Windows, read_windows
from evidence.wording.numbers import capital
from evidence.wording.toward import TOWARD, Toward

#: The longest that a number of calendar months can be, in days.
_MONTHS = {31: 1, 62: 2, 92: 3, 123: 4, 153: 5, 184: 6, 215: 7, 245: 8, 276: 9, 306: 10, 337: 11, 366: 12}


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of drugs, conditions, windows, outcomes, routes and comparators, in the order of pages.

    Attributes
    ----------
    names, phrases : mapping of str to mapping of str to str
        By kind and code.
    harms, benefits : tuple of str
        Codes of the outcomes that reports list as harms, and as other benefits.
    main : MainOutcome
        The outcome that reports are about.

    Examples
    --------
    >>> from evidence import dataset
    >>> words = labels(dataset.load())
    >>> words.condition("crps"), words.when("immediate")
    ('complex regional pain syndrome', 'from 2 days to 1 week')
    """

    names: Mapping[str, Mapping[str, str]]
    phrases: Mapping[str, Mapping[str, str]]
    harms: tuple[str, ...]
    benefits: tuple[str, ...]
    main: MainOutcome

    @property
    def toward(self) -> Toward:
        """Words for the better side of the main outcome."""
        return TOWARD[self.main.favourable]

    @property
    def drugs(self) -> tuple[str, ...]:
        """Codes of the drugs."""
        return tuple(self.names["drug"])

    @property
    def classes(self) -> tuple[str, ...]:
        """What reviews.csv calls the class of all the drugs."""
        return tuple(self.names.get("class", ()))

    @property
    def conditions(self) -> tuple[str, ...]:
        """Codes of the condition groups."""
        return tuple(code for code in self.names["condition"] if code != "all")

    def drug(self, code: str) -> str:
        """Return the name of a drug, or of several joined by ``+``."""
        return " + ".join(self.names["drug"].get(part, spaced(part)) for part in code.split("+"))

    def condition(self, code: str | None) -> str:
        """Return the name of a condition group; None for all that the book covers."""
        return self.names["condition"][code or "all"]

    def detail(self, code: str) -> str:
        """Return a condition detail in words, with its proper names and abbreviations."""
        text = spaced(code)
        for part, name in self.names["detail"].items():
            text = text.replace(part, name)
        return text

    def window(self, code: str | None) -> str:
        """Return the name of a window, such as "2 days to 1 week"; None for any."""
        return self.names["window"][code or "any"]

    def when(self, code: str | None) -> str:
        """Return a window as it stands in a sentence, such as "from 2 days to 1 week"."""
        return self.phrases["window"][code or "any"]

    def outcome(self, code: str = MAIN) -> str:
        """Return the name of an outcome; of the main one without a code."""
        code = self.main.code if code == MAIN else code
        return self.names["outcome"].get(code, spaced(code))

    def lay(self, code: str) -> str:
        """Return an outcome as lay readers say it, such as "feeling sleepy"."""
        return self.phrases["outcome"].get(code, spaced(code))

    def route(self, code: str) -> str:
        """Return a route as it stands in brackets or at the head of a row, such as "intravenous"."""
        return self.names["route"].get(code, spaced(code))

    def by_route(self, code: str) -> str:
        """Return a route as it stands in a sentence, such as "into a vein"."""
        return self.phrases["route"][code]

    def flag(self, code: str) -> str:
        """Return what a flag means, as a sentence without its full stop."""
        return self.names["flag"].get(code, spaced(code))

    def comparator(self, code: str | None) -> str:
        """Return the name of a type of comparator."""
        return self.names["comparator"].get(code or "", "not stated")

    def subject(self, drug: str, route: str | None = None) -> str:
        """Return a drug with its route as a subject: "Intravenous ketamine", "Ketamine by another route"."""
        name = self.drug(drug)
        if route == "other":
            return capital(f"{name} {self.by_route(route)}")
        return capital(f"{self.route(route)} {name}" if route else name)


def labels(ds: Dataset) -> Labels:
    """Return the labels of a data folder."""
    return ds.once(_read)


def spaced(code: str) -> str:
    """Return a code of the tables in words: underscores become blanks."""
    return code.replace("_", " ")


def period(days: float) -> str:
    """Return a length of time in the largest unit that fits it: "12 hours", "1 week", "3 months"."""
    if days in _MONTHS:
        return _count(_MONTHS[int(days)], "month")
    if days and days % 7 == 0:
        return _count(days / 7, "week")
    return _count(days, "day") if days == round(days) else _count(days * 24, "hour")


def window_phrases(windows: Windows) -> dict[str, str]:
    """Word the windows from their bounds, as they stand in a sentence: "from 2 days to 1 week"."""
    names = window_names(windows)
    return {
        "during_infusion": f"in the {names['during_infusion']}",
        **{window: f"from {names[window]}" for window in ("immediate", "short", "medium")},
        "long": names["long"],
    }


def window_names(windows: Windows) -> dict[str, str]:
    """Name the windows by their bounds, for the head of a column: "2 days to 1 week"."""
    first, week = windows.during_infusion_below, windows.immediate_max
    short, medium = windows.short_max, windows.medium_max
    return {
        "during_infusion": f"first {period(first)}",
        "immediate": _span(first, week),
        "short": _span(week, short),
        "medium": _span(short, medium),
        "long": f"beyond {period(medium)}",
    }


def _span(start: float, end: float) -> str:
    """Return "2 days to 1 week", or "3 to 6 months" where the unit is the same."""
    low, high = period(start), period(end)
    same = low.split()[1].rstrip("s") == high.split()[1].rstrip("s")
    return f"{low.split()[0]} to {high}" if same else f"{low} to {high}"


def _count(number: float, unit: str) -> str:
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"


def _read(ds: Dataset) -> Labels:
    table = ds.rows("labels")
    kinds = dict(iter(table.groupby("kind", sort=False)))
    names = {str(kind): dict(zip(rows["code"], rows["name"], strict=True)) for kind, rows in kinds.items()}
    phrases = {
        str(kind): dict(zip(rows["code"], rows["phrase"].fillna(rows["name"]), strict=True))
        for kind, rows in kinds.items()
    }
    windows = read_windows(ds)
    phrases["window"] |= window_phrases(windows)
    names["window"] |= window_names(windows)
    flags = ds.rows("flag_kinds")
    names["flag"] = dict(zip(flags["flag"], flags["meaning"], strict=True))
    main = main_outcome(ds)
    listed = table[table["code"] != main.code]
    parts = {part: tuple(listed.loc[listed["part"] == part, "code"]) for part in ("harm", "benefit")}
    return Labels(names, phrases, parts["harm"], parts["benefit"], main)
