"""The rules of selection that editors may change: windows, hierarchies and flags, read from settings.csv."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from evidence.dataset import Dataset
from evidence.question.main_outcome import MainOutcome, main_outcome
from evidence.question.model import FlagRule, TimeRule
from evidence.question.records import Flag


@dataclass(frozen=True, slots=True)
class Windows:
    """Bounds of the time windows, in days after the start of treatment."""

    during_infusion_below: float
    immediate_max: float
    short_max: float
    medium_max: float

    def window(self, days: float) -> str:
        """Return the window that a day lies in."""
        if days < self.during_infusion_below:
            return "during_infusion"
        bounds = (("immediate", self.immediate_max), ("short", self.short_max), ("medium", self.medium_max))
        return next((name for name, last in bounds if days <= last), "long")

    def end(self, window: str) -> float | None:
        """Return the last day of a window; None for one that has none."""
        ends = {
            "during_infusion": self.during_infusion_below,
            "immediate": self.immediate_max,
            "short": self.short_max,
            "medium": self.medium_max,
        }
        return ends.get(window)

    def start(self, window: str) -> float | None:
        """Return the day on which a window starts; None for a window without days."""
        starts = {
            "during_infusion": 0.0,
            "immediate": self.during_infusion_below,
            "short": self.immediate_max,
            "medium": self.short_max,
            "long": self.medium_max,
        }
        return starts.get(window)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one selection."""

    windows: Windows
    measure_hierarchy: tuple[str, ...]
    comparator_order: tuple[str, ...]
    comparator_types: tuple[str, ...]
    source_order: tuple[str, ...]
    main: MainOutcome
    time_rule: TimeRule
    flag_rule: FlagRule
    sources: Mapping[str, str]

    def keeping_out(self, flags: Iterable[Flag]) -> tuple[Flag, ...]:
        """Return the flags that keep a study out under the flag rule."""
        severities: dict[FlagRule, tuple[str, ...]] = {
            "standard": ("exclude",),
            "without_caution": ("exclude", "caution"),
            "with_excluded": (),
        }
        return tuple(flag for flag in flags if flag.severity in severities[self.flag_rule])


def read_rules(
    ds: Dataset, time_rule: TimeRule | None, flag_rule: FlagRule, sources: Mapping[str, str]
) -> Rules:
    """Read the rules from the settings; `sources` names the source that stands for a study.

    Raises
    ------
    ValueError
        When a rule is not one of the words it may be.
    """
    time = ds.setting("time_rule") if time_rule is None else time_rule
    if time not in ("latest", "earliest"):
        raise ValueError(f"time_rule {time!r} is unknown: use latest or earliest")
    if flag_rule not in ("standard", "without_caution", "with_excluded"):
        raise ValueError(
            f"flag rule {flag_rule!r} is unknown: use standard, without_caution or with_excluded"
        )
    return Rules(
        windows=read_windows(ds),
        measure_hierarchy=ds.words("measure_hierarchy"),
        comparator_order=ds.words("comparator_order"),
        comparator_types=ds.words("comparator_types"),
        source_order=ds.words("source_order"),
        main=main_outcome(ds),
        time_rule=cast(TimeRule, time),
        flag_rule=flag_rule,
        sources=sources,
    )


def read_windows(ds: Dataset) -> Windows:
    """Read the bounds of the time windows from the settings."""
    keys = (
        "window_during_infusion_below_days",
        "window_immediate_max_days",
        "window_short_max_days",
        "window_medium_max_days",
    )
    return Windows(*(float(ds.setting(key)) for key in keys))
