"""Risk of bias: symbols of each judgement, bars in proportion to the evidence, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from evidence.charts.riskofbias import riskofbias_figure, riskofbias_summary, riskofbias_summary_figure
from evidence.wording.numbers import percent
from tests.charts.examples import judged, weighed
from tests.charts.page import Drawing

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])
SIGNS = {"low": "+", "some concerns": "?", "high": "\u2212"}


@layouts
def test_each_judgement_stands_under_its_domain_beside_its_study(layout):
    data, options = judged()
    drawing = Drawing(getattr(riskofbias_figure("r", "T", data, **options), layout))
    places = {words: (x, y) for x, y, words in drawing.texts()}
    signs = [(x, y, words) for x, y, words in drawing.texts() if words in SIGNS.values()]
    for row in data.to_dict("records"):
        across, down = places[row["domain"]][0], places[row["label"]][1]
        (sign,) = [words for x, y, words in signs if abs(x - across) < 1 and abs(y - down) < 3]
        assert sign == SIGNS[row["judgement"]]


def test_bars_are_shares_of_the_people():
    data, options = weighed()
    ax = riskofbias_summary_figure("r", "T", data, **options).ax
    widths = np.array([bar.get_width() for bar in ax.patches if bar.get_height() > 0])
    assert widths.reshape(-1, 3)[:3].sum(axis=0) == pytest.approx([1, 1, 1])  # three levels by three domains
    assert widths.reshape(-1, 3)[:3, 0] == pytest.approx([0.75, 0, 0.25])
    alike = riskofbias_summary(data, domains=options["domains"], ax=_axes())
    assert next(bar.get_width() for bar in alike.patches if bar.get_width()) == pytest.approx(0.5)


def _axes():
    return riskofbias_figure("r", "T", *judged()[:1], **judged()[1]).ax.figure.add_axes((0, 0, 1, 1))


def test_words_and_tables_hold_the_judgements():
    data, options = judged()
    made = riskofbias_figure("r", "T", data, **options)
    assert (
        "Randomisation: 1 low and 1 high. Missing outcomes: 1 some concerns and 1 high." in made.description
    )
    assert [cell.text for cell in made.twin.rows[0]] == ["Sigtermans 2009", "low", *["some concerns"] * 2]
    said = riskofbias_summary_figure("s", "T", data, **weighed()[1]).description
    assert said.startswith(f"Randomisation: {percent(75)} low risk, {percent(25)} high risk.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.assign(judgement="fine"), "Sigtermans 2009, D1: a judgement is one of .* 'fine'"),
        (lambda data: pd.concat([data, data]), "Sigtermans 2009: D1 is judged twice"),
        (lambda data: data.iloc[1:], "Sigtermans 2009: D1 is not judged"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(change, message):
    data, options = judged()
    with pytest.raises(ValueError, match=message):
        riskofbias_figure("r", "T", change(data), **options)


def test_weights_below_zero_are_refused():
    data, options = weighed()
    with pytest.raises(ValueError, match="each is 0 or more"):
        riskofbias_summary_figure("r", "T", data.assign(people=-1), **options)
