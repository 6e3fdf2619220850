"""The Cochrane review's rows computed a second time: plain CSV, numpy and scipy, nothing of the library."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy import interpolate, optimize, special, stats

DATA = Path(__file__).resolve().parents[2] / "data"
Z = float(stats.norm.ppf(0.975))
Three = tuple[float, float, float]


def table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def setting(key: str) -> float:
    return next(float(row["value"]) for row in table("settings") if row["key"] == key)


def kept_out() -> set[str]:
    return {row["study_id"] for row in table("flags") if row["severity"] == "exclude"}


def label(row: dict[str, str]) -> str:
    return f"{row['study_label']} ({row['population']})" if row["population"] else row["study_label"]


def main_analyses() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in table("review_rows"):
        if not row["subgroup_by"]:
            found.setdefault(row["analysis"], []).append(row)
    return found


def effect(row: dict[str, str]) -> tuple[float, float] | None:
    """Effect and variance by hand: difference, standardised difference or log ratio; None without one."""
    n1, n2 = float(row["n_a"]), float(row["n_b"])
    if row["measure"] == "RR":
        a, c = float(row["events_a"]), float(row["events_b"])
        if a == c == 0:
            return None
        half = 0.5 if 0 in (a, c, n1 - a, n2 - c) else 0.0
        a, c, n1, n2 = a + half, c + half, n1 + 2 * half, n2 + 2 * half
        return math.log(a / n1) - math.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2
    m1, m2, s1, s2 = (float(row[name]) for name in ("mean_a", "mean_b", "sd_a", "sd_b"))
    if row["measure"] == "MD":
        variance = s1**2 / n1 + s2**2 / n2
        return (m1 - m2, variance) if variance > 0 else None
    total = n1 + n2
    pooled = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (total - 2))
    g = (m1 - m2) / pooled * (1 - 3 / (4 * total - 9))
    return g, total / (n1 * n2) + g**2 / (2 * (total - 3.94))


@dataclass(frozen=True)
class Pooled:
    """The three results of one set of effects, on the scale of the effects."""

    y: np.ndarray
    v: np.ndarray
    df: np.ndarray
    tables: tuple[tuple[int, int, int, int], ...]
    tau_scale: float
    mu_scale: float

    def published(self) -> Three:
        w = 1 / self.v
        mean = (w * self.y).sum() / w.sum()
        q, df = (w * (self.y - mean) ** 2).sum(), len(self.y) - 1
        scale = w.sum() - (w**2).sum() / w.sum()
        tau2 = max(0.0, (q - df) / scale) if df else 0.0
        w = 1 / (self.v + tau2)
        mean, se = (w * self.y).sum() / w.sum(), math.sqrt(1 / w.sum())
        return mean, mean - Z * se, mean + Z * se

    def knapp_hartung(self) -> Three:
        k = len(self.y)
        if k == 1:
            return self.published()
        tau2 = self._reml()
        w = 1 / (self.v + tau2)
        mean = (w * self.y).sum() / w.sum()
        factor = max(1.0, (w * (self.y - mean) ** 2).sum() / (k - 1))
        reach = float(stats.t.ppf(0.975, k - 1)) * math.sqrt(factor / w.sum())
        return mean, mean - reach, mean + reach

    def _reml(self) -> float:
        def loss(tau2: float) -> float:
            w = 1 / (self.v + tau2)
            mean = (w * self.y).sum() / w.sum()
            spread = (w * (self.y - mean) ** 2).sum()
            return float(0.5 * (np.log(self.v + tau2).sum() + math.log(w.sum()) + spread))

        top = 10 * float(np.var(self.y) + self.v.max())
        grid = np.linspace(0, top, 2001)
        best = int(np.argmin([loss(value) for value in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 2000)]
        found = optimize.minimize_scalar(
            loss, bounds=(low, high), method="bounded", options={"xatol": 1e-10 * top}
        )
        return 0.0 if loss(0.0) <= loss(float(found.x)) else float(found.x)

    def posterior(self) -> Three:
        """Median and limits of the mean effect, by convolution on a grid of effects and of tau."""
        step = 0.02 if self.tables else float(np.sqrt(self.v).min()) / 8
        reach = 7 * self.mu_scale + 30 * self.tau_scale
        grid = np.arange(-reach, reach, step)
        if self.tables:
            curves = [ratio_likelihood(row, tuple(grid)) for row in self.tables if row[0] + row[2] > 0]
        else:
            each = zip(self.y, self.v, self.df, strict=True)
            curves = [own_likelihood(y, v, df, grid) for y, v, df in each]
        # Fades out where neither prior leads, so that the ends of the grid meet.
        fade = stats.norm.cdf((reach - np.abs(grid) - 5 * self.tau_scale) / self.tau_scale)
        waves = np.fft.rfftfreq(len(grid), step) * 2 * math.pi
        spectra = [np.fft.rfft(curve * fade) for curve in curves]
        nodes, weights = np.polynomial.legendre.leggauss(48)
        density = np.zeros(len(grid))
        top = 8 * self.tau_scale
        for tau, weight in zip((nodes + 1) * top / 2, weights, strict=True):
            blur = np.exp(-((tau * waves) ** 2) / 2)
            product = np.prod([np.fft.irfft(s * blur, len(grid)).clip(0) for s in spectra], axis=0)
            density += weight * stats.halfnorm.pdf(tau, scale=self.tau_scale) * product
        density *= stats.norm.pdf(grid, scale=self.mu_scale)
        below = interpolate.CubicSpline(grid, density).antiderivative()
        whole = float(below(grid[-1]))

        def place(p: float) -> float:
            return float(optimize.brentq(lambda x: below(x) / whole - p, grid[0], grid[-1], xtol=1e-10))

        return place(0.5), place(0.025), place(0.975)


def own_likelihood(y: float, v: float, df: float, grid: np.ndarray) -> np.ndarray:
    """Likelihood of a true effect: Student's t of the people behind the SD, or normal."""
    model = stats.norm if math.isinf(df) else stats.t(df)
    density = np.asarray(model.pdf((y - grid) / math.sqrt(v)))
    return density / density.max()


