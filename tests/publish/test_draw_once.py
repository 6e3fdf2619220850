"""What a build draws before its chapters run is drawn once for all forks, and kept between builds."""

from pathlib import Path

from evidence.charts.figure import Figure
from evidence.publish.run.preload import draw_once
from evidence.results.memo import remembering


def test_what_is_kept_is_not_drawn_again(tmp_path: Path, monkeypatch):
    drawn, draw = [], Figure._drawn

    def count(self, width):
        drawn.append((self.key, width))
        return draw(self, width)

    monkeypatch.setattr(Figure, "_drawn", count)
    for code, times in (("a", 1), ("a", 1), ("b", 2)):
        with remembering(tmp_path / "memo", code):
            draw_once()
        assert drawn
        assert all(drawn.count(each) == times for each in drawn)
