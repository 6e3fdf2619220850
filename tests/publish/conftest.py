"""A small book on the real library and the real tables, to change and build."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence import notebook

ROOT = Path(__file__).parents[2]

HEADER = f"{notebook.HEADER}\n"

SAMPLE = '''"""Functions for the chapters of a test."""

from dataclasses import dataclass

LIMIT = 1000


@dataclass
class Box:
    """A box of a size."""

    size: int = 3


def twice(function):
    """Say twice what a function says."""
    return lambda: 2 * function()


@twice
def hello():
    """Greet."""
    return "Hello. "


def enrolled(ds, study_id, unit="people"):
    """Say how many people a study enrolled."""
    people = int(ds.rows("studies", study_id=study_id)["n_randomised"].iloc[0])
    return f"{people} {unit}"


def rule():
    """Give a docstring."""
    return enrolled.__doc__


def title(ds, study_id):
    """Give the title of a study."""
    return ds.rows("studies", study_id=study_id)["title"].iloc[0]
'''


def chapter(title: str, code: str, prose: str) -> str:
    return f"{HEADER}# {title}\n\n```{{code-cell}} python\n{code}\n```\n\n{prose}\n"


FIRST = chapter(
    "First",
    'from evidence import dataset, sample\n\npeople = sample.enrolled(dataset.load(), "Sigtermans2009")',
    "The trial had {eval}`people`.",
)
SECOND = chapter(
    "Second",
    'from evidence import dataset, sample\n\nsample.title(dataset.load(), "Finch2009")',
    "A title.",
)


APART = chapter(
    "Apart",
    "from evidence import dataset, report, sample\n\n"
    'crps = report.Report("ketamine", "crps")\n'
    "box, ds = sample.Box(), dataset.load()\n"
    "crps.sof()",
    "{eval}`crps.classes()` {eval}`sample.hello()` {eval}`sample.rule()` {eval}`str(box.size)` "
    "{eval}`str(sample.LIMIT)` {eval}`crps.name` {eval}`crps.needed()`\n\n"
    "## Details\n\nThe trial of {cite:t}`Sigtermans2009`, and [a title](second.md).\n\n"
    "```{code-cell} python\ncrps.forest('intravenous')\n```\n\n"
    "```{code-cell} python\nreport.browse(ds, 'grade')\n```",
)
LISTS = "# Lists\n\n```{study-list}\n```\n"
STATUS = "# Status\n\n```{execution-status}\n```\n\n```{version-history}\n```\n"
REFERENCES = "# References\n\n```{bibliography}\n:all:\n```\n"


@dataclass(frozen=True)
class Book:
    """A checkout that a test may change."""

    root: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(self.root / "lib")}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True)

    def build(self) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "evidence", "build")

    def copy(self, root: Path) -> "Book":
        """The same checkout elsewhere, without anything built."""
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns("_build", "__pycache__"))
        return Book(root)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def run_and_read(self, name: str) -> str:
        result = self.build()
        assert result.returncode == 0, result.stdout + result.stderr
        return self.page(name)

    def page(self, name: str) -> str:
        return (self.root / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")

    def site(self) -> dict[str, bytes]:
        """Every file of the site but the seconds that chapters took, which differ from run to run."""
        site = self.root / "_build" / "html"
        found = {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        return {name: content for name, content in found.items() if name != "executions.js"}


def ran(result: subprocess.CompletedProcess[str]) -> set[str]:
    """Names of the chapters that ran."""
    return set(re.findall(r"^\[\d+/\d+\] (\S+):", result.stdout, flags=re.MULTILINE))


def make_book(root: Path, origin: Path = ROOT) -> Book:
    """Make a small book from the library, tables and style of a checkout."""
    shutil.copytree(origin / "lib", root / "lib", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for folder in ("data", "_static", "_templates"):
        if (origin / folder).is_dir():
            shutil.copytree(origin / folder, root / folder)
    for name in (
        "_config.yml",
        "requirements.txt",
        "references.bib",
        "CITATION.cff",
        "CHANGES.md",
        "imprint.yml",
    ):
        if (origin / name).is_file():
            shutil.copy(origin / name, root / name)
    (root / "lib" / "evidence" / "sample.py").write_text(SAMPLE)
    write_chapters(root, {"first": FIRST, "second": SECOND})
    return Book(root)


def make_rich_book(root: Path) -> Book:
    """A small book with a page of each kind."""
    book = make_book(root)
    lists = {"lists": LISTS, "status": STATUS, "references": REFERENCES}
    write_chapters(root, {"first": FIRST, "second": SECOND, "apart": APART, **lists})
    return book


def write_chapters(root: Path, texts: dict[str, str]) -> None:
    entries = "".join(f"- file: chapters/{name}\n" for name in texts)
    (root / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{entries}")
    (root / "index.md").write_text("# A small book\n\nFront page.\n")
    (root / "chapters").mkdir(exist_ok=True)
    for name, text in texts.items():
        (root / "chapters" / f"{name}.md").write_text(text)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Book:
    """A small book that has been built; not to be changed."""
    book = make_book(tmp_path_factory.mktemp("built") / "book")
    result = book.build()
    assert result.returncode == 0, result.stdout + result.stderr
    return book


@pytest.fixture
def book(built, tmp_path) -> Book:
    """A copy of the built book that a test may change."""
    shutil.copytree(built.root, tmp_path / "book")
    return Book(tmp_path / "book")
