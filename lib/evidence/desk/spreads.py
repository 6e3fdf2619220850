"""SDs that a standard error, or a slip of the decimal point, would have: an editor can tell, and no rule."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Final

from evidence.dataset import Dataset
from evidence.effects import reference_sd
from evidence.question.main_outcome import main_outcome
from evidence.wording.numbers import number

#: An SD this many times smaller than that of most trials is asked about, when times √n it is near theirs.
_SMALLER: Final = 2.5
_NEAR: Final = 1.6
#: An SD this many times smaller is asked about whatever it is near.
_TINY: Final = 6.0
_USUALLY: Final = "on 0 to 100, where most trials have about"


def doubtful_spreads(ds: Dataset, study_ids: Collection[str] | None = None) -> Iterator[str]:
    """Yield a question for each study whose SD is what a standard error would be, or far below all others.

    Studies with a flag on a spread are left out: somebody has looked at them.
    """
    try:
        reference, flags = reference_sd(ds), ds.rows("flags")
    except ValueError:  # other tables, or no trial that reports an SD in points
        return
    seen = set(flags.loc[flags["flag"].str.contains("spread"), "study_id"])
    for study in reference.studies:
        if study.study_id in seen or (study_ids is not None and study.study_id not in study_ids):
            continue
        people = study.df / len(study.rows) + 1  # in an arm, each of which has a row
        times = study.sd * math.sqrt(people) / reference.sd
        if study.sd * _SMALLER < reference.sd and 1 / _NEAR < times < _NEAR:
            seen.add(study.study_id)
            usual, here, arm = number(reference.sd, 0), number(study.sd, 1), number(people, 0)
            yield (
                f"{study.study_id}: an SD of {here} {_USUALLY} {usual}: with "
                f"{arm} people in an arm it may be a standard error: look again, and put it under se, or say "
                "in a flag on its spread that it is an SD"
            )
    yield from _tiny(ds, reference.sd, seen, study_ids)


def _tiny(
    ds: Dataset, usual: float, seen: Collection[str], study_ids: Collection[str] | None
) -> Iterator[str]:
    """Yield a question for each arm whose spread on the main outcome is a small part of most others."""
    rows = ds.rows("arm_results", outcome=main_outcome(ds).code)
    n, sd, se, low, high = (rows[name].astype(float) for name in ("n", "sd", "se", "scale_min", "scale_max"))
    of_hundred = 100 * sd.fillna(se * n**0.5) / (high - low)
    for place in rows.index[of_hundred * _TINY < usual]:
        study, column = str(rows.at[place, "study_id"]), "se" if math.isnan(sd[place]) else "sd"
        if study not in seen and (study_ids is None or study in study_ids):
            arm, time = str(rows.at[place, "arm"]), str(rows.at[place, "time_label"])
            printed, here = float((sd if column == "sd" else se)[place]), number(of_hundred[place], 1)
            yield (
                f"{study}: {column} {printed:g} of {arm} ({time}) is an SD of {here} {_USUALLY} "
                f"{number(usual, 0)}: look at its decimal point and its scale, or say in "
                "a flag on its spread that it is printed so"
            )
