"""What a text says about a comparison without an effect and its spread: p-values, thresholds, words."""

from __future__ import annotations

from evidence.effects.direction import by_outcome, direction
from evidence.effects.draft import Setting
from evidence.effects.model import Statement
from evidence.effects.people import People
from evidence.meta.bound import Bound
from evidence.question import ContrastRow, Result

#: P-values are taken as rounded to at least two decimals: a table of numbers does not keep the 0 of "0.10".
FEWEST_DECIMALS = 2


def exact_p(result: Result, outcome: str) -> ContrastRow | None:
    """Return the row with an exact p-value that can stand for the size of the effect, or None."""
    if result.has_flag("smallest_possible_p"):
        return None
    rows = [stated.row for stated in by_outcome(result, outcome)]
    return next((row for row in rows if row.p_operator == "=" and 0 < (row.p_value or 0) < 1), None)


def statement(result: Result, setting: Setting) -> Statement | None:
    """Return the most telling statement of a result, or None where it says nothing.

    An exact p-value comes first, then a threshold passed, then "not significant", then a direction alone.
    """
    sign = direction(result, setting)
    rows = [stated.row for stated in by_outcome(result, setting.outcome)]
    told = [(*_p_range(row, result, setting), row) for row in rows]
    told = [item for item in told if item[:2] != (0.0, 1.0)]
    if told:
        low, high, row = min(told, key=lambda item: _rank(item[2]))
        exact = row.p_value if row.p_operator == "=" else None
        return Statement(low, high, sign, _words(row, low, high, sign, setting), exact_p=exact)
    if sign is None:
        return None
    return Statement(0.0, 1.0, sign, f"a direction only{_favour(sign, setting)}")


def _p_range(row: ContrastRow, result: Result, setting: Setting) -> tuple[float, float]:
    p = row.p_value
    if row.p_operator == "ns":
        return setting.significance_level, 1.0
    if row.p_operator == ">":
        return setting.significance_level if p is None else p, 1.0
    if row.p_operator == "<":
        return 0.0, setting.significance_level if p is None else p
    if row.p_operator == "=" and p is not None:
        if result.has_flag("smallest_possible_p"):
            return 0.0, p
        half = 0.5 * 10.0 ** -max(FEWEST_DECIMALS, _decimals(p))
        return max(0.0, p - half), min(1.0, p + half)
    return 0.0, 1.0


def _decimals(p: float) -> int:
    return len(f"{p:.10f}".rstrip("0").partition(".")[2])


def _rank(row: ContrastRow) -> tuple[int, bool]:
    order = {"=": 0, "<": 1, ">": 2, "ns": 2}
    return order[row.p_operator or "ns"], row.p_value is None


def _words(row: ContrastRow, low: float, high: float, sign: int | None, setting: Setting) -> str:
    if row.p_operator == "ns":
        text = "not significant"
    elif row.p_value is None:
        text = f"called significant, no p-value (taken as p < {high:g})"
    elif row.p_operator == "=":
        text = f"p = {row.p_value:g}" if low > 0 else f"p = {row.p_value:g}, the smallest possible"
    else:
        text = f"p {row.p_operator} {row.p_value:g}"
    return text + _favour(sign, setting)


def _favour(sign: int | None, setting: Setting) -> str:
    if sign is None:
        return ", direction not told"
    return ", in favour of the drug" if sign == setting.favourable else ", in favour of the comparison"


def bound_of(said: Statement, people: People | None, setting: Setting) -> Bound | None:
    """Return the set of values that a statement leaves open, with the sampling error of the trial.

    Parameters
    ----------
    said : Statement
    people : People or None
        None gives None: without people there is no sampling error.
    setting : Setting
        On a scale that is no score the variance depends on risks, and None is returned.

    Notes
    -----
    Sampling variance without an effect: 1/n1 + 1/n2 of an SMD of two arms, 2(1 − r)/n of a crossover; in
    points times the square of the reference SD.
    """
    if people is None or people.df < 1 or setting.scale not in ("points", "smd"):
        return None
    vi = 1 / people.experimental + 1 / people.control
    if people.paired:
        vi = 2 * (1 - setting.correlation) / people.total
    if setting.scale == "points":
        if setting.reference_sd is None:
            return None
        vi *= setting.reference_sd**2
    return Bound.from_p(vi, low=said.p_low, high=said.p_high, direction=said.direction, df=people.df)
