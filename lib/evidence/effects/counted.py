"""Effects of outcomes that are counted: responders as a standardised difference, events as a risk ratio."""

from __future__ import annotations

import math

from evidence.effects.direction import by_outcome
from evidence.effects.draft import OF_INTERVAL, Draft, Setting, drafted, of_numbers, step
from evidence.effects.model import Counts, Scale
from evidence.effects.people import People
from evidence.meta.conversions import log_or_to_smd, se_from_ci
from evidence.question import ArmPair, Result, Stated

CONTINUITY = "Half a person is added to every cell, because one is empty."
UNPAIRED = "The two periods are analysed as two groups, because the pairs are not reported: too cautious."


def counts_of(pair: ArmPair) -> Counts | None:
    """Return the counts of a pair of arms, doses joined; None where a number is missing or impossible."""
    rows = (*pair.experimental, pair.control)
    if any(row.events is None or row.total is None or not 0 <= row.events <= row.total for row in rows):
        return None
    drug = [(row.events or 0, row.total or 0) for row in pair.experimental]
    events, total = (sum(column) for column in zip(*drug, strict=True))
    if not total or not pair.control.total:
        return None
    return Counts(events, total, pair.control.events or 0, pair.control.total)


def from_responders(result: Result, setting: Setting) -> Draft | None:
    """Take an SMD from the numbers of people who responded: log OR × √3/π, its sign turned where
    less of the outcome is better.

    An empty cell has no odds ratio, and half a person added to it would decide the size: what such counts say
    is a direction.
    """
    for pair in sorted(result.pairs, key=_threshold):
        counts = counts_of(pair)
        if counts is None or 0 in _cells(counts).values():
            continue
        row = of_numbers("OR", **_cells(counts))
        made = log_or_to_smd(row[0], row[1])
        found = step(
            "SMD from responders",
            f"SMD = {'−' if setting.favourable < 0 else ''}log OR √3/π; v = v_logOR 3/π²",
            _inputs(counts) | {"log OR": row[0], "v_logOR": row[1]},
            {"SMD": setting.favourable * float(made.yi), "v": float(made.vi)},
            "Hasselblad & Hedges 1995; Chinn 2000",
        )
        draft = drafted(made.yi, made.vi, "smd", "derived", _people(counts, result), found)
        name = setting.main.name
        notes = (f"{name[:1].upper()}{name[1:]} falls off like a logistic distribution in both arms.",)
        return draft.turned(setting.favourable).add(assumptions=(*notes, *_notes(counts, result)))
    return None


def _threshold(pair: ArmPair) -> bool:
    """Half of it gone before a third gone."""
    return pair.measure.outcome == "responder_30"


def from_counts(result: Result, setting: Setting) -> Draft | None:
    """Take the log risk ratio of an event from the counts of both arms; None without any event."""
    counts = first_counts(result)
    if counts is None or counts.events_experimental + counts.events_control == 0:
        return None
    row = of_numbers("RR", **_cells(counts))
    found = step(
        "log risk ratio",
        "log RR = log(a/n1) − log(c/n2); v = 1/a − 1/n1 + 1/c − 1/n2",
        _inputs(counts),
        {"log RR": row[0], "v": row[1]},
        "Cochrane Handbook 6.4.1.2; R: metafor::escalc",
    )
    if not row[1] > 0:
        return None
    draft = drafted(*row, "log_rr", "reported", _people(counts, result), found)
    return draft.add(assumptions=_notes(counts, result))


def first_counts(result: Result) -> Counts | None:
    """Return the counts of the first pair of arms that has them."""
    return next((counts for counts in map(counts_of, result.pairs) if counts is not None), None)


def from_printed_ratio(result: Result, setting: Setting) -> Draft | None:
    """Take a printed risk ratio, rate ratio or risk difference with its interval."""
    for stated in by_outcome(result, setting.outcome):
        row = stated.row
        if row.estimate is None or row.ci_low is None or row.ci_high is None:
            continue
        if row.effect == "RD":
            return _interval(stated, "rd", row.estimate, row.ci_low, row.ci_high)
        if row.effect == "RR" and min(row.estimate, row.ci_low, row.ci_high) > 0:
            scale: Scale = "log_rate_ratio" if stated.measure.unit == "rate_ratio" else "log_rr"
            return _interval(stated, scale, *(math.log(x) for x in (row.estimate, row.ci_low, row.ci_high)))
    return None


def _interval(stated: Stated, scale: Scale, estimate: float, low: float, high: float) -> Draft:
    se = float(se_from_ci(low, high, level=(stated.row.ci_level or 95) / 100))
    found = step(
        "printed effect with its interval",
        OF_INTERVAL + ("" if scale == "rd" else ", on the log scale"),
        {"estimate": estimate, "low": low, "high": high},
        {"estimate": estimate, "v": se**2},
        "Cochrane Handbook 6.3.2",
    )
    notes = (stated.measure.note,) if stated.measure.note else ()
    return drafted(estimate, se**2, scale, "reported", None, found).add(assumptions=notes)


def _cells(counts: Counts) -> dict[str, int]:
    a, c = counts.events_experimental, counts.events_control
    return {"ai": a, "bi": counts.n_experimental - a, "ci": c, "di": counts.n_control - c}


def _inputs(counts: Counts) -> dict[str, float]:
    return {
        "a": counts.events_experimental,
        "n1": counts.n_experimental,
        "c": counts.events_control,
        "n2": counts.n_control,
    }


def _people(counts: Counts, result: Result) -> People:
    return People(counts.n_experimental, counts.n_control, result.paired)


def _notes(counts: Counts, result: Result) -> tuple[str, ...]:
    notes = []
    if 0 in _cells(counts).values():
        notes.append(CONTINUITY)
    if result.paired:
        notes.append(UNPAIRED)
    return tuple(notes)
