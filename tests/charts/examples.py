"""One figure of every kind, plain or with hostile, long text in every place."""

from itertools import product

from evidence.charts.albatross import Albatross, AlbatrossPoint, albatross
from evidence.charts.bars import Bar, bars
from evidence.charts.effect_direction import DirectionRow, EffectDirection, Finding, effect_direction
from evidence.charts.forest import Forest, ForestBlock, ForestPool, ForestRow, Measure, Safeguard, forest
from evidence.charts.funnel import Funnel, FunnelPoint, funnel
from evidence.charts.icon_array import IconArray, Risk, icon_array
from evidence.charts.specification_curve import Specification, SpecificationCurve, specification_curve
from evidence.charts.time_course import TimeCourse, TimePoint, TimeSeries, time_course

PAIN = Measure("Mean difference in pain, 0-100", mid=(-10, 10), favours_low="favours ketamine")
RATIO = Measure("Risk ratio of nausea", null=1, log=True, digits=2)
HOSTILE = (
    '<script>alert("x")</script>&\u202e $x$ =1+1 \u05e9\u05dc\u05d5\u05dd averyverylongwordthatnothingbreaks '
)


def rows(extra=""):
    """Studies of every class of evidence, one interval wider than the axis."""
    return (
        ForestRow(
            extra + "Sigtermans 2009",
            -27.7,
            -41.5,
            -14.0,
            n="30 v 30",
            regimen=extra + "100 hours, intravenous",
            weight=40.0,
            safeguards=("yes", "no"),
        ),
        ForestRow(
            "Schwartzman 2009",
            -12.1,
            -38.0,
            13.8,
            "derived",
            "9 v 10",
            weight=10.0,
            safeguards=("unclear", "yes"),
        ),
        ForestRow("Amr 2010", 2.5, -150.25, 160.75, n=extra + "20 v 20", weight=2.5, safeguards=("no", "no")),
        ForestRow("Finch 2009", None, -14.2, 9.8, "bounded", effect=extra, safeguards=("yes", "yes")),
        ForestRow("Lynch 2005", None, None, -2.2, "bounded", safeguards=("yes", "unclear")),
    )


def forest_plot(extra=""):
    studies = rows(extra)
    first = ForestPool(
        extra + "Random effects", -18.4, -37.0, 0.2, (-58.0, 21.2), extra + "I2 48%, tau2 110", "51 v 52"
    )
    overall = ForestPool("All routes", -14.0, -26.0, -2.0, detail="Q 2.1 on 1 df")
    blocks = (
        ForestBlock(studies[:3], extra + "Intravenous", first),
        ForestBlock(studies[3:], "Topical", note=extra + "Not pooled: bounds only."),
    )
    safeguards = (Safeguard("R", extra + "randomisation described"), Safeguard("B", "double blind"))
    return Forest(PAIN, blocks, overall, safeguards)


def ratio_plot():
    studies = (ForestRow("A 2001", 4.6, 2.0, 10.5, weight=60), ForestRow("B 2002", 0.5, 0.2, 1.25, weight=40))
    return Forest(RATIO, (ForestBlock(studies),), ForestPool("Random effects", 1.6, 0.8, 3.2, (0.3, 9.0)))


def course(extra=""):
    ketamine = (
        TimePoint(0, 72.0, label="baseline"),
        TimePoint(1, 26.8, 16.4, 37.2, extra + "week 1", (23.2, 30.4)),
        TimePoint(12, 60.0, 52.0, 68.0),
    )
    series = (
        TimeSeries(extra + "ketamine", ketamine),
        TimeSeries("placebo", (TimePoint(1, 54.5, 44.9, 64.1),)),
    )
    names = (extra + "Weeks since the start", extra + "Mean pain, 0-100")
    return TimeCourse(series, *names, (0, 100), (0, 0.6), extra + "95% interval", extra + "if SD")


def directions(extra=""):
    studies = (
        DirectionRow(
            extra + "Sigtermans 2009",
            (Finding("better", True, extra + "p < 0.001"), Finding("same"), None),
            extra + "30 v 30",
            extra + "100 hours",
        ),
        DirectionRow(
            "Finch 2009", (Finding("unclear"), Finding("worse", False, "p = 0.2"), Finding("better"))
        ),
    )
    return EffectDirection((extra + "Pain", "Function", "Harms"), studies)


def p_values(extra=""):
    points = (
        AlbatrossPoint(extra + "Sigtermans 2009", 60, 0.001, "<", "low"),
        AlbatrossPoint("Eide 1995", 9, 0.04, "=", "low", paired=True),
        AlbatrossPoint("Noppers 2011", 24, 0.6, "=", "high"),
        AlbatrossPoint("Finch 2009", 20, 0.05, ">", "neither"),
        AlbatrossPoint("Lynch 2005", 92, 0.05, ">", "low"),
    )
    return Albatross(points, favours_low=extra + "favours ketamine")


def small_studies(extra=""):
    points = tuple(FunnelPoint(f"{extra}Study {i}", -20.0 + 4.5 * i, 2.0 + i) for i in range(8))
    return Funnel(PAIN, points, -12.0)


def specifications(extra=""):
    choices = list(product(("REML", extra + "DL"), ("HKSJ", "Wald"), ("0.3", "0.5", "0.7")))
    found = tuple(
        Specification(choice, -20.0 + 7 * i % 13, -40.0 + 7 * i % 13, 7 * i % 13 - 2.0, i == 4)
        for i, choice in enumerate(choices)
    )
    return SpecificationCurve(PAIN, (extra + "Estimator", "Interval", "Correlation"), found)


def people(extra=""):
    return IconArray(
        extra + "felt sick", Risk(extra + "Without", 180.0), Risk("With ketamine", 757.3, 400.0, 1000.0)
    )


def counts(extra=""):
    return (
        Bar(extra + "Means with a spread", 12, extra + "can be pooled"),
        Bar("A p-value", 41),
        Bar("Nothing", 0),
    )


KINDS = {
    "forest": (forest, forest_plot),
    "time-course": (time_course, course),
    "effect-direction": (effect_direction, directions),
    "albatross": (albatross, p_values),
    "funnel": (funnel, small_studies),
    "specification-curve": (specification_curve, specifications),
    "icon-array": (icon_array, people),
    "bars": (bars, counts),
}


def figure(kind, extra=""):
    draw, make = KINDS[kind]
    return draw(kind, f"{extra}The title.", make(extra), caption=f"{extra}The caption.")
