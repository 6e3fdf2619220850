"""Effects as a frame: one row for each, with what a reader may sort, filter and pool."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from evidence.effects.model import Effect

#: The columns, in order; numbers are missing (NaN) where the text gives none.
COLUMNS = (
    "study",
    "label",
    "drug",
    "route",
    "condition_group",
    "condition_detail",
    "outcome",
    "window",
    "time_days",
    "comparator",
    "comparator_type",
    "design",
    "class",
    "scale",
    "yi",
    "vi",
    "se",
    "n_experimental",
    "n_control",
    "people",
    "says",
    "steps",
    "flags",
)


def to_frame(effects: Iterable[Effect]) -> pd.DataFrame:
    """Return effects as a frame, one row for each.

    Returns
    -------
    DataFrame
        `yi` is the effect and `vi` its sampling variance on `scale` (points on 0–100, SMD, log risk ratio);
        `class` says whether it was reported, derived or is only bounded; `says` is what the text says where
        it gives no number, and `steps` what was computed.

    Examples
    --------
    >>> to_frame([]).shape
    (0, 23)
    """
    return pd.DataFrame(rows(effects), columns=list(COLUMNS))


def rows(effects: Iterable[Effect]) -> Iterator[dict[str, Any]]:
    """Yield the rows of `to_frame`, as JSON can hold them."""
    for effect in effects:
        yield {
            "study": effect.study_id,
            "label": effect.label,
            "drug": effect.drug,
            "route": effect.route,
            "condition_group": effect.condition_group,
            "condition_detail": effect.condition_detail,
            "outcome": effect.outcome,
            "window": effect.window,
            "time_days": effect.time_days,
            "comparator": effect.comparator,
            "comparator_type": effect.comparator_type,
            "design": effect.design,
            "class": effect.evidence_class,
            "scale": effect.scale,
            "yi": effect.yi,
            "vi": effect.vi,
            "se": None if effect.vi is None else math.sqrt(effect.vi),
            "n_experimental": effect.n_experimental,
            "n_control": effect.n_control,
            "people": effect.people,
            "says": effect.statement.words if effect.statement else "",
            "steps": "; ".join(step.what for step in effect.ledger),
            "flags": "; ".join(effect.flags),
        }
