"""The main outcome's better side as a setting: a book about wellbeing mirrors this one, number by number."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.effects import Effect
from evidence.question import main_outcome
from evidence.report import Report
from evidence.report.book.overview import gaps
from evidence.report.sections.findings import albatross_points, main_measure
from evidence.report.sections.headline import headline as number_of
from evidence.report.sections.missing import missing_sentence
from evidence.report.sections.multiverse import multiverse
from evidence.report.sections.sizes import sizes, sizes_figure
from evidence.results.analysis import Analysis
from evidence.results.missing import tipping
from evidence.results.posterior_words import headline, told
from nmda.facts import finding
from nmda.verdicts import no_benefit, no_clear_relief, relief
from tests.dataset import folder
from tests.report.mirrored import mirrored

#: They differ in kind: one trial, several, tests only, harm rather than benefit, reports in doubt.
PLACES = (
    ("ketamine", "crps"),
    ("ketamine", "cancer"),
    ("memantine", "neuropathic"),
    ("dextromethorphan", "neuropathic"),
    ("amantadine", None),
    ("magnesium", "headache"),
)
CHANCES = ("relief", "important", "again")
#: Words that change places; a sentence of one book is that of the other with these exchanged.
SIDES = (("lowers", "raises"), ("less", "more"), ("lower", "higher"), ("fall", "rise"))
#: Words of a size or a number of things, which have no side.
PLAIN = re.compile(
    r"(or|takes|with) (more|less)\b|\bmore (trials?|than|it)\b|, less|\d more\b(?! wellbeing| pain)"
)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return mirrored(tmp_path_factory.mktemp("better") / "data")


@pytest.fixture(scope="module")
def pairs(other: Dataset) -> list[tuple[Analysis, Analysis]]:
    """The analyses of this book, each with its mirror."""
    own = dataset.load()
    found = [
        pair
        for place in PLACES
        for pair in zip(Report(*place, ds=own).analyses, Report(*place, ds=other).analyses, strict=True)
    ]
    assert len(found) > 15
    return found


def near(value: object) -> object:
    return pytest.approx(value, rel=1e-7, abs=1e-7)


def turned(ends: tuple[float, float]) -> tuple[float, float]:
    return -ends[1], -ends[0]


def exchanged(text: str) -> str:
    """Return a sentence of the other book as this one would say it."""
    text = PLAIN.sub("", text).replace("wellbeing", "pain").replace("Wellbeing", "Pain")
    both = {one: two for pair in SIDES for one, two in (pair, pair[::-1])}
    return re.sub(rf"\b({'|'.join(both)})\b", lambda word: both[word[1]], text)


def test_effects_are_mirrored(pairs: list[tuple[Analysis, Analysis]]) -> None:
    numbers = 0
    for own, other in pairs:
        for one, two in zip(own.effects, other.effects, strict=True):
            assert (one.study_id, one.evidence_class) == (two.study_id, two.evidence_class)
            assert (one.favourable, two.favourable) == (-1, 1)
            assert (one.statement and one.statement.words) == (two.statement and two.statement.words)
            if one.yi is not None:
                numbers += 1
                assert (two.yi, two.vi, two.df) == (near(-one.yi), near(one.vi), one.df)
                assert two.own_interval == near(turned(one.own_interval))
            if one.bound is not None and two.bound is not None:
                ends = [[-high, -low, v] for low, high, v in one.bound.effect_intervals()]
                assert np.array(sorted(ends)) == near(np.array(sorted(two.bound.effect_intervals())))
    assert numbers > 15


def test_a_posterior_is_mirrored_and_its_chances_are_the_same(pairs: list[tuple[Analysis, Analysis]]) -> None:
    sized = 0
    for own, other in pairs:
        one, two = own.posterior, other.posterior
        assert (one is None) == (two is None)
        if one is None or two is None:
            continue
        sized += one.says_size
        assert two.primary.median == near(-one.primary.median)
        assert two.interval == near(turned(one.interval))
        for name in CHANCES:
            a, b = getattr(one, name), getattr(two, name)
            assert (b.value, b.low, b.high) == near((a.value, a.low, a.high)), name
        assert (two.verb, two.says_size, two.says_chances) == (one.verb, one.says_size, one.says_chances)
    assert sized > 8


def test_certainty_and_verdicts_are_the_same(pairs: list[tuple[Analysis, Analysis]]) -> None:
    for own, other in pairs:
        one, two = own.certainty, other.certainty
        assert (one.level, one.target) == (two.level, two.target)
        assert [each.down for each in one.domains] == [each.down for each in two.domains]
    targets = {own.certainty.target for own, _ in pairs}
    assert {"an important benefit", "little or no effect"} <= targets
    found = [[finding(side) for side in sides] for sides in zip(*pairs, strict=True)]
    for rule in (relief, no_benefit, no_clear_relief):
        for place in range(len(pairs)):
            one, two = (rule([each[place]], 10.0) for each in found)
            assert one.verdict == two.verdict
        assert rule(found[0], 10.0).verdict == rule(found[1], 10.0).verdict
    shown = [(one.shown, two.shown) for one, two in zip(*found, strict=True)]
    assert (True, True) in shown
    assert all(one == two for one, two in shown)


def test_what_missing_results_would_have_to_be_is_mirrored(pairs: list[tuple[Analysis, Analysis]]) -> None:
    moved = 0
    for own, other in pairs:
        one, two = tipping(own.posterior, own.missing), tipping(other.posterior, other.missing)
        if one is None or two is None:
            assert one is two
            continue
        moved += 1
        assert [two.now, two.none, *two.small] == near([one.now, one.none, *one.small])
        for (mark, size), (same, turned_) in zip(one.marks, two.marks, strict=True):
            assert (same, turned_) == (mark, None if size is None else pytest.approx(-size, abs=0.1))
    assert moved > 2


def sentences(analysis: Analysis) -> list[str]:
    found = number_of(analysis)
    return [headline(analysis), told(analysis), *(found.chances if found else ())]


def spoken(text: str) -> tuple[str, list[str]]:
    """Return a sentence without its numbers, and these, whichever end of an interval comes first."""
    text = PLAIN.sub("", text)
    number = re.compile(r"[−\d][\d.]*")
    sides = re.sub(r"# (?:lower|higher) to # (?:lower|higher)", "# to #", number.sub("#", text))
    side = r"mean (?:fall|rise) of"
    sides = re.sub(rf"{side} (.+?) {side}", r"mean fall of \1 mean rise of", sides)
    return sides, sorted(number.findall(text))


def test_sentences_say_more_where_this_book_says_less(pairs: list[tuple[Analysis, Analysis]]) -> None:
    said = []
    for own, other in pairs:
        for one, two in zip(sentences(own), sentences(other), strict=True):
            assert spoken(exchanged(two)) == spoken(one)
            said.append(two)
    text = " ".join(said)
    for words in ("raises wellbeing", "probably raises", "higher at all", "whether", "That it raises"):
        assert words in text
    assert "That it lowers" not in text


@pytest.mark.parametrize("place", PLACES)
def test_a_report_speaks_for_the_other_side(other: Dataset, place: tuple[str, str | None]) -> None:
    own, report = Report(*place), Report(*place, ds=other)
    assert spoken(exchanged(report.sentence)) == spoken(own.sentence)
    assert spoken(exchanged(missing_sentence(report.analyses))) == spoken(missing_sentence(own.analyses))
    assert exchanged(report.needed()) == PLAIN.sub("", own.needed())
    assert "from 0 (worst) to 100 (best)" in report.plain().text
    assert "relief of" not in report.plain().text.lower()


def test_means_without_and_with_the_drug_are_of_the_outcome(other: Dataset) -> None:
    """Sigtermans 2009 in week 1: 54.5 and 26.8 of pain are 45.5 and 73.2 of wellbeing."""
    told_ = [
        [
            tuple(map(int, pair))
            for pair in re.findall(r"(\d+) → (\d+)<", Report("ketamine", "crps", ds=ds).sof()._repr_html_())
        ]
        for ds in (dataset.load(), other)
    ]
    one, two = told_
    assert one[0] in ((54, 27), (55, 27))
    assert len(one) == len(two) > 4  # the others are counts of people with a harm, the same in both
    measured = [place for place, pair in enumerate(one) if pair != two[place]]
    assert len(measured) == 2
    for place in measured:
        assert [a + b for a, b in zip(one[place], two[place], strict=True)] == pytest.approx(
            [100, 100], abs=1
        )


def test_charts_label_the_side_that_is_better(pairs: list[tuple[Analysis, Analysis]], other: Dataset) -> None:
    own, two = pairs[0]
    measure = main_measure(two)
    assert (measure.mid, measure.favours_low) == ((10.0,), "favours comparator")
    assert measure.favours_high == main_measure(own).favours_low == "favours ketamine"
    for one, turned_ in pairs:
        if one.posterior is not None and one.posterior.says_size:
            assert sizes(turned_.posterior).to_numpy() == near(sizes(one.posterior).to_numpy())  # type: ignore[arg-type]
    drawn = [figure for _, turned_ in pairs if (figure := sizes_figure(turned_, "sizes"))]
    assert drawn
    for figure in drawn:
        assert "gain of at least" in figure._repr_html_().lower()
        assert "relief" not in f"{figure._repr_html_()} {figure.title} {figure.description}".lower()
    states, same = (gaps(ds).data["state"].tolist() for ds in (dataset.load(), other))
    assert states == same
    assert "better" in same
    assert "more wellbeing on the drug" in gaps(other)._repr_html_()


def test_arrows_point_up_for_what_is_better(other: Dataset) -> None:
    """A trial that is better on the drug is so in both books, whichever way its number goes."""
    drawn = [Report("ketamine", ds=ds).directions("intravenous").data for ds in (dataset.load(), other)]
    one, two = (frame["direction"].tolist() for frame in drawn)
    assert one == two
    assert {"better", "worse", "same"} <= set(one)


def test_the_albatross_sets_tests_on_the_other_side(other: Dataset) -> None:
    def sides(ds: Dataset) -> list[str]:
        report = Report("ketamine", ds=ds)
        told_: list[Effect] = [effect for analysis in report.analyses for effect in analysis.bounded]
        return [point.favours for point in albatross_points(told_, report.labels)]

    one, two = sides(dataset.load()), sides(other)
    assert {"low", "neither"} <= set(one)
    assert [{"low": "high", "high": "low"}.get(side, side) for side in one] == two
    figure = Report("ketamine", ds=other).albatross()
    assert "favours drug" in figure._repr_html_()


def test_every_set_of_choices_is_mirrored(other: Dataset) -> None:
    found = []
    for ds in (dataset.load(), other):
        report = Report("memantine", "neuropathic", ds=ds)
        found.append(multiverse(ds, report.question("oral", "short")))
    one, two = found
    assert two.table["estimate"].to_numpy() == near(-one.table["estimate"].to_numpy())
    assert np.array_equal(two.table["beyond_mid"], one.table["beyond_mid"])
    assert one.place.rpartition(" is ")[2] == two.place.rpartition(" is ")[2]
    ranks = [each.place.partition(" is number ")[2].split(" of ")[0] for each in found]
    assert ranks[0] == ranks[1] != str(len(one.results) // 2 + 1)
    assert ("wholly beyond −10 points" in one.sentence, "wholly beyond 10 points" in two.sentence) == (
        True,
        True,
    )


def test_a_setting_against_the_tables_is_refused(tmp_path: Path) -> None:
    """Otherwise every answer would be told the wrong way round."""
    ds = mirrored(tmp_path / "data")
    path = ds.folder / "settings.csv"
    path.write_text(path.read_text("utf-8").replace("main_better,higher", "main_better,lower"), "utf-8")
    (problem,) = [found for found in dataset.check(ds.folder) if found.rule == "main_outcome_gets_better"]
    line = 1 + path.read_text("utf-8").splitlines().index(
        next(row for row in path.read_text("utf-8").splitlines() if row.startswith("main_better"))
    )
    assert str(problem).startswith(f"data/settings.csv:{line}: value: ")
    assert "higher_is" in problem.allowed and "correct the setting" in problem.remedy


def test_tables_of_a_version_without_the_setting_are_still_read(tmp_path: Path) -> None:
    """`diff` reads them; that less is better went without saying then."""
    place = tmp_path / "data"
    shutil.copytree(folder.DATA, place)
    package = json.loads((place / "datapackage.json").read_text("utf-8"))
    (settings,) = (each for each in package["resources"] if each["name"] == "settings")
    settings["keys"] = [key for key in settings["keys"] if key["name"] != "main_better"]
    (place / "datapackage.json").write_text(json.dumps(package), "utf-8")
    lines = (place / "settings.csv").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("main_better")]
    assert len(kept) == len(lines) - 1
    (place / "settings.csv").write_text("".join(kept), "utf-8")
    assert main_outcome(dataset.load(place)).favourable == -1
