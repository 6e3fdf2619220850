"""The Cochrane review's rows computed a second time: plain CSV, numpy and scipy, nothing of the library."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import optimize, stats

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
        tau = np.linspace(0, 12 * self.tau_scale, 20001)[:, None]
        precision = 1 / (self.v + tau**2)
        total = precision.sum(1) + 1 / self.mu_scale**2
        mean = (precision * self.y).sum(1) / total
        quadratic = (precision * self.y**2).sum(1) - total * mean**2
        log = 0.5 * (np.log(precision).sum(1) - np.log(total) - quadratic)
        log += stats.halfnorm.logpdf(tau[:, 0], scale=self.tau_scale)
        weight = np.exp(log - log.max())
        weight[[0, -1]] /= 2
        weight /= weight.sum()
        sd = 1 / np.sqrt(total)

        def place(p: float) -> float:
            low, high = float((mean - 12 * sd).min()), float((mean + 12 * sd).max())

            def beyond(x: float) -> float:
                return float((weight * stats.norm.cdf(x, mean, sd)).sum() - p)

            return float(optimize.brentq(beyond, low, high, xtol=1e-10))

        return place(0.5), place(0.025), place(0.975)


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


def pooled(
    rows: list[dict[str, str]], priors: tuple[float, float], more: tuple[tuple[float, float], ...] = ()
) -> Pooled | None:
    found = [*(e for e in map(effect, rows) if e is not None), *more]
    if not found:
        return None
    y, v = (np.array(column) for column in zip(*found, strict=True))
    return Pooled(y, v, *priors)


def shown(values: Three, ratio: bool) -> Three:
    return tuple(map(math.exp, values)) if ratio else values  # type: ignore[return-value]


def without_each(rows: list[dict[str, str]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    estimable = [row for row in rows if effect(row) is not None]
    if len(estimable) > 1:
        for row in estimable:
            yield label(row), [other for other in rows if other is not row]
