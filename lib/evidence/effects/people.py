"""How many people stand behind a result."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.question import Arm, Result


@dataclass(frozen=True, slots=True)
class People:
    """People in the drug arm and in the comparison arm; in a crossover both are the same people."""

    experimental: int
    control: int
    paired: bool
    assumptions: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """People, each counted once."""
        return min(self.experimental, self.control) if self.paired else self.experimental + self.control

    @property
    def df(self) -> int:
        """Degrees of freedom of the t test."""
        return self.total - 1 if self.paired else self.total - 2


def result_people(result: Result) -> People | None:
    """People of a result: from its arm rows, else from arms.csv, else for a crossover from studies.csv.

    Returns None where a number is not known.
    """
    paired = result.paired
    drug = _side(result, result.comparison.experimental)
    control = _side(result, (result.comparison.control,))
    if paired:
        drug = drug if drug is not None else result.study.n
        control = control if control is not None else result.study.n
    if drug is None or control is None:
        return None
    if paired:
        drug = control = min(drug, control)
    return People(drug, control, paired, _assumptions(result))


def _side(result: Result, arms: tuple[Arm, ...]) -> int | None:
    sizes = [_size(result, arm) for arm in arms]
    return None if None in sizes else sum(size or 0 for size in sizes)


def _size(result: Result, arm: Arm) -> int | None:
    for pair in result.pairs:
        for of, row in zip(
            (*result.comparison.experimental, result.comparison.control),
            (*pair.experimental, pair.control),
            strict=True,
        ):
            size = row.n if row.n is not None else row.total
            if of == arm and size is not None:
                return size
    return arm.n


def _assumptions(result: Result) -> tuple[str, ...]:
    arms = (*result.comparison.experimental, result.comparison.control)
    sayings = {
        "equal split": "{n} people in the arm {arm}: the total divided equally, arm sizes not seen.",
        "derived": "{n} people in the arm {arm}: derived from printed percentages.",
    }
    return tuple(sayings[arm.n_basis].format(n=arm.n, arm=arm.arm) for arm in arms if arm.n_basis in sayings)
