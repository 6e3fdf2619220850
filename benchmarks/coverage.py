"""How well the book's posteriors do where the truth is known.

    python benchmarks/coverage.py [--runs 200] [--processes 2]

Draws meta-analyses of two-arm trials of individual data, prints the results of all trials or, by their
significance, of some (the others say whether p is below 0.05, and then the direction), and computes the
primary posterior of each: every trial with its own t, sets for those without a number, tau half-normal 0.5,
mean normal (0, 2). Mean effects are drawn from N(0, 0.5²): smaller than the prior allows, as in real trials.
Writes

- `data/simulation.csv`: coverage, width and bias of the 95% credible interval by number of trials and tau,
- `data/simulation_calibration.csv`: of the runs in which the posterior gives a benefit of the MID or more a
  probability in a tenth, the share in which it is true; once more with the truth drawn from the priors, where
  the probabilities must be right.

The unit is the SD of a person, as in an SMD. Same seed, same files, however many processes.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtr

from evidence.meta import Bound, HalfNormal, Normal, bayes

DATA = Path(__file__).parents[1] / "data"
SEED = 20261130
TAU_PRIOR, MU_PRIOR = HalfNormal(0.5), Normal(0.0, 2.0)
MID = 10.0 / 24.0  # points over the reference SD
TRUE_SD = 0.5  # of the mean effects
# People per arm. Half of the parallel trials in data/studies.csv randomised between 40 and 118 people.
ARM_SIZES = np.array([10, 15, 20, 30, 40, 60, 100])
# Chance of printing numbers: of a significant result, of one that is not.
PRINTED = (0.6, 0.2)
TRIALS, TAUS = (1, 2, 3, 5, 10), (0.0, 0.25, 0.5, 1.0)
REPORTING = ("complete", "by significance")
FROM_PRIORS = "truth drawn from the priors"
#: Each is a setting with its own random numbers: reporting, trials, tau.
SETTINGS = [(reporting, k, tau) for reporting in REPORTING for k in TRIALS for tau in TAUS]
SETTINGS += [(FROM_PRIORS, k, math.nan) for k in TRIALS]


def trials(
    k: int, mu: float, tau: float, rng: np.random.Generator
) -> Iterator[tuple[float, float, float, int]]:
    """Mean difference, its variance, two-sided p-value and people per arm of each trial."""
    for n in rng.choice(ARM_SIZES, k):
        drug, control = rng.normal(rng.normal(mu, tau), 1.0, n), rng.normal(0.0, 1.0, n)
        y = float(drug.mean() - control.mean())
        v = float(drug.var(ddof=1) + control.var(ddof=1)) / n
        yield y, v, 2.0 * float(stdtr(2 * n - 2, -abs(y) / v**0.5)), int(n)


def replicate(task: tuple[int, int]) -> tuple[float, ...]:
    """Return of one run of a setting: covered, width, error, probability of the MID or more, its truth."""
    index, run = task
    reporting, k, tau = SETTINGS[index]
    rng = np.random.default_rng([SEED, index, run])
    mu = float(rng.normal(0.0, MU_PRIOR.sd if reporting == FROM_PRIORS else TRUE_SD))
    if reporting == FROM_PRIORS:
        tau = abs(float(rng.normal(0.0, TAU_PRIOR.scale)))
    yi, vi, df, bounds = [], [], [], []
    for y, v, p, n in trials(k, mu, tau, rng):
        if reporting != "by significance" or rng.random() < PRINTED[p >= 0.05]:
            yi.append(y)
            vi.append(v)
            df.append(2 * n - 2)
        elif p < 0.05:
            bounds.append(Bound.from_p(2.0 / n, high=0.05, direction=1 if y > 0 else -1, df=2 * n - 2))
        else:
            bounds.append(Bound.from_p(2.0 / n, low=0.05, df=2 * n - 2))
    found = bayes(yi, vi, df=df, bounds=bounds, tau_prior=TAU_PRIOR, mu_prior=MU_PRIOR)
    low, high = found.interval(0.95)
    chance = found.probability(below=-MID)
    return float(low <= mu <= high), high - low, found.median - mu, chance, float(mu <= -MID)


def coverage(setting: tuple[str, int, float], found: np.ndarray) -> dict[str, object]:
    """Coverage, width and bias of one setting with Monte Carlo standard errors."""
    covered, width, error = found[:, 0], found[:, 1], found[:, 2]
    runs, share = len(found), float(covered.mean())
    return {
        **dict(zip(("reporting", "k", "tau"), setting, strict=True)),
        "runs": runs,
        "coverage": share,
        "coverage_se": math.sqrt(share * (1.0 - share) / runs),
        "width": float(np.median(width)),
        "bias": float(error.mean()),
        "bias_se": float(error.std(ddof=1)) / math.sqrt(runs),
    }


def calibration(reporting: str, found: np.ndarray) -> Iterator[dict[str, object]]:
    """Predicted and observed shares of benefits of the MID or more, by tenths of the probability."""
    tenth = np.minimum((found[:, 3] * 10).astype(int), 9)
    for each in range(10):
        inside = found[tenth == each]
        if len(inside):
            share = float(inside[:, 4].mean())
            yield {
                "reporting": reporting,
                "low": each / 10,
                "high": (each + 1) / 10,
                "runs": len(inside),
                "predicted": float(inside[:, 3].mean()),
                "observed": share,
                "observed_se": math.sqrt(share * (1.0 - share) / len(inside)),
            }


def main() -> None:
    """Run every setting and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    given = parser.parse_args()
    found: dict[str, list[np.ndarray]] = {}
    rows = []
    with Pool(given.processes) as processes:
        for index, setting in enumerate(SETTINGS):
            tasks = [(index, run) for run in range(given.runs)]
            values = np.array(processes.map(replicate, tasks, chunksize=25))
            found.setdefault(setting[0], []).append(values)
            if setting[0] != FROM_PRIORS:
                rows.append(coverage(setting, values))
                print(rows[-1], flush=True)
    tenths = [row for reporting, parts in found.items() for row in calibration(reporting, np.vstack(parts))]
    for name, table in (("simulation", rows), ("simulation_calibration", tenths)):
        frame = pd.DataFrame(table)
        frame.to_csv(DATA / f"{name}.csv", index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    main()
