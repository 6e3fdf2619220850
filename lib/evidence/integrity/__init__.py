"""Checks of a report against itself: what printed numbers allow, computed and never judged."""

from evidence.integrity.agreement import Fit, p_of_counts, p_of_means
from evidence.integrity.granularity import grim, grimmer

__all__ = ["Fit", "grim", "grimmer", "p_of_counts", "p_of_means"]
