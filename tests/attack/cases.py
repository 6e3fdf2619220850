"""Hostile data folders: what is done to a valid one, and which file must be named. A benchmark reads them."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Do = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One hostile change of a data folder.

    Attributes
    ----------
    kind, name : str
        For the table of the round.
    do : callable
        Changes the folder.
    file : str
        The file that the problem must be placed in.
    """

    kind: str
    name: str
    do: Do
    file: str


def _table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""))
    return list(reader.fieldnames or []), list(reader)


def _write(path: Path, header: list[str], rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), "utf-8")


def _shown(value: str) -> str:
    return value if value.isascii() else ascii(value)


def setting(key: str, value: str) -> Case:
    """A key with another value."""

    def do(folder: Path) -> None:
        header, rows = _table(folder / "settings.csv")
        for row in rows:
            row["value"] = value if row["key"] == key else row["value"]
        _write(folder / "settings.csv", header, rows)

    return Case("settings", f"{key} = {_shown(value)}", do, "settings.csv")


def _deleted(folder: Path) -> None:
    header, rows = _table(folder / "settings.csv")
    _write(folder / "settings.csv", header, [row for row in rows if row["key"] != "main_mid"])


def _unknown(folder: Path) -> None:
    header, rows = _table(folder / "settings.csv")
    _write(folder / "settings.csv", header, [*rows, {**rows[0], "key": "made_up"}])


def cell(table: str, column: str, value: str, kind: str = "numbers") -> Case:
    """The first filled cell of a column with another value."""

    def do(folder: Path) -> None:
        path = folder / f"{table}.csv"
        header, rows = _table(path)
        row = next((row for row in rows if row[column]), rows[0])
        row[column] = value
        _write(path, header, rows)

    shown = _shown(value) if len(value) < 20 else f"{value[:8]}… of {len(value)} characters"
    return Case(kind, f"{table}.{column} = {shown}", do, f"{table}.csv")


def contract(name: str, edit: Callable[[Any], object]) -> Case:
    """A contract with something changed."""

    def do(folder: Path) -> None:
        path = folder / "datapackage.json"
        package = json.loads(path.read_text("utf-8"))
        edited = edit(package)
        path.write_text(json.dumps(package if edited is None else edited), "utf-8")

    return Case("contract", name, do, "datapackage.json")


def content(name: str, text: str | bytes, file: str = "datapackage.json", kind: str = "contract") -> Case:
    """A file with other content."""

    def do(folder: Path) -> None:
        (folder / file).write_bytes(text.encode() if isinstance(text, str) else text)

    return Case(kind, name, do, file)


def instead(name: str, file: str, make: Callable[[Path], object]) -> Case:
    """Something else where a file should be."""

    def do(folder: Path) -> None:
        (folder / file).unlink()
        make(folder / file)

    return Case("files", f"{file} is {name}", do, file)


def constraint(name: str, column: str, **changes: object) -> Case:
    """A contract with other constraints of a column of the studies."""
    return contract(name, lambda package: _field(package, "studies", column)["constraints"].update(changes))


def _fields(package: Any, table: str) -> Any:
    return next(item for item in package["resources"] if item["name"] == table)["schema"]["fields"]


def _field(package: Any, table: str, column: str) -> Any:
    return next(field for field in _fields(package, table) if field["name"] == column)


def _path(value: object) -> Callable[[Any], None]:
    return lambda package: package["resources"][0].update(path=value)


def _schema(**changes: object) -> Callable[[Any], None]:
    return lambda package: package["resources"][0]["schema"].update(changes)


def _socket(path: Path) -> None:
    former = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(former)


def _link_to_secret(path: Path) -> None:
    secret = path.parent.parent / "secret.csv"
    secret.write_text("root:secret\n", "utf-8")
    path.symlink_to(secret)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**33)  # eight gigabytes that take no room


