"""How fast posteriors are computed, and how they cover where the truth is known.

    python benchmarks/bayes.py speed
    python benchmarks/bayes.py coverage [--runs 200]

`speed` prints fits a second for 1, 2, 5 and 20 trials: numbers only, one in four of them a bound, and many at
once; beside them R's bayesmeta at its default settings, as recorded in `tests/oracle/bayesmeta.json.xz` on
another machine (CRAN was out of reach where this was measured). `coverage` writes
`results/posterior_coverage.csv` and `results/posterior_calibration.csv`: two-arm trials of individual data, a
mean effect drawn from N(0, 0.5²), all results printed or, by significance, some as a number and some as a
bound, analysed with the primary priors. The calibration tells too how the probabilities do where the truth is
drawn from the priors themselves; where mean effects are smaller than these allow, they are too high. Same
seed, same files.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtr
from tests import oracle_data

from evidence.meta import Bound, HalfNormal, Normal, bayes, bayes_many

RESULTS = Path(__file__).parent / "results"
SEED = 20261130
TAU_PRIOR, MU_PRIOR = HalfNormal(0.5), Normal(0.0, 2.0)
MID = -10.0 / 24.0  # points over the reference SD
# People per arm. Half of the parallel trials in data/studies.csv randomised between 40 and 118 people.
ARM_SIZES = np.array([10, 15, 20, 30, 40, 60, 100])
# Chance of printing numbers: of a significant result, of one that is not.
PRINTED = (0.6, 0.2)
SETTINGS = [(k, tau) for k in (1, 2, 3, 5, 10) for tau in (0.0, 0.25, 0.5, 1.0)]


def rate(run: Callable[[], object], least: float = 0.5) -> float:
    """Runs a second."""
    start, runs = time.perf_counter(), 0
    while time.perf_counter() - start < least:
        run()
        runs += 1
    return runs / (time.perf_counter() - start)


def speed() -> pd.DataFrame:
    """Fits a second by number of trials."""
    rng = np.random.default_rng(SEED)
    seconds: dict[int, list[float]] = {}
    for fit in oracle_data.load(oracle_data.POSTERIORS):
        if fit["acc"] == "default":
            seconds.setdefault(np.size(fit["y"]), []).append(float(fit["secs"]))
    rows = []
    for k in (1, 2, 5, 20):
        y, v = rng.normal(-0.5, 0.5, (20_000, k)), rng.uniform(0.02, 0.3, (20_000, k))
        bounds = [Bound.from_p(each, low=0.05, df=40) for each in v[0, : max(1, k // 4)]]

        def numbers(y: np.ndarray = y, v: np.ndarray = v) -> None:
            p = bayes(y[0], v[0], tau_prior=TAU_PRIOR, mu_prior=MU_PRIOR)
            p.interval(0.95)

        def some(y: np.ndarray = y, v: np.ndarray = v, bounds: list[Bound] = bounds) -> None:
            n = len(bounds)
            p = bayes(y[0, n:], v[0, n:], bounds=bounds, tau_prior=TAU_PRIOR, mu_prior=MU_PRIOR)
            p.interval(0.95)

        start = time.perf_counter()
        bayes_many(y, v, tau_prior=TAU_PRIOR, mu_prior=MU_PRIOR)
        batch = len(y) / (time.perf_counter() - start)
        recorded = seconds.get(k)
        rows.append(
            {
                "trials": k,
                "numbers only": rate(numbers),
                "with bounds": rate(some),
                "many at once": batch,
                "bayesmeta, recorded": 1.0 / float(np.median(recorded)) if recorded else np.nan,
            }
        )
    return pd.DataFrame(rows)


def trials(
    k: int, mu: float, tau: float, rng: np.random.Generator
) -> Iterator[tuple[float, float, float, int]]:
    """Mean difference, its variance, two-sided p-value and people per arm of each trial."""
    for n in rng.choice(ARM_SIZES, k):
        drug, control = rng.normal(rng.normal(mu, tau), 1.0, n), rng.normal(0.0, 1.0, n)
        y = float(drug.mean() - control.mean())
        v = float(drug.var(ddof=1) + control.var(ddof=1)) / n
        yield y, v, 2.0 * float(stdtr(2 * n - 2, -abs(y) / v**0.5)), int(n)


def replicate(k: int, tau: float, selective: bool, rng: np.random.Generator) -> dict[str, float]:
    """One meta-analysis with a mean effect drawn from N(0, 0.5²), and how its posterior meets the truth."""
    return analysed(k, float(rng.normal(0.0, 0.5)), tau, selective, rng)


def from_priors(rng: np.random.Generator) -> dict[str, float]:
    """One meta-analysis whose truth is drawn from the priors, so that the probabilities must be right."""
    mu, tau = float(rng.normal(0.0, MU_PRIOR.sd)), abs(float(rng.normal(0.0, TAU_PRIOR.scale)))
    return analysed(int(rng.choice([1, 2, 3, 5, 10])), mu, tau, False, rng)


def analysed(k: int, mu: float, tau: float, selective: bool, rng: np.random.Generator) -> dict[str, float]:
    """Meta-analysis of k trials around a known mean effect, and how its posterior meets it."""
    yi, vi, bounds = [], [], []
    for y, v, p, n in trials(k, mu, tau, rng):
        if not selective or rng.random() < PRINTED[p >= 0.05]:
            yi.append(y)
            vi.append(v)
        elif p < 0.05:
            bounds.append(Bound.from_p(2.0 / n, high=0.05, direction=1 if y > 0 else -1, df=2 * n - 2))
        else:
            bounds.append(Bound.from_p(2.0 / n, low=0.05, df=2 * n - 2))
    found = bayes(yi, vi, bounds=bounds, tau_prior=TAU_PRIOR, mu_prior=MU_PRIOR)
    low, high = found.interval(0.95)
    return {
        "covered": float(low <= mu <= high),
        "width": high - low,
        "error": found.median - mu,
        "probability": found.probability(below=MID),
        "true": float(mu <= MID),
    }


def coverage(runs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Coverage, width and bias by setting, and the calibration of the probability of the MID or more."""
    rows, every = [], []
    for selective in (False, True):
        reporting = "by significance" if selective else "complete"
        for place, (k, tau) in enumerate(SETTINGS):
            rng = np.random.default_rng([SEED, selective, place])
            frame = pd.DataFrame([replicate(k, tau, selective, rng) for _ in range(runs)])
            share = frame["covered"].mean()
            rows.append(
                {
                    "reporting": reporting,
                    "k": k,
                    "tau": tau,
                    "runs": runs,
                    "coverage": share,
                    "coverage_se": (share * (1.0 - share) / runs) ** 0.5,
                    "width": frame["width"].mean(),
                    "bias": frame["error"].mean(),
                    "bias_se": frame["error"].std() / runs**0.5,
                }
            )
            every.append(frame.assign(reporting=reporting))
    rng = np.random.default_rng([SEED, 2])
    drawn = pd.DataFrame([from_priors(rng) for _ in range(10 * runs)])
    table = pd.concat([*every, drawn.assign(reporting="complete, truth drawn from the priors")])
    table["bin"] = np.minimum((table["probability"] * 5).astype(int), 4)
    calibration = (
        table.groupby(["reporting", "bin"])
        .agg(n=("true", "size"), predicted=("probability", "mean"), observed=("true", "mean"))
        .reset_index()
    )
    return pd.DataFrame(rows), calibration


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("speed", "coverage"))
    parser.add_argument("--runs", type=int, default=200)
    given = parser.parse_args()
    if given.what == "speed":
        print(speed().round(1).to_string(index=False))
        return
    covered, calibration = coverage(given.runs)
    covered.round(4).to_csv(RESULTS / "posterior_coverage.csv", index=False)
    calibration.round(4).to_csv(RESULTS / "posterior_calibration.csv", index=False)
    print(covered.round(3).to_string(index=False), calibration.round(3).to_string(index=False), sep="\n\n")


if __name__ == "__main__":
    main()
