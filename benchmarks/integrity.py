"""How often the checks of `evidence.integrity` find a misfit in honest trials, where the truth is known.

    python benchmarks/integrity.py [--runs 2000]

Draws scores of people as a trial would have them, prints means, SDs, counts and p-values with the usual
number of decimals, and asks each check. Under the assumption that a check makes, a misfit is a false alarm;
the other settings break the assumption in a common way, and show what a misfit may mean instead.
Writes `data/integrity_simulation.csv`. Same seed, same file.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from evidence import dataset
from evidence.integrity import (
    grim,
    grimmer,
    p_of_counts,
    p_of_interval,
    p_of_means,
    sd_fits_scale,
    spread_reading,
)
from evidence.integrity.agreement import same_results
from evidence.integrity.checks import FAR_APART
from evidence.integrity.facts import Own, text
from evidence.integrity.recheck import impossible

RESULTS = Path(__file__).parents[1] / "data" / "integrity_simulation.csv"
SEED = 20261130
#: People per arm: as in benchmarks/coverage.py.
ARM_SIZES = np.array([10, 15, 20, 30, 40, 60, 100])
TOP = 10  # scores from 0 to 10

Scores: TypeAlias = NDArray[np.float64]
Trial: TypeAlias = Callable[[np.random.Generator], bool | None]


def scores(rng: np.random.Generator, n: int, mean: float) -> Scores:
    """Draw whole-number scores of people on 0 to 10."""
    return np.clip(np.round(rng.normal(mean, 2.2, n)), 0, TOP)


def diary(rng: np.random.Generator, n: int, mean: float) -> Scores:
    """Draw scores that are averages over seven days."""
    person = rng.normal(mean, 2.0, (n, 1))
    found: Scores = np.clip(np.round(person + rng.normal(0, 1, (n, 7))), 0, TOP).mean(axis=1)
    return found


def halves(rng: np.random.Generator, n: int, mean: float) -> Scores:
    """Draw scores of which some are halves, as people write between two numbers."""
    return np.clip(np.round(rng.normal(mean, 2.2, n) * 2) / 2, 0, TOP)


def size(rng: np.random.Generator) -> int:
    """Draw the number of people of an arm."""
    return int(rng.choice(ARM_SIZES))


def printed(values: Scores) -> tuple[str, str]:
    """Print a mean and an SD with two decimals."""
    return f"{values.mean():.2f}", f"{values.std(ddof=1):.2f}"


def two_arms(rng: np.random.Generator, draw: Callable[..., Scores] = scores) -> tuple[Scores, Scores]:
    """Draw both arms of a trial with a difference from none to large."""
    n, effect = size(rng), float(rng.uniform(0, 2.5))
    return draw(rng, n, 5.0), draw(rng, n, 5.0 - effect)


def mean_of(draw: Callable[..., Scores], missing: int = 0) -> Trial:
    """Ask GRIM of a mean, perhaps with the wrong number of people."""

    def trial(rng: np.random.Generator) -> bool | None:
        values = draw(rng, size(rng), 5.0)
        return grim(printed(values)[0], len(values) + missing)

    return trial


def spread_of(draw: Callable[..., Scores]) -> Trial:
    """Ask GRIMMER of an SD whose mean passes."""

    def trial(rng: np.random.Generator) -> bool | None:
        values = draw(rng, size(rng), 5.0)
        mean, sd = printed(values)
        return None if grim(mean, len(values)) is False else grimmer(mean, sd, len(values))

    return trial


def on_scale(rng: np.random.Generator) -> bool:
    """Ask whether an SD fits its scale."""
    values = scores(rng, size(rng), float(rng.uniform(0.5, 9.5)))
    return sd_fits_scale(*printed(values), len(values), 0, TOP)


def reading(rng: np.random.Generator) -> bool:
    """Ask whether an SD is an SD, by the p-value of a t test."""
    first, second = two_arms(rng)
    (m1, s1), (m2, s2) = printed(first), printed(second)
    p = rounded(float(stats.ttest_ind(first, second).pvalue))
    found = spread_reading((m1, m2), (s1, s2), (len(first), len(second)), p, "=")
    return found.d_as_sd <= FAR_APART and found.says != "se"


def test_of(p_of: Callable[[Scores, Scores], float], draw: Callable[..., Scores] = scores) -> Trial:
    """Ask whether means give a printed p-value."""

    def trial(rng: np.random.Generator) -> bool:
        first, second = two_arms(rng, draw)
        (m1, s1), (m2, s2) = printed(first), printed(second)
        p = rounded(float(p_of(first, second)))
        return p_of_means((m1, m2), (s1, s2), (len(first), len(second)), p, "=").agrees

    return trial


def adjusted(rng: np.random.Generator) -> bool:
    """Ask it where the printed p-value was adjusted for the scores at the start."""
    n, effect = size(rng), float(rng.uniform(0, 2.5))
    before = rng.normal(6, 2, 2 * n)
    group = np.repeat([0.0, 1.0], n)
    after = np.clip(np.round(2 + 0.6 * before - effect * group + rng.normal(0, 1.6, 2 * n)), 0, TOP)
    design = np.column_stack([np.ones(2 * n), group, before])
    beta, residual, *_ = np.linalg.lstsq(design, after, rcond=None)
    variance = float(residual[0]) / (2 * n - 3) * np.linalg.inv(design.T @ design)[1, 1]
    p = rounded(float(2 * stats.t.sf(abs(beta[1]) / np.sqrt(variance), 2 * n - 3)))
    (m1, s1), (m2, s2) = printed(after[:n]), printed(after[n:])
    return p_of_means((m1, m2), (s1, s2), (n, n), p, "=").agrees


def counts_of(p_of: Callable[[NDArray[np.int64]], float], missing: int = 0) -> Trial:
    """Ask whether counts give a printed p-value, perhaps of one person more than printed."""

    def trial(rng: np.random.Generator) -> bool | None:
        n = size(rng)
        events = int(rng.binomial(n, 0.6)), int(rng.binomial(n, 0.35))
        table = np.array([[event, n - event] for event in events])
        if not 0 < sum(events) < 2 * n:
            return None
        shown = max(events[0] - missing, 0), events[1]
        return p_of_counts(shown, (n - missing, n), rounded(p_of(table)), "=").agrees

    return trial


def interval(rng: np.random.Generator) -> bool:
    """Ask whether the interval of a t test gives its p-value."""
    found = stats.ttest_ind(*two_arms(rng))
    ends = found.confidence_interval()
    middle = (ends.low + ends.high) / 2
    values = [float(f"{value:.1f}") for value in (middle, ends.low, ends.high)]
    return p_of_interval(*values, rounded(float(found.pvalue)), "=").agrees  # type: ignore[arg-type]


def percentage(missing: int) -> Trial:
    """Ask whether people give a percentage, perhaps of fewer people than printed."""

    def trial(rng: np.random.Generator) -> bool | None:
        n = size(rng)
        share = f"{100 * int(rng.integers(0, n - missing + 1)) / (n - missing):.1f}"
        return not impossible([share], n)

    return trial


def shared(rng: np.random.Generator) -> Iterator[bool]:
    """Ask it of as many exact p-values as the trials of the tables print, half of them below 0.05."""
    found = {}
    for study, number in PRINTED.items():
        p = np.where(rng.random(number) < 0.5, rng.uniform(0.001, 0.05, number), rng.uniform(0.05, 1, number))
        found[study] = [(value,) for value in map(rounded, p) if len(text(value).lstrip("0.")) > 1]
    enough = {study: results for study, results in found.items() if len(results) > 1}
    flagged = {name for pair in same_results(enough, 2) for name in pair[:2]}
    return (study not in flagged for study in enough)


def rounded(p: float) -> float:
    """Print a p-value: three decimals below 0.1, two above, and never 0."""
    return max(round(p, 3 if p < 0.1 else 2), 0.001)


def welch(first: Scores, second: Scores) -> float:
    """Return the p-value of Welch's t test."""
    return float(stats.ttest_ind(first, second, equal_var=False).pvalue)


