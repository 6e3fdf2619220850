"""Reading ``datapackage.json`` into a `Contract`."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from evidence.dataset import profile, strict_json
from evidence.dataset.contract import CONTRACT_FILE, Column, Contract, ForeignKey, Setting, Table
from evidence.dataset.problems import Problem


class ContractError(ValueError):
    """``datapackage.json`` cannot be used; `problem` says where, why and what to do."""

    def __init__(self, line: int, place: str, value: str, allowed: str, remedy: str) -> None:
        self.problem = Problem(CONTRACT_FILE, line, place, value, allowed, remedy, "contract")
        super().__init__(str(self.problem))


@lru_cache(maxsize=8)
def parse_contract(content: bytes | None) -> Contract:
    """Read the content of ``datapackage.json``.

    Raises
    ------
    ContractError
        When the file is missing (None), is not JSON, or is not a data package of tables as this library reads
        them: ``profile.json`` beside this module says what that is.
    """
    if content is None:
        raise ContractError(1, "", "", "a data package", "the file is missing: restore it")
    try:
        text, package = strict_json.decode(content)
    except strict_json.JsonError as error:
        raise ContractError(error.line, "", error.value, error.allowed, "restore the file") from None
    for path, value, allowed, remedy in profile.faults(package):
        raise ContractError(strict_json.line_of(text, path), _place(path), value, allowed, remedy)
    tables = [_table(resource) for resource in package["resources"]]
    settings = [_setting(key) for resource in package["resources"] for key in resource.get("keys", [])]
    return Contract(
        {table.name: table for table in tables},
        package.get("version", ""),
        {setting.column.name: setting for setting in settings},
        package.get("kind", ""),
    )


def _place(path: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _table(resource: dict[str, Any]) -> Table:
    schema = resource["schema"]
    return Table(
        name=resource["name"],
        path=resource["path"],
        columns=tuple(_column(field) for field in schema["fields"]),
        primary_key=tuple(schema.get("primaryKey", [])),
        foreign_keys=tuple(_foreign_key(key) for key in schema.get("foreignKeys", [])),
        title=resource.get("title", ""),
        description=resource.get("description", ""),
    )


def _column(field: dict[str, Any]) -> Column:
    constraints = field.get("constraints", {})
    return Column(
        name=field["name"],
        type=field["type"],
        title=field.get("title", ""),
        description=field.get("description", ""),
        unit=field.get("unit", ""),
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        allowed=tuple(constraints.get("enum", ())),
        pattern=constraints.get("pattern", ""),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
    )


def _setting(key: dict[str, Any]) -> Setting:
    relations = {name: key[name] for name in ("vocabulary", "complete", "above", "at_least") if name in key}
    return Setting(_column(key), **relations)


def _foreign_key(key: dict[str, Any]) -> ForeignKey:
    reference = key["reference"]
    return ForeignKey(tuple(key["fields"]), reference["resource"], tuple(reference["fields"]))
