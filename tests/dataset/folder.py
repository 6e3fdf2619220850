"""A small valid data folder, made up, for tests to break."""

import csv
import io
import json
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
URL = "https://example.org/1"


def _project(table: str) -> list[dict[str, str]]:
    """The project's own rows of a table of words, which its settings and vocabularies name."""
    return [*csv.DictReader((DATA / f"{table}.csv").read_text(encoding="utf-8").splitlines())]


#: Filled cells by table; every other cell is empty. Two made-up trials.
TABLES: dict[str, list[dict[str, str]]] = {
    "labels": _project("labels"),
    "studies": [
        {
            "study_id": "Alpha2001",
            "authors_short": "Alpha et al.",
            "year": "2001",
            "title": "First",
            "journal": "Pain",
            "doi": "10.1000/alpha",
            "pmid": "123",
            "design": "parallel",
            "blinding": "double",
            "condition_group": "crps",
            "condition_detail": "crps_type_1",
            "n_randomised": "40",
            "n_analysed": "38",
            "source_url": URL,
            "source_type": "abstract",
            "extracted_by": "two",
            "bibliography": "as in source",
        },
        {
            "study_id": "Beta2002",
            "authors_short": "Beta",
            "year": "2002",
            "title": "Second",
            "journal": "Pain",
            "design": "crossover",
            "blinding": "double",
            "condition_group": "neuropathic",
            "condition_detail": "mixed_neuropathic",
            "n_randomised": "12",
            "source_url": URL,
            "source_type": "abstract",
            "extracted_by": "one",
            "bibliography": "unverified",
        },
    ],
    "rob2": [
        {
            "study_id": "Alpha2001",
            "outcome": "pain_intensity",
            "domain": "D2",
            "answers": "2.1 PN; 2.2 PN",
            "judged_by": "answers",
            "source": URL,
            "note": "Double-blind",
        }
    ],
    "interventions": [
        {
            "study_id": study,
            "drug": drug,
            "route": "oral",
            "comparator": "placebo",
            "comparator_type": "placebo",
        }
        for study, drug in (("Alpha2001", "ketamine"), ("Beta2002", "memantine"))
    ],
    "arms": [
        {"study_id": "Alpha2001", "label": arm, "arm": arm, "components": arm, "n": "20", "n_basis": "stated"}
        for arm in ("ketamine", "placebo")
    ],
    "arm_results": [
        {
            "study_id": "Alpha2001",
            "arm": arm,
            "arm_role": role,
            "drug": drug,
            "outcome": "pain_intensity",
            "measure": "NRS",
            "scale_min": "0",
            "scale_max": "10",
            "higher_is": "worse",
            "time_label": "week 1",
            "time_days": "7",
            "kind": "final",
            "n": "20",
            "mean": mean,
            "sd": "2.1",
            "locator": "Abstract",
            "source_url": URL,
        }
        for arm, role, drug, mean in (
            ("ketamine", "experimental", "ketamine", "3.5"),
            ("placebo", "control", "", "5"),
        )
    ]
    + [
        {
            "study_id": "Beta2002",
            "arm": "memantine",
            "arm_role": "experimental",
            "drug": "memantine",
            "outcome": "nausea",
            "measure": "nausea",
            "time_label": "week 4",
            "time_days": "28",
            "kind": "count",
            "n": "12",
            "events": "3",
            "total": "12",
            "locator": "Abstract",
            "source_url": URL,
        }
    ],
    "contrasts": [
        {
            "study_id": "Alpha2001",
            "arm_a": "ketamine",
            "arm_b": "placebo",
            "drug": "ketamine",
            "outcome": "pain_intensity",
            "measure": "NRS",
            "time_label": "week 1",
            "time_days": "7",
            "effect": "MD",
            "estimate": "-1.5",
            "ci_level": "95",
            "ci_low": "-2.9",
            "ci_high": "-0.1",
            "p_value": "0.03",
            "p_operator": "=",
            "favours": "experimental",
            "locator": "Abstract",
            "source_url": URL,
        },
        {
            "study_id": "Beta2002",
            "arm_a": "memantine",
            "arm_b": "placebo",
            "drug": "memantine",
            "outcome": "pain_intensity",
            "measure": "VAS",
            "time_label": "week 4",
            "time_days": "28",
            "effect": "p_only",
            "p_operator": "ns",
            "favours": "neither",
            "locator": "Abstract",
            "source_url": URL,
        },
    ],
    "flags": [{"study_id": "Beta2002", "flag": "unblinding", "severity": "caution", "detail": "Made up"}],
    "reporting_errors": [
        {
            "case": "Gamma2003-p",
            "check": "p_of_interval",
            "review_id": "Gamma2003",
            "part": "printed",
            "outcome": "pain_intensity",
            "printed": ".2",
        }
    ],
    "reviews": [
        {
            "review_id": "Gamma2003",
            "authors_short": "Gamma & Delta",
            "year": "2003",
            "title": "Third",
            "journal": "Pain 2003;1(2):3-4",
            "drug": "ketamine",
            "condition": "CRPS",
            "outcome": "pain_intensity",
            "effect": "RR",
            "estimate": "2",
            "ci_level": "95",
            "ci_low": "1.5",
            "ci_high": "2.5",
            "notes": "prints P .2",
        }
    ],
    "review_rows": [
        {
            "review_id": "Gamma2003",
            "analysis": "1.1",
            "study_label": label,
            "study": study,
            "drug": "ketamine",
            "comparator": "placebo",
            "outcome": "nausea",
            "measure": "RR",
            "events_a": a,
            "n_a": "20",
            "events_b": b,
            "n_b": "20",
            "printed_estimate": estimate,
            "printed_ci_low": low,
            "printed_ci_high": high,
            "printed_weight": weight,
            "rob2_randomisation": "low",
        }
        for label, study, a, b, estimate, low, high, weight in (
            ("Alpha 2001", "Alpha2001", "6", "3", "2", "0.580789", "6.887185", "84.5"),
            ("Zeta 1999", "", "2", "0", "5", "0.255553", "97.82722", "15.5"),
        )
    ],
    "claims": [
        {
            "claim_id": "C01",
            "claim": "Made up",
            "in_scope_of_cochrane_2025": "yes",
            "what_would_test_it": "A trial",
            "evidence_seen": "None",
            "sources": "studies.csv: Alpha2001 Beta2002; reviews.csv: Gamma2003",
        }
    ],
    "flag_kinds": [
        {"flag": row["flag"], "sort": row["sort"], "about": "study", "meaning": "Made up"}
        for row in _project("flag_kinds")
        if not row["flag"].startswith("waive_")
    ],
    "measures": [
        {
            "outcome": "pain_intensity",
            "measure": "Made up",
            "answers": "pain_intensity",
            "kind": "average",
            "unit": "points",
            "scale_min": "0",
            "scale_max": "10",
        },
        {
            "outcome": "nausea",
            "measure": "Made up",
            "answers": "nausea",
            "kind": "any",
            "unit": "count",
        },
    ],
    "search_log": [
        {
            "round": "1",
            "source": "Made up",
            "date": "2003-01-31",
            "searched": "yes",
            "found": "9",
            "taken": "2",
        }
    ],
    "grade": [
        {
            "drug": "ketamine",
            "condition_group": "crps",
            "route": "intravenous",
            "outcome": "pain_intensity",
            "window": "short",
            "domain": "risk of bias",
            "down": "1",
            "reason": "Made up",
            "source": "Made up",
        }
    ],
    "released_studies": [{"version": "0.1.0", "study": "Alpha2001", "digest": "0123456789abcdef"}],
}