_NOWHERE = {"fields": ["study_id"], "reference": {"resource": "nowhere", "fields": ["x"]}}
_SETTINGS = {
    "main_mid": "nan inf 1e400 0 -10 abc 1_0 ٢ 51 10.0.0",
    "significance_level": "5 -1 0",
    "correlation_crossover": "1 1.5 -0.5",
    "correlation_crossover_low": "0.9",
    "correlation_crossover_high": "0.4",
    "window_immediate_max_days": "nan",
    "window_short_max_days": "1 7",
    "window_medium_max_days": "92",
    "time_rule": "x",
    "comparator_order": "zzz placebo",
    "comparator_types": "zzz",
    "conditions_outside_cochrane": "zzz",
    "main_flags_steered": "zzz",
    "source_order": "full_text",
    "last_search_date": "2026-13-45 2099-01-01 2026-02-30 22.11.2026",
    "data_version": "1 latest",
    "main_outcome": "zzz nausea",
    "main_better": "x higher Lower",
    "main_unit": "nan 5 points <b>points</b> \u202e001–0",
    "main_steered": "7 <b>opioids</b> ٢",
    "prior_field": "1e400 = <i>pain</i>",
    "prior_tau_scale": "nan 0 -0.5 0.25 1e-300 ٢",
    "prior_tau_scale_tight": "0.5 inf",
    "prior_mu_sd": "0.5 1e400 1_0",
    "prior_rhodes_df": "0 -5 101",
    "prior_turner_location": "abc 21",
    "search_interval_months": "0 6.5 61 -6",
    "flags_not_alone": "zzz",
}
_NUMBERS = [
    cell("studies", "n_randomised", "٢"),
    cell("studies", "n_randomised", "²"),
    cell("studies", "n_randomised", "1e400"),
    cell("studies", "n_randomised", "9" * 5000),
    cell("studies", "doi", "10.١٢٣٤/x"),
    cell("arm_results", "se", "1e400"),
    cell("arm_results", "se", "1e-300"),
    cell("arm_results", "se", "0." + "0" * 15 + "1"),
    cell("arm_results", "sd", "nan"),
    cell("arm_results", "mean", "Infinity"),
    cell("arm_results", "mean", "1" + "0" * 11),
    cell("arm_results", "time_days", "1e400"),
    cell("arm_results", "scale_max", "1e400"),
    cell("arm_results", "events", "1_0"),
    cell("contrasts", "estimate", "−1.5"),
    cell("contrasts", "p_value", "1e-400"),
    cell("contrasts", "time_days", "-1"),
    cell("reviews", "estimate", "0x1p3"),
]
#: Tables about the project itself, and texts that are not what they seem.
_OWN = [
    cell(table, column, value, "own tables")
    for table, column, value in (
        ("search_log", "date", "2099-01-01"),
        ("search_log", "date", "2026-02-30"),
        ("search_log", "taken", "100000"),
        ("search_log", "found", "٢"),
        ("grade", "route", "zzz"),
        ("grade", "drug", "zzz"),
        ("grade", "outcome", "zzz"),
        ("grade", "down", "9"),
        ("released_studies", "version", "9.9.9"),
        ("released_studies", "digest", "zzz"),
        ("measures", "scale_max", "-5"),
        ("measures", "kind", "zzz"),
        ("flags", "flag", "zzz"),
        ("rob2", "answers", "9.9 Y"),
        ("rob2", "source", "javascript:alert(1)"),
        ("labels", "code", "zzz"),
        ("reporting_errors", "check", "zzz"),
        ("reporting_errors", "printed", "7"),
        ("studies", "year", "2099"),
        ("studies", "title", "Pain \u202e5.2−"),
        ("studies", "title", "ketamine\u200b"),
        ("studies", "title", "a" * 1_000_000),
        ("reviews", "review_id", "G" * 300 + "2003"),
    )
]
_CONTRACT = [
    content("nested 100,000 deep", "[" * 100_000 + "]" * 100_000),
    content("an object nested 5,000 deep", '{"resources":' * 5_000 + "1" + "}" * 5_000),
    content("random bytes", bytes(range(256)) * 40),
    content("empty", ""),
    content("NaN", '{"resources": [NaN]}'),
    content("an endless number", '{"resources": [' + "9" * 100_000 + "]}"),
    content("a number of 1e400", '{"resources": [1e400]}'),
    content("half a surrogate", '{"resources": "\\ud800"}'),
    content("a list of nulls", '{"resources": [null]}'),
    contract("a string", lambda package: "text"),
    contract("resources an object", lambda package: {"resources": {}}),
    contract("a path out of the folder", _path("../secret.csv")),
    contract("an absolute path", _path("/etc/passwd")),
    contract("an address", _path("https://example.org/studies.csv")),
    contract("a path that is a list", _path(["studies.csv"])),
    contract("a path with a null byte", _path("studies\0.csv")),
    contract("the device zero as a path", _path("/dev/zero")),
    contract("two tables in one file", _path("arms.csv")),
    constraint("a broken pattern", "doi", pattern="("),
    constraint("a pattern that is a number", "doi", pattern=1),
    constraint("a repeated repeat", "doi", pattern="(a{999}){999}"),
    constraint("bounds the wrong way", "year", minimum=3000),
    constraint("a vocabulary of numbers", "design", enum=[1]),
    constraint("a misspelt constraint", "year", maximun=1),
    contract("an unknown type", lambda p: _field(p, "studies", "year").update(type="geopoint")),
    contract("a type that is a list", lambda p: _field(p, "studies", "year").update(type=[])),
    contract("a number without bounds", lambda p: _field(p, "arm_results", "mean").pop("constraints", None)),
    contract("a column twice", lambda p: _fields(p, "studies").append(_field(p, "studies", "doi"))),
    contract("a primary key that is not there", _schema(primaryKey=["nothing"])),
    contract("a foreign key to nowhere", _schema(foreignKeys=[_NOWHERE])),
    contract("a name with a line feed", lambda p: p["resources"][0].update(name="a\nb")),
]
_FILES = [
    instead(name, file, make)
    for file in ("studies.csv", "datapackage.json")
    for name, make in (
        ("a pipe", os.mkfifo),
        ("a folder", Path.mkdir),
        ("a socket", _socket),
        ("a link to a file outside", _link_to_secret),
        ("a link to the device zero", lambda path: path.symlink_to("/dev/zero")),
        ("a link to itself", lambda path: path.symlink_to(path)),
        ("a link to nothing", lambda path: path.symlink_to("nothing")),
        ("eight gigabytes", _huge),
    )
] + [
    content("null bytes", b"\0" * 100_000, "studies.csv", "files"),
    content("random bytes", bytes(range(256)) * 400, "studies.csv", "files"),
    content("a megabyte of quotes", b'"' * 1_000_001, "studies.csv", "files"),
    content("a megabyte of commas", b"," * 1_000_000, "studies.csv", "files"),
    content("a megabyte of lines", b"\n" * 1_000_000, "studies.csv", "files"),
    content("one cell of 4 megabytes", b"study_id\n" + b"a" * 4_000_000 + b"\n", "studies.csv", "files"),
    content("UTF-16", "study_id\n".encode("utf-16"), "studies.csv", "files"),
    content("a table that nobody knows", "a\n1\n", "stranger.csv", "files"),
]

CASES = [
    *(setting(key, value) for key, values in _SETTINGS.items() for value in values.split(" ")),
    setting("measure_hierarchy", "any any any"),
    setting("comparator_order", "placebo placebo active_placebo usual_care active_drug"),
    setting("main_mid", ""),
    Case("settings", "a key is missing", _deleted, "settings.csv"),
    Case("settings", "a key is unknown", _unknown, "settings.csv"),
    *_NUMBERS,
    *_OWN,
    *_CONTRACT,
    *_FILES,
]
