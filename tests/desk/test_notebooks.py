"""Chapters as notebooks: to `.ipynb` and back changes nothing, and saving keeps the text as it was."""

import subprocess
import sys
from types import SimpleNamespace

import jupytext
import nbformat
import pytest
import yaml
from jupytext.config import load_jupytext_config

from evidence.desk.lab import as_it_was
from evidence.publish.run import chapters

from .checkout import ROOT

PAGES = chapters.docnames(ROOT)
NOTEBOOKS = [page for page in PAGES if any(chapters.read(ROOT, page).steps())]
PLAIN = [page for page in PAGES if page not in NOTEBOOKS]


def text_of(page):
    return (ROOT / f"{page}.md").read_text(encoding="utf-8")


def there_and_back(page):
    """Do what `jupytext --to ipynb` and `jupytext --to md:myst` do, through the text of a notebook."""
    config = load_jupytext_config(str(ROOT / f"{page}.md"))
    notebook = jupytext.reads(text_of(page), fmt="md:myst", config=config)
    stored = nbformat.writes(notebook)
    return jupytext.writes(nbformat.reads(stored, as_version=4), fmt="md:myst", config=config)


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_to_a_notebook_and_back_changes_nothing(page):
    assert there_and_back(page) == text_of(page)


@pytest.mark.parametrize("page", PAGES)
def test_saving_keeps_the_text_whatever_the_kernel_left_in_the_notebook(page):
    config = load_jupytext_config(str(ROOT / f"{page}.md"))
    notebook = jupytext.reads(text_of(page), fmt="md", config=config)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    for cell in notebook.cells:
        cell.metadata["trusted"] = True
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="27.7")]
            cell.metadata["execution"] = {"iopub.status.idle": "now"}
        else:
            cell.metadata["user_expressions"] = [{"expression": "1 + 1", "result": "2"}]
    model = {"type": "file", "content": jupytext.writes(notebook, fmt="md:myst", config=config)}
    as_it_was(model, f"{page}.md", SimpleNamespace(root_dir=str(ROOT)))
    assert model["content"] == text_of(page)


def test_the_commands_of_jupytext_change_nothing_either(clone):
    page = f"{NOTEBOOKS[0]}.md"
    notebook = page.removesuffix(".md") + ".ipynb"
    jupytext_command = (sys.executable, "-m", "jupytext", "--quiet")
    clone.run(*jupytext_command, "--to", "ipynb", page)
    clone.run(*jupytext_command, "--to", "md:myst", notebook)
    assert clone.status() == ""


def test_a_notebook_beside_a_chapter_never_enters_git():
    call = ["git", "check-ignore", "chapters/ketamine/crps.ipynb", "chapters/.ipynb_checkpoints/x.md"]
    assert len(subprocess.run(call, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()) == 2


def test_the_commands_of_jupytext_keep_the_headers_of_the_book(clone):
    page, notebook = f"{NOTEBOOKS[0]}.md", f"{NOTEBOOKS[0]}.ipynb"
    path = clone.root / page
    header = "mystnb:\n  execution_timeout: 60\nsubstitutions:\n  drug: ketamine\n"
    first, _, rest = path.read_text(encoding="utf-8").removeprefix("---\n").partition("---\n")
    path.write_text(f"---\n{first}{header}---\n{rest}", encoding="utf-8")
    before = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
    jupytext_command = (sys.executable, "-m", "jupytext", "--quiet")
    clone.run(*jupytext_command, "--to", "ipynb", page)
    clone.run(*jupytext_command, "--to", "md:myst", notebook)
    text = path.read_text(encoding="utf-8")
    assert yaml.safe_load(text.split("---\n")[1]) == before
    assert text.endswith(rest)
