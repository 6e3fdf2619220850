"""From a question to what each study says, computed once for each dataset and read here by all the rest."""

from __future__ import annotations

from evidence.dataset import Dataset, once
from evidence.effects import Effect, Options, effects
from evidence.question import FlagRule, Question, Selection, TimeRule, select


@once
def selected(
    ds: Dataset,
    question: Question,
    time_rule: TimeRule | None = None,
    flag_rule: FlagRule = "standard",
) -> Selection:
    """Return which rows answer a question; see `evidence.question.select`."""
    return select(question, ds, time_rule=time_rule, flag_rule=flag_rule)


@once
def said(ds: Dataset, question: Question, options: Options | None = None) -> tuple[Effect, ...]:
    """Return what each study says on a question; see `evidence.effects.effects`.

    Examples
    --------
    >>> from evidence import dataset
    >>> from evidence.question import Question
    >>> len(said(dataset.load(), Question("ketamine", "crps", window="immediate"))) > 0
    True
    """
    options = options or Options()
    selection = selected(ds, question, options.time_rule, options.flag_rule or "standard")
    return effects(selection, ds, options)
