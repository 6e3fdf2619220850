"""The checks that can be computed from the tables, each over every trial.

A misfit is a fact about printed numbers and says nothing of how it came about: scores averaged over days,
people who are missing from a table, a test that was adjusted, a slip of theirs and one of ours look alike.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from evidence.dataset import Dataset
from evidence.integrity.agreement import (
    Fit,
    Operator,
    p_of_counts,
    p_of_interval,
    p_of_means,
    same_results,
    spread_reading,
)
from evidence.integrity.bounds import sd_fits_scale, whole_sd_limits
from evidence.integrity.facts import Fact, Own, Row, said_p, text, where
from evidence.integrity.granularity import grim, grimmer, printed
from evidence.integrity.recheck import impossible

#: A standardised difference beyond which groups hardly overlap: 99.9% of one beyond the mean of the other.
FAR_APART: Final = 3.0
#: Significant digits from which on a p-value that two trials share is more than a round number.
_DIGITS: Final = 2
_GRIM: Final = "Brown NJL, Heathers JAJ 2017, doi:10.1177/1948550616673876"
_STATCHECK: Final = "Nuijten MB et al. 2016, doi:10.3758/s13428-015-0664-2"
_LEAST: Final = 2  # shared results that make a pair of trials worth a look
_FEWEST: Final = 2  # people who have an SD


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes
    ----------
    key, name : str
    asks : str
        What it asks, in a sentence.
    source : str
        Where the method is published.
    item : str
        The check of INSPECT-SR that it serves.
    find : callable
        Yields a fact for each result of the tables that can be tested.
    """

    key: str
    name: str
    asks: str
    source: str
    item: str
    find: Callable[[Dataset], Iterator[Fact]]


def whole_means(ds: Dataset) -> Iterator[Fact]:
    """Means of whole-number scores that too few people have for every mean: GRIM."""
    for row in _whole(ds):
        found = grim(text(row["mean"]), row["n"], items=row["whole_items"])
        if found is not None:
            yield _fact(row, f"mean {text(row['mean'])} of {row['n']} people", found)


def whole_spreads(ds: Dataset) -> Iterator[Fact]:
    """SDs of whole-number scores beside a mean that such scores can have: GRIMMER."""
    for row in _whole(ds):
        if "sd" not in row or row["whole_items"] != 1 or row["n"] < _FEWEST:
            continue
        mean, sd = text(row["mean"]), text(row["sd"])
        if grim(mean, row["n"]) is False:
            continue  # told by the check of means; no SD goes with such a mean
        found = grimmer(mean, sd, row["n"])
        if found is not None:
            fits = found and _between_limits(row, mean, sd)
            yield _fact(row, f"mean {mean}, SD {sd}, {row['n']} people", fits)


def _between_limits(row: Row, mean: str, sd: str) -> bool:
    """Whether whole numbers between the ends of a scale can have an SD; True where the ends are not known."""
    low, high = row.get("scale_min"), row.get("scale_max")
    if low is None or high is None or row.get("kind") == "change" or low % 1 or high % 1:
        return True
    limits = whole_sd_limits(mean, row["n"], int(low), int(high))
    spread, half = map(float, printed(sd))
    return limits is not None and limits[0] - half <= spread <= limits[1] + half


def spreads_on_scales(ds: Dataset) -> Iterator[Fact]:
    """SDs on scales with ends."""
    for row in Own(ds).arms():
        if not {"mean", "sd", "n", "scale_min", "scale_max"} <= set(row) or row["n"] < _FEWEST:
            continue
        low, high = row["scale_min"], row["scale_max"]
        ends = (low - high, high - low) if row.get("kind") == "change" else (low, high)
        if ends[0] <= row["mean"] <= ends[1]:
            fits = sd_fits_scale(text(row["mean"]), text(row["sd"]), row["n"], *ends)
            yield _fact(row, f"SD {text(row['sd'])} on a scale from {text(low)} to {text(high)}", fits)


