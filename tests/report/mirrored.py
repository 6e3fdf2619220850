"""A copy of the tables about wellbeing, where more is better: every value of pain turned to 100 less it."""

from pathlib import Path

import pandas as pd

from evidence import dataset
from evidence.dataset import Dataset
from tests.dataset import folder

#: What is replaced in all files of data/, in this order.
REPLACED = {"pain_intensity": "wellbeing", "Pain": "Wellbeing", "pain": "wellbeing", "PAIN": "WELLBEING"}
_OTHER = {"worse": "better", "better": "worse"}
_VALUES = ("mean", "median", "q1", "q3", "min", "max", "ci_low", "ci_high")
#: Columns that change places when values are turned.
_ENDS = (("q1", "q3"), ("min", "max"), ("ci_low", "ci_high"))
_DIFFERENCES = ("MD", "SMD")


def mirrored(place: Path) -> Dataset:
    """Write and load the copy."""
    place.mkdir(parents=True)
    for path in folder.DATA.iterdir():
        if path.suffix in (".csv", ".json"):
            text = path.read_bytes().decode("utf-8")
            for old, new in REPLACED.items():
                text = text.replace(old, new)
            (place / path.name).write_text(text, encoding="utf-8", newline="")
    _change(place / "settings.csv", _better)
    limits = _limits(place)
    _change(place / "arm_results.csv", lambda rows: _arms(rows, limits))
    _change(place / "contrasts.csv", _contrasts)
    return dataset.load(place)


def _change(path: Path, change) -> None:  # type: ignore[no-untyped-def]
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    change(rows).to_csv(path, index=False, lineterminator="\n")


def _better(rows: pd.DataFrame) -> pd.DataFrame:
    rows.loc[rows["key"] == "main_better", "value"] = "higher"
    return rows


def _limits(place: Path) -> dict[str, tuple[str, str]]:
    """Return the ends of the scale of each measure of the outcome."""
    rows = pd.read_csv(place / "measures.csv", dtype=str, keep_default_na=False)
    own = rows[rows["outcome"] == "wellbeing"]
    ends = zip(own["scale_min"], own["scale_max"], strict=True)
    return dict(zip(own["measure"], ends, strict=True))


def _arms(rows: pd.DataFrame, limits: dict[str, tuple[str, str]]) -> pd.DataFrame:
    for place, row in rows[rows["outcome"] == "wellbeing"].iterrows():
        own = row["scale_min"], row["scale_max"]
        low, high = own if all(own) else limits.get(row["measure"], ("", ""))
        about = float(low) + float(high) if low and high and row["kind"] != "change" else 0.0
        turned = {name: repr(about - float(row[name])) for name in _VALUES if row[name]}
        for one, other in _ENDS:
            turned[one], turned[other] = turned.pop(other, ""), turned.pop(one, "")
        rows.loc[place, list(turned)] = list(turned.values())
        rows.loc[place, "higher_is"] = _OTHER.get(row["higher_is"], "")
    return rows


def _contrasts(rows: pd.DataFrame) -> pd.DataFrame:
    about = (rows["outcome"] == "wellbeing") & rows["effect"].isin(_DIFFERENCES)
    for place, row in rows[about].iterrows():
        turned = {name: repr(-float(row[name])) for name in ("estimate", "ci_low", "ci_high") if row[name]}
        turned["ci_low"], turned["ci_high"] = turned.get("ci_high", ""), turned.get("ci_low", "")
        rows.loc[place, list(turned)] = list(turned.values())
    return rows
