"""Words of the glossary, and the words of the search, without building the site."""

from __future__ import annotations

from lxml import html

from evidence import dataset
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
