"""The integrity sheet of every trial: what each computable check finds, and how many it can test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from evidence.dataset import Dataset, once
from evidence.integrity.checks import CHECKS
from evidence.integrity.facts import Fact

Outcome: TypeAlias = Literal["passes", "does not fit", "not computable"]
#: Flags that tell of a notice by a journal or publisher.
NOTICES: Final = ("retracted", "expression_of_concern")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the checks find in one trial.

    Attributes
    ----------
    study_id : str
    facts : mapping of str to tuple of Fact
        By check, every result that it tested; a check without any is not there.
    notices : tuple of str
        Notices by a journal or publisher that are recorded; none recorded does not mean that none exists.
    """

    study_id: str
    facts: Mapping[str, tuple[Fact, ...]]
    notices: tuple[str, ...]

    def outcome(self, check: str) -> Outcome:
        """Return what a check finds."""
        facts = self.facts.get(check, ())
        if not facts:
            return "not computable"
        return "passes" if all(fact.fits for fact in facts) else "does not fit"

    @property
    def misfits(self) -> tuple[Fact, ...]:
        """Every result that does not fit."""
        return tuple(fact for facts in self.facts.values() for fact in facts if not fact.fits)


@dataclass(frozen=True, slots=True)
class Count:
    """How many trials and results a check tests, and how many do not fit."""

    trials: int
    trials_failed: int
    results: int
    results_failed: int


@once
def sheets(ds: Dataset) -> dict[str, Sheet]:
    """Return the sheet of every study of the tables, in their order."""
    found: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for check in CHECKS:
        for fact in check.find(ds):
            found[fact.study_id][check.key].append(fact)
    notices: dict[str, list[str]] = defaultdict(list)
    for flag in ds.rows("flags", flag=list(NOTICES)).to_dict("records"):
        notices[str(flag["study_id"])].append(str(flag["detail"]))
    return {
        str(study): Sheet(
            str(study),
            {key: tuple(facts) for key, facts in found[str(study)].items()},
            tuple(notices[str(study)]),
        )
        for study in ds.rows("studies")["study_id"]
    }


def count(found: Mapping[str, Sheet], check: str) -> Count:
    """Count what a check tested over all trials."""
    facts = [sheet.facts.get(check, ()) for sheet in found.values()]
    return Count(
        sum(bool(own) for own in facts),
        sum(any(not fact.fits for fact in own) for own in facts),
        sum(map(len, facts)),
        sum(not fact.fits for own in facts for fact in own),
    )
