"""What was drawn as SVG, kept so that Agg draws the same larger without all of matplotlib's layout anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from evidence.charts.svg import Renderer

#: Places of the transforms to the canvas among the arguments of what a renderer draws, after the first.
_PLACED: Final = {"draw_path": (1,), "draw_markers": (1, 3), "draw_path_collection": (0, 4)}


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a renderer, with the look of then; of words, y is up from the bottom."""

    name: str
    look: GraphicsContextBase
    given: tuple[Any, ...]
    named: dict[str, Any]


class Taping(Renderer):
    """Writes SVG and keeps how."""

    def __init__(self, width: int, height: int, prefix: str) -> None:
        super().__init__(width, height, prefix)
        self.tape: list[Step] = []
        self._within = False

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace: Any = None
    ) -> None:
        """Write a path."""
        if not self._within:
            self._keep("draw_path", gc, path, transform, rgbFace)
        super().draw_path(gc, path, transform, rgbFace)

    def draw_markers(self, gc: GraphicsContextBase, *given: Any, **named: Any) -> None:
        """Write markers, each as a path."""
        self._keep("draw_markers", gc, *given, **named)
        self._within = True
        super().draw_markers(gc, *given, **named)
        self._within = False

    def draw_path_collection(self, gc: GraphicsContextBase, *given: Any, **named: Any) -> None:
        """Write a collection, each of it as a path."""
        self._keep("draw_path_collection", gc, *given, **named)
        self._within = True
        super().draw_path_collection(gc, *given, **named)
        self._within = False

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Write one line of text."""
        self._keep("draw_text", gc, x, self._size[1] - y, s, prop, angle)
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)

    def _keep(self, name: str, gc: GraphicsContextBase, *given: Any, **named: Any) -> None:
        look = GraphicsContextBase()
        look.copy_properties(gc)
        places = _PLACED.get(name, ())
        kept = (part.frozen() if place in places else part for place, part in enumerate(given))
        self.tape.append(Step(name, look, tuple(kept), named))


def play(tape: Sequence[Step], renderer: RendererBase, scale: float) -> None:
    """Draw what a tape holds so many times as large, on a canvas whose figure has as many times the dots."""
    larger, height = Affine2D().scale(scale), renderer.get_canvas_width_height()[1]
    for step in tape:
        if step.name == "draw_text":
            x, up, *rest = step.given
            renderer.draw_text(step.look, scale * x, height - scale * up, *rest)
            continue
        places = _PLACED[step.name]
        given = (part + larger if place in places else part for place, part in enumerate(step.given))
        getattr(renderer, step.name)(step.look, *given, **step.named)
