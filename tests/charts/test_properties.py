"""Whatever is drawn: no text on another or cut off, nothing outside its sheet, no result outside its axis."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy import stats

from evidence.charts.albatross import albatross_figure
from evidence.charts.directions import MEANINGS, directions_figure
from evidence.charts.evidencemap import STATES, evidencemap_figure
from evidence.charts.forest import forest_figure
from evidence.charts.funnel import funnel_figure
from evidence.charts.halfeye import halfeye_figure
from evidence.charts.icons import icons_figure
from evidence.charts.measure import Measure
from evidence.charts.speccurve import speccurve_figure
from evidence.charts.theme import NARROW, WIDE
from evidence.charts.threshold import threshold_figure
from evidence.charts.timecourse import timecourse_figure
from evidence.charts.trialflow import trialflow_figure
from tests.charts.page import Drawing, corners
from tests.charts.test_every_figure import texts_lie_apart

WORDS = ("Sigtermans", "2009", "intravenous", "0.35 mg/kg", "esketamine", "p < 0.001", "Schmidt-Hansen")
#: Marks of results, which end where the axis ends.
CUT = ("interval", "intervals", "prediction", "density", "new", "band", "curve")


class Data:
    """Random frames, long and short words, effects of any size."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.size = float(10 ** self.rng.uniform(-3, 5))

    def words(self, most=9):
        return " ".join(self.rng.choice(WORDS, self.rng.integers(1, most)))

    def names(self, count, most=4):
        return [f"{self.words(most)} {i}" for i in range(count)]

    def count(self, most=9):
        return int(self.rng.integers(1, most))

    def spans(self, count):
        """Estimates with intervals, some many times as wide as the others."""
        est = self.rng.normal(0, self.size, count)
        wide = self.size * 10 ** self.rng.uniform(-2, 1.5, (2, count))
        return est, est - wide[0], est + wide[1]

    def measure(self):
        mid = (-self.size / 3,) if self.rng.random() < 0.7 else ()
        digits = max(0, 2 - round(np.log10(self.size)))
        favours = {"favours_low": f"favours {self.words(5)}", "favours_high": f"favours {self.words(5)}"}
        return Measure(self.words(), mid=mid, digits=digits, **favours)

    def forest(self):
        count, measure = self.count(), self.measure()
        est, lo, hi = self.spans(count)
        kinds = self.rng.choice(["reported", "derived", "bounded"], count)
        data = pd.DataFrame({"label": self.names(count), "kind": kinds, "est": est, "lo": lo, "hi": hi})
        data["bound_lo"] = np.where(self.rng.random(count) < 0.5, lo, np.nan)
        data["bound_hi"] = hi
        data.loc[data["kind"] == "bounded", ["est", "lo", "hi"]] = np.nan
        data["detail"] = [self.words() for _ in range(count)]
        data["n"] = [self.words(3) for _ in range(count)]
        data["block"] = np.sort(self.rng.choice(["A", "B of some length"], count))
        pool = {"label": "Mean", "kind": "pooled", "est": est[0], "lo": lo[0], "hi": hi[0]}
        pool |= {"block": data["block"].iloc[-1], "pred_lo": lo[0] - self.size, "pred_hi": hi[0] + self.size}
        data = pd.concat([data, pd.DataFrame([pool])], ignore_index=True)
        return forest_figure("f", "T", data, measure=measure)

    def ratios(self):
        est, lo, hi = np.exp(np.array(self.spans(self.count())) / self.size * self.rng.uniform(0.1, 2))
        data = pd.DataFrame({"label": self.names(len(est)), "est": est, "lo": lo, "hi": hi})
        return forest_figure("f", "T", data, measure=Measure(self.words(), null=1, log=True, digits=2))

    def halfeye(self):
        (est,), (lo,), (hi,) = self.spans(1)
        sd = (hi - lo) / 4
        x = np.linspace(est - 6 * sd, est + 6 * sd, 121)
        curve = pd.DataFrame({"x": x, "density": stats.norm.pdf(x, est, sd)})
        curve["new_trial"] = stats.norm.pdf(x, est, 2 * sd)
        return halfeye_figure("h", "T", curve, est=est, interval=(lo, hi), measure=self.measure())

    def threshold(self):
        relief = np.linspace(0, self.size, self.count(60) + 1)
        shares = np.sort(self.rng.random((3, len(relief))), axis=0)[:, ::-1]
        shares = np.sort(np.sort(shares, axis=1)[:, ::-1], axis=0)
        data = pd.DataFrame({"relief": relief, "low": shares[0], "probability": shares[1], "high": shares[2]})
        mid = float(relief[len(relief) // 2])
        return threshold_figure("t", "T", data, mid=mid, xlabel=self.words(), assumptions=self.words())

    def timecourse(self):
        times = np.sort(self.rng.choice(np.arange(0, 52), self.count(8), replace=False)).astype(float)
        frames = []
        for arm in self.names(int(self.rng.integers(1, 5))):
            mean, low, high = self.spans(len(times))
            frames.append(pd.DataFrame({"arm": arm, "time": times, "mean": mean, "low": low, "high": high}))
        return timecourse_figure("c", "T", pd.concat(frames), xlabel=self.words(), ylabel=self.words())

    def speccurve(self):
        count = self.count(40)
        est, lo, hi = self.spans(count)
        data = pd.DataFrame({"est": est, "lo": lo, "hi": hi, "main": np.arange(count) == 0})
        for name in (choices := ["Interval", self.words(3) + " choice"]):
            data[name] = self.rng.choice(["all", "some", self.words(5)], count)
        return speccurve_figure("s", "T", data, choices=choices, measure=self.measure())

    def funnel(self):
        count = self.count(20)
        est, lo, hi = self.spans(count)
        data = pd.DataFrame({"label": self.names(count), "est": est, "se": (hi - lo) / 4})
        return funnel_figure("f", "T", data, pooled=float(est.mean()), measure=self.measure())

    def albatross(self):
        count = self.count(15)
        data = pd.DataFrame({"label": self.names(count), "n": self.rng.integers(4, 3000, count)})
        data["p"] = 10 ** self.rng.uniform(-6, 0, count)
        data["operator"] = self.rng.choice(["=", "<", ">"], count)
        data["favours"] = self.rng.choice(["low", "high", "neither"], count)
        data["paired"] = self.rng.random(count) < 0.4
        return albatross_figure("a", "T", data)

    def directions(self):
        studies, outcomes = self.names(self.count()), self.names(self.count(5))
        rows = [
            {
                "label": study,
                "outcome": outcome,
                "direction": self.rng.choice(list(MEANINGS)),
                "significant": bool(self.rng.random() < 0.5),
                "words": self.words(),
                "n": self.words(3),
                "detail": self.words(),
            }
            for study, outcome in itertools.product(studies, outcomes)
        ]
        return directions_figure("d", "T", pd.DataFrame(rows))

    def evidencemap(self):
        rows = [
            {
                "condition": condition,
                "drug": drug,
                "state": self.rng.choice(list(STATES)),
                "people": int(self.rng.integers(1, 5000)),
                "words": self.words(),
            }
            for condition, drug in itertools.product(self.names(self.count(6)), self.names(self.count(6)))
        ]
        return evidencemap_figure("m", "T", pd.DataFrame(rows))

    def icons(self):
        risks = self.rng.uniform(0, 1000, 2)
        data = pd.DataFrame({"group": self.names(2), "per_1000": risks, "low": risks / 2, "high": 1000.0})
        return icons_figure("i", "T", data, outcome=self.words())

    def trialflow(self):
        trials = np.sort(self.rng.integers(0, 2000, self.count(8)))[::-1]
        data = pd.DataFrame({"step": self.names(len(trials)), "trials": trials, "people": trials * 30})
        return trialflow_figure("t", "T", data)


CHARTS = (
    Data.forest,
    Data.ratios,
    Data.halfeye,
    Data.threshold,
    Data.timecourse,
    Data.speccurve,
    Data.funnel,
    Data.albatross,
    Data.directions,
    Data.evidencemap,
    Data.icons,
    Data.trialflow,
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
@settings(max_examples=20, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32 - 1))
def test_nothing_lies_on_another_or_outside(chart, seed):
    made = chart(Data(seed))
    for width in (WIDE, NARROW):
        ax = made._drawn(width)
        drawing = Drawing(made._svg(ax, "wide"))
        texts_lie_apart(drawing)
        frame = ax.get_window_extent().get_points()
        cut = {id(path) for group in drawing.root.iter("g") if "clip-path" in group.attrib for path in group}
        for path in drawing.root.iter("path"):
            if id(path) in cut:  # by the browser, at the frame of the Axes
                continue
            places = np.array(corners(path))
            assert (places >= -1).all() and (places <= [drawing.width + 1, drawing.height + 1]).all(), (
                path.attrib
            )
            if path.attrib.get("id", "").endswith(CUT):
                assert places[:, 0].min() >= frame[0, 0] - 1 and places[:, 0].max() <= frame[1, 0] + 1, (
                    path.attrib
                )
