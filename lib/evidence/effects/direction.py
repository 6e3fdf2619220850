"""Which way a result points, and whether its rows agree about it.

Sign of an effect: of the main outcome, positive means more of it on the drug, which a setting calls better or
worse; of other scores, negative favours the drug; of events and responders, positive means more people with
the event on the drug.
"""

from __future__ import annotations

from evidence.effects.draft import Setting
from evidence.question import ArmPair, Favours, MainOutcome, Result, Stated


def favourable_sign(outcome: str, main: MainOutcome, *, hoped_for: bool) -> int:
    """Sign of an effect that favours the drug: of events one may hope for more, as of people who respond."""
    if outcome == main.code:
        return main.favourable
    return 1 if hoped_for else -1


def direction(result: Result, setting: Setting) -> int | None:
    """Sign of the effect on its scale, or None where the rows do not tell it.

    A stated direction goes first, then the sign of a printed estimate, then the arms' own values.
    """
    sides = {"experimental": setting.favourable, "control": -setting.favourable}
    for stated in by_outcome(result, setting.outcome):
        if stated.row.favours in sides:
            return sides[stated.row.favours]
    for stated in by_outcome(result, setting.outcome):
        sign = _sign_of_estimate(stated)
        if sign:
            return sign
    for pair in result.pairs:
        sign = sign_of_pair(pair, setting)
        if sign:
            return sign
    return None


def turn_of(higher_is: str | None, setting: Setting) -> int | None:
    """Sign that turns a difference on a scale to that of the outcome; None where the scale has no side."""
    return {"better": setting.favourable, "worse": -setting.favourable}.get(higher_is or "")


def conflict(result: Result, setting: Setting) -> str:
    """Say how rows of the same outcome contradict each other about the direction; empty where they agree."""
    for stated in result.contrasts:
        side: Favours | None = stated.row.favours
        if side not in ("experimental", "control"):
            continue
        told = setting.favourable if side == "experimental" else -setting.favourable
        own = [pair for pair in result.pairs if pair.measure.outcome == stated.measure.outcome]
        signs = [("its own estimate", _sign_of_estimate(stated))]
        signs += [("the values of the arms", sign_of_pair(pair, setting)) for pair in own]
        for other, sign in signs:
            if sign and sign != told:
                return f"The report favours the {side} arm, but {other} point the other way."
    return ""


def by_outcome(result: Result, outcome: str) -> list[Stated]:
    """Reported comparisons, those of the outcome itself before those that only stand for it."""
    return sorted(result.contrasts, key=lambda stated: stated.row.outcome != outcome)


def sign_of_pair(pair: ArmPair, setting: Setting) -> int:
    """Sign of the effect from the arms' values; 0 where they are equal or not comparable."""
    if pair.control.events is not None:
        return _sign_of_counts(pair, setting)
    values = [row.mean if row.mean is not None else row.median for row in (*pair.experimental, pair.control)]
    known = [value for value in values if value is not None]
    turn = turn_of(pair.control.higher_is, setting)
    if len(known) < len(values) or turn is None:
        return 0
    differences = {_sign(value - known[-1]) for value in known[:-1]}
    return turn * differences.pop() if len(differences) == 1 else 0


def _sign_of_counts(pair: ArmPair, setting: Setting) -> int:
    rows = (*pair.experimental, pair.control)
    if any(row.events is None or not row.total for row in rows):
        return 0
    events = sum(row.events or 0 for row in pair.experimental)
    total = sum(row.total or 0 for row in pair.experimental)
    more = _sign(events * (pair.control.total or 0) - (pair.control.events or 0) * total)
    return setting.favourable * more if setting.about_main else more


def _sign_of_estimate(stated: Stated) -> int:
    """Sign of a printed difference; ratios and risk differences of responders count as their outcome does."""
    row, unit = stated.row, stated.measure.unit
    if (
        row.estimate is None
        or row.effect not in ("MD", "SMD")
        or unit not in ("points", "percent", "within_sd")
    ):
        return 0
    return _sign(row.estimate)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
