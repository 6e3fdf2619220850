"""From what trial reports give to what a meta-analysis needs; every function cites its source.

====================  ==================================================================================
`spread`              SE and SD from SE, confidence interval, t, exact p
`medians`             mean and SD from median with quartiles or range, skewness test
`arms`                combine arms, split a shared control
`paired`              SD of differences, within-person correlation, change from baseline
`counts`              events from percentages
`generic`             one effect with whatever precision is reported
`smd`                 SMD from t, p, d; SMD to log odds ratio, to points on a 0–100 scale
`absolute`, `nnt`     risks, risk difference and NNT at a baseline risk
====================  ==================================================================================
"""

from evidence.meta.conversions.absolute import AbsoluteEffect, Interval, absolute_effect
from evidence.meta.conversions.arms import Arm, ControlShare, combine_arms, split_control
from evidence.meta.conversions.counts import EventCount, events_from_percent
from evidence.meta.conversions.generic import Estimate, generic_inverse_variance
from evidence.meta.conversions.medians import (
    MeanSD,
    SkewnessTest,
    mean_sd_from_median,
    sd_from_iqr,
    sd_from_range,
    skewness_test,
)
from evidence.meta.conversions.nnt import NumberNeeded, number_needed
from evidence.meta.conversions.paired import change_score, correlation_from_sds, sd_of_difference
from evidence.meta.conversions.smd import (
    log_or_to_smd,
    smd_from_d,
    smd_from_p,
    smd_from_t,
    smd_to_log_or,
    smd_to_points,
)
from evidence.meta.conversions.spread import (
    sd_from_ci,
    sd_from_difference_ci,
    sd_from_difference_se,
    sd_from_p,
    sd_from_se,
    sd_from_t,
    se_from_ci,
    se_from_p,
    se_from_t,
    statistic_from_p,
)

__all__ = [
    "AbsoluteEffect",
    "Arm",
    "ControlShare",
    "Estimate",
    "EventCount",
    "Interval",
    "MeanSD",
    "NumberNeeded",
    "SkewnessTest",
    "absolute_effect",
    "change_score",
    "combine_arms",
    "correlation_from_sds",
    "events_from_percent",
    "generic_inverse_variance",
    "log_or_to_smd",
    "mean_sd_from_median",
    "number_needed",
    "sd_from_ci",
    "sd_from_difference_ci",
    "sd_from_difference_se",
    "sd_from_iqr",
    "sd_from_p",
    "sd_from_range",
    "sd_from_se",
    "sd_from_t",
    "sd_of_difference",
    "se_from_ci",
    "se_from_p",
    "se_from_t",
    "skewness_test",
    "smd_from_d",
    "smd_from_p",
    "smd_from_t",
    "smd_to_log_or",
    "smd_to_points",
    "split_control",
    "statistic_from_p",
]
