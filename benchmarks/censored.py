"""How well the all-evidence pooling of `evidence.meta.pool_censored` works, where the truth is known.

    python benchmarks/censored.py [--runs 1000] [--processes 2]

Draws meta-analyses of two-arm trials whose results are t-tests on normal data, lets whether a trial prints
numbers depend on its significance, and pools each in four ways. Writes `data/simulation.csv`: one
row per setting and method with bias, coverage and width, and the Monte Carlo standard errors of the first
two. A meta-analysis in which fewer than two trials print numbers has no all-evidence estimate: `estimable` is
the share of the others, and only they are compared. With 5 trials they are a selection, more often
significant than the rest, so that even the pooling of all numbers is biased among them. Same seed, same file,
however many processes.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from evidence.meta import Bound, pool, pool_censored

RESULTS = Path(__file__).parents[1] / "data" / "simulation.csv"
SEED = 20261122
ALPHA = 0.05
# People per arm. Half of the parallel trials in data/studies.csv randomised between 40 and 118 people.
ARM_SIZES = np.array([10, 15, 20, 30, 40, 60, 100])
# Chance of printing numbers: of a significant result, of one that is not.
PRINTED = (0.6, 0.2)

Array = NDArray[np.float64]
Interval = tuple[float, float, float]  # estimate and its 95 % interval


@dataclass(frozen=True, slots=True)
class Setting:
    """One known truth: k trials, mean effect `mu` (SMD), spread `tau` between trials.

    With `reporting="direction"` a result that is not significant is printed with a chance of 0.35 where it
    favours the treatment and 0.05 where not, which breaks the assumption of the all-evidence pooling.
    """

    k: int
    mu: float
    tau: float
    reporting: str = "significance"


PROTOTYPE = Setting(12, -0.3, 0.2)
SETTINGS = (
    *(Setting(k, mu, tau) for k in (5, 10, 20, 40) for mu in (0.0, -0.3) for tau in (0.0, 0.1, 0.2, 0.5)),
    PROTOTYPE,
    Setting(12, -0.3, 0.2, "direction"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """One drawn meta-analysis: effects (Hedges' g), variances, people per arm, and what is printed of it."""

    yi: Array
    vi: Array
    n: Array
    significant: NDArray[np.bool_]
    printed: NDArray[np.bool_]

    @property
    def df(self) -> Array:
        """Degrees of freedom of each t-test."""
        return 2.0 * self.n - 2.0


def draw(setting: Setting, rng: np.random.Generator) -> Trials:
    """Draw the trials of one meta-analysis."""
    n = rng.choice(ARM_SIZES, setting.k).astype(float)
    df, null_variance = 2.0 * n - 2.0, 2.0 / n
    effect = setting.mu + setting.tau * rng.standard_normal(setting.k)
    sd = np.sqrt(rng.chisquare(df) / df)
    d = (effect + np.sqrt(null_variance) * rng.standard_normal(setting.k)) / sd
    significant = np.abs(d) / np.sqrt(null_variance) > -stdtrit(df, ALPHA / 2.0)
    g = d * (1.0 - 3.0 / (4.0 * df - 1.0))
    silent = np.where(d < 0.0, 0.35, 0.05) if setting.reporting == "direction" else PRINTED[1]
    printed = rng.random(setting.k) < np.where(significant, PRINTED[0], silent)
    return Trials(g, null_variance + g**2 / (4.0 * n), n, significant, printed)


def bounds(trials: Trials) -> list[Bound]:
    """Make the bounds of the trials that print no numbers: p < 0.05 in a direction, or not significant."""
    return [
        Bound.from_p(2.0 / n, high=ALPHA, direction=-1 if y < 0.0 else 1, df=df)
        if significant
        else Bound.from_p(2.0 / n, low=ALPHA, df=df)
        for y, n, df, significant in zip(
            trials.yi[~trials.printed].tolist(),
            trials.n[~trials.printed].tolist(),
            trials.df[~trials.printed].tolist(),
            trials.significant[~trials.printed].tolist(),
            strict=True,
        )
    ]


def all_evidence(trials: Trials) -> Interval | None:
    """Numbers and bounds together, by restricted maximum likelihood."""
    result = pool_censored(trials.yi[trials.printed], trials.vi[trials.printed], bounds(trials))
    if result.estimate is None or result.ci_low is None or result.ci_high is None:
        return None
    return result.estimate, result.ci_low, result.ci_high


def reported_only(trials: Trials) -> Interval:
    """Only the trials that print numbers."""
    return _pooled(trials.yi[trials.printed], trials.vi[trials.printed])


def imputed(trials: Trials) -> Interval:
    """The usual makeshift: "not significant" becomes an effect of 0, "p < 0.05" becomes p = 0.05."""
    edge = np.sign(trials.yi) * -stdtrit(trials.df, ALPHA / 2.0) * np.sqrt(2.0 / trials.n)
    guess = np.where(trials.significant, edge, 0.0)
    yi = np.where(trials.printed, trials.yi, guess)
    vi = np.where(trials.printed, trials.vi, 2.0 / trials.n + guess**2 / (4.0 * trials.n))
    return _pooled(yi, vi)


def all_numbers(trials: Trials) -> Interval:
    """What could be known if every trial had printed its numbers."""
    return _pooled(trials.yi, trials.vi)


METHODS = ("all evidence", "reported numbers only", "not significant set to 0", "all numbers known")


def _pooled(yi: Array, vi: Array) -> Interval:
    """REML with the Hartung–Knapp–Sidik–Jonkman interval, the primary analysis of the book."""
    result = pool(yi, vi)
    return result.estimate, result.ci_low, result.ci_high


def replicate(task: tuple[int, int]) -> list[Interval] | None:
    """Draw run `task[1]` of setting `task[0]` and pool it by each method; None without an estimate."""
    index, run = task
    trials = draw(SETTINGS[index], np.random.default_rng([SEED, index, run]))
    first = all_evidence(trials)
    if first is None:
        return None
    return [first, reported_only(trials), imputed(trials), all_numbers(trials)]


def summarise(setting: Setting, runs: Iterable[list[Interval] | None]) -> list[dict[str, object]]:
    """Bias, coverage and width of each method over the runs of one setting."""
    kept, total = [], 0
    for run in runs:
        total += 1
        if run is not None:
            kept.append(run)
    values = np.array(kept)
    rows: list[dict[str, object]] = []
    for method, (estimate, low, high) in zip(METHODS, values.transpose(1, 2, 0), strict=True):
        covered = (low <= setting.mu) & (setting.mu <= high)
        rows.append(
            asdict(setting)
            | {
                "method": method,
                "runs": total,
                "estimable": len(kept) / total,
                "bias": estimate.mean() - setting.mu,
                "bias_se": estimate.std(ddof=1) / math.sqrt(len(kept)),
                "rmse": math.sqrt(np.mean((estimate - setting.mu) ** 2)),
                "coverage": covered.mean(),
                "coverage_se": math.sqrt(covered.mean() * (1.0 - covered.mean()) / len(kept)),
                "width": np.median(high - low),
            }
        )
    return rows


def main() -> None:
    """Run every setting and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    rows: list[dict[str, object]] = []
    with Pool(arguments.processes) as processes:
        for index, setting in enumerate(SETTINGS):
            tasks = [(index, run) for run in range(arguments.runs)]
            rows += summarise(setting, processes.map(replicate, tasks, chunksize=50))
            print(setting, rows[-len(METHODS)], flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    pd.DataFrame(rows).to_csv(RESULTS, index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    main()
