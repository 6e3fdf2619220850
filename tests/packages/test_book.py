"""Books made from packages: their tables, what their chapters say, and that nothing is half written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from html import unescape
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evidence import dataset, meta
from evidence.charts.tables import Table
from evidence.packages import PackageError, Review, read_package
from evidence.packages.book import Chapter, chapter, described, front, further
from evidence.packages.book.new import new_book, settings
from evidence.packages.book.results import left_out, many_ways, result
from evidence.packages.book.tables import better, read_tables, write_tables
from evidence.packages.book.words import Words, plain, span
from tests.packages import make

ROOT = Path(__file__).parents[2]

# Trials of BCG vaccination against tuberculosis (Colditz et al. 1994, JAMA 271:698), by allocation.
BCG = """study,subgroup,ai,n1i,ci,n2i
Aronson 1948,random,4,123,11,139
Ferguson 1949,random,6,306,29,303
Rosenthal 1960,random,3,231,11,220
Hart 1977,random,62,13598,248,12867
Frimodt-Moller 1973,alternate,33,5069,47,5808
Stein 1953,alternate,180,1541,372,1451
Vandiviere 1973,random,8,2545,10,629
TPT Madras 1980,random,505,88391,499,88391
Coetzee 1968,random,29,7499,45,7277
Rosenthal 1961,systematic,17,1716,65,1665
Comstock 1974,systematic,186,50634,141,27338
Comstock 1969,systematic,5,2498,3,2341
Comstock 1976,systematic,27,16913,29,17854
"""


def stored(review: Review, package: Path, folder: Path) -> dataset.Dataset:
    """The tables of a review's book, loaded."""
    folder.mkdir(parents=True)
    for name, content in write_tables(review, settings(review, package), version="0.1.0").items():
        (folder / name).write_bytes(content)
    return dataset.load(folder)


def book_of(text: str, tmp_path: Path, measure: str = "", number: int = 1) -> Chapter:
    """The chapter of a plain CSV."""
    path = tmp_path / "arms.csv"
    path.write_text(text, "utf-8")
    return chapter(number, stored(read_package(path, measure=measure), path, tmp_path / "data"))


def html(shown: object) -> str:
    """What a cell shows."""
    return str(shown._repr_html_())  # type: ignore[attr-defined]


@pytest.mark.parametrize("package", [make.FLEISS, make.V2, make.RM5, make.METAPSY])
def test_tables_hold_the_whole_review(package: Path, tmp_path: Path) -> None:
    review = read_package(package)
    ds = stored(review, package, tmp_path / "data")
    assert not dataset.check(tmp_path / "data")
    again = read_tables(ds)
    assert (again.title, again.identifier, again.format) == (review.title, review.identifier, review.format)
    assert [each.name for each in again.comparisons] == [each.name for each in review.comparisons]
    for one, other in zip(review.analyses(), again.analyses(), strict=True):
        assert (one.key, one.name, one.settings, one.placeholder) == (
            other.key, other.name, other.settings, other.placeholder,
        )  # fmt: skip
        pd.testing.assert_frame_equal(one.rows, other.rows, check_dtype=False, rtol=1e-15)
        assert asdict(one.printed) == pytest.approx(asdict(other.printed), nan_ok=True, rel=1e-14, abs=1e-19)
        assert len(one.subgroups) == len(other.subgroups)
    assert again.risk_of_bias.to_dict("list") == review.risk_of_bias.to_dict("list")


def test_an_answer_says_what_the_review_found_and_what_it_becomes(tmp_path: Path) -> None:
    """Fleiss 1993: odds ratio 0.90 (0.84 to 0.96) by Mantel–Haenszel; REML with Hartung–Knapp crosses 1."""
    report = chapter(1, stored(read_package(make.FLEISS), make.FLEISS, tmp_path / "data"))
    said = html(report.answer("1.1"))
    assert "Mantel–Haenszel, common effect" in said
    assert "0.90 (95\N{NO-BREAK SPACE}% CI 0.84 to 0.96)" in said
    assert "This interval includes no effect, which the review&#x27;s does not" in said
    assert "All 37 numbers that the package prints for this analysis are reproduced." in html(
        report.differences("1.1")
    )
    assert "it was never calculated" in html(report.answer("1.2"))
    assert "With 7 studies, fewer than 10" in html(report.small_studies("1.1"))
    assert "Not applicable" in html(report.certainty("1.1")) and "not entered" in html(
        report.certainty("1.1")
    )


