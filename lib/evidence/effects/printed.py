"""Effects that a report prints: a mean difference with its interval, a standardised difference."""

from __future__ import annotations

import math
from dataclasses import replace

from evidence.effects.correlation import taken_as
from evidence.effects.direction import by_outcome
from evidence.effects.draft import OF_INTERVAL, Draft, Setting, drafted, step, with_own_t
from evidence.effects.p_values import smd_from_statistic
from evidence.effects.people import People, result_people
from evidence.effects.points import factor, has_points
from evidence.meta.conversions import se_from_ci, smd_from_d
from evidence.question import ContrastRow, Result, Stated

HANDBOOK = "Cochrane Handbook 6.5.2.3"


def from_interval(result: Result, setting: Setting) -> Draft | None:
    """Take a printed mean difference in scale points with its interval or standard error."""
    people = result_people(result)
    for stated in by_outcome(result, setting.outcome):
        row = stated.row
        se = _printed_se(row, people)
        if row.effect != "MD" or row.estimate is None or se is None or not has_points(stated.measure):
            continue
        if setting.scale == "points":
            return _in_points(stated, row.estimate, se, people)
        if people is not None and row.estimate != 0:
            t = row.estimate / se
            found = step(
                "t from the printed difference",
                "t = MD / SE",
                {"MD": row.estimate, "SE": se},
                {"t": t},
                HANDBOOK,
            )
            return smd_from_statistic(t, people, setting, "reported").first(found)
    return None


def _in_points(stated: Stated, estimate: float, se: float, people: People | None) -> Draft:
    row, size = stated.row, factor(stated.measure)
    yi, vi = estimate * size, (se * size) ** 2
    printed = {"low": row.ci_low, "high": row.ci_high, "SE": row.se, "df": people.df if people else None}
    inputs = {"MD": estimate} | {name: x for name, x in printed.items() if x is not None}
    found = step(
        "printed mean difference in points",
        "SE = (high − low)/(2 t₀.₉₇₅,df), with z for t where people are not known; × 100/range",
        inputs | {"range": 100 / size},
        {"MD": yi, "v": vi},
        HANDBOOK,
    )
    draft = replace(drafted(yi, vi, "points", "reported", people, found), printed_interval=_limits(row, size))
    return (
        with_own_t(draft)
        .add(assumptions=_asymmetry(row))
        .add(assumptions=(stated.measure.note,) if stated.measure.note else ())
    )


def _limits(row: ContrastRow, size: float) -> tuple[float, float] | None:
    """Printed limits of a 95% CI in points; a level that is not told is taken as 95%."""
    if row.ci_low is None or row.ci_high is None or (row.ci_level or 95) != 95:
        return None
    return row.ci_low * size, row.ci_high * size


def _printed_se(row: ContrastRow, people: People | None) -> float | None:
    if row.se is not None:
        return row.se
    if row.ci_low is None or row.ci_high is None or row.ci_high <= row.ci_low:
        return None
    level = (row.ci_level or 95) / 100
    return float(se_from_ci(row.ci_low, row.ci_high, level=level, df=people.df if people else None))


def _asymmetry(row: ContrastRow) -> tuple[str, ...]:
    """Note an estimate that lies off the middle of its interval by more than a tenth of its width."""
    if row.ci_low is None or row.ci_high is None or row.estimate is None:
        return ()
    off = abs((row.ci_low + row.ci_high) / 2 - row.estimate)
    wide = off > 0.1 * (row.ci_high - row.ci_low)
    return ("The printed interval is not symmetric; its width gives the standard error.",) if wide else ()


def from_printed_smd(result: Result, setting: Setting) -> Draft | None:
    """Take a printed standardised mean difference, with its interval or with the number of people."""
    people = result_people(result)
    for stated in by_outcome(result, setting.outcome):
        row = stated.row
        if row.effect != "SMD" or row.estimate is None or people is None:
            continue
        if row.ci_low is not None and row.ci_high is not None:
            return _smd_with_interval(stated, row.estimate, people, setting)
        if not people.paired:
            return _smd_with_people(row.estimate, people)
    return None


def _smd_with_interval(stated: Stated, estimate: float, people: People, setting: Setting) -> Draft:
    se = _printed_se(stated.row, None)
    assert se is not None
    within = people.paired and stated.measure.unit == "within_sd"
    turn = math.sqrt(2 * (1 - setting.correlation)) if within else 1.0
    found = step(
        "printed SMD with its interval",
        OF_INTERVAL + ("; both × √(2(1 − r))" if within else ""),
        {"d": estimate, "SE": se} | ({"r": setting.correlation} if within else {}),
        {"SMD": estimate * turn, "v": (se * turn) ** 2},
        "Cochrane Handbook 6.3.1" + ("; Elbourne et al. 2002" if within else ""),
    )
    notes = (taken_as(setting.correlation),) if within else ()
    return drafted(estimate * turn, (se * turn) ** 2, "smd", "reported", people, found).add(assumptions=notes)


def _smd_with_people(estimate: float, people: People) -> Draft:
    made = smd_from_d(estimate, people.experimental, people.control)
    found = step(
        "printed SMD with the number of people",
        "SMD = J d; v = 1/n1 + 1/n2 + SMD²/(2N)",
        {"d": estimate, "n1": people.experimental, "n2": people.control},
        {"SMD": float(made.yi), "v": float(made.vi)},
        "Hedges & Olkin 1985",
    )
    note = "The printed standardised difference is Cohen's d."
    return drafted(made.yi, made.vi, "smd", "derived", people, found).add(assumptions=(note,))
