"""Mutations of the library: what of it could be otherwise and no test would say so.

Run with `.venv/bin/python benchmarks/mutations.py NAME`. One place of a function is changed at a time (a
comparison, a sign, a number, a condition) in a fork of this process, in which the tests of its room then run
until one fails. NAME names the result: `results/mutations-NAME.json` lists the survivors.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
RESULTS = ROOT / "benchmarks" / "results"
#: Modules, the tests that hold them, and how many mutations of each are tried.
TARGETS = {
    "evidence.effects.direction": ("tests/effects",),
    "evidence.effects.arm_difference": ("tests/effects",),
    "evidence.effects.points": ("tests/effects",),
    "evidence.effects.p_values": ("tests/effects",),
    "evidence.effects.statements": ("tests/effects",),
    "evidence.effects.counted": ("tests/effects",),
    "evidence.report.sections.sides": ("tests/report/test_sides.py",),
    "evidence.report.sections.findings": ("tests/report/test_findings.py",),
    "evidence.report.sections.headline": (
        "tests/report/test_report_words.py",
        "tests/report/test_reports.py",
    ),
    "evidence.report.sections.settle": ("tests/report/test_report_words.py", "tests/report/test_reports.py"),
    "evidence.report.sections.reported": ("tests/report/test_reported.py",),
}
EACH = 5
_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """A place of a module and what it becomes."""

    module: str
    line: int
    was: str
    becomes: str


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, str, Any]]:
    """Yield node, field and new value of every change inside a function."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPPED:
                yield node, "ops", [_SWAPPED[type(node.ops[0])](), *node.ops[1:]]
            elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _SWAPPED:
                yield node, "op", _SWAPPED[type(node.op)]()
            elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
                yield node, "op", ast.UAdd()
            elif isinstance(node, ast.If | ast.IfExp):
                yield node, "test", ast.UnaryOp(ast.Not(), node.test)
            elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
                yield node, "value", node.value + 1


def mutations(module: ModuleType, seed: str) -> list[tuple[Mutation, ast.Module]]:
    """Return some changes of a module, drawn by chance, always the same."""
    tree = ast.parse(inspect.getsource(module))
    count = len(list(places(tree)))
    chosen = random.Random(seed).sample(range(count), min(EACH, count))
    found = []
    for number in sorted(chosen):
        changed = copy.deepcopy(tree)
        node, field, value = list(places(changed))[number]
        before = ast.unparse(node)
        setattr(node, field, value)
        ast.fix_missing_locations(changed)
        found.append((Mutation(module.__name__, node.lineno, before, ast.unparse(node)), changed))  # type: ignore[attr-defined]
    return found


def codes(code: CodeType, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], CodeType]]:
    """Yield the code of every function of a module by its path of names."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield (*path, inner.co_name), inner
            yield from codes(inner, (*path, inner.co_name))


def functions(space: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FunctionType]]:
    """Yield the functions of a module and of its classes by their path of names."""
    for name, found in list(vars(space).items()):
        plain = inspect.unwrap(getattr(found, "fget", None) or getattr(found, "func", None) or found)
        if isinstance(plain, FunctionType):
            yield (*path, name), plain
        elif inspect.isclass(found) and not path:
            yield from functions(found, (name,))


def put(module: ModuleType, changed: ast.Module) -> None:
    """Let the functions of a module that is imported already run the changed code."""
    new = dict(codes(compile(changed, module.__file__ or "", "exec")))
    for path, function in functions(module):
        own = function.__module__ == module.__name__ and path in new
        if own and new[path].co_freevars == function.__code__.co_freevars:
            function.__code__ = new[path]


def survives(module: ModuleType, changed: ast.Module, tests: tuple[str, ...]) -> bool:
    """Run the tests on a changed module in a fork."""
    pid = os.fork()
    if pid == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        put(module, changed)
        os._exit(int(pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests])))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def main(name: str) -> None:
    """Try every mutation and write what lives."""
    os.chdir(ROOT)
    started, alive, tried = time.perf_counter(), [], 0
    for place, tests in TARGETS.items():
        module = importlib.import_module(place)
        if not survives(module, ast.parse(inspect.getsource(module)), tests):
            raise SystemExit(f"{place}: its tests fail without any change")
        for mutation, changed in mutations(module, place):
            tried += 1
            if survives(module, changed, tests):
                alive.append(asdict(mutation))
                print(
                    f"alive: {mutation.module}:{mutation.line}: {mutation.was} -> {mutation.becomes}",
                    flush=True,
                )
    stated = {"tried": tried, "killed": tried - len(alive), "survivors": alive}
    (RESULTS / f"mutations-{name}.json").write_text(json.dumps(stated, indent=1, ensure_ascii=False) + "\n")
    print(f"{tried - len(alive)} of {tried} killed in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1])