def readings_of_spreads(ds: Dataset) -> Iterator[Fact]:
    """Spreads of two arms at one time, read as they stand in the tables."""
    rows: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in Own(ds).arms():
        if {"mean", "n"} <= set(row) and ("sd" in row) != ("se" in row) and row["n"] >= _FEWEST:
            rows[row["study_id"], row["outcome"], row["measure"], row.get("time_label")].append(row)
    printed: dict[tuple[object, ...], Row] = {
        (test["study_id"], test["outcome"], test["measure"], test.get("time_label")): test
        for test, *_ in Own(ds).compared()
    }
    for place, arms in rows.items():
        for first, second in combinations(arms, 2):
            if ("sd" in first) == ("sd" in second):
                yield _reading(first, second, printed.get(place))


def _reading(first: Row, second: Row, test: Row | None) -> Fact:
    name = "sd" if "sd" in first else "se"
    spreads = text(first[name]), text(second[name])
    means = text(first["mean"]), text(second["mean"])
    p: float | None = None if test is None else test.get("p_value")
    operator: Operator = "ns" if test is None else test["p_operator"]
    found = spread_reading(means, spreads, (first["n"], second["n"]), p, operator)
    d = found.d_as_sd if name == "sd" else found.d_as_se
    other = {"sd": "se", "se": "sd"}[name]
    fits = d <= FAR_APART and (test is None or found.says != other)
    words = (
        f"{means[0]} ± {spreads[0]} and {means[1]} ± {spreads[1]}, read as {name.upper()}: standardised "
        f"difference {d:.1f}"
    )
    return _fact(first, words if test is None else f"{words}; printed {said_p(test)}", fits)


def tests_of_counts(ds: Dataset) -> Iterator[Fact]:
    """Printed p-values of counts against Fisher's and the chi-square tests."""
    for test, first, second in Own(ds).compared():
        if all({"events", "total"} <= set(arm) for arm in (first, second)):
            events, totals = (first["events"], second["events"]), (first["total"], second["total"])
            fit = p_of_counts(events, totals, test.get("p_value"), test["p_operator"])
            yield _tested(test, f"{events[0]} of {totals[0]} and {events[1]} of {totals[1]}", fit)


def tests_of_means(ds: Dataset) -> Iterator[Fact]:
    """Printed p-values of means against both t tests."""
    for test, first, second in Own(ds).compared():
        if not all({"mean", "sd", "n"} <= set(arm) and arm["n"] >= _FEWEST for arm in (first, second)):
            continue
        means, sds = (text(first["mean"]), text(second["mean"])), (text(first["sd"]), text(second["sd"]))
        n = first["n"], second["n"]
        fit = p_of_means(means, sds, n, test.get("p_value"), test["p_operator"])
        yield _tested(
            test, f"{means[0]} (SD {sds[0]}) and {means[1]} (SD {sds[1]}), {n[0]} and {n[1]} people", fit
        )


def tests_of_intervals(ds: Dataset) -> Iterator[Fact]:
    """Printed p-values of differences and ratios against the 95% interval beside them."""
    for row in Own(ds).tests():
        if not {"estimate", "ci_low", "ci_high"} <= set(row) or row.get("ci_level") != 95:
            continue
        values = row["estimate"], row["ci_low"], row["ci_high"]
        ratio = row["effect"] in ("RR", "OR")
        fit = p_of_interval(*values, row.get("p_value"), row["p_operator"], ratio=ratio)
        yield _tested(row, f"{row['effect']} {text(values[0])} ({text(values[1])} to {text(values[2])})", fit)


def percentages(ds: Dataset) -> Iterator[Fact]:
    """The percentage of women against the people randomised and the people analysed."""
    for study in ds.rows("studies").to_dict("records"):
        percent = study["female_pct"]
        totals = {int(n) for n in (study["n_randomised"], study["n_analysed"]) if n == n and n is not None}
        if percent != percent or not totals:
            continue
        share = text(float(percent))
        step = 10.0 ** -len(share.partition(".")[2])
        if 100 / max(totals) > step:
            fits = any(not impossible([share], n) for n in totals)
            people = " or ".join(str(n) for n in sorted(totals))
            yield Fact(str(study["study_id"]), f"women: {share}% of {people} people", fits)


