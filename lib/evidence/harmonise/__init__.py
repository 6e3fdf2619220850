"""From what a study reports to one effect with its variance, with every step kept.

>>> from evidence import dataset, harmonise, question
>>> ds = dataset.load()
>>> selection = question.select(question.Question("ketamine", "crps", window="immediate"), ds)
>>> [(effect.label, effect.yi, effect.se) for effect in harmonise.effects(selection, ds)]
"""

from evidence.harmonise.arm_values import has_unlabelled, is_ruled_out, largest_sd
from evidence.harmonise.correlation import (
    ImpliedCorrelation,
    implied_correlation,
    implied_correlations,
    require_correlation,
)
from evidence.harmonise.effects import effects, poolable
from evidence.harmonise.model import Counts, Effect, EvidenceClass, Options, Scale, Statement, Step
from evidence.harmonise.points import points_per_unit
from evidence.harmonise.reference import ReferenceSD, StudySD, reference_sd

__all__ = [
    "Counts",
    "Effect",
    "EvidenceClass",
    "ImpliedCorrelation",
    "Options",
    "ReferenceSD",
    "Scale",
    "Statement",
    "Step",
    "StudySD",
    "effects",
    "has_unlabelled",
    "implied_correlation",
    "implied_correlations",
    "is_ruled_out",
    "largest_sd",
    "points_per_unit",
    "poolable",
    "reference_sd",
    "require_correlation",
]