def test_a_differing_number_is_listed_on_its_page_and_on_the_page_of_all(tmp_path: Path) -> None:
    text = make.v2_rows().replace("0.8963867556338915", "0.8963967556338915")
    package = make.zipped(tmp_path / "changed.zip", make.v2_files(rows=text))
    ds = stored(read_package(package), package, tmp_path / "data")
    for table in (chapter(1, ds).differences("1.6"), front(ds).differences()):
        assert "Collins 2017" in html(table) and "0.8963967556" in html(table)
    assert "99 are reproduced" in html(front(ds).opening())


def test_ten_studies_bring_small_study_tests_and_a_funnel(tmp_path: Path) -> None:
    """R metafor 3.8-1: rma(yi, vi, test="knha") of dat.bcg is −0.714532 (−1.108444 to −0.320621)."""
    report = book_of(BCG, tmp_path)
    found = report.result("1.1")
    assert found.modern is not None
    assert [found.modern.estimate, found.modern.ci_low, found.modern.ci_high] == pytest.approx(
        [-0.71453235, -1.10844372, -0.32062097], abs=2e-6
    )
    shown = report.small_studies("1.1")
    assert "Egger" in html(shown) and "fig-funnel-1-1" in html(shown)
    files = shown._repr_mimebundle_()  # type: ignore[union-attr]
    assert [file["key"] for bundle in files.values() for file in bundle["figures"]] == ["funnel-1-1"]  # type: ignore[index]
    assert "random" in html(report.forest("1.1")) and "2 degrees of freedom" in html(report.forest("1.1"))


def test_left_out_and_every_choice_agree_with_the_engine(tmp_path: Path) -> None:
    found = book_of(BCG, tmp_path).result("1.1")
    without = left_out(found)
    assert list(without.index) == list(found.labels) and not without["turns"].any()
    expected = meta.pool(found.yi[1:], found.vi[1:])
    assert without["estimate"].iloc[0] == pytest.approx(expected.estimate)
    ways = many_ways(found, frozenset({"Hart 1977"}))
    assert ways["main"].sum() == 1
    main = ways[ways["main"]].iloc[0]
    assert main["estimate"] == pytest.approx(meta.pool(found.yi, found.vi).estimate)
    assert set(ways["Studies"]) == {"all", "without high risk of bias", "without the most precise"}
    assert (ways.loc[ways["Studies"] == "without high risk of bias", "k"] == 12).all()


def test_the_what_if_gives_the_page_what_it_needs(tmp_path: Path) -> None:
    report = book_of(BCG, tmp_path)
    found = report.result("1.1")
    shown = html(report.what_if("1.1"))
    data = json.loads(shown.split('<script type="application/json">')[1].split("</script>")[0])
    assert [study["y"] for study in data["studies"]] == pytest.approx(found.yi.tolist())
    assert data["log"] is True and len(data["studies"]) == 13


def test_settings_of_the_book_decide_direction_mid_and_unit(tmp_path: Path) -> None:
    text = "study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,40,20,30,55,22,31\nB,42,18,40,50,20,42\nC,39,21,25,52,19,26\n"
    report = book_of(text, tmp_path)
    before = html(report.methods("1.1"))
    assert "the standard deviation of all arms of this analysis, pooled" in before
    assert "a difference that matters" not in before
    outcomes = tmp_path / "data" / "outcomes.csv"
    header, row = outcomes.read_text("utf-8").splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    cells |= {"better": "lower", "mid": "10", "reference_sd": "24", "window": "six weeks"}
    outcomes.write_text(f"{header}\n{','.join(cells.values())}\n", "utf-8")
    changed = chapter(1, dataset.load(tmp_path / "data"))
    assert "That it is below −10" in html(changed.methods("1.1"))
    assert "set by the editors (24)" in html(changed.methods("1.1"))
    assert "Measured: six weeks." in html(changed.answer("1.1"))


def test_without_a_unit_there_is_no_posterior_and_the_page_says_why(tmp_path: Path) -> None:
    report = book_of("study,yi,vi\nA,3,1\nB,4,2\n", tmp_path)
    assert "give reference_sd in data/outcomes.csv" in html(report.methods("1.1"))


def test_names_that_could_harm_stay_text(tmp_path: Path) -> None:
    evil = '"<script>alert(1)</script> {eval}`1` {{ x }} $y$ [a](javascript:b) |"'
    report = book_of(
        f"study,outcome,comparison,yi,vi\n{evil},{evil},{evil},0.1,0.04\nB,{evil},{evil},0.2,0.05\n",
        tmp_path,
        "odds ratio",
    )
    shown = [html(report.forest("1.1")), html(report.what_if("1.1")), html(report.overview())]
    assert all("<script>alert" not in each for each in shown)
    heading = report.heading("1.1")
    assert "<" not in heading.replace("\\<", "") and "`" not in heading.replace("\\`", "")
    assert plain("{eval}`1`") == "\\{eval\\}\\`1\\`"


