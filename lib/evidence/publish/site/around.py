"""What the tables say around the texts of pages: trials and cards, explained words, the last search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence import dataset
from evidence.dataset import Dataset, Query
from evidence.publish.site.cards import Cards
from evidence.publish.site.trials import Trial, read_trials
from evidence.wording.glossary import Term, glossary
from evidence.wording.sentences import searched

#: The setting that says when trials were last searched for.
SEARCHED = "last_search_date"


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the texts of all pages.

    Attributes
    ----------
    trials : dict
        By study id.
    cards : Cards or None
        None where the tables hold no trials.
    terms : dict
        The glossary, by term.
    searched : str
        When trials were last searched for; empty where the settings do not say it.
    queries : sequence of Query
        All that was asked of the tables for it.
    """

    trials: Mapping[str, Trial]
    cards: Cards | None
    terms: Mapping[str, Term]
    searched: str
    queries: Sequence[Query]


def read_around(ds: Dataset) -> Around:
    """Read what stands around the texts of pages; what dresses a page asks nothing further."""
    with dataset.recording() as queries:
        trials = ds.once(read_trials)
        cards = Cards(ds, trials) if trials else None
        terms, said = glossary(ds), _last_search(ds)
    return Around(trials, cards, terms, said, tuple(queries))


def _last_search(ds: Dataset) -> str:
    if SEARCHED not in ds.contract.settings:
        return ""
    return f"Last search: {searched(str(ds.setting(SEARCHED)))}."
