"""Arms of one trial: several made one, or one shared among several comparisons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.inputs import numbers, require, require_positive, require_sample_size


@dataclass(frozen=True, slots=True)
class Arm:
    """Size, mean and SD of one arm."""

    n: float
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class ControlShare:
    """What one comparison gets of a shared control arm; fractions of people are kept as such.

    Attributes
    ----------
    n : float
    events : float or None
    """

    n: float
    events: float | None


def combine_arms(n: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Arm:
    """Pool arms into the arm they would be had their people been one group.

    Exact: equals the size, mean and SD (divisor n − 1) of the joined raw data, in any order.

    Parameters
    ----------
    n, mean, sd : array-like, shape (arms,)

    Raises
    ------
    ValueError
        If there is no arm, an arm has no people, or an SD is negative.

    Notes
    -----
    Cochrane Handbook 6.5.2.10 and table 6.5.a, for any number of arms.

    Examples
    --------
    >>> combine_arms([10, 20], [4.0, 7.0], [2.0, 2.0]).mean
    6.0
    """
    n_, mean_, sd_ = (np.atleast_1d(a) for a in numbers(n=n, mean=mean, sd=sd))
    if n_.size == 0:
        raise ValueError("combine_arms needs at least one arm.")
    require_sample_size(1, n=n_)
    require("sd", sd_, sd_ >= 0, "0 or more")
    total = n_.sum()
    if total < 2:
        raise ValueError("combine_arms needs at least two people; one person has no SD.")
    grand_mean = mean_[0] + (n_ * (mean_ - mean_[0])).sum() / total
    within = ((n_ - 1) * sd_**2).sum()
    between = (n_ * (mean_ - grand_mean) ** 2).sum()
    return Arm(n=float(total), mean=float(grand_mean), sd=float(np.sqrt((within + between) / (total - 1))))


def split_control(n: float, parts: int, events: float | None = None) -> ControlShare:
    """Share of a control arm that each of `parts` comparisons gets, so that nobody counts twice.

    The people, and events if counted, are divided evenly; means and SDs stay as they are. Splitting only
    partly mends the correlation of the comparisons: combining the experimental arms is better.

    Parameters
    ----------
    n : float
        People in the shared arm.
    parts : int
        Number of comparisons that share it, at least 1.
    events : float, optional

    Raises
    ------
    ValueError
        If `parts` is not a whole number of at least 1, or `events` is not between 0 and `n`.

    Notes
    -----
    Cochrane Handbook 23.3.4 ("Include more than one pair-wise comparison").

    Examples
    --------
    >>> split_control(40, 2, events=6)
    ControlShare(n=20.0, events=3.0)
    """
    (n_,) = numbers(n=n)
    require_positive(n=n_)
    if parts != int(parts) or parts < 1:
        raise ValueError(f"parts must be a whole number of at least 1; got {parts}.")
    if events is None:
        return ControlShare(n=float(n_ / parts), events=None)
    (events_,) = numbers(events=events)
    require("events", events_, (events_ >= 0) & (events_ <= n_), f"between 0 and n = {n}")
    return ControlShare(n=float(n_ / parts), events=float(events_ / parts))