def student(first: Scores, second: Scores) -> float:
    """Return the p-value of Student's t test."""
    return float(stats.ttest_ind(first, second).pvalue)


def ranks(first: Scores, second: Scores) -> float:
    """Return the p-value of the Mann-Whitney test."""
    return float(stats.mannwhitneyu(first, second).pvalue)


def printed_p_values() -> dict[str, int]:
    """Count the exact p-values that each trial of the tables prints."""
    found: dict[str, set[float]] = {}
    for row in Own(dataset.load()).tests():
        if row.get("p_operator") == "=":
            found.setdefault(row["study_id"], set()).add(row["p_value"])
    return {study: len(values) for study, values in found.items()}


PRINTED = printed_p_values()
AS_ASSUMED = "as the check assumes"
SETTINGS: tuple[tuple[str, str, Trial], ...] = (
    ("percentages", AS_ASSUMED, percentage(0)),
    ("percentages", "one person is missing from the percentage", percentage(1)),
    ("spreads_on_scales", AS_ASSUMED, on_scale),
    ("readings_of_spreads", AS_ASSUMED, reading),
    ("whole_means", AS_ASSUMED, mean_of(scores)),
    ("whole_means", "scores are averages over seven days", mean_of(diary)),
    ("whole_means", "people may write halves", mean_of(halves)),
    ("whole_means", "one person is missing from the mean", mean_of(scores, 1)),
    ("whole_spreads", AS_ASSUMED, spread_of(scores)),
    ("whole_spreads", "scores are averages over seven days", spread_of(diary)),
    ("tests_of_counts", "Fisher's test", counts_of(lambda t: float(stats.fisher_exact(t).pvalue))),
    (
        "tests_of_counts",
        "chi-square test with correction",
        counts_of(lambda t: float(stats.chi2_contingency(t).pvalue)),
    ),
    (
        "tests_of_counts",
        "one person is missing from the counts",
        counts_of(lambda t: float(stats.fisher_exact(t).pvalue), 1),
    ),
    ("tests_of_means", "Student's t test", test_of(student)),
    ("tests_of_means", "Welch's t test", test_of(welch)),
    ("tests_of_means", "Mann–Whitney test", test_of(ranks)),
    ("tests_of_means", "a test adjusted for the start", adjusted),
    ("tests_of_intervals", AS_ASSUMED, interval),
)


def main() -> None:
    """Draw, ask, count, and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    rows = []
    for place, (check, setting, trial) in enumerate(SETTINGS):
        rng = np.random.default_rng((SEED, place))
        told = [found for found in (trial(rng) for _ in range(runs)) if found is not None]
        rows.append((check, setting, len(told), sum(not found for found in told)))
    rng = np.random.default_rng((SEED, len(SETTINGS)))
    told = [found for _ in range(runs // 10) for found in shared(rng)]
    rows.append(("shared_results", AS_ASSUMED, len(told), sum(not found for found in told)))
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("check", "setting", "tested", "misfits"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
