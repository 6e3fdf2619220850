"""What ``datapackage.json`` must be: its shape by ``profile.json``, then what no schema can say."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import re2
from jsonschema import Draft202012Validator

from evidence.dataset.contract import expression

_PROFILE = Path(__file__).with_name("profile.json")

#: The way to a value from the top of the file, the value, what is allowed there, and what to do.
Fault = tuple[list[str | int], str, str, str]


def faults(package: Any) -> Iterator[Fault]:
    """Yield what is wrong with a package: its shape first, and its sense only when the shape is right."""
    shape = list(_shape(package))
    yield from shape or _contradictions(package)


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_PROFILE.read_text(encoding="utf-8")))


def _shape(package: Any) -> Iterator[Fault]:
    for error in _validator().iter_errors(package):
        if error.validator in ("required", "additionalProperties"):
            value = error.message
        else:
            value = json.dumps(error.instance, ensure_ascii=False)
        yield list(error.absolute_path), value, error.schema["description"], "correct it"


def _contradictions(package: dict[str, Any]) -> Iterator[Fault]:
    """Yield what the shape allows and the sense does not: path, value, what is allowed, what to do."""
    resources = package["resources"]
    columns = {item["name"]: [field["name"] for field in item["schema"]["fields"]] for item in resources}
    for what in ("name", "path"):
        yield from _repeated([([*_at(i), what], item[what]) for i, item in enumerate(resources)])
    for i, item in enumerate(resources):
        at: list[str | int] = [*_at(i), "schema"]
        fields = item["schema"]["fields"]
        yield from _repeated([([*at, "fields", j, "name"], field["name"]) for j, field in enumerate(fields)])
        for j, field in enumerate(fields):
            yield from _constraints([*at, "fields", j], field)
        yield from _unknown([*at, "primaryKey"], item["schema"].get("primaryKey", []), columns[item["name"]])
        for j, key in enumerate(item["schema"].get("foreignKeys", [])):
            here: list[str | int] = [*at, "foreignKeys", j]
            yield from _unknown([*here, "fields"], key["fields"], columns[item["name"]])
            target = key["reference"]["resource"]
            yield from _unknown([*here, "reference", "resource"], [target], list(columns))
            targets = key["reference"]["fields"]
            yield from _unknown([*here, "reference", "fields"], targets, columns.get(target, []))
            if len(targets) != len(key["fields"]):
                yield here, str(len(targets)), f"{len(key['fields'])} fields on both sides", "name as many"
        if "keys" in item and not (item["name"] == "settings" and {"key", "value"} <= {*columns["settings"]}):
            allowed = "keys in the table settings alone, with the columns key and value"
            yield [*_at(i), "name"], item["name"], allowed, "take the keys out or name the columns"
        yield from _keys([*_at(i), "keys"], item.get("keys", []), columns)


def _at(index: int) -> list[str | int]:
    return ["resources", index]


def _repeated(found: list[tuple[list[str | int], str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for path, value in found:
        if value in seen:
            yield path, value, "each name once", "rename or remove one of the two"
        seen.add(value)


def _unknown(path: list[str | int], names: list[str], known: list[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            yield path, name, ", ".join(known), "correct the name"


def _constraints(path: list[str | int], field: dict[str, Any]) -> Iterator[Fault]:
    limits = field.get("constraints", {})
    low, high = limits.get("minimum"), limits.get("maximum")
    if low is not None and high is not None and low > high:
        yield [*path, "constraints", "minimum"], str(low), f"at most the maximum, {high}", "exchange the two"
    if "pattern" in limits:
        try:
            expression(limits["pattern"])
        except re2.error as error:
            why = str(error.args[0], "utf-8") if isinstance(error.args[0], bytes) else str(error)
            allowed = f"a regular expression as RE2 reads it ({why})"
            yield [*path, "constraints", "pattern"], limits["pattern"], allowed, "correct or remove it"


def _keys(
    path: list[str | int], keys: list[dict[str, Any]], columns: dict[str, list[str]]
) -> Iterator[Fault]:
    """Yield what is wrong with the descriptions of settings."""
    names = [key["name"] for key in keys]
    yield from _repeated([([*path, i, "name"], name) for i, name in enumerate(names)])
    known = [f"{table}.{column}" for table, found in columns.items() for column in found]
    for i, key in enumerate(keys):
        here: list[str | int] = [*path, i]
        yield from _constraints(here, key)
        for relation in ("above", "at_least"):
            yield from _unknown([*here, relation], [key[relation]] if relation in key else [], names)
        vocabulary = key.get("vocabulary", "")
        if vocabulary and vocabulary not in known:
            yield [*here, "vocabulary"], vocabulary, "table.column of this contract", "correct the name"
        limits = ["enum"] if key["type"] == "list" else ["enum", "pattern"]
        is_text = key["type"] in ("string", "list")
        if is_text and not vocabulary and not set(limits) & set(key.get("constraints", {})):
            allowed = f"a {key['type']} with a vocabulary or, among its constraints, {' or '.join(limits)}"
            yield here, key["name"], allowed, "say which words it takes"
