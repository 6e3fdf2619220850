"""Words of the glossary, and the words of the search, without building the site."""

from __future__ import annotations

from lxml import html

from evidence import dataset
from evidence.publish.site import search_index
from evidence.publish.site.search_index import fold
from evidence.publish.site.terms import explained
from evidence.wording.glossary import glossary


def test_the_first_use_of_a_word_is_explained_and_no_other() -> None:
    terms = glossary(dataset.load())
    body = (
        '<h2>The MID</h2><p>A MID here, a MID there; <a href="#">CI</a>, <code>SD</code> and a 95% CI.</p>'
        "<svg><text>placebo</text></svg><p>Placebo, by a comid or SDX.</p>"
    )
    said = html.fragment_fromstring(explained(body, terms, "../"), create_parent="div")
    words = [(link.text_content(), link.get("href")) for link in said.iterfind(".//a[@class='ev-term']")]
    assert words == [
        ("MID", "../chapters/how-to-read.html#word-mid"),
        ("CI", "../chapters/how-to-read.html#word-ci"),
        ("Placebo", "../chapters/how-to-read.html#word-placebo"),
    ]
    assert said.text_content() == html.fragment_fromstring(body, create_parent="div").text_content()
    assert said.find(".//abbr").get("title") == terms["MID"].definition


def test_no_name_means_two_things() -> None:
    names = [name.lower() for term in glossary(dataset.load()).values() for name in term.names]
    assert len(names) == len(set(names))


def test_letters_are_folded_as_readers_type_them() -> None:
    assert [fold(word) for word in ("Jørum", "Łukasz", "Müller", "Kvarnström", "ß")] == [
        "jorum",
        "lukasz",
        "muller",
        "kvarnstrom",
        "ss",
    ]


def test_a_search_quotes_whole_words_and_leaves_out_what_says_nothing() -> None:
    """A sentence with a link stays one; of a study no name of a field, no address, no page that uses it."""
    dull = '<p class="ev-links">svg png</p><details class="code"><summary>Code</summary></details>'
    study = (
        "<dl class='study'><dt>Country</dt><dd><p>Italy</p></dd><dt>Text</dt>"
        "<dd><a href='https://x.org'>https://x.org</a></dd>"
        "<dd><a class='reference internal' href='index.html'>Front page</a></dd></dl>"
    )
    text = f"<p>Against salt (<a href='#'>placebo</a>, saline).</p>{dull}{study}<p>{'word ' * 60}last</p>"
    article = html.fragment_fromstring(f"<article><section><h1>T</h1>{text}</section></article>")
    ((said, others),) = search_index._sections(article)
    assert said[2].startswith("Against salt (placebo, saline). Italy word word")
    assert said[2].endswith("word …") and len(said[2]) <= search_index._QUOTED + 2
    assert others == ["last"]
