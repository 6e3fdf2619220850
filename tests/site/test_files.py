"""The site without a browser: links, anchors, names, metadata, downloads."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from lxml import html

from .conftest import ROOT, SITE
from .pages import pages

BASE = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["url"]
REFERENCES = ("aria-labelledby", "aria-describedby", "for", "popovertarget")
PUBLISHED = [path for path in pages() if path not in ("search.html", "404.html")]
REPORTS = [path for path in PUBLISHED if path.count("/") == 2 and not path.startswith("chapters/data/")]


@cache
def tree(path: str) -> html.HtmlElement:
    return html.fromstring((SITE / path).read_bytes())


def ids(path: str) -> list[str]:
    return [str(value) for value in tree(path).xpath("//@id")]


def meta(path: str, name: str, key: str = "name") -> list[str]:
    return [str(value) for value in tree(path).xpath(f"//meta[@{key}='{name}']/@content")]


def linked_data(path: str) -> dict:
    (script,) = tree(path).xpath("//script[@type='application/ld+json']/text()")
    return json.loads(script)


@pytest.fixture(autouse=True)
def built(site: Path) -> None:
    """Every test here reads the site of this checkout."""


def test_the_site_holds_the_pages_of_the_contents_and_no_other() -> None:
    assert {str(path.relative_to(SITE)) for path in SITE.rglob("*.html")} == set(pages())


@pytest.mark.parametrize("path", pages())
def test_links_anchors_and_names_of_a_page_resolve(path: str) -> None:
    page = tree(path)
    broken = []
    for target in page.xpath("//@href | //@src"):
        parts = urlsplit(urljoin(f"{BASE}{path}", str(target)))
        if not parts.geturl().startswith(BASE):
            assert parts.scheme in ("http", "https", "mailto", "data"), target
            continue
        file = unquote(parts.path.removeprefix(urlsplit(BASE).path)) or "index.html"
        anchor = unquote(parts.fragment)
        if not (SITE / file).is_file() or (anchor and anchor not in ids(file)):
            broken.append(str(target))
    assert broken == []
    repeated = [name for name, count in Counter(ids(path)).items() if count > 1]
    assert repeated == []
    named = {
        name for attribute in REFERENCES for value in page.xpath(f"//@{attribute}") for name in value.split()
    }
    assert named <= set(ids(path))


def test_titles_and_descriptions_tell_pages_apart() -> None:
    titles = Counter(tree(path).findtext(".//title") for path in PUBLISHED)
    assert max(titles.values()) == 1
    descriptions = Counter(meta(path, "description")[0] for path in REPORTS)
    assert max(descriptions.values()) == 1
    assert all(len(text) > 50 for text in descriptions)


@pytest.mark.parametrize("path", PUBLISHED)
def test_a_page_can_be_cited(path: str) -> None:
    page, whole = tree(path), path == "index.html"
    address = BASE if whole else BASE + path
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert page.xpath("//link[@rel='canonical']/@href") == [address]
    assert meta(path, "citation_fulltext_html_url") == [address]
    assert len(meta(path, "citation_author")) == len(cff["authors"])
    assert meta(path, "citation_publication_date") == [str(cff["date-released"]).replace("-", "/")]
    assert bool(meta(path, "citation_inbook_title")) != whole
    cited = page.xpath("string(//section[@id='cite']//p[@class='reference'])")
    assert address in cited and str(cff["version"]) in cited
    links = page.xpath("//section[@id='cite']//a/@href[contains(., '_downloads')]")
    names = [str(link).rsplit("/", 1)[-1] for link in links]
    assert {name.split(".", 1)[1] for name in names} == {"bib", "ris", "csl.json"}
    rels = set(page.xpath("//link/@rel"))
    assert {"cite-as", "license", "describedby", "type"} <= rels
    assert meta(path, "og:title", "property") and meta(path, "og:description", "property")


@pytest.mark.parametrize("path", REPORTS)
def test_a_report_names_the_trials_it_rests_on(path: str) -> None:
    with (ROOT / "data" / "studies.csv").open(encoding="utf-8", newline="") as file:
        dois = {row["doi"].lower() for row in csv.DictReader(file) if row["doi"]}
    facts = linked_data(path)
    assert facts["@type"] == "MedicalScholarlyArticle"
    assert facts["isBasedOn"]
    named = {
        str(trial["@id"]).lower().removeprefix("https://doi.org/")
        for trial in facts["isBasedOn"]
        if "@id" in trial
    }
    assert named <= dois
    if tree(path).xpath("//figure"):
        (image,) = meta(path, "og:image", "property")
        assert (SITE / image.removeprefix(BASE)).read_bytes().startswith(b"\x89PNG")


def test_every_figure_has_its_files_and_its_row_of_links() -> None:
    count = 0
    for path in PUBLISHED:
        if path == "chapters/charts.html":
            continue  # the gallery draws made-up examples, of which nothing is given away
        for figure in tree(path).xpath("//figure[contains(@class, 'ev-figure')]"):
            key = figure.get("id").removeprefix("fig-")
            (row,) = figure.getparent().xpath("p[@class='ev-links']")
            assert [link.text for link in row] == ["link", "cite", "data (CSV)", "SVG", "PNG", "code"]
            folder = SITE / "_downloads" / "figures"
            table = list(csv.reader(io.StringIO((folder / f"{key}.csv").read_text(encoding="utf-8"))))
            assert len(table) > 1 and len({len(line) for line in table}) == 1
            ElementTree.parse(folder / f"{key}.svg")
            assert (folder / f"{key}.png").read_bytes().startswith(b"\x89PNG")
            assert figure.xpath("string(figcaption)").strip()
            count += 1
    assert count > 40


def test_cells_to_change_are_folded() -> None:
    """They are for those who run the page as a notebook; no reader of the page scrolls past them."""
    seen = 0
    for path in pages():
        for place in tree(path).xpath("//section[@id='the-same-numbers-in-your-hands']"):
            (fold,) = place.xpath("./details[@class='ev-fold']")
            assert fold.get("open") is None and fold.xpath(".//figure") and fold.xpath(".//pre")
            assert not place.xpath("./*[not(self::details)]")
            seen += 1
    assert seen == 5


def test_sitemap_feed_and_crate_name_what_is_there() -> None:
    places = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "a": "http://www.w3.org/2005/Atom"}
    listed = [e.text for e in ElementTree.parse(SITE / "sitemap.xml").findall(".//s:loc", places)]
    assert listed == [BASE if path == "index.html" else BASE + path for path in PUBLISHED]
    feed = ElementTree.parse(SITE / "changes.xml")
    assert feed.findtext("a:id", namespaces=places) == BASE
    entries = [e.text or "" for e in feed.findall("a:entry/a:id", places)]
    assert entries and all(entry.split("#")[1] in ids("chapters/changes.html") for entry in entries)
    crate = json.loads((SITE / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    files = [node["@id"] for node in crate["@graph"] if node["@type"] == "File"]
    assert files and all((SITE / file).is_file() for file in files)


def test_every_crawler_is_welcome_and_told_the_sitemap() -> None:
    said = (SITE / "robots.txt").read_text("utf-8").splitlines()
    assert said[:2] == ["User-agent: *", "Allow: /"]
    assert said[-1].startswith("Sitemap: ") and said[-1].endswith("/sitemap.xml")


def test_every_study_has_an_anchor_that_says_where_it_is_used() -> None:
    with (ROOT / "data" / "studies.csv").open(encoding="utf-8", newline="") as file:
        studies = [row["study_id"] for row in csv.DictReader(file)]
    page = tree("chapters/studies.html")
    for study in studies:
        (section,) = page.xpath(f"//*[@id='study-{study}']")
        assert "Used in" in section.text_content(), study


def test_downloaded_tables_hold_no_formula_and_are_those_of_the_book() -> None:
    for path in sorted((SITE / "data").glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        own = list(csv.reader((ROOT / "data" / path.name).read_text(encoding="utf-8").splitlines()))
        given = list(csv.reader(text.splitlines()))
        assert len(own) == len(given)
        for mine, theirs in zip(own, given, strict=True):
            assert [cell.removeprefix("'") for cell in theirs] == [cell.removeprefix("'") for cell in mine]


def test_the_archive_computes_a_report_alone(tmp_path: Path) -> None:
    """The folder, moved elsewhere, runs every cell of a notebook and comes to the same answer."""
    with zipfile.ZipFile(SITE / "_downloads" / "book.zip") as archive:
        archive.extractall(tmp_path)
    notebook = SITE / "_downloads" / "reports" / "ketamine-crps.ipynb"
    shutil.copy(notebook, tmp_path / "chapters" / "ketamine" / "crps.ipynb")
    script = (
        "import json, sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "book = json.load(open('chapters/ketamine/crps.ipynb', encoding='utf-8'))\n"
        "for cell in book['cells']:\n"
        "    if cell['cell_type'] != 'code': continue\n"
        "    result = shell.run_cell(''.join(cell['source'])).raise_error()\n"
        "import evidence\n"
        "assert evidence.__file__.startswith(sys.argv[1]), evidence.__file__\n"
        "print(shell.user_ns['crps'].answer()._repr_html_())\n"
    )
    call = [sys.executable, "-c", script, str(tmp_path)]
    environment = {"PYTHONPATH": str(tmp_path / "lib"), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = html.fromstring(done.stdout).xpath("string(//*[@class='ev-sentence'])")
    assert said and said in tree("chapters/ketamine/crps.html").text_content()
