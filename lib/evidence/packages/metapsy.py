"""Data sets in the format of Metapsy (docs.metapsy.org): one row per comparison of arms and instrument.

Comma or semicolon, decimal point or comma. Effects are those that metapsyTools computed (`.g`, `.g_se`,
`.log_rr`, `.log_rr_se`): one analysis per control condition, outcome and time. A trial with several rows in
an analysis (instruments, raters, arms against one control) enters once, as in metapsyTools' "combined" one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from evidence.packages.archive import Archive
from evidence.packages.cells import Row, Table, decode, read_table
from evidence.packages.frames import analysis, review
from evidence.packages.model import Analysis, Estimate, Review, Settings, no_bias
from evidence.packages.problems import NAMELESS, PackageError

REQUIRED: Final = ("study", "condition_arm1", "condition_arm2", "outcome_type")
EFFECTS: Final = {"g": (".g", ".g_se"), "log_rr": (".log_rr", ".log_rr_se")}
PRECOMPUTED: Final = {"g": ("precalc_g", "precalc_g_se"), "log_rr": ("precalc_log_rr", "precalc_log_rr_se")}
CORRELATION: Final = 0.5
"""Assumed between the effects of one trial, as in metapsyTools."""
LARGEST_DIFFERENCE: Final = 0.005
DOMAINS: Final = {
    "seq_gen": "Sequence generation", "sg": "Sequence generation", "alloc_conce": "Allocation concealment",
    "ac": "Allocation concealment", "blinding_assess": "Blinding of assessors", "ba": "Blinding of assessors",
    "itt": "Intention to treat", "missing_data": "Missing data", "vested_int": "Vested interest",
    "selec_report": "Selective reporting", "d1": "Randomisation process",
    "d2": "Deviations from intended interventions", "d3": "Missing outcome data",
    "d4": "Measurement of the outcome", "d5": "Selection of the reported result", "rob": "Overall",
}  # fmt: skip
SCORES: Final = {"1": "Low risk", "0": "High risk", "?": "Unclear risk", "sr": "Self-report"}


@dataclass(frozen=True, slots=True)
class Effect:
    """One row's effect."""

    study: str
    yi: float
    se: float
    n_a: float
    n_b: float
    line: int


def is_metapsy(archive: Archive) -> bool:
    """Whether a table has Metapsy's columns."""
    return any(_has_columns(name, content) for name, content in archive.files.items())


def _has_columns(name: str, content: bytes) -> bool:
    head = content.split(b"\n", 1)[0].decode("utf-8-sig", "replace").lower()
    return name.lower().endswith((".csv", ".tsv", ".txt")) and all(column in head for column in REQUIRED[:3])


def read_metapsy(archive: Archive, title: str = "") -> Review:
    """Read a data set of Metapsy.

    Raises
    ------
    PackageError
        Columns missing, cells that are no numbers, no row with an effect.
    """
    file = next(name for name, content in archive.files.items() if _has_columns(name, content))
    decode(file, archive.files[file])
    table = read_table(file, archive.files[file])
    table.require(REQUIRED, "a data set of Metapsy")
    pairs = {
        kind: columns if columns[0] in table.header else PRECOMPUTED[kind]
        for kind, columns in EFFECTS.items()
    }
    if not any(pair[0] in table.header and pair[1] in table.header for pair in pairs.values()):
        raise PackageError(
            "has neither .g and .g_se nor .log_rr and .log_rr_se",
            file=file,
            remedy="Calculate the effects with metapsyTools::calculateEffectSizes first.",
        )
    notes: list[str] = []
    groups = _groups(table, pairs, notes)
    _check_arms(table, pairs["g"], notes)
    analyses, names = _analyses(file, groups, notes)
    return review(
        title=title or archive.name,
        identifier=archive.name,
        format="Metapsy data set",
        analyses=analyses,
        names=names,
        studies=_studies(table),
        risk_of_bias=_bias(table),
        notes=notes,
    )


Groups = dict[tuple[str, str, str, str], list[Effect]]


def _groups(table: Table, pairs: dict[str, tuple[str, str]], notes: list[str]) -> Groups:
    groups: Groups = defaultdict(list)
    without = 0
    for row in table:
        study, control = row.text("study"), row.text("condition_arm2")
        if not study:
            raise row.problem("study", *NAMELESS)
        if not control or control.upper() == "NA":
            raise row.problem(
                "condition_arm2", "names no control condition", "Complete the arms of this row."
            )
        outcome = row.text("outcome_category") or row.text("outcome") or row.text("outcome_type")
        time = row.text("time") if row.text("time").upper() != "NA" else ""
        used = False
        for kind, (effect, error) in pairs.items():
            yi, se = row.number(effect), row.number(error)
            if math.isnan(yi) and math.isnan(se):
                continue
            if math.isnan(yi) or math.isnan(se) or se <= 0:
                raise row.problem(error, "is no standard error of the row's effect", "Complete the row.")
            groups[control, outcome, time, kind].append(
                Effect(study, yi, se, *_people(row, kind), line=row.line)
            )
            used = True
        without += not used
    if without:
        notes.append(f"Rows without an effect, which are left out: {without}.")
    return groups