@cache
def ratio_likelihood(row: tuple[int, int, int, int], grid: tuple[float, ...]) -> np.ndarray:
    """Likelihood of a log risk ratio from counts; the logarithm of the risk on control is uniform."""
    a, b, c, d = row
    ratio = np.array(grid)[:, None]
    top = np.minimum(0.0, -ratio)  # neither risk is above one
    spread = np.linspace(-30, math.log(80), 500)[None, :]
    control = top - np.exp(spread)
    with np.errstate(divide="ignore"):
        log = a * (control + ratio) + c * control
        log += special.xlog1py(b, -np.exp(control + ratio)) + special.xlog1py(d, -np.exp(control)) + spread
    found = np.exp(log - log.max()).sum(1)
    return np.asarray(found / found.max())


def scales(rows: list[dict[str, str]], reference_sd: float) -> tuple[float, float]:
    """Scales of the priors of tau and mu in the unit of an analysis."""
    if rows[0]["measure"] == "RR":
        return setting("prior_tau_scale"), setting("prior_mu_sd")
    size = 1.0
    if rows[0]["measure"] == "MD":
        size = reference_sd
        if rows[0]["outcome"] != "pain_intensity":
            arms = [(float(r[f"n_{a}"]) - 1, float(r[f"sd_{a}"])) for r in rows for a in "ab"]
            size = math.sqrt(sum(df * sd**2 for df, sd in arms) / sum(df for df, _ in arms))
    return setting("prior_tau_scale") * size, setting("prior_mu_sd") * size


def people(row: dict[str, str]) -> float:
    """Degrees of freedom of a mean difference; infinite of another measure, which is taken as normal."""
    return float(row["n_a"]) + float(row["n_b"]) - 2 if row["measure"] == "MD" else math.inf


def counts(row: dict[str, str]) -> tuple[int, int, int, int]:
    """Events and people without one, on the drug and on control."""
    a, n1, c, n2 = (int(row[name]) for name in ("events_a", "n_a", "events_b", "n_b"))
    return a, n1 - a, c, n2 - c


@dataclass(frozen=True)
class Further:
    """A trial that is not in the review's rows."""

    y: float
    v: float
    df: float
    table: tuple[int, int, int, int] | None


def pooled(
    rows: list[dict[str, str]], priors: tuple[float, float], more: tuple[Further, ...] = ()
) -> Pooled | None:
    found = [(*e, people(row)) for row in rows if (e := effect(row)) is not None]
    found += [(trial.y, trial.v, trial.df) for trial in more]
    if not found:
        return None
    y, v, df = (np.array(column) for column in zip(*found, strict=True))
    tables = [counts(row) for row in rows if row["measure"] == "RR"]
    tables += [trial.table for trial in more if trial.table is not None]
    whole = all(trial.table is not None for trial in more)
    return Pooled(y, v, df, tuple(tables) if whole else (), *priors)


def shown(values: Three, ratio: bool) -> Three:
    return tuple(map(math.exp, values)) if ratio else values  # type: ignore[return-value]


def without_each(rows: list[dict[str, str]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    estimable = [row for row in rows if effect(row) is not None]
    if len(estimable) > 1:
        for row in estimable:
            yield label(row), [other for other in rows if other is not row]
