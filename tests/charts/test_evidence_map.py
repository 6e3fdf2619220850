"""The evidence map."""

import pytest

from evidence.charts.evidence_map import MapCell, evidence_map
from tests.charts.examples import HOSTILE
from tests.charts.page import Tags


def test_the_evidence_map_is_a_table_of_links_in_words():
    known = {
        ("CRPS", "ketamine"): MapCell(6, "favours-drug", HOSTILE, 142, "ketamine/crps.html"),
        ("CRPS", "memantine"): MapCell(1, "no-pool", "not pooled"),
    }
    page = evidence_map("map", "Map", ("CRPS", "Other"), ("ketamine", "memantine"), known)._repr_html_()
    tags = Tags(page)
    assert "script" not in tags.names
    assert [attrs["href"] for attrs in tags.all("a")] == ["ketamine/crps.html"]
    assert "6 trials, 142 people" in page and "1 trial<" in page and page.count("no trials") == 2
    with pytest.raises(ValueError, match="'CRPS' x 'zinc' has no line"):
        evidence_map("map", "Map", ("CRPS",), ("ketamine",), {("CRPS", "zinc"): MapCell(1, "no-pool", "")})
