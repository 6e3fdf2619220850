"""What the library's code is: one hash for each function and one for the rest of each module.

Comments, docstrings and layout do not count. A chapter depends on the functions it called, and on the
module-level code (constants, classes, decorators) that those functions can see.
"""

from __future__ import annotations

import ast
import hashlib
import platform
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_DOCUMENTED = (*_FUNCTION, ast.ClassDef, ast.Module)


def digest(*texts: str) -> str:
    """Return a short hash of texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:20]


def file(path: Path) -> str:
    """Return a short hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:20]


def environment(root: Path) -> str:
    """Return the fingerprint of what runs the code: the lock, Python, and the build's own kernel code."""
    own = sorted((Path(__file__).parent).glob("*.py"))
    running = [path.read_text() for path in own if path.stem in ("execute", "inline", "kernels", "tracing")]
    return digest((root / "requirements.txt").read_text(), platform.python_version(), *running)


class Module:
    """A module of the library, parsed."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.is_package = path.name == "__init__.py"
        self.tree = _without_docstrings(ast.parse(path.read_text(encoding="utf-8"), str(path)))

    @cached_property
    def functions(self) -> dict[str, str]:
        """Hash of each function and method, by qualified name; nested functions belong to the outer one."""
        dumps: dict[str, list[str]] = {}
        for name, node in _functions(self.tree):
            dumps.setdefault(name, []).append(ast.dump(node))
        return {name: digest(*texts) for name, texts in dumps.items()}

    @cached_property
    def frame(self) -> str:
        """Hash of everything but the bodies of functions."""
        return digest(ast.dump(_Frame().visit(_copy(self.tree))))

    @cached_property
    def defined(self) -> set[str]:
        """Names of the top-level functions."""
        return {node.name for node in self.tree.body if isinstance(node, _FUNCTION)}

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Local name → (module, attribute or ""), for every import in the module, at any depth."""
        found: dict[str, tuple[str, str]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (alias.name, "")
            elif isinstance(node, ast.ImportFrom):
                base = self._resolve(node)
                for alias in node.names:
                    found[alias.asname or alias.name] = (base, alias.name)
        return found

    @cached_property
    def attributes(self) -> set[tuple[str, str]]:
        """Every `name.attribute` in the module whose left side is a plain name."""
        return {
            (node.value.id, node.attr)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }

    def _resolve(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        base = parts[: len(parts) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])


class Library:
    """The installed library as source.

    Parameters
    ----------
    folder : Path
        The folder of the packages, `lib`.
    """

    def __init__(self, folder: Path) -> None:
        self.modules: dict[str, Module] = {}
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            self.modules[name] = Module(name, path)

    def state(self, functions: Iterable[str], code: str) -> dict[str, str]:
        """Return the hashes on which a chapter depends.

        Parameters
        ----------
        functions : iterable of str
            The functions it called, as `module:qualified.name`.
        code : str
            Its code cells, which import from the library too.

        Returns
        -------
        dict
            `module:name` → hash of a function, `module` → hash of a module's frame; "absent" where gone.
        """
        called = {name: self._function(name) for name in functions}
        start = {name.split(":")[0] for name in functions}
        frames = {name: self._frame(name) for name in self._frames(start, code)}
        return dict(sorted({**called, **frames}.items()))

    def _function(self, name: str) -> str:
        module, _, qualified = name.partition(":")
        if module not in self.modules:
            return "absent"
        if qualified.rsplit(".", 1)[-1].startswith("<"):  # a lambda outside functions belongs to the frame
            return self._frame(module)
        return self.modules[module].functions.get(qualified, "absent")

    def _frame(self, name: str) -> str:
        return self.modules[name].frame if name in self.modules else "absent"

    def _frames(self, start: set[str], code: str) -> set[str]:
        """Close the set of modules over the constants and classes that they take from one another."""
        found: set[str] = set()
        chapter = Module.__new__(Module)
        chapter.name, chapter.is_package = "__chapter__", False
        chapter.tree = _parse_cells(code)
        pending = [*start, *self._needs(chapter)]
        while pending:
            name = pending.pop()
            if name in found or name not in self.modules:
                continue
            found.add(name)
            pending.extend(self._needs(self.modules[name]))
        return found

    def _needs(self, module: Module) -> Iterator[str]:
        """Yield the modules whose frame a module can see."""
        for local, (source, attribute) in module.imports.items():
            target = f"{source}.{attribute}" if f"{source}.{attribute}" in self.modules else ""
            if target or not attribute:
                for name, used in module.attributes:
                    if name == local:
                        yield from self._owners(target or source, used)
            else:
                yield from self._owners(source, attribute)

    def _owners(self, source: str, attribute: str) -> Iterator[str]:
        """Yield the modules whose frame decides what `source.attribute` is; none for a function."""
        module = self.modules.get(source)
        if module is None or attribute in module.defined:
            return
        yield source
        if attribute in module.imports:
            onward, name = module.imports[attribute]
            if name:
                yield from self._owners(onward, name)


def _parse_cells(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _FUNCTION):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _functions(node, prefix)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _copy(tree: ast.Module) -> ast.Module:
    return ast.parse(ast.unparse(tree))


class _Frame(ast.NodeTransformer):
    """Empty the bodies of functions."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = [ast.Pass()]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        node.body = [ast.Pass()]
        return node
