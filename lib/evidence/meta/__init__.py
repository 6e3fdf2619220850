"""Meta-analysis on arrays: effect sizes, models, heterogeneity, diagnostics.

Names follow R's metafor. Everything works on plain float64 arrays; ratio measures stay on the log scale.
The package knows nothing of the tables, the questions or the pages of the book.
"""

from evidence.meta import conversions, crossover
from evidence.meta.batch import pool_many
from evidence.meta.binary import BinaryPooled, mantel_haenszel, peto
from evidence.meta.effects import effect_sizes
from evidence.meta.pool import Pooled, pool

__all__ = [
    "BinaryPooled",
    "Pooled",
    "conversions",
    "crossover",
    "effect_sizes",
    "mantel_haenszel",
    "peto",
    "pool",
    "pool_many",
]
