"""The words of this book's questions as types, so that an editor completes and checks them.

Written from data/labels.csv by ``python -m nmda.words``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from evidence import dataset
from evidence.dataset import Dataset
from evidence.report import Report
from evidence.wording.labels import labels

# BEGIN words of labels.csv
Drug: TypeAlias = Literal[
    "ketamine",
    "memantine",
    "dextromethorphan",
    "amantadine",
    "magnesium",
]
Condition: TypeAlias = Literal[
    "crps",
    "neuropathic",
    "fibromyalgia",
    "musculoskeletal",
    "headache",
    "ischaemic",
    "visceral",
    "cancer",
    "mixed",
    "other",
]
Route: TypeAlias = Literal[
    "intravenous",
    "oral",
    "subcutaneous",
    "intramuscular",
    "epidural",
    "intrathecal",
    "intranasal",
    "topical",
    "sublingual",
    "other",
]
# END words of labels.csv


def report(drug: Drug, condition: Condition | None = None) -> Report:
    """Return the report on a drug in a condition; see `evidence.report.Report`.

    Examples
    --------
    >>> report("ketamine", "crps")
    Report('ketamine', 'crps')
    """
    return Report(drug, condition)


def written(ds: Dataset) -> str:
    """Return the types as they stand in this module.

    Examples
    --------
    >>> written(dataset.load()).count("Literal")
    3
    """
    words = labels(ds)
    kinds = {
        "Drug": words.drugs,
        "Condition": words.conditions,
        "Route": tuple(words.names["route"]),
    }
    return "".join(_type(name, codes) for name, codes in kinds.items())


def _type(name: str, codes: tuple[str, ...]) -> str:
    lines = "".join(f'    "{code}",\n' for code in codes)
    return f"{name}: TypeAlias = Literal[\n{lines}]\n"


def renewed(text: str, ds: Dataset) -> str:
    """Return the text of this module with the types of the tables as they are."""
    begin, end = (f"# {edge} words of labels.csv\n" for edge in ("BEGIN", "END"))
    before, _, rest = text.partition(begin)
    return before + begin + written(ds) + end + rest.partition(end)[2]


if __name__ == "__main__":
    path = Path(__file__)
    path.write_text(renewed(path.read_text(encoding="utf-8"), dataset.load()), encoding="utf-8")
