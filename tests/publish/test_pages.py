"""What a build does for a page that it does not write anew."""

import subprocess
import sys

import nbformat
from pybtex.database import parse_file
from pybtex.style.formatting.alpha import Style

from evidence.publish.site.notebooks import _tidy
from evidence.publish.site.references import LateAlpha

from .conftest import ROOT

#: A cell that gives its page a title.
NAMED = """class Named:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"application/vnd.evidence.page+json": {"title": "A name"}}

    def _repr_html_(self):
        return "<p>Named.</p>"

Named()"""


def test_what_a_word_needs_loads_no_library_that_draws():
    code = "import evidence.publish.build, evidence.publish.site.connect, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pandas" in loaded.split()
    assert not {"matplotlib", "scipy", "seaborn"} & set(loaded.split())


def test_references_in_words_late_are_the_same():
    entries = list(parse_file(ROOT / "references.bib").entries.values())
    late, soon = LateAlpha(), Style()
    assert len(entries) > 100
    for entry in entries:
        found, wanted = late.format_entry("label", entry), soon.format_entry("label", entry)
        assert (found.key, found.label, found.text) == (wanted.key, wanted.label, wanted.text)


def test_a_word_writes_its_page_alone_and_leaves_the_others(book):
    before = book.site()
    book.edit("chapters/second.md", "A title.", "The title.")
    result = book.build()
    assert "writing 1 of 3 pages" in result.stdout, result.stdout + result.stderr
    after = book.site()
    pages = {name for name in before if name.endswith(".html") and before[name] != after[name]}
    assert pages == {"chapters/second.html"}


def test_what_stands_around_a_page_is_written_anew_though_its_text_is_kept(book):
    book.edit("imprint.yml", "\neditors:", "\neditors: Others")
    result = book.build()
    assert "writing 0 of 3 pages" in result.stdout, result.stdout + result.stderr
    assert all("Editors: Others." in book.page(name) for name in ("index", "chapters/first", "search"))


def test_going_back_to_a_former_heading_brings_back_the_contents_of_every_page(book):
    """Also where the page gives itself another title than its heading, which the contents show."""
    book.edit("chapters/second.md", 'sample.title(dataset.load(), "Finch2009")', NAMED)
    assert book.build().returncode == 0
    before = book.site()
    for old, new in (("# Second", "# The second"), ("# The second", "# Second")):
        book.edit("chapters/second.md", old, new)
        result = book.build()
        assert result.returncode == 0, result.stdout + result.stderr
    assert {name for name, content in book.site().items() if content != before[name]} == set()


def test_a_notebook_goes_without_what_only_the_style_of_the_site_shows():
    html = '<svg class="ev-wide">a</svg><svg class="ev-narrow" display="none">b</svg><td data-head="n">1</td>'
    output = nbformat.v4.new_output("display_data", data={"text/html": html, "text/plain": "x"})
    cell = nbformat.v4.new_code_cell(outputs=[output])
    _tidy(cell)
    assert dict(cell.outputs[0].data) == {"text/html": '<svg class="ev-wide">a</svg><td>1</td>'}
