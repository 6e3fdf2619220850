"""BibTeX text: names, escapes, entries. Knows nothing of the tables."""

import re
from collections.abc import Mapping

#: Curly braces cannot be escaped in BibTeX without upsetting its count of braces, so they become round.
ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": "(",
    "}": ")",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {character: f"\\{character}" for character in "&%$#_"}
#: Between two characters that LaTeX would join into one, such as a dash out of two hyphens.
LIGATURE = re.compile(r"(?<=[-'`,<>!?])(?=[-'`,<>])")
#: Fields that programs use as they stand.
VERBATIM = ("doi", "url", "pubmed")
REMARK = re.compile(r"\s*\(([^)]*)\)")
ET_AL = re.compile(r"\s+et al\.?$")
#: A surname with small particles before it, such as "van der Plas", which BibTeX understands.
PARTICLES = re.compile(r"([a-z]+ )+[A-Z]\S*")


def escape(text: str) -> str:
    """Escape plain text for LaTeX, on one line."""
    escaped = "".join(ESCAPES.get(character, character) for character in " ".join(text.split()))
    return LIGATURE.sub("{}", escaped)


def authors(short: str) -> str:
    """Turn ``Authors`` as the tables give them into a BibTeX name list.

    Remarks in round brackets are left out (see `remarks`); "et al." becomes "and others"; a group, a company
    or a double surname is kept in one piece by braces.

    Examples
    --------
    >>> authors("van der Plas et al."), authors("Haines & Gaines"), authors("Duke University (registry)")
    ('van der Plas and others', 'Haines and Gaines', '{Duke University}')
    """
    plain = REMARK.sub("", short).strip()
    names = re.split(r"\s+(?:and|&)\s+", ET_AL.sub("", plain))
    others = ["others"] if ET_AL.search(plain) else []
    return " and ".join([_name(name) for name in names if name] + others)


def all_authors(listed: str) -> str:
    """Turn a full list of authors, as citations.csv holds it, into a BibTeX name list.

    Examples
    --------
    >>> all_authors("van der Berg, P.; Doe, Jane; ESCAPE Study Group; et al.")
    'van der Berg, P. and Doe, Jane and {ESCAPE Study Group} and others'
    """
    names = [name.strip() for name in listed.split(";") if name.strip()]
    return " and ".join(
        "others" if ET_AL.fullmatch(f" {name}") else escape(name) if "," in name else _name(name)
        for name in names
    )


def remarks(short: str) -> list[str]:
    """Return what stands in round brackets after the authors."""
    return REMARK.findall(short)


def entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """Write one entry; empty fields are left out. The title keeps its capital letters."""
    written = [f"  {name} = {{{_value(name, value)}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *written, "}"]) + "\n"


def _name(name: str) -> str:
    single = " " not in name or PARTICLES.fullmatch(name)
    return escape(name) if single else f"{{{escape(name)}}}"


def _value(name: str, value: str) -> str:
    if name in VERBATIM:
        return value.replace("{", "%7B").replace("}", "%7D")
    if name == "author":
        return value
    return f"{{{escape(value)}}}" if name == "title" else escape(value)
