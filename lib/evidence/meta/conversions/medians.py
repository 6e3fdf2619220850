"""Mean and SD of a group that is reported by its median with quartiles, range or both.

Three reports are told apart, with the letters of the papers: S1 minimum, median, maximum; S2 quartiles and
median; S3 all five. The estimators "luo-shi" and "wan" suppose a normal distribution, "qe" and "bc" do not
(`quantiles.py`); the skewness test says whether the report itself speaks against a normal one.

Sources: Wan, Wang, Liu & Tong 2014, BMC Med Res Methodol 14:135; Luo, Wan, Liu & Tong 2018, Stat Methods Med
Res 27:1785–805; Shi, Luo, Weng et al. 2020, Res Synth Methods 11:641–54; Shi, Luo, Wan et al. 2023, Stat
Methods Med Res 32:1338–60; McGrath, Zhao, Steele et al. 2020, Stat Methods Med Res 29:2520–37. Cochrane
Handbook 6.5.2.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, log, pow, sqrt
from typing import Literal, TypeAlias

from scipy.special import ndtri

from evidence.meta.conversions.five_numbers import FiveNumbers
from evidence.meta.conversions.quantiles import box_cox, quantile_estimation

MedianMethod: TypeAlias = Literal["luo-shi", "wan", "qe", "bc"]


@dataclass(frozen=True, slots=True)
class SkewnessTest:
    """Test at the 5% level of whether the reported quantiles come from a normal distribution.

    Attributes
    ----------
    statistic, critical_value : float
    skewed : bool
        The statistic exceeds its critical value: the normal-based estimators should not be used.
    """

    statistic: float
    critical_value: float
    skewed: bool


@dataclass(frozen=True, slots=True)
class MeanSD:
    """Estimated mean and SD of a group reported by quantiles.

    Attributes
    ----------
    mean, sd : float
    method : str
        Estimator used: "luo-shi", "wan", "qe" or "bc".
    scenario : str
        "S1", "S2" or "S3": which quantiles were reported.
    skewness : SkewnessTest or None
        None for fewer than 5 people, where the test is not defined.
    """

    mean: float
    sd: float
    method: str
    scenario: str
    skewness: SkewnessTest | None


def mean_sd_from_median(
    median: float,
    n: int,
    *,
    q1: float | None = None,
    q3: float | None = None,
    low: float | None = None,
    high: float | None = None,
    method: MedianMethod = "luo-shi",
) -> MeanSD:
    """Estimate mean and SD from the median with quartiles (`q1`, `q3`), range (`low`, `high`) or both.

    Parameters
    ----------
    median : float
    n : int
        People in the group, at least 2.
    q1, q3 : float, optional
        Quartiles; both or neither.
    low, high : float, optional
        Minimum and maximum; both or neither.
    method : {"luo-shi", "wan", "qe", "bc"}
        "luo-shi": mean by Luo 2018, SD by Wan 2014 (S1, S2) or Shi 2020 (S3). "wan": both by Wan 2014.
        "qe", "bc": quantile estimation and Box-Cox of McGrath 2020, for skewed data.

    Raises
    ------
    ValueError
        If half a pair is missing, both pairs are, the numbers are not in order, or `method` finds no finite
        mean and SD.

    Notes
    -----
    R: ``metafor::conv.fivenum`` (whose default is "luo-shi"), ``estmeansd`` for "qe" and "bc".

    Examples
    --------
    >>> found = mean_sd_from_median(4, 100, q1=2, q3=6)
    >>> round(found.mean, 2), round(found.sd, 2)
    (4.0, 3.01)
    """
    five = FiveNumbers.checked(median, n, q1=q1, q3=q3, low=low, high=high)
    if method == "luo-shi":
        mean, sd = _luo_mean(five), _shi_sd(five)
    elif method == "wan":
        mean, sd = _wan_mean(five), _wan_sd(five)
    elif method == "qe":
        mean, sd = quantile_estimation(five)
    elif method == "bc":
        mean, sd = box_cox(five, lambda bent: (_luo_mean(bent), _wan_sd(bent)))
    else:
        raise ValueError(f'method must be "luo-shi", "wan", "qe" or "bc", not {method!r}')
    if not (isfinite(mean) and isfinite(sd) and sd > 0):
        raise ValueError(f"method {method!r} finds no finite mean and SD for {five.values}; use another")
    return MeanSD(mean=mean, sd=sd, method=method, scenario=five.scenario, skewness=_skewness(five))


def skewness_test(
    median: float,
    n: int,
    *,
    q1: float | None = None,
    q3: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> SkewnessTest:
    """Test whether a median with quartiles, range or both speaks against a normal distribution.

    Parameters
    ----------
    median, n, q1, q3, low, high
        As `mean_sd_from_median`; `n` at least 5.

    Raises
    ------
    ValueError
        As `mean_sd_from_median`, or `n` below 5.

    Notes
    -----
    Shi et al. 2023: the tests T1, T2 and T3 for S1, S2 and S3 with their approximate 5% critical values.

    Examples
    --------
    >>> skewness_test(3, 100, q1=2, q3=6).skewed
    True
    """
    test = _skewness(FiveNumbers.checked(median, n, q1=q1, q3=q3, low=low, high=high))
    if test is None:
        raise ValueError(f"the skewness test needs at least 5 people, not {n}")
    return test


def sd_from_range(low: float, high: float, n: int) -> float:
    """SD from the range: (max − min) / ξ(n), with ξ(n) the expected range of n normal values.

    Raises
    ------
    ValueError
        If `high` is not above `low` or `n` is below 2.

    Notes
    -----
    Wan et al. 2014, equation 9. The Handbook advises against the rule of thumb range/4 (6.5.2.6).

    Examples
    --------
    >>> round(sd_from_range(0, 10, 100), 2)
    2.0
    """
    return _wan_sd(FiveNumbers.checked((low + high) / 2, n, low=low, high=high))


def sd_from_iqr(q1: float, q3: float, n: int) -> float:
    """SD from the quartiles: (q3 − q1) / η(n), which tends to the Handbook's IQR / 1.35.

    Raises
    ------
    ValueError
        If `q3` is not above `q1` or `n` is below 2.

    Notes
    -----
    Wan et al. 2014, equation 16; Cochrane Handbook 6.5.2.5.

    Examples
    --------
    >>> round(sd_from_iqr(2, 6, 100), 2)
    3.01
    """
    return _wan_sd(FiveNumbers.checked((q1 + q3) / 2, n, q1=q1, q3=q3))


def _range_score(n: int) -> float:
    """Half of ξ(n): expected maximum of n standard normal values (Wan 2014, by Blom's approximation)."""
    return float(ndtri((n - 0.375) / (n + 0.25)))


def _quartile_score(n: int) -> float:
    """Half of η(n): expected third quartile of n standard normal values (Wan 2014)."""
    return float(ndtri((0.75 * n - 0.125) / (n + 0.25)))


def _wan_sd(x: FiveNumbers) -> float:
    """Wan 2014, equations 9 (S1), 16 (S2) and 12 (S3)."""
    parts = []
    if x.range is not None:
        parts.append((x.range[1] - x.range[0]) / (2 * _range_score(x.n)))
    if x.quartiles is not None:
        parts.append((x.quartiles[1] - x.quartiles[0]) / (2 * _quartile_score(x.n)))
    return sum(parts) / len(parts)


def _shi_sd(x: FiveNumbers) -> float:
    """Shi 2020, equation 10: the two SDs of S3, weighted by sample size; Wan's otherwise."""
    if x.range is None or x.quartiles is None:
        return _wan_sd(x)
    weight = 1 / (1 + 0.07 * pow(float(x.n), 0.6))
    from_range = (x.range[1] - x.range[0]) / (2 * _range_score(x.n))
    from_quartiles = (x.quartiles[1] - x.quartiles[0]) / (2 * _quartile_score(x.n))
    return weight * from_range + (1 - weight) * from_quartiles


def _wan_mean(x: FiveNumbers) -> float:
    """Wan 2014, equations 2 (S1, from Hozo 2005), 14 (S2) and 10 (S3, from Bland 2015)."""
    if x.quartiles is None and x.range is not None:
        return (x.range[0] + 2 * x.median + x.range[1]) / 4
    if x.range is None and x.quartiles is not None:
        return (x.quartiles[0] + x.median + x.quartiles[1]) / 3
    (low, high), (q1, q3) = x.both
    return (low + 2 * q1 + 2 * x.median + 2 * q3 + high) / 8


def _luo_mean(x: FiveNumbers) -> float:
    """Luo 2018, equations 7 (S1), 11 (S2) and 15 (S3): weights that depend on the sample size."""
    n = float(x.n)
    if x.quartiles is None and x.range is not None:
        weight = 4 / (4 + pow(n, 0.75))
        return weight * sum(x.range) / 2 + (1 - weight) * x.median
    if x.range is None and x.quartiles is not None:
        weight = 0.7 + 0.39 / n
        return weight * sum(x.quartiles) / 2 + (1 - weight) * x.median
    ends, quartiles = x.both
    of_range, of_quartiles = 2.2 / (2.2 + pow(n, 0.75)), 0.7 - 0.72 / pow(n, 0.55)
    middle = 1 - of_range - of_quartiles
    return of_range * sum(ends) / 2 + of_quartiles * sum(quartiles) / 2 + middle * x.median


def _skewness(x: FiveNumbers) -> SkewnessTest | None:
    """Shi 2023: asymmetry of the reported quantiles about the median, with its 5% critical value."""
    n = x.n
    if n < 5:
        return None
    if x.quartiles is None and x.range is not None:
        return _test(_asymmetry(x.range, x.median), 1 / log(n + 9) + 2.5 / (n + 1))
    if x.range is None and x.quartiles is not None:
        return _test(_asymmetry(x.quartiles, x.median), 2.65 / sqrt(n) - 6 / n**2)
    ends, quartiles = x.both
    of_range = 2.65 * log(0.6 * n) / sqrt(n) * _asymmetry(ends, x.median)
    return _test(max(of_range, _asymmetry(quartiles, x.median)), 3 / sqrt(n) - 40 / n**3)


def _test(statistic: float, critical_value: float) -> SkewnessTest:
    return SkewnessTest(statistic, critical_value, statistic > critical_value)


def _asymmetry(pair: tuple[float, float], median: float) -> float:
    low, high = pair
    return abs(low + high - 2 * median) / (high - low)
