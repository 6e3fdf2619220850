"""An Axes that makes a tick when one is first shown or asked for.

matplotlib makes four ticks for a new Axes, of five artists each, though it keeps for every new tick how ticks
look; that takes more than half of the time of an Axes, and most charts show one axis or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Tick, XAxis, YAxis

if TYPE_CHECKING:
    from matplotlib.axis import Axis as _Any
else:
    _Any = object  # see `evidence.charts.uncut`

_LISTS: Final = ("majorTicks", "minorTicks")


class _Late(_Any):
    """An axis that looks at the ticks that there are; matplotlib makes one wherever it looks for them."""

    def set_clip_path(self, path: Any, transform: Any = None) -> None:
        """Take a frame, for its ticks too."""
        Artist.set_clip_path(self, path, transform)
        for tick in (tick for name in _LISTS for tick in self.__dict__.get(name, ())):
            tick.set_clip_path(path, transform)

    def set_tick_params(self, which: Any = "major", reset: bool = False, **kwargs: Any) -> None:
        """Say how ticks look, those that there are and those that are made later."""
        without = [name for name in _LISTS if name not in self.__dict__]
        self.__dict__ |= {name: [] for name in without}
        super().set_tick_params(which, reset, **kwargs)
        for name in without:
            self.__dict__.pop(name, None)

    def _get_tick(self, major: bool) -> Tick:
        made: Tick = super()._get_tick(major)  # type: ignore[misc]
        for artist in (made, made.gridline):
            artist.set_clip_box(self.clipbox)
        return made


class _LateX(_Late, XAxis):
    pass


class _LateY(_Late, YAxis):
    pass


class LateAxes(Axes):
    """An Axes like any other."""

    def _init_axis(self) -> None:
        self.xaxis = _LateX(self, clear=False)
        self.yaxis = _LateY(self, clear=False)
        for spine in (self.spines.bottom, self.spines.top):
            spine.register_axis(self.xaxis)
        for spine in (self.spines.left, self.spines.right):
            spine.register_axis(self.yaxis)
