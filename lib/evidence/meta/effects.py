"""From a trial's numbers to an effect and its sampling variance: what R's `escalc` does.

Formulae: Borenstein et al. 2009, Introduction to Meta-Analysis, chapters 4 and 5; Hedges 1981 (J);
Hedges & Olkin 1985 (variances of d); Yusuf et al. 1985 (Peto); Rücker et al. 2009 (arcsine);
Hedges, Gurevitch & Curtis 1999 (ratio of means). RevMan's: Deeks & Higgins 2010, Statistical algorithms
in Review Manager 5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import poch

from evidence.meta.arrays import Array, require, vectors
from evidence.meta.options import Convention

Measure: TypeAlias = Literal["MD", "SMD", "ROM", "RR", "OR", "RD", "AS", "PETO"]
To: TypeAlias = Literal["only0", "all", "if0all", "none"]
Effects: TypeAlias = tuple[Array, Array]

MEANS: Final = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
COUNTS: Final = ("ai", "bi", "ci", "di")


def effect_sizes(
    measure: Measure,
    *,
    vtype: Literal["LS", "UB"] = "LS",
    add: float = 0.5,
    to: To = "only0",
    drop00: bool = False,
    convention: Convention = "metafor",
    **data: ArrayLike,
) -> pd.DataFrame:
    """Effect sizes and sampling variances of two-group studies.

    Parameters
    ----------
    measure
        From means (`m1i sd1i n1i m2i sd2i n2i`): "MD" mean difference, "SMD" standardised mean difference
        (Hedges' g), "ROM" log ratio of means. From counts (`ai bi ci di`: events and non-events in group 1,
        events and non-events in group 2): "RR" log risk ratio, "OR" log odds ratio, "RD" risk difference,
        "AS" arcsine difference, "PETO" log odds ratio by Peto's method.
    vtype
        Sampling variance of SMD: "LS" large-sample, "UB" unbiased.
    add, to, drop00
        `add` goes to all four cells of studies with a zero cell ("only0"), of all studies ("all"), of all
        studies if any has a zero cell ("if0all"), of none ("none"). AS needs no such help and gets it under
        "all" and "if0all" only. `drop00`: a study without events, or with events only, in both groups is not
        estimable.
    convention
        "metafor", or "revman" for the numbers of Cochrane's RevMan: approximate J and its variance for SMD;
        0.5 to all cells of a study with a zero cell, for RD in the variance only, and so for RR where
        everyone in both groups has the event; RR, OR and PETO not estimable without any event, OR and PETO
        also with events only, MD and SMD with a standard deviation of 0. RevMan offers neither ROM nor
        AS, and `vtype`, `add`, `to` and `drop00` do not apply to it.
    **data
        One array of k numbers for each name above.

    Returns
    -------
    DataFrame
        Columns `yi` (log scale for RR, OR, PETO and ROM) and `vi`, k rows in the order given. What cannot be
        estimated, lacks a number, or counts a group of nobody is NaN in both.

    Raises
    ------
    ValueError
        Unknown measure or option, missing or superfluous data, unequal lengths, infinite numbers, negative
        counts or standard deviations, group sizes of 0 or less.

    Notes
    -----
    In R: ``metafor::escalc``. A standard deviation of 0 is taken as it stands: the effect may then have a
    variance of 0, which `pool` refuses.

    Examples
    --------
    >>> effect_sizes("RR", ai=[4, 6], bi=[119, 300], ci=[11, 29], di=[128, 274]).round(3)
          yi     vi
    0 -0.889  0.326
    1 -1.585  0.195
    """
    yi, vi = effect_arrays(measure, vtype=vtype, add=add, to=to, drop00=drop00, convention=convention, **data)
    return pd.DataFrame({"yi": yi, "vi": vi})


def effect_arrays(
    measure: Measure,
    *,
    vtype: Literal["LS", "UB"] = "LS",
    add: float = 0.5,
    to: To = "only0",
    drop00: bool = False,
    convention: Convention = "metafor",
    **data: ArrayLike,
) -> Effects:
    """Return what `effect_sizes` does as two arrays of shape (k,), effects and variances.

    Parameters
    ----------
    measure, vtype, add, to, drop00, convention, data
        As in `effect_sizes`.

    Raises
    ------
    ValueError
        As `effect_sizes`.

    Examples
    --------
    >>> yi, vi = effect_arrays("MD", m1i=[3], sd1i=[2], n1i=[30], m2i=[5], sd2i=[2], n2i=[30])
    >>> float(yi[0]), round(float(vi[0]), 3)
    (-2.0, 0.267)
    """
    if measure not in FROM_MEANS and measure not in FROM_COUNTS:
        raise ValueError(f"Unknown measure {measure!r}: use one of {', '.join((*FROM_MEANS, *FROM_COUNTS))}")
    if convention not in ("metafor", "revman"):
        raise ValueError(f'Unknown convention {convention!r}: use "metafor" or "revman"')
    if convention == "revman" and measure in ("ROM", "AS"):
        raise ValueError(f'RevMan does not compute {measure}; use convention="metafor"')
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure in FROM_MEANS:
            groups = _means(data)
            if measure == "SMD":
                yi, vi = _smd_revman(*groups) if convention == "revman" else _smd(vtype, *groups)
            else:
                yi, vi = FROM_MEANS[measure](*groups)
            if convention == "revman":
                vi = np.where((groups[1] == 0) | (groups[4] == 0), np.nan, vi)
        else:
            cells = _counts(data)
            if convention == "revman":
                yi, vi = _revman_counts(measure, cells)
            else:
                yi, vi = FROM_COUNTS[measure](*with_continuity(measure, cells, add, to, drop00))
            nobody = (cells[0] + cells[1] == 0) | (cells[2] + cells[3] == 0)
            yi = np.where(nobody, np.nan, yi)
    estimable = np.isfinite(yi) & np.isfinite(vi)
    return np.where(estimable, yi, np.nan), np.where(estimable, vi, np.nan)


def _columns(names: tuple[str, ...], data: dict[str, ArrayLike]) -> list[Array]:
    missing = [name for name in names if name not in data]
    unknown = [name for name in data if name not in names]
    if missing or unknown:
        raise ValueError(
            f"This measure needs {', '.join(names)}"
            + (f"; missing: {', '.join(missing)}" if missing else "")
            + (f"; not known: {', '.join(unknown)}" if unknown else "")
        )
    return vectors(names, [data[name] for name in names])


def _means(data: dict[str, ArrayLike]) -> list[Array]:
    groups = _columns(MEANS, data)
    for name, values in zip(MEANS, groups, strict=True):
        if name.startswith("sd"):
            require(name, ~(values < 0), "0 or more")
        if name.startswith("n"):
            require(name, ~(values <= 0), "above 0")
    return groups


def _counts(data: dict[str, ArrayLike]) -> list[Array]:
    cells = _columns(COUNTS, data)
    for name, values in zip(COUNTS, cells, strict=True):
        require(name, ~(values < 0), "0 or more")
    return cells


# Means


def _md(m1: Array, sd1: Array, n1: Array, m2: Array, sd2: Array, n2: Array) -> Effects:
    return m1 - m2, sd1**2 / n1 + sd2**2 / n2


def _rom(m1: Array, sd1: Array, n1: Array, m2: Array, sd2: Array, n2: Array) -> Effects:
    return np.log(m1 / m2), sd1**2 / (n1 * m1**2) + sd2**2 / (n2 * m2**2)


def hedges_j(m: Array) -> Array:
    """Hedges' exact correction of the standardised mean difference for `m` degrees of freedom.

    J = gamma(m/2) / (sqrt(m/2) gamma((m-1)/2)), Hedges 1981, equation 6e. NaN where m is 1 or less.
    """
    return np.where(m > 1, poch((m - 1) / 2, 0.5) / np.sqrt(m / 2), np.nan)


def _cohen_d(m1: Array, sd1: Array, n1: Array, m2: Array, sd2: Array, n2: Array) -> Array:
    return (m1 - m2) / np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))


def _smd(vtype: str, m1: Array, sd1: Array, n1: Array, m2: Array, sd2: Array, n2: Array) -> Effects:
    m = n1 + n2 - 2
    j = hedges_j(m)
    g = j * _cohen_d(m1, sd1, n1, m2, sd2, n2)
    if vtype == "LS":
        return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))
    if vtype == "UB":
        return g, 1 / n1 + 1 / n2 + (1 - (m - 2) / (m * j**2)) * g**2
    raise ValueError(f'Unknown vtype {vtype!r}: use "LS" or "UB"')


def _smd_revman(m1: Array, sd1: Array, n1: Array, m2: Array, sd2: Array, n2: Array) -> Effects:
    n = n1 + n2
    g = (1 - 3 / (4 * n - 9)) * _cohen_d(m1, sd1, n1, m2, sd2, n2)
    return g, n / (n1 * n2) + g**2 / (2 * (n - 3.94))


# Counts


def with_continuity(measure: str, cells: list[Array], add: float, to: str, drop00: bool) -> list[Array]:
    """Cells after metafor's zero-cell rules; NaN where `drop00` makes a study not estimable."""
    if to not in ("only0", "all", "if0all", "none"):
        raise ValueError(f'Unknown to={to!r}: use "only0", "all", "if0all" or "none"')
    if not (np.isfinite(add) and add >= 0):
        raise ValueError(f"add must be a finite number of 0 or more, not {add}")
    a, b, c, d = cells
    if drop00:
        uninformative = ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))
        a, b, c, d = (np.where(uninformative, np.nan, cell) for cell in (a, b, c, d))
    zero = (a == 0) | (b == 0) | (c == 0) | (d == 0)
    if to == "none" or (to == "only0" and measure == "AS"):
        helped = np.zeros_like(zero)
    elif to == "only0":
        helped = zero
    else:
        helped = np.full_like(zero, to == "all" or bool(zero.any()))
    return [cell + add * helped for cell in (a, b, c, d)]


