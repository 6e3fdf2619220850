"""The outcome that reports are about: which it is, in what unit, and what size matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from evidence.dataset import Dataset, once

Better: TypeAlias = Literal["lower", "higher"]

#: How a question names the main outcome, whichever the settings make it.
MAIN: Final = "main"


@dataclass(frozen=True, slots=True)
class MainOutcome:
    """The main outcome as the settings give it.

    Attributes
    ----------
    code : str
        A word of the vocabulary `outcome` (setting ``main_outcome``).
    name : str
        What pages call it, from labels.csv; its code in words where it has no row there.
    unit : str
        In what its differences are given, such as "points on 0–100" (``main_unit``).
    better : {"lower", "higher"}
        Which of two values is the better one to have (``main_better``).
    mid : float
        Smallest difference that matters, in the unit (``main_mid``).
    steered : tuple of str
        Flags of trials that kept it at a target (``main_flags_steered``).
    steered_by : str
        How they did (``main_steered``).

    Examples
    --------
    >>> from evidence import dataset
    >>> main_outcome(dataset.load()).mid
    10.0
    """

    code: str
    name: str
    unit: str
    better: Better
    mid: float
    steered: tuple[str, ...]
    steered_by: str

    @property
    def favourable(self) -> int:
        """Sign of a difference, drug less comparator, that favours the drug: −1 or 1."""
        return -1 if self.better == "lower" else 1


@once
def main_outcome(ds: Dataset) -> MainOutcome:
    """Return the main outcome of a data folder."""
    code = str(ds.setting("main_outcome"))
    names = ds.rows("labels", kind="outcome", code=code)["name"]
    return MainOutcome(
        code,
        code.replace("_", " ") if names.empty else str(names.iloc[0]),
        str(ds.setting("main_unit")),
        _better(ds),
        float(ds.setting("main_mid")),
        ds.words("main_flags_steered"),
        str(ds.setting("main_steered")),
    )


@once
def responses(ds: Dataset) -> tuple[str, ...]:
    """Outcomes that count people by how far the main outcome got better, in the order of labels.csv.

    They are those with a measure that counts people and answers the main outcome.

    Examples
    --------
    >>> from evidence import dataset
    >>> responses(dataset.load())
    ('responder_50', 'responder_30')
    """
    main = main_outcome(ds).code
    found = set(ds.rows("measures", answers=main, unit="count")["outcome"]) - {main, "other"}
    return tuple(code for code in ds.rows("labels", kind="outcome")["code"] if code in found)


def _better(ds: Dataset) -> Better:
    """Return the better side; tables of a version without the setting, which `diff` reads, meant lower."""
    told = "main_better" in ds.contract.settings
    return cast("Better", ds.setting("main_better")) if told else "lower"
