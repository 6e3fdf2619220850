"""How fast posteriors are computed.

    python benchmarks/bayes.py

Prints fits a second for 1, 2, 5 and 20 trials: numbers only, one in four of them a bound, and many at once;
beside them R's bayesmeta at its default settings, as recorded in `tests/oracle/bayesmeta.json.xz` on another
machine (CRAN was out of reach where this was measured). How posteriors do where the truth is known is
`coverage.py`'s.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from evidence.meta import Bound, HalfNormal, Normal, bayes, bayes_many

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import oracle_data

SEED = 20261130
TAU_PRIOR, MU_PRIOR = HalfNormal(0.5), Normal(0.0, 2.0)


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


if __name__ == "__main__":
    print(speed().round(1).to_string(index=False))
