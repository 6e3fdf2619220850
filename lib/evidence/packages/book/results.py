"""Everything a chapter says of one analysis, computed once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evidence import meta
from evidence.dataset import Dataset, once
from evidence.meta import multiverse
from evidence.packages.book.tables import read_tables
from evidence.packages.check import check, not_printed
from evidence.packages.model import Analysis, Review
from evidence.packages.reproduce import Reproduced, reproduce

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
FEWEST_TAU: Final = 3
"""Below three studies nothing says how much studies differ."""
HIGH_RISK: Final = ("high", "critical", "serious")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the book's editors say of an analysis; None where they say nothing.

    Attributes
    ----------
    better
        "lower" or "higher": which effects favour the experimental arm.
    mid
        Smallest difference that matters, on the scale of pooling, above 0.
    unit
        One standard deviation of the outcome on the scale of pooling.
    unit_source
        Where it comes from, in words.
    """

    main: bool
    better: str | None
    mid: float | None
    window: str
    unit: float | None
    unit_source: str


@dataclass(frozen=True, slots=True)
class Priors:
    """Scales of the priors in standard deviations, which on the log scale of ratios are 1."""

    tau: float
    mu: float


@dataclass(frozen=True, eq=False, slots=True)
class Result:
    """An analysis as its review set it up, and again by this library.

    Attributes
    ----------
    computed
        By RevMan's rules.
    checks
        Printed numbers beside the computed ones (`evidence.packages.check`).
    unprinted
        Studies that have an effect here and none in the package.
    labels, study, yi, vi
        The estimable rows that count in the total; a label names a study with its subgroup where it stands
        there more than once.
    modern
        REML with Hartung and Knapp's interval; None where nothing is estimable.
    posterior
        None where `no_posterior` says why.
    """

    analysis: Analysis
    outcome: Outcome
    priors: Priors
    computed: Reproduced
    checks: pd.DataFrame = field(repr=False)
    unprinted: tuple[str, ...]
    labels: tuple[str, ...]
    study: tuple[str, ...]
    yi: Floats
    vi: Floats
    modern: meta.Pooled | None
    posterior: meta.Posterior | None
    no_posterior: str

    @property
    def k(self) -> int:
        """Estimable studies that count in the total."""
        return len(self.yi)

    @property
    def printed(self) -> bool:
        """Whether the package holds results of its own, if only zeros in their place."""
        return len(self.checks) > 0 or self.analysis.placeholder

    @property
    def set_up(self) -> str:
        """Who set the analysis up, as a sentence begins."""
        return "As the review set it up" if self.printed else "As set up in data/analyses.csv"

    def shown(self, value: float) -> float:
        """A value on the scale of pooling as it is shown: ratios as ratios."""
        return math.exp(value) if self.analysis.settings.log_scale else value

    @property
    def null(self) -> float:
        """No effect, as it is shown."""
        return self.shown(0.0)


@once
def review_of(ds: Dataset) -> Review:
    """The review in a book's tables, read once."""
    return read_tables(ds)


@once
def result(ds: Dataset, key: str) -> Result:
    """Compute one analysis of a book.

    Parameters
    ----------
    ds
        The book's tables.
    key
        Such as "1.2".

    Raises
    ------
    ValueError
        No such analysis.
    """
    found = [each for each in review_of(ds).analyses() if each.key == key]
    if not found:
        known = ", ".join(each.key for each in review_of(ds).analyses())
        raise ValueError(f"There is no analysis {key!r}; there are {known}")
    analysis = found[0]
    computed = reproduce(analysis)
    rows = computed.rows[computed.rows["in_total"] & computed.rows["yi"].notna()]
    outcome = outcome_of(ds, analysis)
    priors = Priors(float(ds.setting("prior_tau")), float(ds.setting("prior_mu")))
    yi, vi = rows["yi"].to_numpy(dtype=float), rows["vi"].to_numpy(dtype=float)
    posterior, reason = _posterior(yi, vi, outcome, priors)
    return Result(
        analysis=analysis,
        outcome=outcome,
        priors=priors,
        computed=computed,
        checks=check(analysis, computed),
        unprinted=tuple(not_printed(analysis, computed)),
        labels=_labels(rows),
        study=tuple(rows["study"]),
        yi=yi,
        vi=vi,
        modern=meta.pool(yi, vi, level=LEVEL) if len(yi) else None,
        posterior=posterior,
        no_posterior=reason,
    )


def _labels(rows: pd.DataFrame) -> tuple[str, ...]:
    twice = rows["study"].duplicated(keep=False)
    return tuple(
        f"{study} ({group})" if double and group else str(study)
        for study, group, double in zip(rows["study"], rows["subgroup"], twice, strict=True)
    )


