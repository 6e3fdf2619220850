"""The arms of a registered study: what they are called in the results, what they got, and their role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from evidence import dataset
from evidence.desk.importers.json_text import items, mapping, text, texts
from evidence.desk.importers.registry.parts import Cells, filled, joined, number, titles

_ROLES: Final = {"EXPERIMENTAL": "experimental"} | dict.fromkeys(
    ("PLACEBO_COMPARATOR", "ACTIVE_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION"), "control"
)


@dataclass(frozen=True, slots=True)
class RegisteredArm:
    """An arm under the name that the results give it.

    Attributes
    ----------
    role : str
        experimental or control; empty when the protocol has no arm of this name.
    components : tuple of str
        What it got, in generic names; empty when the protocol does not say.
    n : str
        People who started.
    """

    title: str
    role: str
    components: tuple[str, ...]
    n: str

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs of the book that it got."""
        return tuple(drug for drug in _names_of_drugs() if drug in self.components)

    def row(self) -> Cells:
        """Return the row of `arms.csv`."""
        cells = {
            "label": self.title,
            "arm": self.title,
            "components": "; ".join(self.components),
            "n": self.n,
            "n_basis": "stated" if self.n else "",
        }
        return filled(cells)

    def cells(self) -> Cells:
        """Return what a row of `arm_results.csv` says of its arm."""
        role = "experimental" if self.drugs and self.role else self.role
        return filled({"arm": self.title, "arm_role": role, "drug": "+".join(self.drugs)})


def registered_arms(record: dict[str, Any]) -> dict[str, RegisteredArm]:
    """Return the arms by the title that results give them; those of the protocol where there are none."""
    module = mapping(record, "protocolSection", "armsInterventionsModule")
    protocol = {text(group, "label"): group for group in items(module, "armGroups") if text(group, "label")}
    started = _started(record)
    names = list(dict.fromkeys(title for title in titles(record) if title)) or list(protocol)
    found = {}
    for title in names:
        group = _matching(title, protocol)
        found[title] = RegisteredArm(
            title,
            _ROLES.get(text(group, "type"), ""),
            tuple(_components(group, module)),
            started.get(_key(title), ""),
        )
    return found


def intervention_rows(record: dict[str, Any], arms: dict[str, RegisteredArm]) -> Iterator[Cells]:
    """Yield a row of `interventions.csv` for each drug of the book."""
    module = mapping(record, "protocolSection", "armsInterventionsModule")
    named = {drug: name for name in _names(module) for drug in _drugs(name)}
    controls = [arm for arm in arms.values() if arm.role == "control" and not arm.drugs]
    comparator = joined(component for arm in controls for component in arm.components)
    for drug, name in named.items():
        kind = "placebo" if comparator == "placebo" else ""
        formulation = name if name.lower() != drug else ""
        yield filled(
            {"drug": drug, "formulation": formulation, "comparator": comparator, "comparator_type": kind}
        )


def _names(module: dict[str, Any]) -> list[str]:
    return [name for item in items(module, "interventions") if (name := text(item, "name"))]


def _names_of_drugs() -> dict[str, tuple[str, ...]]:
    """Return the beginnings of names under which registries know the drugs of the book (labels.csv)."""
    rows = dataset.load().rows("labels", kind="registered")
    return {
        str(code): tuple(str(name).lower().split())
        for code, name in zip(rows["code"], rows["name"], strict=True)
    }


def _drugs(name: str) -> list[str]:
    known = _names_of_drugs().items()
    return [drug for drug, names in known if any(part in name.lower() for part in names)]


def _components(group: dict[str, Any], module: dict[str, Any]) -> Iterator[str]:
    """Yield what an arm got: drugs of the book by their names, placebo, others as the record has them."""
    names = texts(group, "interventionNames") or [
        text(item, "name")
        for item in items(module, "interventions")
        if text(group, "label") and text(group, "label") in texts(item, "armGroupLabels")
    ]
    if not names and text(group, "type") == "PLACEBO_COMPARATOR":
        names = ["placebo"]
    seen: dict[str, None] = {}
    for name in (name.partition(": ")[2] or name for name in names):
        placebo = re.search(r"placebo|\bsaline\b|\bsham\b", name, re.IGNORECASE)
        seen |= dict.fromkeys(["placebo"] if placebo else _drugs(name) or [name.lower()])
    yield from seen


def _matching(title: str, protocol: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the protocol's arm of the same name, or the only one whose name begins alike."""
    exact = [group for label, group in protocol.items() if _key(label) == _key(title)]
    near = [
        group
        for label, group in protocol.items()
        if _key(title).startswith(_key(label)) or _key(label).startswith(_key(title))
    ]
    return exact[0] if exact else near[0] if len(near) == 1 else {}


def _key(label: str) -> str:
    return re.sub(r"[\W_]+", " ", label.lower()).strip()


def _started(record: dict[str, Any]) -> dict[str, str]:
    """Return how many people started in each group of the participant flow, in its first period."""
    flow = mapping(record, "resultsSection", "participantFlowModule")
    groups = {text(group, "id"): _key(text(group, "title")) for group in items(flow, "groups")}
    for period in items(flow, "periods")[:1]:
        for milestone in items(period, "milestones"):
            if text(milestone, "type") == "STARTED":
                counts = items(milestone, "achievements")
                return {
                    groups.get(text(c, "groupId"), ""): number(c, "numSubjects")
                    for c in counts
                    if number(c, "numSubjects").isdigit()
                }
    return {}
