"""A clinical question, and which rows of the tables answer it.

>>> from evidence import dataset, question
>>> q = question.Question("ketamine", "crps", route="intravenous", window="immediate")
>>> selection = question.select(q, dataset.load())
>>> "Sigtermans2009" in {result.study.study_id for result in selection.results}
True
>>> all(item.sentence.endswith(".") for item in selection.studies_left_out)
True
"""

from evidence.question.listing import questions
from evidence.question.main_outcome import MAIN, MainOutcome, main_outcome, responses
from evidence.question.model import (
    COMPARATOR_TYPES,
    WINDOWS,
    ArmPair,
    Comparison,
    FlagRule,
    LeftOut,
    Question,
    Result,
    Rule,
    Selection,
    Stated,
    TimeRule,
)
from evidence.question.records import (
    Arm,
    ArmRow,
    ContrastRow,
    Favours,
    Flag,
    Intervention,
    Measure,
    RowKey,
    Study,
)
from evidence.question.rules import Windows, read_windows
from evidence.question.select import only_against, select

__all__ = [
    "COMPARATOR_TYPES",
    "MAIN",
    "WINDOWS",
    "Arm",
    "ArmPair",
    "ArmRow",
    "Comparison",
    "ContrastRow",
    "Favours",
    "Flag",
    "FlagRule",
    "Intervention",
    "LeftOut",
    "MainOutcome",
    "Measure",
    "Question",
    "Result",
    "RowKey",
    "Rule",
    "Selection",
    "Stated",
    "Study",
    "TimeRule",
    "Windows",
    "main_outcome",
    "only_against",
    "questions",
    "read_windows",
    "responses",
    "select",
]
