"""Processor seconds per meta-analysis of another Python package, and what it finds.

    python engine_rivals.py <package> <yi.csv> <vi.csv>

One row per meta-analysis. REML, Hartung–Knapp and prediction interval as far as the package offers them;
importing it is not counted. Runs in the environment of `requirements.txt` and imports nothing of the project.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

Numbers = tuple[float | None, ...]
One = Callable[[np.ndarray, np.ndarray], Numbers]


def pymare() -> One:
    """REML and Hartung–Knapp; no prediction interval."""
    from pymare import Dataset
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    def one(y: np.ndarray, v: np.ndarray) -> Numbers:
        result = VarianceBasedLikelihoodEstimator(method="reml").fit_dataset(Dataset(y=y, v=v)).summary()
        return float(result.tau2.squeeze()), float(result.get_fe_stats()["ci_l"].squeeze()), None

    return one


def statsmodels() -> One:
    """Paule–Mandel and Hartung–Knapp; neither REML nor a prediction interval."""
    from statsmodels.stats.meta_analysis import combine_effects

    def one(y: np.ndarray, v: np.ndarray) -> Numbers:
        result = combine_effects(y, v, method_re="iterated", use_t=True)
        return result.tau2, result.conf_int()[3][0], None

    return one


def pymetaanalysis() -> One:
    """REML, Hartung–Knapp and prediction interval (k - 2 degrees of freedom)."""
    from meta_analyze import meta_analysis

    def one(y: np.ndarray, v: np.ndarray) -> Numbers:
        result = meta_analysis(effect=y, variance=v, tau2_method="REML", ci_method="hartung-knapp")
        return result.tau2, result.ci_low, result.prediction_interval[0]

    return one


def attempt(one: One, y: np.ndarray, v: np.ndarray) -> Numbers:
    """What the package finds; nothing where its iteration does not converge."""
    try:
        return one(y, v)
    except (ArithmeticError, RuntimeError, ValueError):
        return None, None, None


def main(package: str, yi: str, vi: str) -> None:
    """Time one package on every row and print what it found as JSON."""
    one = {"PyMARE": pymare, "statsmodels": statsmodels, "PyMetaAnalysis": pymetaanalysis}[package]()
    rows = list(zip(np.loadtxt(yi, delimiter=","), np.loadtxt(vi, delimiter=","), strict=True))
    warnings.simplefilter("ignore")
    for y, v in rows[:5]:
        one(y, v)
    start = time.process_time()
    found = [attempt(one, y, v) for y, v in rows]
    seconds = (time.process_time() - start) / len(rows)
    tau2, low, prediction = zip(*found, strict=True)
    print(json.dumps({"seconds": seconds, "tau2": tau2, "ci_low": low, "pi_low": prediction}))


if __name__ == "__main__":
    main(*sys.argv[1:])
