"""Parts of a review put together and checked, whatever package they came from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from evidence.meta import applicability
from evidence.packages.model import (
    NUMBERS,
    PRINTED,
    ROW,
    Analysis,
    Comparison,
    Estimate,
    Review,
    Settings,
    SubgroupTest,
    no_bias,
    no_certainty,
)
from evidence.packages.problems import NAMELESS, PackageError

NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "dichotomous": ("events_a", "n_a", "events_b", "n_b"),
    "continuous": ("mean_a", "sd_a", "n_a", "mean_b", "sd_b", "n_b"),
    "o-e": ("o_minus_e", "variance"),
    "generic": ("giv", "giv_se"),
}
KEPT: Final[dict[str, tuple[str, ...]]] = NEEDED | {
    "o-e": (*NEEDED["o-e"], "events_a", "n_a", "events_b", "n_b"),
    "generic": (*NEEDED["generic"], "n_a", "n_b"),
}
WORDS: Final = {
    "events_a": "events in the experimental arm", "n_a": "people in the experimental arm",
    "events_b": "events in the control arm", "n_b": "people in the control arm",
    "mean_a": "mean of the experimental arm", "sd_a": "standard deviation of the experimental arm",
    "mean_b": "mean of the control arm", "sd_b": "standard deviation of the control arm",
    "giv": "effect", "giv_se": "standard error", "o_minus_e": "O − E", "variance": "variance of O − E",
}  # fmt: skip


def analysis(
    key: tuple[int, int],
    name: str,
    settings: Settings,
    rows: pd.DataFrame,
    *,
    file: str,
    lines: Sequence[int],
    printed: Estimate,
    test: SubgroupTest | None = None,
    subgroups: Sequence[tuple[str, Estimate]] = (),
) -> Analysis:
    """One analysis, with cells that do not belong to its kind of data emptied and impossible ones refused.

    Raises
    ------
    PackageError
        More events than people, a negative number of people, events or spread, an unknown applicability, no
        name of a study, or a printed effect beside arms that are not there.
    """
    rows = rows.reindex(columns=list(ROW))
    kept = KEPT[settings.data]
    own = rows[list(NUMBERS)].copy()
    rest = [column for column in NUMBERS if column not in kept]
    generic = rows[["giv", "giv_se"]].where(rows["giv_se"] > 0)
    own[rest] = np.nan
    if settings.data in ("dichotomous", "continuous") and settings.method == "IV":
        without = (own[list(NEEDED[settings.data])].fillna(0) == 0).all(axis=1)
        own.loc[without, ["giv", "giv_se"]] = generic[without]
    rows[list(NUMBERS)] = own
    printed_rows = rows[["printed_estimate", "printed_ci_low", "printed_ci_high"]]
    placeholder = bool((printed_rows.fillna(0) == 0).all(axis=None)) and bool(
        printed_rows.notna().any(axis=None)
    )
    zeros = (printed_rows == 0).all(axis=1)
    rows.loc[zeros, list(PRINTED)] = np.nan
    _check(rows, settings, file, lines)
    if printed.estimate == printed.ci_low == printed.ci_high == 0:
        printed = _only_counts(printed)
    return Analysis(
        comparison=key[0],
        number=key[1],
        name=name or f"Analysis {key[0]}.{key[1]}",
        settings=settings,
        rows=rows.reset_index(drop=True),
        printed=printed,
        test=test or SubgroupTest(),
        subgroups=tuple(
            (label, _only_counts(each) if each.estimate == each.ci_low == each.ci_high == 0 else each)
            for label, each in subgroups
        ),
        placeholder=placeholder,
    )


def _only_counts(printed: Estimate) -> Estimate:
    return Estimate(events_a=printed.events_a, n_a=printed.n_a, events_b=printed.events_b, n_b=printed.n_b)


def review(
    *,
    title: str,
    identifier: str,
    format: str,
    analyses: Sequence[Analysis],
    names: dict[int, str],
    studies: pd.DataFrame,
    risk_of_bias: pd.DataFrame | None = None,
    certainty: pd.DataFrame | None = None,
    notes: Sequence[str] = (),
) -> Review:
    """Group analyses by comparison.

    Raises
    ------
    PackageError
        No analysis is left.
    """
    if not analyses:
        raise PackageError(
            "holds no analysis with rows",
            file=identifier,
            remedy="Name the package of a review with analyses.",
        )
    numbers = sorted({each.comparison for each in analyses})
    return Review(
        title=title,
        identifier=identifier,
        format=format,
        comparisons=tuple(
            Comparison(
                number,
                names.get(number) or f"Comparison {number}",
                tuple(
                    sorted(
                        (each for each in analyses if each.comparison == number), key=lambda each: each.number
                    )
                ),
            )
            for number in numbers
        ),
        studies=studies,
        risk_of_bias=no_bias() if risk_of_bias is None else risk_of_bias,
        certainty=no_certainty() if certainty is None else certainty,
        notes=tuple(notes),
    )


def _check(rows: pd.DataFrame, settings: Settings, file: str, lines: Sequence[int]) -> None:
    for line, row in zip(lines, rows.to_dict("records"), strict=True):

        def refuse(
            column: str, what: str, remedy: str = "Correct the cell.", line: int = line
        ) -> PackageError:
            return PackageError(what, file=file, line=line, column=WORDS.get(column, column), remedy=remedy)

        if not row["study"]:
            raise refuse("study", *NAMELESS)
        if row["applicability"] not in (applicability.BOTH, applicability.SUBGROUP, applicability.TOTAL):
            raise refuse("applicability", f"is not a word that is known: {row['applicability']!r}")
        for column in ("events_a", "events_b", "n_a", "n_b", "sd_a", "sd_b", "giv_se", "variance"):
            if row[column] < 0:
                raise refuse(column, "is negative")
        for events, people in (("events_a", "n_a"), ("events_b", "n_b")):
            if settings.data == "dichotomous" and row[events] > row[people]:
                raise refuse(events, f"is {row[events]:g}, more than the {row[people]:g} people there are")
        if math.isfinite(row["printed_estimate"]) and not math.isfinite(row["giv"]):
            for column in NEEDED[settings.data]:
                if math.isnan(row[column]):
                    raise refuse(
                        column,
                        f"is missing, although an effect is printed for {row['study']}",
                        "Complete the arms of this study, or delete its printed effect.",
                    )
