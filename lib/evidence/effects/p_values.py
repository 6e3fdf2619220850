"""Effects from an exact p-value: with the difference it belongs to, or with the number of people alone."""

from __future__ import annotations

from evidence.effects.correlation import taken_as
from evidence.effects.direction import by_outcome, direction, turn_of
from evidence.effects.draft import Draft, Setting, drafted, step, with_own_t
from evidence.effects.model import EvidenceClass
from evidence.effects.people import People, result_people
from evidence.effects.points import factor, has_points
from evidence.effects.statements import exact_p
from evidence.meta import crossover
from evidence.meta.conversions import se_from_p, smd_from_t
from evidence.meta.conversions.spread import statistic_from_p
from evidence.question import Result


def from_p_and_difference(result: Result, setting: Setting) -> Draft | None:
    """Take the standard error of a mean difference in scale points from the exact p-value of its t test."""
    row, people = exact_p(result, setting.outcome), result_people(result)
    difference = difference_in_points(result, setting)
    if setting.scale != "points" or row is None or row.p_value is None or people is None or not difference:
        return None
    se = float(se_from_p(difference, row.p_value, df=people.df))
    found = step(
        "standard error from the exact p-value",
        "SE = |MD| / t(p, df)",
        {"MD": difference, "p": row.p_value, "df": people.df},
        {"MD": difference, "v": se**2},
        "Cochrane Handbook 23.2.7" if people.paired else "Cochrane Handbook 6.5.2.3",
    )
    notes = (
        _test(people),
        "The difference is known to its printed digits, and its standard error no better.",
    )
    draft = drafted(difference, se**2, "points", "derived", people, found)
    return with_own_t(draft).add(assumptions=notes)


def difference_in_points(result: Result, setting: Setting) -> float | None:
    """Return the mean difference in points that a result prints, with or without a spread."""
    for stated in by_outcome(result, setting.outcome):
        if stated.row.effect == "MD" and stated.row.estimate is not None and has_points(stated.measure):
            return stated.row.estimate * factor(stated.measure)
    for pair in result.pairs:
        drug, control = pair.experimental[0], pair.control
        turn = turn_of(control.higher_is, setting)
        if len(pair.experimental) > 1 or turn is None or not has_points(pair.measure, control):
            continue
        if drug.mean is not None and control.mean is not None:
            return (drug.mean - control.mean) * turn * factor(pair.measure, control)
    return None


def from_p_alone(result: Result, setting: Setting) -> Draft | None:
    """Take an SMD from the exact p-value of a t test, its direction and the number of people.

    The p-value of a comparison of counts is none of a t test: the counts themselves say more.
    """
    row, people = exact_p(result, setting.outcome), result_people(result)
    sign = direction(result, setting)
    if row is None or row.p_value is None or people is None or sign is None or people.df < 2:
        return None
    if any(stated.row.key == row.key and stated.measure.unit == "count" for stated in result.contrasts):
        return None
    t = sign * float(statistic_from_p(row.p_value, people.df))
    found = step(
        "t from the exact p-value",
        "|t| has the two-sided p-value p with df degrees of freedom",
        {"p": row.p_value, "df": people.df, "sign": sign},
        {"t": t},
        "Cochrane Handbook 23.2.7" if people.paired else "Cochrane Handbook 6.5.2.3",
    )
    draft = smd_from_statistic(t, people, setting, "derived")
    return draft.first(found).add(assumptions=(_test(people),))


def smd_from_statistic(t: float, people: People, setting: Setting, kind: EvidenceClass) -> Draft:
    """Make an SMD of a t statistic, paired or of two samples."""
    if people.paired:
        made = crossover.smd_from_t(t, people.total, setting.correlation)
        found = step(
            "SMD from the paired t",
            "SMD = J t √(2(1 − r)/n) with J of n − 1 df; v = 2(1 − r)/n + SMD²/(2n)",
            {"t": t, "n": people.total, "r": setting.correlation},
            {"SMD": float(made.yi), "v": float(made.vi)},
            "Elbourne et al. 2002; Cochrane Handbook 23.2.7",
        )
        note = taken_as(setting.correlation)
        return drafted(made.yi, made.vi, "smd", kind, people, found).add(assumptions=(note,))
    made = smd_from_t(t, people.experimental, people.control)
    found = step(
        "SMD from t",
        "SMD = J t √(1/n1 + 1/n2); v = 1/n1 + 1/n2 + SMD²/(2N)",
        {"t": t, "n1": people.experimental, "n2": people.control},
        {"SMD": float(made.yi), "v": float(made.vi)},
        "Cochrane Handbook 6.5.2.3; Hedges & Olkin 1985",
    )
    return drafted(made.yi, made.vi, "smd", kind, people, found)


def _test(people: People) -> str:
    return f"The p-value is that of a {'paired' if people.paired else 'two-sample'} t test."
