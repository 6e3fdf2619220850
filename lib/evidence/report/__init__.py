"""What a chapter says: questions answered in sentences, tables and figures.

>>> from evidence import report
>>> crps = report.Report("ketamine", "crps")
>>> crps.answer()
"""

from evidence.report.book.browse import browse, columns, tables
from evidence.report.book.changes import changes
from evidence.report.book.engine import differences, simulation, simulation_figure
from evidence.report.book.glance import at_a_glance, flow, reference_sd_words
from evidence.report.book.overview import book_list, book_map, by_condition, reports
from evidence.report.report import Report
from evidence.wording import sentences as words

__all__ = [
    "Report",
    "at_a_glance",
    "book_list",
    "book_map",
    "browse",
    "by_condition",
    "changes",
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