def test_sides_of_the_plot_say_what_is_better_only_where_they_agree() -> None:
    analyses = {each.key: each.settings for each in read_package(make.V2).analyses()}
    assert better(analyses["1.6"]) == "lower"
    assert better(analyses["3.5"]) is None  # the experimental arm is called "Placebo" there
    assert better(next(read_package(make.FLEISS).analyses()).settings) is None


def test_unknown_analyses_comparisons_and_tables_are_refused(tmp_path: Path) -> None:
    ds = stored(read_package(make.V2), make.V2, tmp_path / "data")
    with pytest.raises(ValueError, match=r"no analysis '9\.9'; there are 1\.6"):
        result(ds, "9.9")
    with pytest.raises(ValueError, match="no comparison 4; there are 1, 2, 3"):
        chapter(4, ds)
    with pytest.raises(ValueError, match="no table 'x'; the tables are"):
        described("x")
    assert "Smallest difference that matters" in html(described("outcomes"))


def absent(folder: Path) -> Path:
    return folder / "absent.zip"


def broken(folder: Path) -> Path:
    (folder / "broken.zip").write_bytes(make.FLEISS.read_bytes()[:-2000])
    return folder / "broken.zip"


@pytest.mark.parametrize("maker", [absent, broken])
def test_a_bad_package_leaves_nothing_behind(maker: Callable[[Path], Path], tmp_path: Path) -> None:
    package = maker(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(PackageError):
        new_book(package, tmp_path / "book", home=ROOT)
    assert sorted(tmp_path.iterdir()) == before


def test_a_failure_while_writing_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(shutil, "copytree", fail)
    with pytest.raises(OSError, match="no space"):
        new_book(make.FLEISS, tmp_path / "book", home=ROOT)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", "utf-8")
    with pytest.raises(PackageError, match="exists and is not empty"):
        new_book(make.FLEISS, tmp_path, home=ROOT)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_book_is_complete(tmp_path: Path) -> None:
    review = new_book(make.RM5, tmp_path / "book", home=ROOT)
    names = {path.name for path in (tmp_path / "book").iterdir()}
    assert {
        "_config.yml", "_toc.yml", "index.md", "chapters", "data", "requirements.txt", "tests", "Makefile",
        "pyproject.toml", "CITATION.cff", "CHANGES.md", "README.md", "lib", "_static", "_templates",
        "package",
    } <= names  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["book"]
    text = (tmp_path / "book" / "chapters" / "comparison-4.md").read_text("utf-8")
    assert text.count("report.forest(") == len(list(review.analyses()))
    assert (tmp_path / "book" / "requirements.txt").read_bytes() == (ROOT / "requirements.txt").read_bytes()
    makefile = (tmp_path / "book" / "Makefile").read_text("utf-8")
    assert "$(BIN)/python -m evidence build" in makefile and "$$" not in makefile


def test_ten_studies_bring_the_pool_by_precision_and_what_sides_alone_say(tmp_path: Path) -> None:
    """The last step is the pool of all; the sign test is that of the binomial distribution, by hand."""
    report = book_of(BCG, tmp_path)
    found = report.result("1.1")
    table = further.by_precision(found)
    assert [row[0].text for row in table.rows] == [
        found.labels[i] for i in np.argsort(found.vi, kind="stable")
    ]
    assert found.modern is not None
    assert table.rows[-1][1].text == span(
        found, found.modern.estimate, found.modern.ci_low, found.modern.ci_high
    )
    sides = int((found.yi < 0).sum())
    said = further.without_sizes(found).paragraphs[0]
    assert f"{max(sides, 13 - sides)} of 13 studies lie below no effect" in said
    p = 2 * sum(comb(13, i) for i in range(min(sides, 13 - sides) + 1)) / 2**13
    assert f"sign test p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{p:.2g}" in said
    assert said in unescape(html(report.small_studies("1.1")))


def test_studies_with_several_results_are_pooled_as_not_independent(tmp_path: Path) -> None:
    found = book_of(BCG, tmp_path).result("1.1")
    assert further.several_results(found) == Words(())
    twice = replace(found, study=tuple(found.study[i // 2] for i in range(found.k)))
    table = further.several_results(twice)
    assert isinstance(table, Table)
    assert "13 results of 7 studies" in table.caption
    fit = meta.multilevel(found.yi, found.vi, list(twice.study))
    expected = span(found, float(fit.estimate[0]), float(fit.ci_low[0]), float(fit.ci_high[0]))
    assert table.rows[0][1].text == expected
    assert len(table.rows) == 4
