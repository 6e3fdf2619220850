"""Meta-analysis on arrays: effect sizes, models, heterogeneity, diagnostics.

Names follow R's metafor. Everything works on plain float64 arrays; ratio measures stay on the log scale.
The package knows nothing of the tables, the questions or the pages of the book.
"""

from evidence.meta.effects import effect_sizes
from evidence.meta.pool import Pooled, pool

__all__ = ["Pooled", "effect_sizes", "pool"]
