"""One figure of every kind, plain or with hostile, long text in every place."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import seaborn as sns
from scipy import stats

from evidence.charts.albatross import albatross_figure
from evidence.charts.counts import counts_figure
from evidence.charts.directions import directions_figure
from evidence.charts.evidencemap import evidencemap_figure
from evidence.charts.figure import figure as own_figure
from evidence.charts.forest import forest_figure
from evidence.charts.funnel import funnel_figure
from evidence.charts.halfeye import halfeye_figure
from evidence.charts.icons import icons_figure
from evidence.charts.measure import Measure
from evidence.charts.panels import panels
from evidence.charts.riskofbias import riskofbias_figure, riskofbias_summary_figure
from evidence.charts.speccurve import speccurve_figure
from evidence.charts.theme import INK
from evidence.charts.threshold import threshold_figure
from evidence.charts.timecourse import timecourse_figure
from evidence.charts.trialflow import trialflow_figure

PAIN = Measure("Mean difference in pain, 0-100", mid=(-10, 10), favours_low="favours ketamine")
RATIO = Measure("Risk ratio of nausea", null=1, log=True, digits=2)
HOSTILE = (
    '<script>alert("x")</script>&\u202e $x$ =1+1 \u05e9\u05dc\u05d5\u05dd averyverylongwordthatnothingbreaks '
)


SAFEGUARDS = {"R": "randomisation described", "B": "double blind"}


def rows(extra=""):
    """Studies of every kind, one interval wider than the axis."""
    return [
        {
            "label": extra + "Sigtermans 2009",
            "est": -27.7,
            "lo": -41.5,
            "hi": -14.0,
            "n": "30 v 30",
            "detail": extra + "100 hours, intravenous",
            "weight": 40.0,
            "R": "yes",
            "B": "no",
        },
        {
            "label": "Schwartzman 2009",
            "kind": "derived",
            "est": -12.1,
            "lo": -38.0,
            "hi": 13.8,
            "n": "9 v 10",
            "weight": 10.0,
            "R": "unclear",
            "B": "yes",
        },
        {
            "label": "Amr 2010",
            "est": 2.5,
            "lo": -150.25,
            "hi": 160.75,
            "n": extra + "20 v 20",
            "weight": 2.5,
            "R": "no",
            "B": "no",
            "flags": extra + "integrity in doubt",
        },
        {
            "label": "Finch 2009",
            "kind": "bounded",
            "bound_lo": -14.2,
            "bound_hi": 9.8,
            "words": extra,
            "R": "yes",
            "B": "yes",
        },
        {"label": "Lynch 2005", "kind": "bounded", "bound_hi": -2.2, "R": "yes", "B": "unclear"},
    ]


POOL = {"kind": "pooled", "label": "Random effects", "est": -18.4, "lo": -37.0, "hi": 0.2}
PREDICTED = {**POOL, "pred_lo": -58.0, "pred_hi": 21.2, "detail": "I2 48%, tau2 110", "n": "51 v 52"}
OVERALL = {"kind": "pooled", "label": "All routes", "est": -14.0, "lo": -26.0, "hi": -2.0, "detail": "Q 2.1"}
POSTERIOR = {"kind": "posterior", "label": "Mean effect", "est": -20.0, "lo": -37.0, "hi": -3.0}


def frame(*blocks):
    """The frame of blocks, each a title and its rows."""
    return pd.DataFrame([{"block": title, **row} for title, found in blocks for row in found])


def forest_plot(extra=""):
    studies = rows(extra)
    pool = {**PREDICTED, "label": extra + POOL["label"], "detail": extra + PREDICTED["detail"]}
    note = {"kind": "note", "label": extra + "Not pooled: bounds only."}
    posterior = {**POSTERIOR, "pred_lo": -55.0, "pred_hi": 15.0, "detail": extra}
    blocks = (
        (extra + "Intravenous", [*studies[:3], pool]),
        ("Topical", [*studies[3:], note]),
        ("Together", [posterior]),
        ("", [OVERALL]),
    )
    return frame(*blocks), {"measure": PAIN, "safeguards": SAFEGUARDS, "curves": curves("Together")}


def curves(block):
    """The density of a posterior and of a new trial."""
    x = np.linspace(-100, 100, 81)
    curve = {"density": stats.norm.pdf(x, -20, 8.7), "new_trial": stats.norm.pdf(x, -20, 18)}
    return pd.DataFrame({"block": block, "x": x, **curve})


def ratio_plot():
    studies = [
        {"label": "A 2001", "est": 4.6, "lo": 2.0, "hi": 10.5, "weight": 60},
        {"label": "B 2002", "est": 0.5, "lo": 0.2, "hi": 1.25, "weight": 40},
    ]
    pool = {**POOL, "est": 1.6, "lo": 0.8, "hi": 3.2, "pred_lo": 0.3, "pred_hi": 9.0}
    return frame(("", [*studies, pool])), {"measure": RATIO}


def course(extra=""):
    columns = ("arm", "time", "mean", "low", "high", "label", "other_low", "other_high")
    points = [
        (extra + "ketamine", 0, 72.0, None, None, "baseline", None, None),
        (extra + "ketamine", 1, 26.8, 16.4, 37.2, extra + "week 1", 23.2, 30.4),
        (extra + "ketamine", 12, 60.0, 52.0, 68.0, "", None, None),
        ("placebo", 1, 54.5, 44.9, 64.1, "", None, None),
    ]
    names = {"xlabel": extra + "Weeks since the start", "ylabel": extra + "Mean pain, 0-100"}
    readings = {"interval_name": extra + "95% interval", "other_name": extra + "if SD"}
    options = {"ylim": (0, 100), "treatment": (0, 0.6), **names, **readings}
    return pd.DataFrame(points, columns=columns), options


def findings(extra=""):
    first = {"label": extra + "Sigtermans 2009", "n": extra + "30 v 30", "detail": extra + "100 hours"}
    second, pain = {"label": "Finch 2009"}, extra + "Pain"
    found = [
        {**first, "outcome": pain, "direction": "better", "significant": True, "words": extra + "p < 0.001"},
        {**first, "outcome": "Function", "direction": "same", "significant": False},
        {**second, "outcome": pain, "direction": "unclear", "significant": False},
        {**second, "outcome": "Function", "direction": "worse", "significant": False, "words": "p = 0.2"},
        {**second, "outcome": extra + "Harms", "direction": "better", "significant": False},
    ]
    return pd.DataFrame(found), {}


def p_values(extra=""):
    columns = ("label", "n", "p", "operator", "favours", "paired")
    points = [
        (extra + "Sigtermans 2009", 60, 0.001, "<", "low", False),
        ("Eide 1995", 9, 0.04, "=", "low", True),
        ("Noppers 2011", 24, 0.6, "=", "high", False),
        ("Finch 2009", 20, 0.05, ">", "neither", False),
        ("Lynch 2005", 92, 0.05, ">", "low", False),
    ]
    return pd.DataFrame(points, columns=columns), {"favours_low": extra + "favours ketamine"}


def small_studies(extra=""):
    found = [{"label": f"{extra}Study {i}", "est": -20.0 + 4.5 * i, "se": 2.0 + i} for i in range(8)]
    return pd.DataFrame(found), {"measure": PAIN, "pooled": -12.0}


def specifications(extra=""):
    names = [extra + "Estimator", "Interval", "Correlation"]
    made = list(product(("REML", extra + "DL"), ("HKSJ", "Wald"), ("0.3", "0.5", "0.7")))
    data = pd.DataFrame(made, columns=names)
    middles = np.array([7.0 * i % 13 for i in range(len(made))])
    data = data.assign(est=middles - 20, lo=middles - 40, hi=middles - 2, main=data.index == 4)
    return data, {"choices": names, "measure": PAIN}


def people(extra=""):
    groups = {"group": [extra + "Without", "With ketamine"], "per_1000": [180.0, 757.3]}
    data = pd.DataFrame({**groups, "low": [None, 400.0], "high": [None, 1000.0]})
    return data, {"outcome": extra + "felt sick"}


def bars(extra=""):
    found = {"label": [extra + "Means with a spread", "A p-value", "Nothing"], "count": [12, 41, 0]}
    return pd.DataFrame({**found, "detail": [extra + "can be pooled", "", ""]}), {}


def posterior(extra=""):
    measure = replace(PAIN, name=extra + PAIN.name, favours_low=extra + "favours ketamine")
    return curves("A"), {"est": -20.0, "interval": (-37.0, -3.0), "measure": measure}


def sizes(extra=""):
    relief = np.arange(0, 51, 2)
    means = {"low": 20, "probability": 25, "high": 28}
    shares = {name: stats.norm.sf(relief, mean, 9) for name, mean in means.items()}
    options = {"mid": 10, "xlabel": extra + "Relief of at least", "assumptions": extra + "other priors"}
    return pd.DataFrame({"relief": relief, **shares}), options


def steps(extra=""):
    named = ["found", extra + "treat this pain", "against placebo", "say something", "give a number"]
    counted = {"trials": [81, 17, 15, 11, 3], "people": [3599, 402, 371, None, 62]}
    return pd.DataFrame({"step": named, **counted}), {}


def known(extra=""):
    columns = ("condition", "drug", "state", "people", "words", "href")
    found = [
        ("CRPS", "ketamine", "better", 60, extra + "\u221227.7 points; 1 trial, 60 people", "site:a.html"),
        ("CRPS", "dextromethorphan", "unclear", 15, "0.6 points", ""),
        (extra + "nerve pain", "ketamine", "silent", None, "only tests", "site:b.html"),
        (extra + "nerve pain", "memantine", "worse", 240, "3.1 points", ""),
    ]
    return pd.DataFrame(found, columns=columns), {"outcome": "pain"}


DOMAINS = {"D1": "randomisation", "D2": "missing outcomes", "Overall": ""}


def judged(extra=""):
    levels = {extra + "Sigtermans 2009": ("low", "some concerns", "some concerns"), "Amr 2010": ("high",) * 3}
    rows = [
        {"label": study, "domain": domain, "judgement": level, "people": people}
        for (study, found), people in zip(levels.items(), (60, 20), strict=True)
        for domain, level in zip(DOMAINS, found, strict=True)
    ]
    return pd.DataFrame(rows), {"domains": {**DOMAINS, "D2": extra + "missing outcomes"}}


def weighed(extra=""):
    data, options = judged(extra)
    return data, {**options, "weight": "people"}


KINDS = {
    "forest": (forest_figure, forest_plot),
    "time-course": (timecourse_figure, course),
    "directions": (directions_figure, findings),
    "albatross": (albatross_figure, p_values),
    "funnel": (funnel_figure, small_studies),
    "specification-curve": (speccurve_figure, specifications),
    "icons": (icons_figure, people),
    "half-eye": (halfeye_figure, posterior),
    "threshold": (threshold_figure, sizes),
    "trial-flow": (trialflow_figure, steps),
    "evidence-map": (evidencemap_figure, known),
    "risk-of-bias": (riskofbias_figure, judged),
    "risk-of-bias-summary": (riskofbias_summary_figure, weighed),
    "counts": (counts_figure, bars),
}


def by_route(wrap):
    """A seaborn grid: a panel for each route."""
    data = small_panels()
    marks = {"hue": "time", "style": "class", "s": 60}
    return sns.relplot(data, x="people", y="effect", col="route", col_wrap=wrap, **marks)


def small_panels():
    return pd.DataFrame(
        {
            "people": [20, 92, 35, 60, 8, 41],
            "effect": [-20.0, 1.5, -7.0, -12.5, 4.0, -2.0],
            "route": ["intravenous", "intravenous", "oral", "oral", "topical", "topical"],
            "time": ["early", "late"] * 3,
            "class": ["reported", "derived", "derived", "reported", "reported", "reported"],
        }
    )


def own(ax):
    """A plain seaborn drawing with a legend, as a chapter's own cell makes it."""
    sns.scatterplot(small_panels(), x="people", y="effect", hue="route", style="time", s=70, ax=ax)
    ax.set(xlabel="People", ylabel="Points; below 0: less pain")
    ax.axhline(0, lw=1, color=INK["edge"])


#: Figures that seaborn draws: small multiples, and a chapter's own.
DRAWN_BY_SEABORN = {
    "panels": lambda: panels("panels", "The title.", small_panels(), by_route, says="Six effects."),
    "own": lambda: own_figure("own", "The title.", own, small_panels(), says="Six effects."),
}


def figure(kind, extra=""):
    if kind in DRAWN_BY_SEABORN:
        return DRAWN_BY_SEABORN[kind]()
    draw, make = KINDS[kind]
    data, options = make(extra)
    return draw(kind, f"{extra}The title.", data, caption=f"{extra}The caption.", **options)
