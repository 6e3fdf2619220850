"""Charts as seaborn users know them: a tidy frame and column names in, an Axes out.

Each chart is a function, such as `forest`; a second one, such as `forest_figure`, gives it a caption, words,
a table of its numbers, and two layouts. Nothing here computes a result or knows the tables of the book.
"""

from evidence.charts.albatross import albatross, albatross_figure
from evidence.charts.counts import counts, counts_figure
from evidence.charts.directions import directions, directions_figure
from evidence.charts.evidencemap import evidencemap, evidencemap_figure
from evidence.charts.figure import Figure, figure
from evidence.charts.forest import Heads, Kind, forest, forest_figure
from evidence.charts.funnel import funnel, funnel_figure
from evidence.charts.halfeye import halfeye, halfeye_figure
from evidence.charts.icons import icons, icons_figure
from evidence.charts.measure import Measure
from evidence.charts.panels import panels
from evidence.charts.riskofbias import (
    riskofbias,
    riskofbias_figure,
    riskofbias_summary,
    riskofbias_summary_figure,
)
from evidence.charts.speccurve import speccurve, speccurve_figure
from evidence.charts.tables import from_frame
from evidence.charts.theme import INK, set_theme
from evidence.charts.threshold import threshold, threshold_figure
from evidence.charts.timecourse import timecourse, timecourse_figure
from evidence.charts.trialflow import trialflow, trialflow_figure

__all__ = [
    "INK",
    "Figure",
    "Heads",
    "Kind",
    "Measure",
    "albatross",
    "albatross_figure",
    "counts",
    "counts_figure",
    "directions",
    "directions_figure",
    "evidencemap",
    "evidencemap_figure",
    "figure",
    "forest",
    "forest_figure",
    "from_frame",
    "funnel",
    "funnel_figure",
    "halfeye",
    "halfeye_figure",
    "icons",
    "icons_figure",
    "panels",
    "riskofbias",
    "riskofbias_figure",
    "riskofbias_summary",
    "riskofbias_summary_figure",
    "set_theme",
    "speccurve",
    "speccurve_figure",
    "threshold",
    "threshold_figure",
    "timecourse",
    "timecourse_figure",
    "trialflow",
    "trialflow_figure",
]