def _people(row: Row, kind: str) -> tuple[float, float]:
    columns = ("n_arm1", "n_arm2") if kind == "g" else ("totaln_arm1", "totaln_arm2")
    first, second = (row.number(column) for column in columns)
    return first, second


def _analyses(file: str, groups: Groups, notes: list[str]) -> tuple[list[Analysis], dict[int, str]]:
    controls = list(dict.fromkeys(control for control, *_ in groups))
    names = {number: f"Against {control}" for number, control in enumerate(controls, start=1)}
    analyses = []
    for number, control in enumerate(controls, start=1):
        own = [(key, effects) for key, effects in groups.items() if key[0] == control]
        for place, ((_, outcome, time, kind), effects) in enumerate(own, start=1):
            rows = _combine(effects)
            key = (number, place)
            several = len(effects) - len(rows)
            if several:
                notes.append(
                    f"Analysis {number}.{place}: {len(effects)} rows of {len(rows)} trials; rows of one "
                    f"trial are averaged with a correlation of {CORRELATION} between them."
                )
            analyses.append(
                analysis(
                    key,
                    ", ".join(filter(None, (outcome, time))),
                    _settings(kind, control),
                    rows.drop(columns="line"),
                    file=file,
                    lines=rows["line"].tolist(),
                    printed=Estimate(),
                )
            )
    return analyses, names


def _combine(effects: list[Effect]) -> pd.DataFrame:
    """One row a trial: the mean of its effects, with the variance that the correlation gives it."""
    of_study: dict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        of_study[effect.study].append(effect)
    rows = []
    for study, own in of_study.items():
        errors = np.array([each.se for each in own])
        together = CORRELATION * np.outer(errors, errors)
        np.fill_diagonal(together, errors**2)
        yi, se = float(np.mean([each.yi for each in own])), math.sqrt(together.sum()) / len(own)
        rows.append(
            {
                "subgroup": "",
                "applicability": "SUBGROUP_AND_OVERALL",
                "study": study,
                "giv": yi,
                "giv_se": se,
                "n_a": own[0].n_a if len(own) == 1 else math.nan,
                "n_b": own[0].n_b if len(own) == 1 else math.nan,
                "line": own[0].line,
            }
        )
    return pd.DataFrame(rows)


def _settings(kind: str, control: str) -> Settings:
    return Settings(
        data="generic",
        measure="GENERIC",
        name="Hedges' g" if kind == "g" else "Risk Ratio",
        log_scale=kind != "g",
        method="IV",
        model="random",
        tau2="REML",
        ci="HKSJ",
        prediction=True,
        control=control,
        favours_low=f"Favours {control}" if kind == "g" else "Fewer events",
        favours_high="Favours treatment" if kind == "g" else "More events",
    )


def _check_arms(table: Table, pair: tuple[str, str], notes: list[str]) -> None:
    """Compare the size of the data set's g with its own arms; its sign says which arm did better."""
    columns = ("mean_arm1", "sd_arm1", "n_arm1", "mean_arm2", "sd_arm2", "n_arm2")
    if pair[0] not in table.header or not all(column in table.header for column in columns):
        return
    checked, off = 0, []
    for row in table:
        m1, s1, n1, m2, s2, n2 = (row.number(column) for column in columns)
        g = row.number(pair[0])
        pooled = (n1 - 1) * s1**2 + (n2 - 1) * s2**2
        if row.text("outcome_type") != "msd" or not (math.isfinite(g) and pooled > 0 and n1 + n2 > 3):
            continue
        checked += 1
        own = (m1 - m2) / math.sqrt(pooled / (n1 + n2 - 2)) * (1 - 3 / (4 * (n1 + n2 - 2) - 1))
        if abs(abs(own) - abs(g)) > LARGEST_DIFFERENCE:
            off.append(f"line {row.line} ({row.text('study')}): {g:.3f}, from its arms {abs(own):.3f}")
    said = f": {'; '.join(off[:10])}{' …' if len(off) > 10 else ''}" if off else ""
    notes.append(f"Effects compared with their own arms: {checked}; different: {len(off)}{said}.")


def _studies(table: Table) -> pd.DataFrame:
    kept = [column for column in ("study", "year", "country", "full_ref") if column in table.header]
    frame = pd.DataFrame([{column: row.text(column) for column in kept} for row in table])
    return frame.drop_duplicates("study", ignore_index=True)


def _bias(table: Table) -> pd.DataFrame:
    rows = [
        {
            "study": row.text("study"),
            "domain": domain,
            "judgement": SCORES.get(row.text(column), row.text(column)),
            "support": "",
        }
        for row in table
        for column, domain in DOMAINS.items()
        if column in table.header and row.text(column).upper() not in ("", "NA")
    ]
    frame = pd.DataFrame(rows, columns=no_bias().columns)
    return frame.drop_duplicates(["study", "domain"], ignore_index=True)