def package() -> dict[str, list[dict[str, object]]]:
    """The project's contract."""
    found: dict[str, list[dict[str, object]]] = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    return found


def header(table: str) -> list[str]:
    """The columns of a table, by the contract."""
    resource = next(item for item in package()["resources"] if item["name"] == table)
    return [field["name"] for field in resource["schema"]["fields"]]  # type: ignore[index]


def write(folder: Path, table: str, rows: list[dict[str, str]]) -> None:
    """Write a table with every column of the contract."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header(table), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / f"{table}.csv").write_text(text.getvalue(), encoding="utf-8")


def rows(table: str) -> list[dict[str, str]]:
    """A copy of the valid rows of a table; settings are the project's."""
    if table == "settings":
        return list(csv.DictReader(io.StringIO((DATA / f"{table}.csv").read_text("utf-8"))))
    return [dict(row) for row in TABLES.get(table, [])]


def setting(key: str) -> int:
    """The place of a key among the settings."""
    return [row["key"] for row in rows("settings")].index(key)


def make(folder: Path) -> Path:
    """Fill a folder with the valid tables and the contract."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(DATA / "datapackage.json", folder)
    for resource in package()["resources"]:
        write(folder, str(resource["name"]), rows(str(resource["name"])))
    return folder


def change(folder: Path, table: str, row: int, **cells: str) -> None:
    """Change cells of one of the valid rows of a table."""
    changed = rows(table)
    changed[row] |= cells
    write(folder, table, changed)
