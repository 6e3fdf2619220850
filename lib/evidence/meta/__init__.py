"""Meta-analysis on arrays: effect sizes, models, heterogeneity, diagnostics.

Names follow R's metafor. Everything works on plain float64 arrays; ratio measures stay on the log scale.
The package knows nothing of the tables, the questions or the pages of the book.
"""

from evidence.meta import applicability, conversions, crossover, multiverse
from evidence.meta.batch import pool_many
from evidence.meta.bayes import bayes
from evidence.meta.bayes_counts import bayes_counts
from evidence.meta.bayes_many import bayes_many
from evidence.meta.bayesian.mu_priors import Normal, StudentT
from evidence.meta.bayesian.posterior import Posterior
from evidence.meta.bayesian.tau_priors import HalfCauchy, HalfNormal, InverseGamma, LogTauSquared
from evidence.meta.binary import mantel_haenszel, peto
from evidence.meta.binary_many import mantel_haenszel_many
from evidence.meta.binary_result import BinaryPooled
from evidence.meta.bound import Bound
from evidence.meta.censored import PooledCensored, pool_censored
from evidence.meta.design import ConstantModeratorError
from evidence.meta.effects import effect_arrays, effect_sizes
from evidence.meta.influence import influence
from evidence.meta.multilevel import Multilevel, multilevel, sampling_covariance
from evidence.meta.pool import pool
from evidence.meta.pool_result import Pooled
from evidence.meta.pvalues import CombinedP, DirectionTest, combine_p, direction_test, one_sided_p
from evidence.meta.regression import Regression, regress
from evidence.meta.robust import Robust, cluster_robust
from evidence.meta.sensitivity import baujat, cumulative, leave_one_out
from evidence.meta.small_study import AsymmetryRegression, RankTest, begg, egger, harbord, peters
from evidence.meta.subgroups import Subgroups, subgroups, subgroups_of
from evidence.meta.trim_fill import TrimFill, trim_and_fill

__all__ = [
    "AsymmetryRegression",
    "BinaryPooled",
    "Bound",
    "CombinedP",
    "ConstantModeratorError",
    "DirectionTest",
    "HalfCauchy",
    "HalfNormal",
    "InverseGamma",
    "LogTauSquared",
    "Multilevel",
    "Normal",
    "Pooled",
    "PooledCensored",
    "Posterior",
    "RankTest",
    "Regression",
    "Robust",
    "StudentT",
    "Subgroups",
    "TrimFill",
    "applicability",
    "baujat",
    "bayes",
    "bayes_counts",
    "bayes_many",
    "begg",
    "cluster_robust",
    "combine_p",
    "conversions",
    "crossover",
    "cumulative",
    "direction_test",
    "effect_arrays",
    "effect_sizes",
    "egger",
    "harbord",
    "influence",
    "leave_one_out",
    "mantel_haenszel",
    "mantel_haenszel_many",
    "multilevel",
    "multiverse",
    "one_sided_p",
    "peters",
    "peto",
    "pool",
    "pool_censored",
    "pool_many",
    "regress",
    "sampling_covariance",
    "subgroups",
    "subgroups_of",
    "trim_and_fill",
]
