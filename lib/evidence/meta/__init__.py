"""Meta-analysis on arrays: effect sizes, models, heterogeneity, diagnostics.

Names follow R's metafor. Everything works on plain float64 arrays; ratio measures stay on the log scale.
The package knows nothing of the tables, the questions or the pages of the book.
"""

from evidence.meta import conversions, crossover, multiverse
from evidence.meta.batch import pool_many
from evidence.meta.binary import mantel_haenszel, peto
from evidence.meta.binary_result import BinaryPooled
from evidence.meta.bound import Bound
from evidence.meta.censored import PooledCensored, pool_censored
from evidence.meta.effects import effect_sizes
from evidence.meta.pool import Pooled, pool
from evidence.meta.pvalues import CombinedP, DirectionTest, combine_p, direction_test, one_sided_p

__all__ = [
    "BinaryPooled",
    "Bound",
    "CombinedP",
    "DirectionTest",
    "Pooled",
    "PooledCensored",
    "combine_p",
    "conversions",
    "crossover",
    "direction_test",
    "effect_sizes",
    "mantel_haenszel",
    "multiverse",
    "one_sided_p",
    "peto",
    "pool",
    "pool_censored",
    "pool_many",
]
