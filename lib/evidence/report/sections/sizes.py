"""How probable a relief of each size is, where a posterior may say a size and a probability."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from evidence.charts.figure import Figure
from evidence.charts.threshold import threshold_figure
from evidence.results.analysis import Analysis
from evidence.results.posterior import PosteriorAnswer
from evidence.wording.numbers import capital

_SCALE: Final = 100  # points: no relief is larger
_LEAST: Final = 30  # points that the axis covers at any rate
_STEP: Final = 2.0  # points between the places of a curve


def sizes_figure(analysis: Analysis, key: str) -> Figure | None:
    """Draw the probability that the mean relief is at least so large, for every size.

    None where the posterior is refused: no size or no probability may be told.
    """
    answer = analysis.posterior
    if answer is None or not (answer.says_size and answer.says_chances):
        return None
    gain = analysis.labels.toward.gain
    title = f"{analysis.subject}, {analysis.outcome} {analysis.when}: how probable each size of {gain} is"
    caption = (
        "Of the mean effect, from all evidence; the trials are taken at their word, and the certainty of the "
        "evidence says how far that goes."
    )
    return threshold_figure(
        key,
        title,
        sizes(answer),
        caption=caption,
        mid=analysis.mid,
        gain=gain,
        xlabel=f"{capital(gain)} of at least so many {analysis.labels.main.unit}",
        assumptions="range over the named priors",
    )


def sizes(answer: PosteriorAnswer) -> pd.DataFrame:
    """Return the probability of a mean relief of at least each of some sizes, 0 and the MID among them.

    Returns
    -------
    DataFrame
        ``relief``, ``probability`` under the primary prior, and ``low`` and ``high`` over the named ones.
    """
    furthest = max(answer.favourable * end for end in answer.interval)
    most = min(_SCALE, max(_LEAST, math.ceil(furthest)))
    relief = np.union1d(np.arange(0.0, most + _STEP, _STEP).clip(max=_SCALE), [answer.mid])
    found = np.array(
        [[answer.helps(each, size) for size in relief] for each in answer.by_prior.values()], dtype=float
    )
    primary = np.array([answer.helps(answer.primary, size) for size in relief])
    ends = {"low": found.min(axis=0), "high": found.max(axis=0)}
    return pd.DataFrame({"relief": relief, "probability": primary, **ends})
