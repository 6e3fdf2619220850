"""Every format becomes the same model, with the settings and numbers that its package holds."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from evidence.packages import PackageError, read_package
from tests.packages import make


def test_revman_web_1_within_an_articles_zip() -> None:
    review = read_package(make.FLEISS)
    assert review.format == "RevMan Web data package, version 1"
    assert [analysis.key for analysis in review.analyses()] == ["1.1", "1.2"]
    aspirin, mental = review.analyses()
    assert aspirin.name == "Aspirin for Preventing Death after Myocardial Infarction"
    settings = aspirin.settings
    assert (settings.measure, settings.method, settings.model, settings.ci) == ("OR", "MH", "common", "wald")
    amis = aspirin.rows.iloc[0]
    assert (amis.study, amis.events_a, amis.n_a, amis.events_b, amis.n_b) == ("AMIS", 246, 2267, 219, 2257)
    assert math.isnan(amis.mean_a) and math.isnan(amis.giv_se)
    assert (aspirin.printed.estimate, aspirin.placeholder) == (0.896866, False)
    assert mental.placeholder and math.isnan(mental.printed.estimate)
    assert len(review.studies) == 12 and set(review.risk_of_bias["judgement"]) == {"Not applicable"}
    assert any(note.endswith("article.pdf is not used.") for note in review.notes)


def test_revman_web_2_from_a_folder_and_from_a_zip(tmp_path: Path) -> None:
    folder = read_package(make.V2)
    archive = read_package(make.zipped(tmp_path / "package.zip", make.v2_files()))
    for review in (folder, archive):
        assert review.identifier == "CD014353"
        assert review.format == "RevMan Web data package, version 2"
        assert [len(comparison.analyses) for comparison in review.comparisons] == [1, 2, 1]
    deaths = next(each for each in folder.analyses() if each.key == "2.8")
    assert (deaths.settings.tau2, deaths.settings.ci, deaths.settings.level) == ("REML", "HKSJ", 0.95)
    assert deaths.name == "All‐cause mortality up to hospital discharge and the first year of life"
    assert deaths.rows["printed_estimate"].isna().sum() == 1
    length = next(each for each in folder.analyses() if each.key == "3.5")
    assert length.rows["subgroup"].tolist() == [
        "Any algal oil enteral lipid", "Any fish oil enteral lipid",
    ]  # fmt: skip
    assert (length.test.df, length.settings.unit) == (1, "z-scores")


def test_revman_5() -> None:
    review = read_package(make.RM5)
    assert review.title == "Antibiotics for sore throat: rheumatic fever (part)"
    fever, by_age = review.analyses()
    assert (fever.key, fever.settings.method, fever.settings.model) == ("4.1", "MH", "random")
    assert (len(fever.rows), fever.rows["printed_estimate"].notna().sum()) == (16, 7)
    assert fever.printed.tau2 == 0.5084481786426333
    assert [label for label, _ in by_age.subgroups] == [
        "Early (pre-1975) studies", "Late (post-1975) studies",
    ]  # fmt: skip
    assert review.risk_of_bias.to_dict("records") == [
        {
            "study": "Brink 1951",
            "domain": "Allocation concealment?",
            "judgement": "Unclear risk",
            "support": "",
        }
    ]


def test_metapsy_averages_the_rows_of_a_trial() -> None:
    """Abikoff 2015 has two arms against one list: g 1.2880 and 0.9705, errors 0.2323 and 0.2215, r = 0.5."""
    review = read_package(make.METAPSY)
    total, attention = review.analyses()
    assert (total.name, attention.name) == ("ADHD total, post", "ADHD A, post")
    assert review.comparisons[0].name == "Against wl"
    first, second = (1.287951072179626, 0.2323195619136366), (0.9705306687853436, 0.2215215619159441)
    row = total.rows.iloc[0]
    assert row.study == "Abikoff, 2015"
    assert row.giv == pytest.approx((first[0] + second[0]) / 2)
    together = first[1] ** 2 + second[1] ** 2 + 2 * 0.5 * first[1] * second[1]
    assert row.giv_se == pytest.approx(math.sqrt(together) / 2)
    assert len(total.rows) == 3
    assert "Effects compared with their own arms: 5; different: 0." in review.notes


def test_plain_effects_with_any_usual_names(tmp_path: Path) -> None:
    texts = {
        "metafor": "study,yi,vi\nA,0.5,0.04\nB,-0.1,0.09\n",
        "meta": "studlab;TE;seTE\nA;0,5;0,2\nB;-0,1;0,3\n",
        "limits": "Study\tyi\tci_low\tci_high\nA\t0.5\t0.108007\t0.891993\nB\t-0.1\t-0.687989\t0.487989\n",
    }
    for name, text in texts.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text, "utf-8")
        (analysis,) = read_package(path, measure="hazard ratio").analyses()
        assert analysis.rows["giv"].tolist() == [0.5, -0.1]
        assert analysis.rows["giv_se"].tolist() == pytest.approx([0.2, 0.3], abs=1e-5)
        assert analysis.settings.log_scale and analysis.settings.name == "hazard ratio"


def test_plain_arms_wide_and_long_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text("study,ai,n1i,ci,n2i\nA,2,10,5,10\nB,4,20,6,30\n", "utf-8")
    (tmp_path / "long.csv").write_text(
        "study,arm,events,n\nA,drug,2,10\nA,placebo,5,10\nB,control,6,30\nB,drug,4,20\n", "utf-8"
    )
    cells = ["events_a", "n_a", "events_b", "n_b"]
    wide, long = (
        next(read_package(tmp_path / f"{name}.csv", measure="OR").analyses()) for name in ("wide", "long")
    )
    assert wide.rows[cells].to_numpy().tolist() == [[2, 10, 5, 10], [4, 20, 6, 30]]
    assert long.rows[cells].equals(wide.rows[cells])
    assert wide.settings.measure == "OR"


def test_plain_tables_may_bring_comparisons_certainty_and_risk_of_bias(tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text(
        "comparison,outcome,study,m1i,sd1i,n1i,m2i,sd2i,n2i,measure,certainty,colour\n"
        "X v Y,Pain,A,5,2,10,6,2,10,MD,low,red\nX v Z,Pain,A,5,2,10,7,2,10,SMD,very low,red\n",
        "utf-8",
    )
    (tmp_path / "rob.csv").write_text("Study,D1,D2,Overall\nA,Low,High,High\n", "utf-8")
    review = read_package(tmp_path, title="Both")
    assert [comparison.name for comparison in review.comparisons] == ["X v Y", "X v Z"]
    assert [analysis.settings.measure for analysis in review.analyses()] == ["MD", "SMD"]
    assert review.certainty["certainty"].tolist() == ["low", "very low"]
    assert review.risk_of_bias["domain"].tolist() == ["D1", "D2", "Overall"]
    assert review.title == "Both"
    assert any("colour" in note for note in review.notes)


def test_study_data_of_another_review_is_left_out(tmp_path: Path) -> None:
    files = make.v2_files() | {"CD000001-study-data/CD000001-risk-of-bias.csv": "Study\nA\n"}
    review = read_package(make.zipped(tmp_path / "package.zip", files))
    assert review.risk_of_bias.empty
    assert any("belongs to another review" in note for note in review.notes)


def test_a_package_that_is_not_there() -> None:
    with pytest.raises(PackageError, match=r"nothing\.zip: does not exist"):
        read_package("nothing.zip")
