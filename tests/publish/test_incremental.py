"""A chapter runs again exactly when something it used changed, and then its page changes."""

import sys
from pathlib import Path

from .conftest import chapter, ran

STUDIES = "data/studies.csv"
FIRST_N = "Netherlands,parallel,double,crps,crps_type_1,60,"


def changed_pages(book, before):
    after = book.site()
    return {name for name in after if name.endswith(".html") and after[name] != before.get(name)}


def test_nothing_changed_runs_nothing(book):
    before = book.site()
    result = book.build()
    assert result.returncode == 0
    assert "up to date" in result.stdout
    assert ran(result) == set()
    assert book.site() == before


def test_one_changed_cell_runs_the_chapters_that_use_its_row_and_changes_the_number(book):
    assert "60 people" in book.page("chapters/first")
    before = book.site()
    book.edit(STUDIES, FIRST_N, FIRST_N.replace("60", "64"))
    result = book.build()
    assert result.returncode == 0, result.stdout + result.stderr
    assert ran(result) == {"chapters/first"}
    assert "64 people" in book.page("chapters/first")
    assert "chapters/first.html" in changed_pages(book, before)
    assert "chapters/second.html" not in changed_pages(book, before)


def test_a_row_that_no_chapter_uses_runs_nothing(book):
    book.edit(STUDIES, "Reduction of allodynia in patients", "Reduction of allodynia in many patients")
    assert ran(book.build()) == {"chapters/second"}
    book.edit(STUDIES, "Dextromethorphan mitigates phantom pain", "Dextromethorphan reduces phantom pain")
    assert ran(book.build()) == set()


def test_a_changed_function_runs_every_chapter_and_changes_the_page(book):
    book.edit("lib/evidence/sample.py", 'unit="people"', 'unit="persons"')
    result = book.build()
    assert ran(result) == {"chapters/first", "chapters/second"}
    assert "the library changed" in result.stdout
    assert "60 persons" in book.page("chapters/first")


def test_a_docstring_that_a_page_prints_changes_the_page(book):
    book.edit("chapters/second.md", "A title.", "The rule: {eval}`sample.rule()`")
    assert "Say how many people a study enrolled." in book.run_and_read("chapters/second")
    book.edit("lib/evidence/sample.py", "Say how many people a study enrolled.", "Say who took part.")
    assert "Say who took part." in book.run_and_read("chapters/second")


def test_a_change_of_what_reads_the_tables_changes_the_page(book):
    """The tables are read before the chapters run, where no trace of a chapter could see it."""
    book.edit(
        "lib/evidence/dataset/contract.py",
        'if self.type == "integer":\n            return int(text)',
        'if self.type == "integer":\n            return 2 * int(text)',
    )
    assert "120 people" in book.run_and_read("chapters/first")


def test_going_back_to_a_former_state_runs_nothing(book):
    before = book.site()
    book.edit(STUDIES, FIRST_N, FIRST_N.replace("60", "64"))
    book.edit("lib/evidence/sample.py", 'unit="people"', 'unit="persons"')
    assert ran(book.build()) == {"chapters/first", "chapters/second"}
    book.edit(STUDIES, FIRST_N.replace("60", "64"), FIRST_N)
    book.edit("lib/evidence/sample.py", 'unit="persons"', 'unit="people"')
    result = book.build()
    assert ran(result) == set()
    assert "up to date" not in result.stdout
    assert book.site() == before


def test_a_changed_lock_runs_everything(book):
    with (book.root / "requirements.txt").open("a") as lock:
        lock.write("# another release\n")
    assert ran(book.build()) == {"chapters/first", "chapters/second"}


def test_prose_alone_runs_nothing_and_changes_the_page(book):
    book.edit("chapters/first.md", "The trial had", "A paragraph more.\n\nThe trial enrolled")
    result = book.build()
    assert ran(result) == set()
    assert "The trial enrolled 60 people" in book.page("chapters/first")


def test_a_new_expression_in_prose_runs_its_chapter(book):
    book.edit("chapters/first.md", "The trial had", "In capitals: {eval}`people.upper()`. The trial had")
    assert ran(book.build()) == {"chapters/first"}
    assert "60 PEOPLE" in book.page("chapters/first")


def test_a_new_chapter_runs_alone(book):
    (book.root / "chapters" / "third.md").write_text(chapter("Third", "6 * 7", "An answer."))
    with (book.root / "_toc.yml").open("a") as toc:
        toc.write("- file: chapters/third\n")
    assert ran(book.build()) == {"chapters/third"}
    assert "chapters/third.html" in book.page("index")


def test_jupyter_book_by_hand_shows_the_new_number(book):
    book.edit(STUDIES, FIRST_N, FIRST_N.replace("60", "64"))
    result = book.run(str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-W", "-q")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "64 people" in book.page("chapters/first")


def test_jupyter_book_by_hand_refuses_what_a_build_refuses(book):
    book.edit("chapters/second.md", "A title.", "Pain fell by 27.7 points.")
    book.edit("chapters/first.md", "from evidence", "import os\nfrom evidence")
    result = book.run(str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-W", "-q")
    said = result.stdout + result.stderr
    assert result.returncode, said
    assert "typed into the prose (27.7)" in said
    assert "it imports os" in said
