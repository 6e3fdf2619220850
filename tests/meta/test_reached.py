"""Every public name of the package is reached by a page, a command or a report; what is not, goes."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from evidence.desk.calculate import calculators

ROOT = Path(__file__).parents[2]
LIB, META = ROOT / "lib", ROOT / "lib" / "evidence" / "meta"


def names_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.ImportFrom):
            yield from (name.name for name in part.names)


def defined() -> dict[str, set[str]]:
    """Return the names that each definition of the package uses, by its name."""
    uses: dict[str, set[str]] = defaultdict(set)
    for path in META.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                uses[node.name] |= set(names_in(node))
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    uses[getattr(target, "id", "")] |= set(names_in(node))
    return uses


def asked_for() -> set[str]:
    """Return the names used outside of the package: by the library, by chapters, by the calculator."""
    outside = [path for path in LIB.rglob("*.py") if META not in path.parents]
    found = {name for path in outside for name in names_in(ast.parse(path.read_text(encoding="utf-8")))}
    for path in (ROOT / "chapters").rglob("*.md"):
        cells = re.findall(r"^```\{code-cell\}.*?^```", path.read_text(encoding="utf-8"), re.M | re.S)
        found |= set(re.findall(r"\w+", " ".join(cells)))
    return found | {name.removeprefix("crossover.") for name in calculators()}


def reached(uses: dict[str, set[str]], roots: set[str]) -> set[str]:
    found: set[str] = set()
    left = [name for name in uses if name in roots]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [used for used in uses[name] if used in uses]
    return found


def test_every_public_name_is_reached_from_outside() -> None:
    uses = defined()
    public = {name for name in uses if name and not name.startswith("_")}
    assert len(public) > 250
    assert public - reached(uses, asked_for()) == set()


#: A posterior of the spread is asked for from a notebook, and compared with that of bayesmeta.
FROM_NOTEBOOKS = {"tau_interval", "tau_probability"}


def test_every_method_is_called() -> None:
    """By its name, wherever; a property also where `pool_many` gives it, as a column of that name."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in META.rglob("*.py")]
    parts = [part for tree in trees for part in ast.walk(tree)]
    words = {part.value for part in parts if isinstance(part, ast.Constant)}
    called = asked_for() | words | {name for node in trees for name in names_in(node)}
    bodies = [part.body for part in parts if isinstance(part, ast.ClassDef)]
    methods = {node.name for body in bodies for node in body if isinstance(node, ast.FunctionDef)}
    public = {name for name in methods if name[0] != "_"}
    assert len(public) > 60
    assert public - called == FROM_NOTEBOOKS


def test_a_name_that_nothing_asks_for_is_found() -> None:
    uses = {"used": {"helper"}, "helper": set(), "idle": {"helper"}}
    assert uses.keys() - reached(uses, {"used"}) == {"idle"}
