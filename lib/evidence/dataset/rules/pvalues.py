"""Rules on p-values and what is said of them."""

from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

#: What the notes say when a result is called significant and no number is given.
NO_NUMBER = "left empty"


@rule("A p-value is above 0.")
def p_is_positive(data: Data) -> Iterator[Problem]:
    """Yield every p-value of 0 or less; the contract keeps it at 1 or below."""
    for row in data.rows("contrasts"):
        value = row.number("p_value")
        if value is not None and value <= 0:
            yield row.problem("p_value", "above 0 and at most 1", "write < and the smallest p named")


@rule("A p-value and its operator go together: a number has =, < or >, and ns has no number.")
def p_has_operator(data: Data) -> Iterator[Problem]:
    """Yield every row in which they do not; < alone needs notes that say "left empty"."""
    for row in data.rows("contrasts"):
        operator, filled = row["p_operator"], bool(row["p_value"])
        if filled and operator not in ("=", "<", ">"):
            yield row.problem("p_operator", "=, < or >, because p_value is filled", "copy it from the source")
        elif operator in ("=", ">") and not filled:
            yield row.problem(
                "p_value", f"a number, because p_operator is {operator}", "fill it or empty both"
            )
        elif operator == "<" and not filled and NO_NUMBER not in row["notes"]:
            remedy = f'fill it, or say in the notes "significant; p_value {NO_NUMBER}"'
            yield row.problem("p_value", "a number, because p_operator is <", remedy)


@rule("A comparison that is reported as not significant favours neither arm.")
def no_winner_without_difference(data: Data) -> Iterator[Problem]:
    """Yield every row with ns or > that favours an arm."""
    for row in data.rows("contrasts"):
        if row["p_operator"] in ("ns", ">") and row["favours"] not in ("neither", ""):
            remedy = "write neither, or empty p_operator when the source gives no test"
            yield row.problem("favours", f"neither, because p_operator is {row['p_operator']}", remedy)
