"""What the importers of references keep and lose of files that others publish, record by record.

Run with `.venv/bin/python benchmarks/references.py FOLDER [--name NAME]`: every file under FOLDER is read
whole, then each of its records alone. What a record holds is looked up with a pattern for each field, not
with the importers, and compared with the row that they fill. Files that lie in FOLDER as OWNER/NAME/file are
counted under that repository. Of the records nothing but counts is written down.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evidence.desk.importers import Imported, read_records
from evidence.desk.problems import DeskError

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"
#: The line that begins a record, by kind of file: kept simpler than the importers' own patterns.
BEGINS = {
    "RIS": r"^TY {0,3}-",
    "PubMed": r"^PMID ?-",
    "Web of Science": r"^PT ",
    "EndNote": r"^%0 ",
    "BibTeX": r"^[ \t]*@(?!(?i:comment|string|preamble|set|xdata)\b)\w+ *[{(]",
}
SUFFIXES = {
    ".ris": "RIS",
    ".nbib": "PubMed",
    ".ciw": "Web of Science",
    ".enw": "EndNote",
    ".bib": "BibTeX",
    ".json": "CSL-JSON",
}
FIELDS = ("title", "authors", "year", "doi", "pmid", "volume", "pages", "journal")
#: Where each kind says what, in the order of `FIELDS`: the tags of its lines.
TAGS = {
    kind: dict(zip(FIELDS, tags.split(), strict=True))
    for kind, tags in {
        "RIS": "TI|T1 AU|A1 PY|Y1|DA DO|DI|UR|L1|L2|LK|M3 - VL SP T2|JO|JF|JA|J2",
        "PubMed": "TI|BTI AU|FAU|CN DP LID|AID|SO PMID VI PG JT|TA",
        "Web of Science": "TI AU|AF|CA PY DI PM VL BP|AR SO",
        "EndNote": "%T %A %D %R|%U - %V %P %J|%B",
        "BibTeX": "title author year|date doi|url pmid|pubmed_id volume pages journal|journaltitle|booktitle",
        "CSL-JSON": "title author issued DOI|URL PMID volume page container-title",
    }.items()
}
LINE = {
    "RIS": r"^(?:{}) {{0,3}}- *(\S.*)",
    "PubMed": r"^(?:{}) *- *(\S.*)",
    "Web of Science": r"^(?:{}) +(\S.*)",
    "EndNote": r"^(?:{}) +(\S.*)",
    "BibTeX": r"^\s*(?i:{})\s*=\s*[{{\"]*([^\s{{}}\",].*)",
    "CSL-JSON": r'"(?:{})": *[\["{{]*([^\s"\]}}].*)',
}
#: Left by TeX, HTML or a wrong encoding.
MANGLED = re.compile(
    r"[\\{}]|&(?:[a-z]{2,6}|#\w{2,6});|</?[a-zA-Z]{1,6}>|\ufffd|\u00e2\u20ac|\u00c3[\u0080-\u00bf]"
)


def main() -> None:
    """Measure a folder, print and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", default="references")
    given = parser.parse_args()
    files = [measure(path, given.folder) for path in sorted(given.folder.rglob("*")) if path.is_file()]
    kinds = {kind: summed([file for file in files if file["kind"] == kind]) for kind in TAGS}
    found = {"all": summed(files), "by kind": {kind: sums for kind, sums in kinds.items() if sums["files"]}}
    target = RESULTS / f"{given.name}.json"
    target.write_text(json.dumps({**found, "files": files}, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(found, indent=1))


def measure(path: Path, folder: Path) -> dict[str, Any]:
    """Count what one file holds, what is read of it, and what is lost."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    kind = kind_of(path, text)
    raw = list(records(kind, text))
    start = time.process_time()
    whole, refused = read(path)
    seconds = time.process_time() - start
    losses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    absent: Counter[str] = Counter()
    in_part = 0
    with tempfile.TemporaryDirectory() as scratch:
        alone = Path(scratch) / f"record{path.suffix}"
        for record in raw:
            alone.write_text(record, encoding="utf-8")
            rows, reason = read(alone)
            reasons.update([re.sub(r"line \d+", "line N", reason.replace(alone.name, "…"))] if reason else [])
            held = held_by(kind, record)
            losses.update(lost(kind, held, rows[0]) if rows else [])
            absent.update(f"no {what}" for what in ("title", "authors", "year") if not held[what])
            if not rows and held["title"] and (held["authors"] or held["year"]):
                losses["the record, with a title and an author or a year"] += 1
            in_part += bool(rows) and any("read only as far as" in note for note in rows[0].notes)
    left_out = sum(note.startswith("left out: ") for row in whole[:1] for note in row.notes)
    return {
        "source": "/".join(path.relative_to(folder).parts[:-1]),
        "file": path.name,
        "kind": kind,
        "records": len(raw),
        "read": len(whole),
        "left out with a reason": left_out,
        "in part with a note": in_part,
        "file refused": refused,
        "refused alone": dict(reasons),
        "losses": dict(losses),
        "the record itself has": dict(absent),
        "seconds": round(seconds, 2),
    }


def kind_of(path: Path, text: str) -> str:
    """Return the kind by the name, or for `.txt` by the first line that begins a record of some kind."""
    if kind := SUFFIXES.get(path.suffix.lower()):
        return "RIS" if kind == "Web of Science" and re.search(BEGINS["RIS"], text, re.MULTILINE) else kind
    found = [
        (at.start(), kind) for kind, line in BEGINS.items() if (at := re.search(line, text, re.MULTILINE))
    ]
    return min(found)[1] if found else "none"


def records(kind: str, text: str) -> Iterator[str]:
    """Yield the text of each record, cut where the next begins."""
    if kind == "CSL-JSON":
        content = json.loads(text)
        yield from (json.dumps(item) for item in (content if isinstance(content, list) else [content]))
    elif starts := [found.start() for found in re.finditer(BEGINS.get(kind, "$^"), text, re.MULTILINE)]:
        words = "".join(re.findall(r"^@(?i:string).*\n", text, re.MULTILINE)) if kind == "BibTeX" else ""
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            yield words + text[start:end]


def read(path: Path) -> tuple[tuple[Imported, ...], str]:
    """Return the rows of a file and why there are none; what is no error of ours counts as a traceback."""
    try:
        return read_records(path), ""
    except DeskError as error:
        return (), str(error).splitlines()[0].removeprefix(f"{path.name}: ")
    except Exception as error:
        return (), f"traceback: {type(error).__name__}"


def held_by(kind: str, record: str) -> dict[str, list[str]]:
    """Return what the text of a record holds, by field."""
    held = {
        what: re.findall(LINE[kind].format(tags), record, re.MULTILINE) for what, tags in TAGS[kind].items()
    }
    held["year"] = re.findall(r"\b(?:19|20)\d\d\b", " ".join(held["year"]))
    held["doi"] = re.findall(r"\b10\.\d{4,9}/[^\s\"}]+", " ".join(held["doi"]))
    if kind == "RIS":
        held["pmid"] = re.findall(r"pubmed/(\d+)|PMID:? ?(\d+)", record)
    return held


def lost(kind: str, held: dict[str, list[str]], imported: Imported) -> Iterator[str]:
    """Name what a record holds and the row that it fills lacks."""
    tables = ("citations", "studies")
    row = {
        key: cell for table in tables for each in imported.rows.get(table, []) for key, cell in each.items()
    }
    yield from (what for what, texts in held.items() if texts and not row.get(what))
    names = len(dict.fromkeys(held["authors"])) if kind in ("RIS", "EndNote") else 0
    kept = [name for name in row.get("authors", "").split("; ") if name != "et al."]
    if names > len(kept):
        yield "some of the authors"
    for what in ("title", "authors", "journal"):
        if MANGLED.search(row.get(what, "")):
            yield f"mangled {what}"


def summed(files: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up the counts of some files."""
    sums: dict[str, Any] = {"files": len(files)}
    sums |= {
        key: sum(file[key] for file in files)
        for key in ("records", "read", "left out with a reason", "in part with a note")
    }
    sums["seconds"] = round(sum(file["seconds"] for file in files), 1)
    sums["files refused"] = sum(bool(file["file refused"]) for file in files)
    for key in ("losses", "refused alone", "the record itself has"):
        counts: Counter[str] = Counter()
        for file in files:
            counts.update(file[key])
        sums[key] = dict(counts.most_common())
    return sums


if __name__ == "__main__":
    main()