def revman_cells(measure: str, a: Array, b: Array, c: Array, d: Array) -> list[Array]:
    """Cells after RevMan's zero-cell rules; NaN where RevMan calls a study not estimable."""
    no_event, only_events = (a == 0) & (c == 0), everyone((a, b, c, d))
    helped = (a == 0) | (b == 0) | (c == 0) | (d == 0)
    if measure == "PETO":
        helped, lost = np.zeros_like(helped), no_event | only_events
    elif measure == "RD":
        lost = np.zeros_like(helped)
    else:
        lost = no_event | (only_events & (measure == "OR"))
    return [np.where(lost, np.nan, cell + 0.5 * helped) for cell in (a, b, c, d)]


def everyone(cells: Sequence[Array]) -> NDArray[np.bool_]:
    """Studies in which everyone in both groups has the event."""
    return np.asarray((cells[1] == 0) & (cells[3] == 0))


def _revman_counts(measure: str, cells: list[Array]) -> Effects:
    """RevMan's effects: those of the helped cells, but a risk difference and a risk ratio of 1 stay raw."""
    yi, vi = FROM_COUNTS[measure](*revman_cells(measure, *cells))
    if measure == "RD":
        yi = FROM_COUNTS["RD"](*cells)[0]
    elif measure == "RR":
        yi = np.where(everyone(cells), 0.0, yi)
    return yi, vi


