"""Small made-up data folders: the project's contract and settings, and a few rows."""

from pathlib import Path
from shutil import copy

from evidence import dataset
from evidence.dataset import Dataset
from tests.dataset import folder

Row = dict[str, str]


def build(place: Path, rows: dict[str, list[Row]]) -> Dataset:
    """Load a data folder with these rows; settings and what they name are the project's own."""
    place.mkdir(parents=True, exist_ok=True)
    copy(folder.DATA / "datapackage.json", place)
    for resource in folder.package()["resources"]:
        name = str(resource["name"])
        if name in ("settings", "flag_kinds", "labels"):
            copy(folder.DATA / f"{name}.csv", place)
        else:
            folder.write(place, name, rows.get(name, []))
    if kinds := rows.get("flag_kinds"):
        folder.write(place, "flag_kinds", [*folder.rows("flag_kinds"), *kinds])
    return dataset.load(place)


def study(name: str, **cells: str) -> Row:
    fixed = {"year": "2001", "title": "Made up", "design": "parallel", "blinding": "double"}
    fixed |= {"condition_group": "crps", "condition_detail": "crps", "n_randomised": "60"}
    fixed |= {"source_url": folder.URL, "source_type": "abstract", "extracted_by": "one"}
    return (
        {"study_id": name, "authors_short": f"{name[:-4]} et al.", "bibliography": "as in source"}
        | fixed
        | cells
    )


def intervention(name: str, **cells: str) -> Row:
    row = {"study_id": name, "drug": "ketamine", "route": "intravenous"}
    return row | {"comparator": "placebo", "comparator_type": "placebo"} | cells


def arm(name: str, label: str, components: str, **cells: str) -> Row:
    return {"study_id": name, "label": label, "arm": label, "components": components} | cells


def measure(text: str = "NRS", **cells: str) -> Row:
    row = {"outcome": "pain_intensity", "measure": text, "answers": "pain_intensity", "kind": "scale"}
    return row | {"unit": "points"} | cells


def value(name: str, label: str, mean: str, **cells: str) -> Row:
    drug = "ketamine" if "ketamine" in label else ""
    row = {"study_id": name, "arm": label, "arm_role": "experimental" if drug else "control", "drug": drug}
    row |= {"outcome": "pain_intensity", "measure": "NRS", "scale_min": "0", "scale_max": "10"}
    row |= {"higher_is": "worse", "time_label": "week 1", "time_days": "7", "kind": "final", "n": "30"}
    row |= {"mean": mean, "sd": "2", "locator": "Abstract", "source_url": folder.URL}
    return row | cells


def count(name: str, label: str, events: str, total: str, **cells: str) -> Row:
    blank = {"sd": "", "n": "", "scale_min": "", "scale_max": ""}
    row = value(name, label, "", **blank, kind="count", events=events, total=total)
    return row | {"outcome": "responder_50", "measure": "half the pain gone", "higher_is": "better"} | cells


def contrast(name: str, a: str = "ketamine", b: str = "placebo", **cells: str) -> Row:
    row = {"study_id": name, "arm_a": a, "arm_b": b, "outcome": "pain_intensity", "measure": "NRS"}
    row |= {"time_label": "week 1", "time_days": "7", "effect": "p_only", "favours": "neither"}
    row |= {"locator": "Abstract", "source_url": folder.URL}
    drugs = [drug for drug in ("ketamine", "magnesium") if drug in a]
    return row | {"drug": "+".join(drugs)} | cells


def trial(name: str = "Alpha2001", **cells: str) -> dict[str, list[Row]]:
    """One trial of ketamine against placebo, without results."""
    return {
        "studies": [study(name, **cells)],
        "interventions": [intervention(name)],
        "arms": [arm(name, what, what, n="30", n_basis="stated") for what in ("ketamine", "placebo")],
        "measures": [measure()],
    }
