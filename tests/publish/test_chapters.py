"""Chapters as text: expressions in prose, code left alone, results found where they are typed."""

from pathlib import Path

import pytest

from evidence.publish.run import chapters, lint

from .conftest import HEADER

PROSE = """Pain fell by {eval}`effect` ({eval}`interval`).

```{note}
Inside a directive: {eval}`note`.
```

```
In code: {eval}`not_this`
```
"""


def test_expressions_are_found_outside_code_in_order():
    assert chapters.expressions(PROSE) == ("effect", "interval", "note")


def test_substitution_fills_each_expression_once_and_leaves_code_alone():
    text = chapters.substitute(PROSE, ["12 points", "3 to 21", "a warning"])
    assert "Pain fell by 12 points (3 to 21)." in text
    assert "Inside a directive: a warning." in text
    assert "In code: {eval}`not_this`" in text


def test_a_computed_text_is_not_read_as_a_pattern():
    assert chapters.substitute("{eval}`a`", [r"\1 \g<0>"]) == r"\1 \g<0>"


def write(root: Path, prose: str) -> chapters.Chapter:
    (root / "page.md").write_text(HEADER + prose)
    return chapters.read(root, "page")


def first_line_of(prose: str, text: str) -> int:
    lines = (HEADER + prose).splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


@pytest.mark.parametrize(
    "typed",
    [
        "Pain fell by 27.7 points.",
        "It was 76% of people.",
        "It was p < 0.05.",
        "23 of 30 people saw it.",
        "It fell by −3.",
        "Two large, double-blind, placebo-controlled trials found relief.",
        "Thirteen trials asked.",
        "A dozen participants stopped.",
        "Half of the patients improved.",
        "In both of these studies pain fell.",
        "12 volunteers got it.",
    ],
)
def test_a_typed_result_is_found_with_its_line(tmp_path, typed):
    prose = f"# A page\n\nA first paragraph.\n\n{typed}\n"
    (problem,) = lint.typed_numbers(tmp_path, [write(tmp_path, prose)])
    assert problem.startswith(
        f"page.md:{first_line_of(prose, typed.splitlines()[-2 if ':::' in typed else -1])}: "
    )


@pytest.mark.parametrize(
    "honest",
    [
        "In 2009 the trials appeared.",
        "Pain is on a scale from 0 to 100.",
        "Windows end after 1 week and 3 months.",
        "The effect was {eval}`text(27.7)`.",
        "See [the article](https://doi.org/10.1016/j.pain.2009.06.023).",
        "Python 3.11 runs it.",
        "Of 1,000 people some have it without the drug.",
        "One line for each trial.",
        "A single infusion to few people.",
        "```\nx = 27.7\n```",
    ],
)
def test_what_is_not_a_result_passes(tmp_path, honest):
    assert lint.typed_numbers(tmp_path, [write(tmp_path, f"# A page\n\n{honest}\n")]) == []


def test_the_line_of_an_expression_is_its_own(tmp_path):
    prose = "# A page\n\nA line.\n\nAnother with {eval}`first`.\n\nAnd {eval}`second`.\n"
    page = write(tmp_path, prose)
    assert page.line_of_expression(0, 1) == first_line_of(prose, "second")
