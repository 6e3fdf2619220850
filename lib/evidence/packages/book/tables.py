"""A review as the tables of its book, and back."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from evidence.dataset import Dataset
from evidence.packages.book.contract import MOST, TABLES, package
from evidence.packages.frames import review as grouped
from evidence.packages.model import (
    NUMBERS,
    PRINTED,
    TEXTS,
    Analysis,
    Estimate,
    Review,
    Settings,
    SubgroupTest,
)

Cells = dict[str, Any]
FLAGS: Final = (
    "log_scale", "totals", "subtotals", "subgroup_test", "prediction", "tau2_interval", "swap",
)  # fmt: skip


DECIMALS: Final = 20
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff]")


def write_tables(review: Review, settings: Iterable[Cells], *, version: str) -> dict[str, bytes]:
    """Content of every file of a book's data folder, by name.

    Parameters
    ----------
    review
    settings
        Rows of settings.csv.
    version
        Version of the data.
    """
    outcomes = [_outcome(analysis, first) for analysis, first in _firsts(review)]
    rows: dict[str, list[Cells]] = {
        "analyses": [_analysis(review, each) for each in review.analyses()],
        "rows": [{"analysis": each.key, **row} for each in review.analyses() for row in _records(each.rows)],
        "subgroups": [
            {"analysis": each.key, "subgroup": label} | _prefixed("printed_", asdict(printed))
            for each in review.analyses()
            for label, printed in each.subgroups
        ],
        "studies": _studies(review),
        "risk_of_bias": [row for row in _records(review.risk_of_bias) if row["judgement"]],
        "certainty": _certainty(review),
        "outcomes": outcomes,
        "settings": list(settings),
        "notes": [{"note": note} for note in review.notes],
    }
    files = {f"{name}.csv": _csv(name, content) for name, content in rows.items()}
    name = re.sub(r"[^a-z0-9-]+", "-", review.identifier.lower()).strip("-") or "review"
    described = json.dumps(package(name, review.title, version), ensure_ascii=False, indent=1)
    return files | {"datapackage.json": f"{described}\n".encode()}


def _records(frame: pd.DataFrame) -> list[Cells]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _csv(table: str, rows: Iterable[Mapping[str, Any]]) -> bytes:
    header = [column["name"] for column in TABLES[table][1]]
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in header])
    return target.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _digits(value)
    return " ".join(_CONTROL.sub("", str(value)).split())


def _digits(value: float) -> str:
    """A number without exponent; "" beyond what a cell may hold, "0" below twenty decimals."""
    if abs(value) > MOST:
        return ""
    text = f"{Decimal(repr(value)):.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-", "-0") else text


def _prefixed(prefix: str, values: Mapping[str, Any]) -> Cells:
    return {f"{prefix}{name}": value for name, value in values.items()}


def _analysis(review: Review, analysis: Analysis) -> Cells:
    settings = asdict(analysis.settings)
    settings["measure_name"] = settings.pop("name")
    names = {comparison.number: comparison.name for comparison in review.comparisons}
    return (
        {
            "analysis": analysis.key,
            "comparison": analysis.comparison,
            "comparison_name": names[analysis.comparison],
            "number": analysis.number,
            "name": analysis.name,
            "placeholder": analysis.placeholder,
        }
        | settings
        | _prefixed("printed_", asdict(analysis.printed))
        | _prefixed("test_", asdict(analysis.test))
    )


def _studies(review: Review) -> list[Cells]:
    """Every study of an analysis, with what the package says of it."""
    known = {str(row["study"]): row for row in review.studies.fillna("").astype(str).to_dict("records")}
    names = dict.fromkeys(name for each in review.analyses() for name in each.rows["study"])
    found = []
    for name in names:
        row = known.get(name, {})
        rest = [f"{key}: {value}" for key, value in row.items() if key not in ("study", "year") and value]
        found.append({"study": name, "year": row.get("year", ""), "details": "; ".join(map(str, rest))})
    return found


def _certainty(review: Review) -> list[Cells]:
    known = {row["analysis"]: row for row in review.certainty.to_dict("records")}
    return [
        {"analysis": each.key}
        | {name: known.get(each.key, {}).get(name, "") for name in ("certainty", "reasons")}
        for each in review.analyses()
    ]


def _firsts(review: Review) -> Iterable[tuple[Analysis, bool]]:
    for comparison in review.comparisons:
        for place, analysis in enumerate(comparison.analyses):
            yield analysis, place == 0


def _outcome(analysis: Analysis, first: bool) -> Cells:
    return {"analysis": analysis.key, "main": first, "better": better(analysis.settings) or ""}


def better(settings: Settings) -> str | None:
    """Side of the forest plot that favours the experimental arm by its own words; None if they say none.

    Examples
    --------
    >>> from evidence.packages.model import Settings
    >>> drug = Settings("dichotomous", "RR", "Risk Ratio", True, "IV", "random", experimental="Aspirin",
    ...                 control="Placebo", favours_low="Favours aspirin", favours_high="Favours placebo")
    >>> better(drug)
    'lower'
    """
    low, high = settings.favours_low.lower(), settings.favours_high.lower()
    ours = [word for word in (settings.experimental.lower(), "experimental") if word]
    theirs = [word for word in (settings.control.lower(), "control", "placebo") if word]
    lower = any(word in low for word in ours) or any(word in high for word in theirs)
    higher = any(word in high for word in ours) or any(word in low for word in theirs)
    if lower == higher or not (low and high):
        return None
    return "lower" if lower else "higher"


def read_tables(ds: Dataset) -> Review:
    """The review that the tables of a book hold.

    Parameters
    ----------
    ds
        The book's data folder, as `evidence.dataset.load` gives it.
    """
    analyses = ds.rows("analyses")
    rows = dict(iter(ds.rows("rows").groupby("analysis", sort=False)))
    subgroups = dict(iter(ds.rows("subgroups").groupby("analysis", sort=False)))
    found = [
        _read_analysis(cells, rows[cells["analysis"]], subgroups.get(cells["analysis"]))
        for cells in analyses.to_dict("records")
    ]
    names = dict(zip(analyses["comparison"].astype(int), analyses["comparison_name"], strict=True))
    return grouped(
        title=str(ds.setting("title")),
        identifier=str(ds.setting("package")),
        format=str(ds.setting("package_format")),
        analyses=found,
        names={int(number): str(name) for number, name in names.items()},
        studies=_texts(ds.rows("studies")),
        risk_of_bias=_texts(ds.rows("risk_of_bias")),
        certainty=_texts(ds.rows("certainty")),
        notes=ds.rows("notes")["note"].tolist(),
    )


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), "").astype(str)


def _read_analysis(cells: Mapping[Any, Any], rows: pd.DataFrame, groups: pd.DataFrame | None) -> Analysis:
    table = rows.drop(columns="analysis").reset_index(drop=True)
    for name in TEXTS:
        table[name] = table[name].astype(object).where(table[name].notna(), "").astype(str)
    table[[*NUMBERS, *PRINTED]] = table[[*NUMBERS, *PRINTED]].astype(float)
    return Analysis(
        comparison=int(cells["comparison"]),
        number=int(cells["number"]),
        name=str(cells["name"]),
        settings=_read_settings(cells),
        rows=table,
        printed=_read_printed("printed_", cells, Estimate),
        test=_read_printed("test_", cells, SubgroupTest),
        subgroups=tuple(
            (str(row["subgroup"]), _read_printed("printed_", row, Estimate))
            for row in ([] if groups is None else groups.to_dict("records"))
        ),
        placeholder=cells["placeholder"] == "yes",
    )


def _read_settings(cells: Mapping[Any, Any]) -> Settings:
    values: Cells = {}
    for each in fields(Settings):
        value = cells["measure_name" if each.name == "name" else each.name]
        if each.name in FLAGS:
            values[each.name] = value == "yes"
        elif each.name in ("study_level", "level"):
            values[each.name] = float(value)
        else:
            values[each.name] = "" if pd.isna(value) else str(value)
    return Settings(**values)


def _read_printed(prefix: str, cells: Mapping[Any, Any], kind: Any) -> Any:
    return kind(**{each.name: float(cells[f"{prefix}{each.name}"]) for each in fields(kind)})
