"""A scratch clone of this book, with what is not committed yet, in which a test may do as an editor does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("chapters", "data", "lib", "_static", "_templates")


@dataclass(frozen=True)
class Checkout:
    """A repository of its own with one commit."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """What makes Python take the library of this checkout."""
        return os.environ | {"PYTHONPATH": str(self.root / "lib")}

    def run(self, *command: str, code: int = 0) -> str:
        """Run a command, expect its exit code, and return what it printed."""
        done = subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def evidence(self, *arguments: str, code: int = 0) -> str:
        """Run `python -m evidence`."""
        return self.run(sys.executable, "-m", "evidence", *arguments, code=code)

    def changed(self) -> list[str]:
        """Return the lines that differ from the commit, without those that only name files and places."""
        diff = self.run("git", "diff", "--unified=0").splitlines()
        return [line for line in diff if line[:1] in "+-" and not line.startswith(("+++", "---"))]

    def status(self) -> str:
        """Return what `git status` says in short."""
        return self.run("git", "status", "--short")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")


def checkout(root: Path) -> Checkout:
    """Copy the book to a folder and commit it there."""
    for folder in FOLDERS:
        if (ROOT / folder).is_dir():
            shutil.copytree(
                ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
    for path in ROOT.iterdir():
        if path.is_file() and path.name != ".git":  # in a worktree .git is a file that points elsewhere
            shutil.copy(path, root / path.name)
    made = Checkout(root)
    identity = ("-c", "user.name=Editor", "-c", "user.email=editor@example.org")
    made.run("git", "init", "-q")
    made.run("git", "add", ".")
    made.run("git", *identity, "commit", "-q", "-m", "The book")
    return made
