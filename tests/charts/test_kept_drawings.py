"""What was drawn before from the same is not drawn again; from anything else it is."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.figure import figure as own_figure
from evidence.charts.room import Room
from evidence.charts.tables import Cell, Column
from evidence.results.memo import remembering

drawn: list[float] = []


def chart(data, ax, *, colour="blue"):
    canvas = ax.get_figure(root=True)
    drawn.append(canvas.get_figwidth())
    room = Room(ax)
    room.text(0, 20, f"{data['x'].iloc[0]:g}", role=colour)
    room.ax.set_axis_off()
    return room.close(30)


def figure(x=1.0, key="a", draw=None, **options):
    frame = pd.DataFrame({"x": [x]})
    numbers = twin(key, "Title", (Column("x"),), ((Cell("1"),),))
    draw = draw or drawing(chart, frame, **options)
    return Figure(key, "Title", "", f"It shows {x:g}.", frame, draw, numbers)


def shown(made: Figure) -> tuple[str, str, bytes]:
    return made.wide, made.narrow, made.png_file()


@pytest.fixture(autouse=True)
def nothing_drawn():
    drawn.clear()


def test_the_same_figure_is_drawn_once_between_two_builds(tmp_path: Path):
    plain = shown(figure())
    drawn.clear()
    for _ in range(2):
        with remembering(tmp_path / "memo", "a"):
            assert shown(figure()) == plain
    assert len(drawn) == 2, "once for each layout"
    with remembering(tmp_path / "memo", "other code"):
        assert shown(figure()) == plain
    assert len(drawn) == 4


@pytest.mark.parametrize(
    "other",
    [
        lambda: figure(2.0),
        lambda: figure(key="b"),
        lambda: figure(colour="orange"),
        lambda: replace(figure(), title="Another"),
        lambda: replace(figure(), description="It shows one."),
    ],
    ids=["data", "key", "option", "title", "description"],
)
def test_a_figure_that_differs_is_drawn(tmp_path: Path, other):
    alone = shown(other())
    with remembering(tmp_path / "memo", "a"):
        first = shown(figure())
        assert shown(other()) == alone != first


def test_what_was_changed_on_the_axes_shows_and_is_not_kept(tmp_path: Path):
    with remembering(tmp_path / "memo", "a"):
        plain = shown(figure())
        mine = figure()
        mine.ax.text(0.5, 0.5, "Mine")
        assert ">Mine</text>" in mine.wide
        assert mine.png_file() != plain[2]
        assert shown(figure()) == plain


def test_what_a_function_within_a_function_draws_is_not_kept(tmp_path: Path):
    with remembering(tmp_path / "memo", "a"):
        for word in ("one", "two"):
            own = figure(draw=lambda ax, word=word: (ax.text(0, 0, word), ax)[1])
            assert f">{word}</text>" in own.wide
            also = figure(draw=drawing(_saying(word), pd.DataFrame()))
            assert f">{word}</text>" in also.wide


def test_what_a_function_of_a_cell_draws_is_not_kept(tmp_path: Path):
    frame = pd.DataFrame({"x": [1.0]})
    with remembering(tmp_path / "memo", "a"):
        for word in ("one", "two"):
            cell = {"__name__": "__main__", "word": word}
            exec("def mine(ax):\n    ax.text(0, 0, word)", cell)
            assert f">{word}</text>" in own_figure("mine", "Mine", cell["mine"], frame, says="One.").wide


def _saying(word):
    def draw(data, ax):
        ax.text(0, 0, word)
        return ax

    return draw


def test_own_plotting_code_is_kept_where_a_chart_of_a_module_draws_it(tmp_path: Path):
    frame = pd.DataFrame({"x": [1.0]})
    for draw, times in ((drawing(chart, frame), 2), (lambda ax: chart(frame, ax), 4)):
        drawn.clear()
        for _ in range(2):
            with remembering(tmp_path / "memo", "a"):
                made = own_figure("mine", "Mine", draw, frame, says="One.")
                assert ">1</text>" in made.wide + made.narrow
        assert len(drawn) == times
