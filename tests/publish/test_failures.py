"""Whatever goes wrong is listed, the exit code is not 0, and the old site stays as it was."""

import pytest

from .conftest import chapter

CODE = "from evidence import dataset, sample\n"
BREAKS = {
    "a failing cell": (
        "chapters/second.md",
        CODE,
        CODE + "1 / 0\n",
        ["chapters/second.md:16", "ZeroDivisionError"],
    ),
    "a failing expression": (
        "chapters/first.md",
        "`people`",
        "`persons`",
        ["chapters/first.md:20", "NameError"],
    ),
    "an unrounded number": (
        "chapters/first.md",
        "`people`",
        "`1 / 3`",
        ["chapters/first.md:20", "format it first"],
    ),
    "a Python warning": (
        "chapters/second.md",
        CODE,
        CODE + 'import warnings; warnings.warn("doubtful")\n',
        ["chapters/second.md:16", "doubtful"],
    ),
    "a Python warning of a function of another cell": (
        "chapters/second.md",
        CODE,
        CODE
        + "import warnings\ndef doubt(): warnings.warn('doubtful')\n```\n\n```{code-cell} python\ndoubt()\n",
        ["chapters/second.md:17", "doubtful"],
    ),
    "a text that is no text": (
        "chapters/second.md",
        CODE,
        CODE + "print('\\ud800')\n",
        ["chapters/second.md:15: OutputNotShown", "surrogates not allowed"],
    ),
    "a missing reference": (
        "chapters/second.md",
        "A title.",
        "See {ref}`nowhere`.",
        ["second.md:20", "nowhere"],
    ),
    "a missing citation": (
        "chapters/second.md",
        "A title.",
        "See {cite}`Nobody1900`.",
        ["second.md", "Nobody1900"],
    ),
    "a missing page": ("_toc.yml", "chapters/second", "chapters/secnd", ["chapters/secnd.md does not exist"]),
    "a typed result": (
        "chapters/second.md",
        "A title.",
        "Pain fell by 27.7 points.",
        ["chapters/second.md:20", "27.7", "{eval}"],
    ),
    "a bad row": (
        "data/studies.csv",
        "Netherlands,parallel,double,crps,crps_type_1,60,",
        "Netherlands,parallel,double,crps,crps_type_1,sixty,",
        ["studies.csv", "n_randomised", "sixty"],
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_broken_book_leaves_the_old_site(book, what):
    name, old, new, said = BREAKS[what]
    before = book.site()
    book.edit(name, old, new)
    result = book.build()
    assert result.returncode == 1
    for text in said:
        assert text in result.stderr, result.stdout + result.stderr
    assert result.stderr.rstrip().endswith("The book was not built; _build/html is as it was.")
    assert book.site() == before


def test_every_failure_is_listed(book):
    book.edit("chapters/first.md", "`people`", "`persons`")
    (book.root / "chapters" / "second.md").write_text(chapter("Second", "1 / 0", "Text."))
    result = book.build()
    assert result.returncode == 1
    assert "persons" in result.stderr
    assert "ZeroDivisionError" in result.stderr


def test_a_mended_book_is_built(book):
    book.edit("chapters/second.md", CODE, CODE + "1 / 0\n")
    assert book.build().returncode == 1
    book.edit("chapters/second.md", CODE + "1 / 0\n", CODE)
    assert book.build().returncode == 0