def _rr(a: Array, b: Array, c: Array, d: Array) -> Effects:
    n1, n2 = a + b, c + d
    return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2


def _or(a: Array, b: Array, c: Array, d: Array) -> Effects:
    return np.log(a / b) - np.log(c / d), 1 / a + 1 / b + 1 / c + 1 / d


def _rd(a: Array, b: Array, c: Array, d: Array) -> Effects:
    n1, n2 = a + b, c + d
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def _as(a: Array, b: Array, c: Array, d: Array) -> Effects:
    n1, n2 = a + b, c + d
    return np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2)), 1 / (4 * n1) + 1 / (4 * n2)


def _peto(a: Array, b: Array, c: Array, d: Array) -> Effects:
    n1, n2 = a + b, c + d
    n = n1 + n2
    v = n1 * n2 * ((a + c) / n) * ((b + d) / n) / (n - 1)
    return (a - n1 * (a + c) / n) / v, 1 / v


FROM_MEANS: Final[dict[str, Callable[..., Effects]]] = {"MD": _md, "SMD": _smd, "ROM": _rom}
FROM_COUNTS: Final[dict[str, Callable[..., Effects]]] = {
    "RR": _rr,
    "OR": _or,
    "RD": _rd,
    "AS": _as,
    "PETO": _peto,
}
