"""From what a study reports to one effect with its variance, with every step kept.

>>> from evidence import dataset, effects, question
>>> ds = dataset.load()
>>> selection = question.select(question.Question("ketamine", "crps", window="immediate"), ds)
>>> [effect.scale for effect in effects.effects(selection, ds)][:1]
['points']
"""

from evidence.effects.arm_values import has_unlabelled, is_ruled_out, largest_sd
from evidence.effects.correlation import (
    implied_correlation,
    require_correlation,
)
from evidence.effects.effects import effects, poolable
from evidence.effects.model import Counts, Effect, EvidenceClass, Options, Scale, Statement, Step
from evidence.effects.points import points_per_unit
from evidence.effects.reference import ReferenceSD, StudySD, reference_sd

__all__ = [
    "Counts",
    "Effect",
    "EvidenceClass",
    "Options",
    "ReferenceSD",
    "Scale",
    "Statement",
    "Step",
    "StudySD",
    "effects",
    "has_unlabelled",
    "implied_correlation",
    "is_ruled_out",
    "largest_sd",
    "points_per_unit",
    "poolable",
    "reference_sd",
    "require_correlation",
]
