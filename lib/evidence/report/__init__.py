"""What a chapter says: questions answered in sentences, tables and figures.

>>> from evidence import report
>>> crps = report.Report("ketamine", "crps")
>>> crps.answer()
"""

from evidence.report import words
from evidence.report.browse import browse, columns, tables
from evidence.report.changes import changes
from evidence.report.claims import claim
from evidence.report.engine import differences, simulation, simulation_figure
from evidence.report.glance import at_a_glance, flow, reference_sd_words
from evidence.report.overview import beside_cochrane, book_list, book_map, by_condition, reports
from evidence.report.page import Report

__all__ = [
    "Report",
    "at_a_glance",
    "beside_cochrane",
    "book_list",
    "book_map",
    "browse",
    "by_condition",
    "changes",
    "claim",
    "columns",
    "differences",
    "flow",
    "reference_sd_words",
    "reports",
    "simulation",
    "simulation_figure",
    "tables",
    "words",
]
