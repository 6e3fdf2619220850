"""Another topic by search and replace: psilocybin for depression, and not a word of this book."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.report import Report
from evidence.report.book.doors import conditions, not_answered, tried
from evidence.report.book.glance import flow
from evidence.report.book.overview import across, book_map, reports
from evidence.report.sections.reported import Reported
from tests.dataset import folder

#: What an editor of another book would replace in all files of data/, in this order.
REPLACED = {
    "complex regional pain syndrome": "depression",
    "Complex regional pain syndrome": "Depression",
    "CRPS": "Depression",
    "crps": "depression",
    "pain_intensity": "sadness",
    "Ketamine": "Psilocybin",
    "ketamine": "psilocybin",
    "ketamin": "psilocybin",
    "Pain": "Sadness",
    "pain": "sadness",
    "PAIN": "SADNESS",
}
FOREIGN = re.compile(r".{0,40}(?:pain|ketamin|\bcrps\b).{0,40}", re.IGNORECASE)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    place = tmp_path_factory.mktemp("other") / "data"
    place.mkdir()
    for path in folder.DATA.iterdir():
        if path.suffix in (".csv", ".json"):
            (place / path.name).write_text(replaced(path), encoding="utf-8", newline="")
    return dataset.load(place)


def replaced(path: Path) -> str:
    text = path.read_bytes().decode("utf-8")
    for old, new in REPLACED.items():
        text = text.replace(old, new)
    return text


def shown(thing: object) -> str:
    """Return everything that a page shows of a result."""
    figures = [str(getattr(thing, name, "")) for name in ("wide", "narrow", "alt", "title", "caption")]
    html = thing._repr_html_() if hasattr(thing, "_repr_html_") else str(thing)
    return "\n".join([html, *figures])


def parts(report: Report) -> Iterator[tuple[str, object]]:
    plain = ("answer", "plain", "by_routes", "sof", "harms", "outcomes", "choices", "whatifs", "certainty")
    for name in (*plain, "ledger", "trials", "regimens", "reviews", "left_out", "classes", "needed"):
        yield name, getattr(report, name)()
    yield "flow", report.flow
    for route in report.routes:
        yield f"forest {route}", report.forest(route)
        yield f"directions {route}", report.directions(route)
    if any(analysis.bounded for analysis in report.analyses):
        yield "albatross", report.albatross()


@pytest.mark.parametrize(
    ("drug", "condition"),
    [("psilocybin", "depression"), ("memantine", "neuropathic"), ("magnesium", None)],
)
def test_a_report_of_the_copy_says_nothing_of_this_topic(other: Dataset, drug: str, condition: str) -> None:
    said = {name: FOREIGN.findall(shown(part)) for name, part in parts(Report(drug, condition, ds=other))}
    assert len(said) > 17
    assert {name: found for name, found in said.items() if found} == {}


def test_what_looks_across_the_copy_says_nothing_of_this_topic(other: Dataset) -> None:
    told = Reported(other)
    report = Report("psilocybin", ds=other)
    found = [conditions(other), not_answered(other), tried(other, "psilocybin"), flow(other), book_map(other)]
    found += [reports(other, "psilocybin"), across(report), told.figure(), told.by_drug(), told.by_decade()]
    assert [FOREIGN.findall(shown(part)) for part in found] == [[]] * len(found)


def test_the_copy_speaks_of_its_own_topic_and_finds_the_same_numbers(other: Dataset) -> None:
    report, first = Report("psilocybin", "depression", ds=other), Report("ketamine", "crps")
    answers, own = report.to_frame(), first.to_frame()
    assert answers["estimate"].tolist() == pytest.approx(own["estimate"].tolist(), nan_ok=True)
    assert "less sadness" in report.sentence
    assert "psilocybin" in report.sentence
    assert report.sentence.replace("sadness", "pain").replace("psilocybin", "ketamine") == first.sentence
