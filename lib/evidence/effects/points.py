"""From an instrument's units to points on 0–100, and what is refused."""

from __future__ import annotations

from evidence.question import ArmRow, Measure


def points_per_unit(unit: str, scale_min: float | None, scale_max: float | None) -> float:
    """How many points on 0–100 one unit of an instrument is worth.

    Raises
    ------
    ValueError
        For anything but scale points (a percentage of baseline has no fixed size in points), and where the
        limits of the scale are not known.
    """
    if unit != "points":
        raise ValueError(
            f"a measure in {unit!r} cannot be turned into points of a scale: use an SMD or keep it apart"
        )
    if scale_min is None or scale_max is None:
        raise ValueError("the limits of the scale are not known: fill in scale_min and scale_max")
    if not scale_min < scale_max:
        raise ValueError(f"scale_min {scale_min} must be below scale_max {scale_max}")
    return 100.0 / (scale_max - scale_min)


def has_points(measure: Measure, row: ArmRow | None = None) -> bool:
    """Whether results of a measure can be turned into points."""
    limits = scale_limits(measure, row)
    return measure.unit == "points" and None not in limits


def factor(measure: Measure, row: ArmRow | None = None) -> float:
    """Points on 0–100 per unit of a measure; an arm's row knows the limits of its own scale.

    Raises
    ------
    ValueError
        As `points_per_unit`.
    """
    return points_per_unit(measure.unit, *scale_limits(measure, row))


def scale_limits(measure: Measure, row: ArmRow | None = None) -> tuple[float | None, float | None]:
    """Least and greatest value of a scale, as the row has them, or else as the measure has them."""
    if row is not None and row.scale_min is not None and row.scale_max is not None:
        return row.scale_min, row.scale_max
    return measure.scale_min, measure.scale_max
