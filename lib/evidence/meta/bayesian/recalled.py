"""A posterior whose answers are read where they are known already, and computed where not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

import numpy as np

from evidence.meta.arrays import Array
from evidence.meta.bayesian.heterogeneity import TauPosterior
from evidence.meta.bayesian.posterior import Law, Posterior, Shrunk

_HEAD: Final = "head"
_NUMBERS: Final = (
    *("mean", "sd", "tau_mean", "tau_sd", "log_marginal"),
    *("k", "k_numeric", "k_bounded", "kinds"),
)


def recalled(known: MutableMapping[str, Any], compute: Callable[[], Posterior]) -> Posterior:
    """Return a posterior that looks up what it is asked for, and computes itself when that is not there.

    Parameters
    ----------
    known : mutable mapping
        Answers that the same posterior gave before, by what was asked: numbers and lists, as JSON holds
        them. What is computed is added. Nothing but the same evidence and priors may share one.
    compute : callable
        Computes the posterior; called once, and not before something is missing.

    Examples
    --------
    >>> from evidence.meta import HalfNormal, Normal, bayes
    >>> known = {}
    >>> def compute():
    ...     return bayes([-30.0], [49.0], tau_prior=HalfNormal(12.0), mu_prior=Normal(0.0, 48.0))
    >>> first = recalled(known, compute).interval()
    >>> recalled(known, lambda: 1 / 0).interval() == first == compute().interval()
    True
    """
    source, new = _Source(known, compute), _HEAD not in known
    head = source.answer(_HEAD, lambda: {name: getattr(source.whole, name) for name in _NUMBERS})
    found = Posterior(
        **head,
        _mu=_Law(source, "mu", lambda whole: whole._mu),
        _new=_Law(source, "new", lambda whole: whole._new),
        _tau=cast(TauPosterior, _Tau(source)),
        _shares=source.shares,
        _shrink=source.shrunk,
        _parts=lambda: source.whole._parts(),
    )
    if new:  # what nearly everybody asks, while it costs next to nothing
        found._mu.quantile(np.array([0.5]))
        found.interval()
        found.probability(below=0.0)
    return found


@dataclass(eq=False)
class _Source:
    """Where answers come from: what is known, else the posterior."""

    known: MutableMapping[str, Any]
    compute: Callable[[], Posterior]

    @cached_property
    def whole(self) -> Posterior:
        return self.compute()

    def answer(self, asked: str, compute: Callable[[], Any]) -> Any:
        if asked not in self.known:
            self.known[asked] = compute()
        return self.known[asked]

    def array(self, asked: str, at: Array, compute: Callable[[], Array]) -> Array:
        """Return one number for each of `at`, in its shape."""
        at = np.asarray(at, dtype=np.float64)
        digest = hashlib.sha256(at.tobytes()).hexdigest()[:20]
        flat = self.answer(f"{asked} {digest}", lambda: np.ravel(compute()).tolist())
        return np.array(flat, dtype=np.float64).reshape(at.shape)

    def shares(self) -> tuple[Array, float]:
        def compute() -> list[Any]:
            weights, prior = self.whole.weights, self.whole.prior_weight
            return [weights.tolist(), prior]

        weights, prior = self.answer("shares", compute)
        return np.array(weights, dtype=np.float64), prior

    def shrunk(self, level: float) -> Shrunk:
        def compute() -> list[Any]:
            found = self.whole.shrunk(level)
            return [each.tolist() for each in (found.mean, found.sd, found.low, found.high)]

        return Shrunk(*(np.array(each) for each in self.answer(f"shrunk {level!r}", compute)))


@dataclass(frozen=True, eq=False)
class _Law:
    """A distribution of a posterior."""

    source: _Source
    name: str
    of: Callable[[Posterior], Law]

    def cdf(self, x: Array) -> Array:
        return self.source.array(f"{self.name} cdf", x, lambda: self.of(self.source.whole).cdf(x))

    def pdf(self, x: Array) -> Array:
        return self.source.array(f"{self.name} pdf", x, lambda: self.of(self.source.whole).pdf(x))

    def quantile(self, p: Array) -> Array:
        return self.source.array(f"{self.name} quantile", p, lambda: self.of(self.source.whole).quantile(p))


@dataclass(frozen=True, eq=False)
class _Tau:
    """The distribution of the heterogeneity."""

    source: _Source

    def cdf(self, tau: float) -> float:
        found: float = self.source.answer(f"tau cdf {tau!r}", lambda: self.source.whole._tau.cdf(tau))
        return found

    def quantile(self, p: float) -> float:
        found: float = self.source.answer(f"tau quantile {p!r}", lambda: self.source.whole._tau.quantile(p))
        return found
