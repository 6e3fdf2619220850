"""BibTeX and BibLaTeX, as Scopus, Google Scholar, Zotero and publishers write it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from evidence.desk.importers.article import Article
from evidence.desk.importers.identifiers import doi_of, named_pmid, pages_of, pmid_of, year_of
from evidence.desk.importers.names import Authors, Name, read_name
from evidence.desk.importers.text import plain
from evidence.desk.problems import DeskError

_START = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
#: Where the next entry begins, if one before it does not end: at the start of a line, with a key.
_NEXT = re.compile(r"^@\s*[A-Za-z]+\s*[{(]\s*[^\s,{}=]+\s*,", re.MULTILINE)
#: `funding_text 1={…}`, as Scopus writes it, with a space of any kind; a field name has none.
_SPACED_FIELD = re.compile(r"^(\s*[A-Za-z][\w-]*)[^\S\n]+(\d+)(\s*=)", re.MULTILINE)
#: `@article{,` and `@article{author = …`, which lack the key of the entry.
_NO_KEY = re.compile(r"^(@\s*\w+\s*[{(])\s*,?(?=\s*[A-Za-z][\w-]*\s*=)")
#: `@article{De Doe2020,`: a key has no space.
_KEY = re.compile(r"^(@\s*\w+\s*[{(])([^,={}\n]*),")
_STRING = re.compile(
    r"""(?P<name>[^\s={}"#%,()]+)\s*=\s*(?P<value>(?:"[^"]*"|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|[^\s"{}#]+|\s*#\s*)+)\s*"""
)
#: More than any name of a journal; a @string of strings could double without end.
_LONGEST = 10_000
_BRACKETS = re.compile(r"[{}()]")
_DEEPEST = 20
_SKIPPED = ("comment", "preamble", "set", "xdata")


def bibtex(name: str, content: str) -> Iterator[Article | DeskError]:
    """Read BibTeX entries; in place of one that is not BibTeX the reason is yielded.

    Raises
    ------
    DeskError
        When a @string unfolds beyond measure.
    """
    from pybtex.database.input.bibtex import month_names

    words: dict[str, str] = {key.lower(): value for key, value in month_names.items()}
    for kind, line, entry in _entries(name, content):
        if isinstance(entry, DeskError):
            yield entry
        elif kind == "string":
            _define(name, line, entry, words)
        elif kind not in _SKIPPED:
            try:
                fields, said = _fields(name, line, words, entry)
                yield replace(_article(fields), said=said)
            except DeskError as error:
                yield error


def _entries(name: str, content: str) -> Iterator[tuple[str, int, str | DeskError]]:
    """Yield the kind, the line and the text of each entry, found by its braces; or why it has no end."""
    position = 0
    while found := _START.search(content, position):
        line = content.count("\n", 0, found.start()) + 1
        end = _end(content, found.end() - 1)
        if end is None:
            reason = "does not end: a brace is open; it may be cut off, export it again"
            yield found.group(1).lower(), line, DeskError(f"{name}: the entry on line {line} {reason}")
            following = _NEXT.search(content, found.end())
            position = following.start() if following else len(content)
        else:
            position = end
            yield found.group(1).lower(), line, content[found.start() : end]


def _end(content: str, opening: int) -> int | None:
    """Return the place behind the bracket that closes an entry; None when it is cut off or nested deeply."""
    braces = rounds = 0
    for found in _BRACKETS.finditer(content, opening):
        sign = found.group()
        braces += (sign == "{") - (sign == "}")
        if braces == 0:
            rounds += (sign == "(") - (sign == ")")
            if rounds == 0:
                return found.end()
        if not 0 <= braces <= _DEEPEST:
            return None
    return None


def _define(name: str, line: int, entry: str, words: dict[str, str]) -> None:
    """Note what a @string stands for: a text, or several joined by #."""
    found = _STRING.fullmatch(re.split(r"[{(]", entry, maxsplit=1)[1][:-1].strip())
    if not found:
        return
    parts = [part.strip() for part in found["value"].split("#")]
    text = "".join(part[1:-1] if part[:1] in '"{' else words.get(part.lower(), part) for part in parts)
    if len(text) > _LONGEST:
        raise DeskError(
            f"{name}: the @string on line {line} unfolds beyond measure: export the entry alone, with its "
            "texts in full"
        )
    words[found["name"].lower()] = text


class _Words(dict[str, str]):
    """Words that stand for texts, in any case; one that is not defined stands for itself."""

    def __missing__(self, key: str) -> str:
        """Return the word, or what it stands for in small letters."""
        return self.get(key.lower(), key)


def _fields(
    name: str, line: int, words: dict[str, str], entry: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the fields of an entry, as TeX, by their name in small letters; of several alike the first.

    With them what must be said: where a mistake in the entry hides the fields behind it.
    """
    from pybtex import errors
    from pybtex.database.input.bibtex import Parser
    from pybtex.exceptions import PybtexError
    from pybtex.scanner import PybtexSyntaxError

    parser = Parser(person_fields=[])
    parser.macros = _Words(words)  # type: ignore[assignment]
    whole = _NO_KEY.sub(r"\1unnamed,", _SPACED_FIELD.sub(r"\1_\2\3", entry))
    whole = _KEY.sub(lambda start: f"{start[1]}{'_'.join(start[2].split())},", whole)
    try:
        with errors.capture() as met:  # a field given twice and the like; what was read counts
            found = list(parser.parse_string(whole).entries.values())
        if len(found) != 1:
            raise ValueError(str(met[0]) if met else "it is no entry")
    except (PybtexError, ValueError, RecursionError) as error:
        raise DeskError(
            f"{name}: the entry on line {line} cannot be read as BibTeX, it may be cut off: {error}"
        ) from None
    fields = {key.lower(): value for key, value in found[0].fields.items()}
    broken = [error.lineno for error in met if isinstance(error, PybtexSyntaxError)]
    said = [
        f"{name}: the entry on line {line} is read only as far as line {line + at - 1}, which is not BibTeX: "
        "compare it with the source"
        for at in broken[:1]
    ]
    return fields, tuple(said)


def _article(raw: dict[str, str]) -> Article:
    fields = {key: from_tex(value) for key, value in raw.items()}

    def first(*keys: str) -> str:
        return next((fields[key] for key in keys if fields.get(key)), "")

    language, note = first("language", "langid"), first("note")
    titles = [first("title"), first("subtitle")]
    return Article(
        authors=_authors(raw.get("author", "")),
        year=year_of(first("year"), first("date")),
        title=": ".join(title for title in titles if title),
        journal=first("journal", "journaltitle", "booktitle", "series"),
        volume=first("volume"),
        issue=first("number", "issue"),
        pages=pages_of(first("pages")),
        doi=doi_of(_untouched(raw.get(key, "")) for key in ("doi", "url", "ee", "note")),
        pmid=pmid_of(fields.get(key, "") for key in ("pmid", "pubmed_id", "pubmed", "pubmedid"))
        or (pmid_of([first("eprint")]) if first("eprinttype").lower() == "pubmed" else "")
        or named_pmid([note, first("url")]),
        language="" if language.lower().startswith("en") else language,
        retracted=note if "retracted" in note.lower() else "",
    )


def _authors(raw: str) -> Authors:
    names = []
    others = False
    for text in _split(" ".join(raw.split())):
        if text.lower() in ("others", "et al.", "et al", "{others}"):
            others = True
        elif (name := _name(text)).family:
            names.append(name)
    return Authors(tuple(names), others)


def _split(raw: str) -> Iterator[str]:
    """Take a list of names apart at each "and" that stands outside braces; without one, at semicolons."""
    raw = html.unescape(raw)
    start = depth = 0
    between = r" and (?=\S)" if re.search(r" and \S", raw, re.IGNORECASE) else ";"
    for found in re.finditer(rf"[{{}}]|{between}", raw, re.IGNORECASE):
        sign = found.group()
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and sign not in "{}":
            yield raw[start : found.start()].strip()
            start = found.end()
    yield raw[start:].strip()


def _name(text: str) -> Name:
    from pybtex.database import Person
    from pybtex.exceptions import PybtexError

    if re.fullmatch(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", text):
        whole = from_tex(text)
        return Name(whole, group=" " in whole)
    if "," not in text and (group := read_name(from_tex(text))).group:
        return group
    try:
        person = Person(text)
    except PybtexError:
        return read_name(from_tex(text))
    family = " ".join((*person.prelast_names, *person.last_names))
    given = " ".join((*person.first_names, *person.middle_names))
    parts = [from_tex(given), *map(from_tex, person.lineage_names)]
    return Name(from_tex(family), ", ".join(part for part in parts if part))


def _untouched(text: str) -> str:
    r"""Return an address or a DOI without the braces and the `\_` of TeX."""
    return re.sub(r"\\([_&%#$])", r"\1", text).replace("{", "").replace("}", "")


def from_tex(text: str) -> str:
    r"""Return a text of BibTeX in Unicode, on one line.

    Examples
    --------
    >>> from_tex(r"{K}etamine \& pain: CO$_2$, 50% of M{\"u}ller's")
    "Ketamine & pain: CO2, 50% of Müller's"
    """
    from pylatexenc.latex2text import LatexNodes2Text

    if not re.search(r"[\\{}$~%]|--|``|\'\'", text):
        return plain(text)
    escaped = re.sub(r"(?<!\\)%", r"\\%", text)
    flat = re.sub(r"\$([^$]{0,200})\$", lambda found: re.sub(r"[_^]", "", found.group()), escaped)
    try:
        return plain(LatexNodes2Text(keep_comments=True).latex_to_text(flat))
    except (RecursionError, ValueError, IndexError):
        return plain(re.sub(r"[{}]", "", text))
