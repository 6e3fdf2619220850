"""Counts typed into prose are refused; a paragraph whose result has changed is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence import dataset
from evidence.publish.run import chapters, lint
from evidence.report.standing import rests, standing

PAGE = """---
kernelspec:
  name: python3
---

# T

{}
"""


def found(folder: Path, text: str) -> list[str]:
    (folder / "page.md").write_text(PAGE.format(text), encoding="utf-8")
    return lint.typed_numbers(folder, [chapters.read(folder, "page")])


@pytest.mark.parametrize(
    "text",
    [
        "Two placebo-controlled trials say something.",
        "Only one small trial was found.",
        "It lasted in seven people.",
        "Both trials tried to prevent pain.",
        "It rests on 35 trials.",
        "A single study says so.",
        "It had three arms.",
    ],
)
def test_a_typed_count_is_refused(tmp_path: Path, text: str) -> None:
    assert "a count of trials or people" in found(tmp_path, text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "The trials of one company say otherwise.",
        "Infusions of a few hours on ten days.",
        "What that means for 1,000 people.",
        "Four kinds of trial report.",
        "Both groups got ketamine.",
        "% rests on ketamine/crps/intravenous/short: 2 trials, 79 people, −7.6 (−80.1 to 64.8)",
    ],
)
def test_what_is_no_count_stays(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


def test_a_paragraph_whose_result_has_changed_is_stale(tmp_path: Path) -> None:
    ds, path = dataset.load(), tmp_path / "page.md"
    result = "ketamine/crps/intravenous/immediate"
    now = standing(ds, result)
    path.write_text(
        f"% rests on {result}: {now}\n\nText.\n\n% rests on {result}: 1 trial\n", encoding="utf-8"
    )
    fresh, stale = rests(ds, path)
    assert (fresh.stale, stale.stale, stale.line, stale.now) == (False, True, 5, now)
    for wrong in ("ketamine/crps", "aspirin/crps/oral/short", "ketamine/crps/oral/short"):
        path.write_text(f"% rests on {wrong}: x\n", encoding="utf-8")
        with pytest.raises(ValueError, match=r"page\.md:1: "):
            list(rests(ds, path))


def test_no_citation_in_text_stands_in_brackets() -> None:
    """`cite:t` brings its own brackets around the year: "(Ferraro et al. (2025))" has one pair too many."""
    root = Path(__file__).parents[2]
    pages = [root / f"{name}.md" for name in chapters.docnames(root)]  # no copies that JupyterLab keeps
    assert len(pages) > 40
    assert [page.name for page in pages if "({cite:t}" in page.read_text("utf-8")] == []
