"""One REML, one forest, one wording: what is computed, drawn or said in two places is found here."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIB = ROOT / "lib"
SCRIPTS = sorted([*(ROOT / "_static").glob("*.js"), *LIB.glob("evidence/packages/**/*.js")])
#: A text of so many words and more is a sentence or most of one.
SENTENCE = 6
WORD = re.compile(r"[^\W\d_]+")


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (path.relative_to(LIB).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(LIB.rglob("*.py"))
    )


# ------------------------------------------------------------------------------------------------ one wording


def texts(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a module, but for docstrings and the codes of a vocabulary."""
    codes = {
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"
        for part in ast.walk(node.slice)
    }
    said = {value.value for value in codes if isinstance(value, ast.Constant)}
    docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and not {node, node.value} & (docs | said)
        ):
            yield node.value


def sentences() -> dict[str, list[str]]:
    """Return where each sentence of the library stands."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, tree in modules():
        for text in texts(tree):
            if len(WORD.findall(re.sub(r"<[^>]*>?|https?:\S*", "", text))) >= SENTENCE:
                found[" ".join(text.split()).strip(" .,;:")].append(name)
    return found


def test_no_sentence_is_written_twice():
    found = sentences()
    assert len(found) > 1300
    assert {text: places for text, places in found.items() if len(places) > 1} == {}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_nothing_of_its_own(script):
    """Its words come with the page, from `wording` and `results`; it writes what a developer reads alone."""
    code = re.sub(r"(?m)^\s*//.*| // .*", "", script.read_text(encoding="utf-8"))
    code = re.sub(r"throw new \w+\([^\n]*", "", code)
    said = re.findall(r'"([^"\n]*)"|`([^`]*)`', code)
    plain = [re.sub(r"<[^>]*>|\$\{[^}]*\}", " | ", one or other) for one, other in said]
    parts = [part for text in plain for part in text.split("|")]
    assert [part for part in parts if len(WORD.findall(part)) >= SENTENCE and "(" not in part] == []


# ----------------------------------------------------------------------------------------------- one estimate

#: Each estimator of the variance between trials, and the one place that asks it: for a pool, for a block of
#: pools (`tests/meta/test_pool_many.py` compares the two), with moderators, and at three levels.
ASKED_BY = {
    "maximise": {"evidence/meta/tau2.py"},
    "estimate_tau2": {"evidence/meta/pool.py"},
    "maximise_many": {"evidence/meta/tau2_many.py"},
    "estimate_tau2_many": {"evidence/meta/batch.py"},
    "likelihood_tau2": {"evidence/meta/residual_heterogeneity.py"},
    "residual_tau2": {"evidence/meta/regression.py"},
    "highest_likelihood": {"evidence/meta/multilevel.py"},
}


def callers(name: str) -> set[str]:
    return {
        place
        for place, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    }


@pytest.mark.parametrize("estimator", ASKED_BY)
def test_an_estimator_is_asked_in_one_place(estimator):
    assert callers(estimator) == ASKED_BY[estimator]


#: Who knows the restricted likelihood of a model: each model once, but for a pool and a block of pools.
RESTRICTED = {
    "evidence/meta/formulae.py",  # its derivatives, for the next two
    "evidence/meta/likelihood.py",
    "evidence/meta/likelihood_many.py",
    "evidence/meta/residual_heterogeneity.py",  # with moderators
    "evidence/meta/variance_components.py",  # at three levels
    "evidence/meta/censored_fit.py",  # with bounds in the place of effects
}


def test_a_restricted_likelihood_is_written_once_for_each_model():
    """It shows by its determinant, or by a parameter that tells it from the other likelihood."""
    found = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.arg | ast.Attribute)
        and (node.arg if isinstance(node, ast.arg) else node.attr)
        in ("reml", "restricted", "log_det", "log_det_information")
    }
    assert found == RESTRICTED


def test_one_script_pools():
    """For books of other reviews; the what-if of a report asks for posteriors, in the other script."""
    assert [path.name for path in SCRIPTS if "REML" in path.read_text(encoding="utf-8")] == ["meta.js"]


# ------------------------------------------------------------------------------------------------- one forest


#: Who writes shapes of a drawing: every chart through one renderer, and three marks beside words.
DRAWS = {
    "evidence/charts/svg.py",
    "evidence/report/sections/flow.py",  # the bar of a share of trials
    "evidence/report/sections/harm_line.py",  # a dot for each person
    "evidence/report/sections/tiles.py",  # the interval and density of a headline
}


def test_shapes_are_written_in_known_places():
    shape = re.compile(r"<(path|rect|line|circle|polygon|polyline|ellipse)\b")
    found = {name for name, tree in modules() for text in texts(tree) if shape.search(text)}
    assert found == DRAWS


def test_there_is_one_forest():
    """Others that have the name choose its rows, and ask it."""
    defined = {
        name: node
        for name, tree in modules()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and "forest" in node.name
    }
    asks = callers("forest_figure")
    assert len(asks) > 5
    assert defined.keys() - asks == {"evidence/charts/forest/__init__.py"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_draws_no_chart(script):
    """It moves the parts that Python drew: it makes no element of a drawing."""
    assert not re.search(r"createElementNS|<(svg|path|rect|circle|line|polygon)\b", script.read_text("utf-8"))
