"""What a chapter says: questions answered in sentences, tables and figures.

>>> from evidence import report
>>> report.Report("ketamine", "crps")
Report('ketamine', 'crps')
"""

from evidence.report.book.before_after import every_question
from evidence.report.book.browse import browse, columns, tables
from evidence.report.book.changes import changes
from evidence.report.book.doors import conditions, drug_harms, front, not_answered, tried
from evidence.report.book.engine import (
    bias_figure,
    calibrated,
    calibration_figure,
    coverage_figure,
    differences,
    simulated,
    simulation,
    width_figure,
)
from evidence.report.book.glance import at_a_glance, flow, reference_sd_words
from evidence.report.book.missing import missing
from evidence.report.book.overview import across, book_map, gaps, map_legend, reports
from evidence.report.book.ratings import ratings
from evidence.report.book.results import results
from evidence.report.report import Report
from evidence.wording import sentences as words

__all__ = [
    "Report",
    "across",
    "at_a_glance",
    "bias_figure",
    "book_map",
    "browse",
    "calibrated",
    "calibration_figure",
    "changes",
    "columns",
    "conditions",
    "coverage_figure",
    "differences",
    "drug_harms",
    "every_question",
    "flow",
    "front",
    "gaps",
    "map_legend",
    "missing",
    "not_answered",
    "ratings",
    "reference_sd_words",
    "reports",
    "results",
    "simulated",
    "simulation",
    "tables",
    "tried",
    "width_figure",
    "words",
]
