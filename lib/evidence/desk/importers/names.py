"""Names of authors, as the databases write them: surnames with particles, initials, groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.desk.importers.text import plain

#: How a list of authors says that it goes on.
_OTHERS = re.compile(r"(?:and\s+|&\s+)?(?:et\.?\s+al\.?|others)", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[-\u2010]?){1,4}")
_SUFFIX = re.compile(r"(?:Jr|Sr|[23](?:nd|rd)|II|III|IV)\.?", re.IGNORECASE)
#: Small words before a surname that belong to it.
# fmt: off
_PARTICLES = frozenset({
    "af", "al", "am", "auf", "aus'm", "da", "dal", "dalla", "dall'", "das", "de", "degli", "dei", "del",
    "dela", "dell'", "della", "den", "der", "des", "di", "do", "dos", "du", "el", "im", "la", "las",
    "le", "les", "lo", "los", "of", "op", "'t", "te", "ten", "ter", "van", "vande", "vanden", "vander",
    "vom", "von", "y", "z", "zu", "zum", "zur",
})
# fmt: on
_GROUP = re.compile(
    r"\b(?:group|investigators?|collaborat\w+|consortium|committee|network|team|society|association"
    r"|organi[sz]ation|institute|university|hospital|cent(?:re|er)|company|inc|ltd|llc|gmbh|pharma\w*"
    r"|trialists?|study|foundation|council|agency|department|ministry|board|commission|alliance|federation"
    r"|college|academy|authors|editors|staff)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """An author.

    Attributes
    ----------
    family : str
        The surname with its particles, such as "van der Berg"; the whole name of a group.
    given : str
        Given names or initials, with a suffix such as "Jr." behind them; empty for a group.
    group : bool
        A group, a company or an institution.
    """

    family: str
    given: str = ""
    group: bool = False

    def __str__(self) -> str:
        """The name as a list of authors holds it: "van der Berg, P."."""
        return f"{self.family}, {self.given}" if self.given else self.family


@dataclass(frozen=True, slots=True)
class Authors:
    """The authors of a record, in order; `others` when it says that there are more."""

    names: tuple[Name, ...] = ()
    others: bool = False

    @property
    def short(self) -> str:
        """The authors as the tables name them: one, two with "&", or the first with "et al."."""
        families = [name.family for name in self.names]
        if len(families) > 2 or (families and self.others):
            return f"{families[0]} et al."
        return " & ".join(families)

    def __str__(self) -> str:
        """All authors, joined by "; "."""
        return "; ".join([*map(str, self.names), *(["et al."] if self.others else [])])


def read_names(texts: Iterable[str], *, groups: Sequence[str] = ()) -> Authors:
    """Read a list of names in any of the usual forms, then the names of groups.

    Examples
    --------
    >>> read_names(["van der Berg P.", "Müller, Jörg", "Jane Doe", "et al."]).short
    'van der Berg et al.'
    >>> str(read_names(["Müller, Jörg; Doe, Jane"]))
    'Müller, Jörg; Doe, Jane'
    """
    names: list[Name] = []
    others = False
    for text in (part.strip() for whole in texts for part in plain(whole).split(";")):
        if _OTHERS.fullmatch(text):
            others = True
        elif text and (name := read_name(text)).family:
            names.append(name)
    names += [Name(plain(text), group=True) for text in groups if plain(text)]
    return Authors(tuple(dict.fromkeys(names)), others)


def read_name(text: str) -> Name:
    """Read a name: "Berg, P. van der", "van der Berg P", "Jane Doe", "WHO Study Group"."""
    family, comma, rest = (part.strip() for part in text.strip(" ;*{}").partition(","))
    if comma and rest:
        return _with_comma(family, rest)
    words = family.split()
    if comma and len(words) > 1:  # EndNote's sign of a group
        return Name(family, group=True)
    if len(words) < 2:
        return Name(family)
    if (end := _initials_from(words)) < len(words):
        return Name(" ".join(words[:end]), " ".join(words[end:]))
    if _GROUP.search(family):
        return Name(family, group=True)
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return Name(" ".join(words[start:]), " ".join(words[:start]))


def _with_comma(family: str, rest: str) -> Name:
    if _GROUP.search(family) and len(family.split()) > 2:
        return Name(f"{family}, {rest}", group=True)
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    if len(parts) > 1 and _SUFFIX.fullmatch(parts[0]):
        parts = [*parts[1:], parts[0]]
    words = parts[0].split() if parts else []
    start = len(words)
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    given = ", ".join([" ".join(words[:start]), *parts[1:]])
    return Name(" ".join([*words[start:], family]), given)


def _initials_from(words: Sequence[str]) -> int:
    """Return the place where initials begin behind a surname; the number of words when none do."""
    start = len(words)
    while start > 1 and (_is_initials(words[start - 1]) or _SUFFIX.fullmatch(words[start - 1])):
        start -= 1
    return start if any(map(_is_initials, words[start:])) else len(words)


def _is_initials(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return bool(_INITIALS.fullmatch(word)) and all(letter.isupper() for letter in letters)
