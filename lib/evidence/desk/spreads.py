"""SDs that a standard error would have: no rule of the tables can tell, and an editor can."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Final

from evidence.dataset import Dataset
from evidence.effects import reference_sd
from evidence.wording.numbers import number

#: An SD this many times smaller than that of most trials is asked about, when times √n it is near theirs.
_SMALLER: Final = 2.5
_NEAR: Final = 1.6


def doubtful_spreads(ds: Dataset, study_ids: Collection[str] | None = None) -> Iterator[str]:
    """Yield a question for each study whose SD is what a standard error would be.

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
            usual, here, arm = number(reference.sd, 0), number(study.sd, 1), number(people, 0)
            yield (
                f"{study.study_id}: an SD of {here} on 0 to 100, where most trials have about {usual}: with "
                f"{arm} people in an arm it may be a standard error: look again, and put it under se, or say "
                "in a flag on its spread that it is an SD"
            )
