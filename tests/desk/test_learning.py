"""The cells that a reader may change: each runs in a notebook, and another `hue` gives another picture."""

import jupytext
import nbclient
import nbformat
import pytest
from jupytext.config import load_jupytext_config
from lxml import html

from .checkout import ROOT

HEADING = "The same numbers in your hands"
#: Chapter → what a reader changes in its cell, and into what.
CHANGES = {
    "ketamine/crps": ('hue="time"', 'hue="class"'),
    "ketamine/index": ('"hue": "given"', '"hue": "class"'),
    "methods": ('y="prior", s=70', 'y="prior", hue="prior", s=70'),
    "harms": ('hue="against"', 'hue="drug"'),
    "published-reviews": ('y="left out", s=70', 'y="left out", hue="left out", s=70'),
}


@pytest.fixture(scope="module", params=CHANGES)
def pictures(request):
    """What the cell of a chapter shows as it stands, and changed, in one kernel after the first cell."""
    file = ROOT / "chapters" / f"{request.param}.md"
    text, (before, after) = file.read_text("utf-8"), CHANGES[request.param]
    assert text.count(before) == 1 and HEADING in text.partition(before)[0]
    book = jupytext.reads(text, fmt="md:myst", config=load_jupytext_config(str(file)))
    first, *_, last = [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert before in last
    cells = [nbformat.v4.new_code_cell(code) for code in (first, last, last.replace(before, after))]
    made = nbformat.v4.new_notebook(cells=cells, metadata=book.metadata)
    place = {"metadata": {"path": str(file.parent)}}
    nbclient.NotebookClient(made, timeout=300, kernel_name="python3", resources=place).execute()
    return [cell.outputs[-1]["data"]["text/html"] for cell in made.cells[1:]]


def test_another_hue_gives_another_picture(pictures):
    drawn = [[html.tostring(svg) for svg in html.fromstring(page).iter("svg")] for page in pictures]
    assert [len(each) for each in drawn] == [2, 2]
    assert all(one != other for one, other in zip(*drawn, strict=True))


def test_the_numbers_stay_as_they_were(pictures):
    rows = [[row.text_content() for row in html.fromstring(page).iter("tr")] for page in pictures]
    assert rows[0] == rows[1] and len(rows[0]) > 3
