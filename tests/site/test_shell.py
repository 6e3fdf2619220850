"""What stands around a page, without building the site: imprint, tools, numbers of figures, cards."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from evidence import dataset
from evidence.publish.problems import BuildError
from evidence.publish.project import here
from evidence.publish.site.cards import Cards
from evidence.publish.site.imprint import read_imprint, report_error, tools
from evidence.publish.site.navigation import below_caption
from evidence.publish.site.numbering import numbered
from evidence.publish.site.pages import Page
from evidence.publish.site.static import shortened
from evidence.publish.site.trials import read_trials
from evidence.publish.site.work import read_work


def imprint(folder: Path, text: str):
    (folder / "imprint.yml").write_text(text, encoding="utf-8")
    return read_imprint(folder)


def test_what_is_not_declared_is_said_to_be_so(tmp_path: Path) -> None:
    said = imprint(tmp_path, "editors: A. Doe\nfunding:\n")
    assert (said.editors, said.interests, said.funding, said.contact) == (
        "A. Doe",
        "not declared",
        "not declared",
        "",
    )
    for wrong in ("editor: A. Doe\n", "- a\n", "editors: [\n"):
        with pytest.raises(BuildError, match=r"imprint\.yml"):
            imprint(tmp_path, wrong)


def test_a_page_leads_to_its_source_and_with_a_repository_to_form_editor_and_binder(tmp_path: Path) -> None:
    work = replace(read_work(here().root), repository="")
    said = imprint(tmp_path, "contact:\n")
    page = Page(work, "chapters/ketamine/crps", "T", "D", "report", runs=True)
    assert [tool.title for tool in tools(work, said, page)] == ["Notebook (.ipynb)", "Source (.md)"]
    assert report_error(work, said, page) == ""
    assert report_error(work, imprint(tmp_path, "contact: a@b.org"), page) == "mailto:a@b.org"
    public = replace(work, repository="https://github.com/doe/book")
    found = {tool.title: tool.href for tool in tools(public, said, page)}
    assert found["Edit"] == "https://github.com/doe/book/edit/main/chapters/ketamine/crps.md"
    assert found["Run on Binder"].startswith("https://mybinder.org/v2/gh/doe/book/main?urlpath=lab")
    assert "template=error-on-a-page.yml" in found["Suggest a correction"]
    assert (here().root / ".github" / "ISSUE_TEMPLATE" / "error-on-a-page.yml").is_file()


def test_figures_and_tables_are_numbered_in_order_and_twins_are_not() -> None:
    figure = '<figure class="ev-figure" id="fig-{0}"><svg></svg><figcaption><b>{0}</b></figcaption></figure>'
    table = '<table class="ev-table" id="{0}"><caption id="{0}-caption"><span>{0}</span></caption></table>'
    see = '<a class="ev-see" href="#{}"></a>'
    parts = (see.format("fig-b"), figure.format("a"), table.format("fig-a-data"), table.format("t"))
    body = numbered("".join((*parts, figure.format("b"), see.format("t"))))
    said = html.fromstring(f"<div>{body}</div>")
    assert [e.text_content() for e in said.iter("figcaption")] == ["Figure 1. a", "Figure 2. b"]
    assert [e.text_content() for e in said.iter("caption")] == ["fig-a-data", "Table 1. t"]
    assert [e.text for e in said.iter("a")] == ["Figure 2", "Table 1"]
    with pytest.raises(ValueError, match="fig-c"):
        numbered(see.format("fig-c"))


def test_a_card_says_people_regimen_design_and_doubts_in_words() -> None:
    ds = dataset.load()
    cards = Cards(ds, read_trials(ds))
    linked = '<a href="../studies.html#study-Sigtermans2009">S</a>'
    found = html.fragments_fromstring(cards.of(linked * 2 + '<a href="#study-Nobody1900">N</a>'))
    (card,) = found
    assert card.get("id") == "card-Sigtermans2009"
    text = card.text_content()
    flags = ds.rows("flags", study_id="Sigtermans2009", severity="caution")["flag"]
    meanings = ds.rows("flag_kinds").set_index("flag")["meaning"]
    assert "Sigtermans 2009" in text and "60 people" in text and "Ketamine: into a vein" in text
    assert all(meanings[flag] in text for flag in flags) and "spread unlabelled" not in text


def test_a_script_loses_its_comments_and_nothing_that_runs() -> None:
    script = '// what\n"use strict";\n\n/** How:\n * so. */\n  const a = "https://b"; // kept\n'
    assert shortened(script, ".js") == '"use strict";\nconst a = "https://b"; // kept\n'
    assert shortened("/* a */\np {\n  margin: 0;\n}\n", ".css") == "p {\nmargin: 0;\n}\n"
    for path in (here().root / "_static").glob("*.js"):
        templates = re.findall(r"`[^`]*`", path.read_text(encoding="utf-8"))
        assert not [text for text in templates if "\n" in text], f"{path.name}: its indentation would be text"


def test_the_contents_do_not_repeat_their_caption() -> None:
    assert below_caption("Ketamine for cancer pain", "Ketamine") == "Cancer pain"
    assert below_caption("Methods", "About") == "Methods"
