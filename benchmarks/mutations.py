"""Mutations of the library: what of it could be otherwise and no test would say so.

Run with `.venv/bin/python benchmarks/mutations.py [MODULE …]`. One place of a function is changed at a time
(a comparison, a sign, a number, a condition) in a fork of this process, in which the tests of its module then
run until one fails; what they let live meets the golden tables. `results/mutations.json` is written after
each module, so that a stop loses nothing and a module can be run again by itself. `--before DIR` runs the
modules of 0.2.0 that became these, in a checkout of it.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import inspect
import json
import os
import random
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "mutations.json"
LONGEST = 600  # seconds that the tests of a module may take
#: Modules and the tests that reach them.
TARGETS: dict[str, tuple[str, ...]] = {
    "evidence.effects.direction": ("tests/effects",),
    "evidence.effects.arm_difference": ("tests/effects",),
    "evidence.effects.points": ("tests/effects",),
    "evidence.effects.p_values": ("tests/effects",),
    "evidence.effects.statements": ("tests/effects",),
    "evidence.effects.counted": ("tests/effects",),
    "evidence.report.sections.sides": ("tests/report/test_sides.py",),
    "evidence.report.sections.findings": ("tests/report/test_findings.py", "tests/report/test_better.py"),
    "evidence.report.sections.headline": (
        "tests/report/test_report_words.py",
        "tests/report/test_better.py",
        "tests/report/test_reports.py",
    ),
    "evidence.report.sections.sof": (
        "tests/report/test_sof.py",
        "tests/report/test_absolute.py",
        "tests/report/test_reports.py",
        "tests/report/test_ratings.py",
    ),
    "evidence.report.sections.settle": ("tests/report/test_settle.py", "tests/report/test_better.py"),
    "evidence.report.sections.reported": ("tests/report/test_reported.py",),
}
#: Those of 0.2.0 that became these; its page of settling and its sides were in the same modules as the rest.
BEFORE: dict[str, tuple[str, ...]] = {
    "evidence.harmonise.direction": ("tests/harmonise",),
    "evidence.harmonise.arm_difference": ("tests/harmonise",),
    "evidence.harmonise.points": ("tests/harmonise",),
    "evidence.harmonise.p_values": ("tests/harmonise",),
    "evidence.harmonise.statements": ("tests/harmonise",),
    "evidence.harmonise.counted": ("tests/harmonise",),
    "evidence.report.pain": ("tests/report/test_pain_figures.py", "tests/report/test_reports.py"),
    "evidence.report.overview": ("tests/report",),
    "evidence.report.answer": ("tests/report",),
    "evidence.report.sof": ("tests/report",),
    "evidence.report.reported": ("tests/report/test_reported.py",),
}
#: What meets what the tests of a module let live.
LAST = ("tests/golden",)
#: Why a survivor changes nothing, by module, line and what the place becomes.
REASONS: dict[tuple[str, int, str], str] = {
    ("evidence.effects.counted", 45, "setting.favourable <= 0"): "a sign is −1 or 1",
    ("evidence.report.sections.findings", 184, "said.direction <= 0"): "a direction that is told is −1 or 1",
    ("evidence.report.sections.headline", 86, "self.estimate <= 0"): "0 points are no difference before",
    ("evidence.report.sections.settle", 54, "1"): "a trial whose spread is known has its people told",
    ("evidence.report.sections.sides", 35, "1"): "a direction that is told is −1 or 1: below 1 is −1",
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


def reasoned(kept: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return results with why each survivor of now changes nothing, where a reason is known."""
    for place, found in kept.get("now", {}).items():
        for one in found["survivors"]:
            one["why"] = REASONS.get((place, one["line"], one["becomes"]), "")
    return kept


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
    """Run the tests on a changed module in a fork; one that never ends is told by its clock."""
    pid = os.fork()
    if pid == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        signal.alarm(LONGEST)
        put(module, changed)
        os._exit(int(pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests])))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def tried(place: str, tests: tuple[str, ...], last: tuple[str, ...]) -> dict[str, Any]:
    """Try the mutations of a module and return how many there were and what lived."""
    module = importlib.import_module(place)
    if not survives(module, ast.parse(inspect.getsource(module)), tests):
        return {"tried": 0, "killed": 0, "not run": "its tests fail without any change", "survivors": []}
    found, alive = mutations(module, place), []
    for mutation, changed in found:
        if survives(module, changed, tests) and not (last and not survives(module, changed, last)):
            alive.append(asdict(mutation))
            print(f"alive: {mutation}", flush=True)
    return {"tried": len(found), "killed": len(found) - len(alive), "survivors": alive}


def table(kept: dict[str, dict[str, Any]]) -> str:
    """Return what was killed of each version, and each survivor of now with its reason, as Markdown."""
    lines = ["| | 0.2.0 | now |", "|---|---|---|"]
    names = [list(targets) for targets in (BEFORE, TARGETS)]
    for then, place in zip(*names, strict=True):
        cells = [_cell(kept, "before", then), _cell(kept, "now", place)]
        lines.append(f"| `{place.removeprefix('evidence.')}` | {' | '.join(cells)} |")
    totals = [
        [sum(one[key] for one in kept.get(name, {}).values()) for key in ("killed", "tried")]
        for name in ("before", "now")
    ]
    lines.append(f"| all | {' | '.join(f'{killed} of {count}' for killed, count in totals)} |")
    alive = [one for found in kept.get("now", {}).values() for one in found["survivors"]]
    lines += ["", "| lives | was | becomes | why nothing changes |", "|---|---|---|---|"]
    for one in alive:
        place = f"{one['module'].removeprefix('evidence.')}:{one['line']}"
        lines.append(f"| `{place}` | `{one['was']}` | `{one['becomes']}` | {one['why']} |")
    return "\n".join(lines)


def _cell(kept: dict[str, dict[str, Any]], name: str, place: str) -> str:
    found = kept.get(name, {}).get(place)
    if found is None:
        return "not run"
    said = found.get("not run") or f"{found['killed']} of {found['tried']}"
    return said if name == "now" else f"{said} (`{place.removeprefix('evidence.')}`)"


def main() -> None:
    """Try the modules named, else all, and write what lives after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--before", type=Path, help="a checkout of version 0.2.0")
    parser.add_argument("--table", action="store_true", help="print the results as Markdown, and run nothing")
    options = parser.parse_args()
    if options.table:
        print(table(reasoned(json.loads(RESULT.read_text("utf-8")))))
        return
    name, targets, root = ("before", BEFORE, options.before) if options.before else ("now", TARGETS, ROOT)
    sys.path[:0] = [str(root), str(root / "lib")]
    os.chdir(root)
    for place in options.modules or targets:
        found = tried(place, targets[place], () if options.before else LAST)
        kept = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
        kept.setdefault(name, {})[place] = found
        RESULT.write_text(json.dumps(reasoned(kept), indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"{place}: {found['killed']} of {found['tried']} killed", flush=True)


if __name__ == "__main__":
    main()