def shared_results(ds: Dataset) -> Iterator[Fact]:
    """Exact p-values, and means with their SD, that stand in the reports of two different trials."""
    found: dict[str, set[tuple[float, ...]]] = defaultdict(set)
    for row in Own(ds).tests():
        if row.get("p_operator") == "=" and len(text(row["p_value"]).replace(".", "").lstrip("0")) >= _DIGITS:
            found[row["study_id"]].add((row["p_value"],))
    for row in Own(ds).arms():
        if {"mean", "sd", "n"} <= set(row):
            found[row["study_id"]].add((row["mean"], row["sd"]))
    enough = {study: tuple(results) for study, results in found.items() if len(results) >= _LEAST}
    known = {frozenset(pair) for pair in ds.rows("overlaps")[["study_id", "other_study_id"]].to_numpy()}
    known |= _one_report(ds)
    pairs = [pair for pair in same_results(enough, _LEAST) if frozenset(pair[:2]) not in known]
    for study, results in enough.items():
        others = [(b if a == study else a, count) for a, b, count in pairs if study in (a, b)]
        words = "; ".join(f"{count} results are also those of {other}" for other, count in others)
        yield Fact(study, words or f"{len(results)} results, shared with no other trial", not others)


def _one_report(ds: Dataset) -> set[frozenset[str]]:
    """Return pairs of studies that one text reports."""
    studies: dict[str, list[str]] = defaultdict(list)
    for row in ds.rows("studies").to_dict("records"):
        studies[str(row["source_url"])].append(str(row["study_id"]))
    return {frozenset(pair) for ids in studies.values() for pair in combinations(ids, 2)}


def _whole(ds: Dataset) -> Iterator[Row]:
    """Yield means of whole-number scores; one with a standard error may come from a model and is left out."""
    for row in Own(ds).arms():
        if {"mean", "n"} <= set(row) and row["whole_items"] is not None and "se" not in row:
            yield row


def _fact(row: Row, words: str, fits: bool) -> Fact:
    return Fact(row["study_id"], f"{where(row)}: {words}", fits)


def _tested(test: Row, words: str, fit: Fit) -> Fact:
    low, high = (f"{value:.2g}" for value in (fit.low, fit.high))
    gives = f"p {low}" if low == high or math.isclose(fit.low, fit.high) else f"p from {low} to {high}"
    return _fact(test, f"{words} give {gives}; printed {said_p(test)}", fit.agrees)


#: Every check, in the order of INSPECT-SR.
CHECKS: Final = (
    Check(
        "shared_results",
        "Results of another trial",
        "Do two trials print the same results, two or more of them?",
        "Wilkinson J et al. 2025, doi:10.1101/2025.09.03.25334905",
        "3.1",
        shared_results,
    ),
    Check(
        "percentages",
        "Percentages",
        "Does a whole number of people give the printed percentage of women?",
        _GRIM,
        "4.6",
        percentages,
    ),
    Check(
        "spreads_on_scales",
        "SD on a scale",
        "Can values between the ends of the scale have this SD?",
        "Bhatia R, Davis C 2000, Am Math Monthly 107, 353-357",
        "4.7",
        spreads_on_scales,
    ),
    Check(
        "readings_of_spreads",
        "SD or standard error",
        "Is the spread what it is taken for, by the difference and the printed p-value?",
        "Altman DG, Bland JM 2005, doi:10.1136/bmj.331.7521.903",
        "4.7",
        readings_of_spreads,
    ),
    Check(
        "whole_means",
        "Means of whole numbers (GRIM)",
        "Can whole-number scores of so few people have this mean?",
        _GRIM,
        "4.8",
        whole_means,
    ),
    Check(
        "whole_spreads",
        "SDs of whole numbers (GRIMMER)",
        "Can whole-number scores with this mean have this SD?",
        "Anaya J 2016, doi:10.7287/peerj.preprints.2400v1",
        "4.8",
        whole_spreads,
    ),
    Check(
        "tests_of_counts",
        "p-value of counts",
        "Do the printed counts give the printed p-value?",
        _STATCHECK,
        "4.9",
        tests_of_counts,
    ),
    Check(
        "tests_of_means",
        "p-value of means",
        "Do the printed means and SDs give the printed p-value?",
        _STATCHECK,
        "4.9",
        tests_of_means,
    ),
    Check(
        "tests_of_intervals",
        "p-value beside an interval",
        "Does the printed interval give the printed p-value?",
        "Altman DG, Bland JM 2011, doi:10.1136/bmj.d2304",
        "4.9",
        tests_of_intervals,
    ),
)