def outcome_of(ds: Dataset, analysis: Analysis) -> Outcome:
    """The editors' settings of an analysis, on the scale of pooling."""
    cells = ds.rows("outcomes", analysis=analysis.key).to_dict("records")
    row = cells[0] if cells else {}
    mid = _number(row.get("mid"))
    if mid is not None and analysis.settings.log_scale:
        mid = abs(math.log(mid)) or None
    unit, source = _unit(analysis, _number(row.get("reference_sd")), _text(row.get("reference_sd_source")))
    return Outcome(
        main=_text(row.get("main")) == "yes",
        better=_text(row.get("better")) or None,
        mid=mid,
        window=_text(row.get("window")),
        unit=unit,
        unit_source=source,
    )


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _unit(analysis: Analysis, given: float | None, source: str) -> tuple[float | None, str]:
    """One standard deviation on the scale of pooling: as given, 1, or pooled over the arms."""
    settings = analysis.settings
    if given is not None:
        return given, source or "set by the editors"
    if settings.log_scale:
        return 1.0, "the logarithm of the ratio"
    if settings.measure == "SMD" or settings.name in ("Hedges' g", "Std. Mean Difference"):
        return 1.0, "the standard deviation that the effects are counted in"
    if settings.measure == "MD":
        rows = analysis.rows[["n_a", "sd_a", "n_b", "sd_b"]].dropna()
        rows = rows[(rows["n_a"] > 1) & (rows["n_b"] > 1)]
        people = (rows["n_a"] + rows["n_b"] - 2).sum()
        squares = ((rows["n_a"] - 1) * rows["sd_a"] ** 2 + (rows["n_b"] - 1) * rows["sd_b"] ** 2).sum()
        if people > 0 and squares > 0:
            return math.sqrt(squares / people), "the standard deviation of all arms of this analysis, pooled"
    return None, ""


def _posterior(yi: Floats, vi: Floats, outcome: Outcome, priors: Priors) -> tuple[meta.Posterior | None, str]:
    if not len(yi):
        return None, "No study gives an effect."
    if outcome.unit is None:
        return None, (
            "The prior needs one standard deviation of the outcome: give reference_sd in data/outcomes.csv."
        )
    return (
        meta.bayes(
            yi,
            vi,
            tau_prior=meta.HalfNormal(priors.tau * outcome.unit),
            mu_prior=meta.Normal(0.0, priors.mu * outcome.unit),
        ),
        "",
    )


def left_out(result: Result) -> pd.DataFrame:
    """The pooled effect without each study, and how much each pulls at it.

    Returns
    -------
    DataFrame
        Index: the label of the study left out. `estimate`, `ci_low`, `ci_high` (REML, Hartung–Knapp), `turns`
        (the interval's answer changes), and from three studies `rstudent`, `cook_d`, `influential`.

    Raises
    ------
    ValueError
        Fewer than two studies.
    """
    found = meta.leave_one_out(result.yi, result.vi, labels=list(result.labels))
    table = found[["estimate", "ci_low", "ci_high"]].copy()
    whole = result.modern
    assert whole is not None
    excludes = (table["ci_low"] > 0) | (table["ci_high"] < 0)
    table["turns"] = excludes != (whole.ci_low > 0 or whole.ci_high < 0)
    if result.k >= FEWEST_TAU:
        pull = meta.influence(result.yi, result.vi, labels=list(result.labels))
        table = table.join(pull[["rstudent", "cook_d", "influential"]])
    return table


def at_high_risk(ds: Dataset) -> frozenset[str]:
    """Studies with a judgement of high risk in any domain."""
    rows = ds.rows("risk_of_bias")
    high = rows["judgement"].str.lower().str.startswith(HIGH_RISK)
    return frozenset(rows.loc[high, "study"])


def many_ways(result: Result, high_risk: frozenset[str]) -> pd.DataFrame:
    """The analysis under every defensible set of choices.

    Parameters
    ----------
    result
    high_risk
        Studies at high risk of bias.

    Returns
    -------
    DataFrame
        One row per distinct result: the choices `Studies`, `Estimator of tau²` and `Interval`, then the
        columns of `evidence.meta.multiverse.run`, and `main`: REML with Hartung–Knapp of all studies.
    """
    specifications, who = [], []
    for words, kept in _sets(result, high_risk).items():
        for tau2 in ("DL", "REML", "PM", "EB"):
            for ci, name in INTERVALS.items():
                choices = {"Studies": words, "Estimator of tau²": tau2, "Interval": name}
                specifications.append(
                    multiverse.Specification(
                        result.yi[kept],
                        result.vi[kept],
                        choices,
                        tau2=tau2,
                        ci=ci,  # type: ignore[arg-type]
                    )
                )
                who.append(frozenset(np.flatnonzero(kept).tolist()))
    table = multiverse.run(specifications, mid=_signed_mid(result), level=LEVEL)
    main = (
        (table["Studies"] == ALL)
        & (table["Estimator of tau²"] == "REML")
        & (table["Interval"] == "Hartung–Knapp")
    )
    order = np.argsort(~main.to_numpy(), kind="stable")
    first = multiverse.distinct(table.iloc[order], [who[i] for i in order])
    table["main"] = main
    return table[first.reindex(table.index)].reset_index(drop=True)


ALL: Final = "all"
INTERVALS: Final = {"wald": "Wald", "HKSJ": "Hartung–Knapp", "HKSJ-adhoc": "never narrower than t"}


def _sets(result: Result, high_risk: frozenset[str]) -> dict[str, NDArray[np.bool_]]:
    everything = np.ones(result.k, dtype=bool)
    low = np.array([study not in high_risk for study in result.study])
    sets = {ALL: everything, "without high risk of bias": low}
    if result.k > 1:
        largest = np.arange(result.k) != int(np.argmin(result.vi))
        sets["without the most precise"] = largest
    return {words: kept for words, kept in sets.items() if kept.any() and (words == ALL or not kept.all())}


def _signed_mid(result: Result) -> float | None:
    if result.outcome.mid is None or result.outcome.better is None:
        return None
    return -result.outcome.mid if result.outcome.better == "lower" else result.outcome.mid
