"""Checks of a report against itself: what printed numbers allow, computed and never judged."""

from evidence.integrity.agreement import Fit, p_of_counts, p_of_interval, p_of_means, spread_reading
from evidence.integrity.bounds import sd_fits_scale, whole_sd_limits
from evidence.integrity.granularity import grim, grimmer

__all__ = [
    "Fit",
    "grim",
    "grimmer",
    "p_of_counts",
    "p_of_interval",
    "p_of_means",
    "sd_fits_scale",
    "spread_reading",
    "whole_sd_limits",
]
