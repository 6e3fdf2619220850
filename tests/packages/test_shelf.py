"""A shelf in one run: the same numbers as one by one, on any workers, with nothing lost when one dies."""

from __future__ import annotations

import io
import json
import math
import os
import re
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from distributed import LocalCluster

from evidence import meta
from evidence.packages import PackageError
from evidence.packages.shelf.assess import MU_SMD, TAU_SMD, assess
from evidence.packages.shelf.command import shelve
from evidence.packages.shelf.page import write
from evidence.packages.shelf.picture import draw, turned
from evidence.packages.shelf.rows import pieces
from evidence.packages.shelf.run import run, schema
from tests.packages import make

# Fleiss 1993, table 1, with the effects that its package prints.
ASPIRIN = """study,events_a,n_a,events_b,n_b,printed_estimate,printed_ci_low,printed_ci_high,printed_weight
AMIS,246,2267,219,2257,1.132736,0.934665,1.372783,10.153491
CDP,44,758,64,771,0.68076,0.457391,1.013212,3.101689
GASP,32,317,38,309,0.800739,0.486261,1.318597,1.795485
ISIS-2,1570,8587,1720,8600,0.894969,0.829418,0.965702,72.87984
MRC-1,49,615,67,624,0.719714,0.488975,1.059336,3.17649
MRC-2,102,832,126,850,0.80287,0.606453,1.062903,5.67538
PARIS,85,810,52,406,0.798143,0.552563,1.152868,3.217624
"""


def shelf_of(tmp_path: Path, analyses: int) -> Path:
    """The aspirin trials as many analyses: each study left out in turn, then none."""
    studies = pd.read_csv(io.StringIO(ASPIRIN))
    parts = []
    for number in range(analyses):
        kept = studies.drop(index=number % 8, errors="ignore")
        shares = 100 * kept["printed_weight"] / kept["printed_weight"].sum()
        key = {"review": f"R{number // 5}", "comparison": 1, "outcome": number % 5 + 1}
        parts.append(kept.assign(**key, printed_weight=shares))
    path = tmp_path / "rows.csv"
    pd.concat(parts).to_csv(path, index=False)
    return path


def assessed(path: Path) -> pd.DataFrame:
    return pd.concat([assess(piece) for piece in pieces([path], 1_000)], ignore_index=True)


def test_an_analysis_of_a_shelf_has_the_numbers_of_one_alone(tmp_path: Path) -> None:
    table = assessed(shelf_of(tmp_path, 8))
    whole = table[table["k"] == 7].iloc[0]
    assert (whole["measure"], whole["model"], whole["miss"]) == ("OR", "MH common", "")
    assert np.exp(whole["published_estimate"]) == pytest.approx(0.896866, abs=1e-6)
    assert np.exp(whole["published_ci_high"]) == pytest.approx(0.956995, abs=1e-6)
    lines = [line.split(",") for line in ASPIRIN.splitlines()[1:]]
    a, n1, c, n2 = (np.array([float(line[i]) for line in lines]) for i in range(1, 5))
    own = meta.effect_sizes("OR", convention="revman", ai=a, bi=n1 - a, ci=c, di=n2 - c)
    alone = meta.pool(own["yi"], own["vi"])
    for name in ("estimate", "ci_low", "ci_high", "pi_low", "pi_high", "tau2", "i2"):
        assert whole[f"modern_{name}"] == pytest.approx(getattr(alone, name), rel=1e-9)
    posterior = meta.bayes(
        own["yi"], own["vi"], tau_prior=meta.HalfNormal(TAU_SMD), mu_prior=meta.Normal(0.0, MU_SMD)
    )
    assert whole["posterior_median"] == pytest.approx(posterior.median, abs=1e-6)
    assert whole["posterior_below"] == pytest.approx(posterior.probability(0.0), abs=1e-6)
    excludes = [row["ci_low"] > 0 or row["ci_high"] < 0 for row in _left_out(own)]
    assert whole["leave_one_out"] == sum(one != whole["modern_excludes"] for one in excludes)
    assert whole["changes"] == "interval, posterior, prediction"


def _left_out(own: pd.DataFrame) -> list[dict[str, float]]:
    return meta.leave_one_out(own["yi"], own["vi"]).to_dict("records")  # type: ignore[return-value]


def test_mean_differences_are_measured_by_their_own_spread(tmp_path: Path) -> None:
    """Scaling every mean and SD by ten scales the posterior by ten: its prior goes with the outcome."""
    rows = pd.DataFrame(
        {
            "review": "R", "comparison": 1, "outcome": 1, "study": ["A", "B"],
            "mean_a": [4.0, 4.2], "sd_a": [2.0, 1.8], "n_a": [30.0, 40.0],
            "mean_b": [5.5, 5.0], "sd_b": [2.2, 2.0], "n_b": [31.0, 42.0],
        }
    )  # fmt: skip
    own = meta.effect_sizes(
        "MD", m1i=rows["mean_a"], sd1i=rows["sd_a"], n1i=rows["n_a"],
        m2i=rows["mean_b"], sd2i=rows["sd_b"], n2i=rows["n_b"],
    )  # fmt: skip
    half = 1.959963984540054 * np.sqrt(own["vi"])
    rows["printed_estimate"], rows["printed_ci_low"] = own["yi"], own["yi"] - half
    rows["printed_ci_high"], rows["printed_weight"] = (
        own["yi"] + half,
        100 / own["vi"] / (1 / own["vi"]).sum(),
    )
    scaled = rows.copy()
    columns = ["mean_a", "sd_a", "mean_b", "sd_b", "printed_estimate", "printed_ci_low", "printed_ci_high"]
    scaled[columns] *= 10
    scaled["outcome"] = 2
    path = tmp_path / "rows.parquet"
    pd.concat([rows, scaled]).to_parquet(path)
    one, ten = assessed(path).to_dict("records")
    for name in ("median", "ci_low", "ci_high", "tau_mean"):
        assert ten[f"posterior_{name}"] == pytest.approx(10 * one[f"posterior_{name}"], rel=1e-9)


def test_results_without_a_pool_stay_in_the_table(tmp_path: Path) -> None:
    path = shelf_of(tmp_path, 2)
    rows = pd.read_csv(path)
    rows.loc[rows["outcome"] == 1, "printed_weight"] = 0.0
    rows.to_csv(path, index=False)
    table = assessed(path)
    off, pooled = table.to_dict("records")
    assert (off["k"], off["model"], off["measure"], off["changes"]) == (0, "", "OR", "")
    assert math.isnan(off["modern_estimate"]) and pd.isna(off["published_excludes"])
    assert pooled["k"] == 6


def test_the_table_has_its_schema_and_the_pieces_do_not_matter(tmp_path: Path) -> None:
    path = shelf_of(tmp_path, 23)
    tables = []
    for size in (1, 7, 1_000):
        done = run([path], tmp_path / f"{size}.parquet", workers=0, size=size)
        assert (done.analyses, done.results) == (23, 23)
        tables.append(parquet.read_table(tmp_path / f"{size}.parquet"))
    assert all(table.schema.equals(schema()) for table in tables)
    for other in tables[1:]:
        pd.testing.assert_frame_equal(other.to_pandas(), tables[0].to_pandas(), rtol=1e-9, atol=1e-12)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.xdist_group("dask")
@pytest.mark.filterwarnings("default")
def test_a_scheduler_gives_the_same_table_when_a_worker_is_killed_midway(tmp_path: Path) -> None:
    path = shelf_of(tmp_path, 60)
    run([path], tmp_path / "here.parquet", workers=0)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        killed: list[int] = []

        def kill(analyses: int, seconds: float) -> None:
            if not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        done = run([path], tmp_path / "there.parquet", scheduler=cluster.scheduler_address, size=2, say=kill)
    assert killed and done.analyses == 60
    here, there = (parquet.read_table(tmp_path / f"{name}.parquet") for name in ("here", "there"))
    assert here.equals(there)


def test_a_scheduler_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Timed out"):
        run([shelf_of(tmp_path, 2)], tmp_path / "x.parquet", scheduler="tcp://127.0.0.1:9")
    assert not list(tmp_path.glob("x.parquet*"))


def test_the_command_writes_a_whole_folder_or_none(tmp_path: Path) -> None:
    path, out = shelf_of(tmp_path, 12), tmp_path / "shelf"
    with (tmp_path / "progress").open("w") as stream:
        shelve([path, make.V2], out, workers=0, stream=stream)
    assert "12 analyses" in (tmp_path / "progress").read_text()
    assert sorted(each.name for each in out.iterdir()) == [
        "analyses.parquet", "index.html", "turned.csv", "turned.svg",
    ]  # fmt: skip
    shelve([path], out, workers=0, stream=io.StringIO())
    bad = tmp_path / "bad.csv"
    bad.write_text("review,comparison,outcome,study,n_a\nR,1,1,A,many\n", "utf-8")
    with pytest.raises(PackageError, match="something else than numbers"):
        shelve([bad], out, workers=0)
    assert parquet.read_table(out / "analyses.parquet").num_rows == 12
    (tmp_path / "mine").mkdir()
    with pytest.raises(PackageError, match="exists and is no shelf"):
        shelve([path], tmp_path / "mine", workers=0)
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


def test_the_page_holds_every_result_and_escapes_names(tmp_path: Path) -> None:
    path = shelf_of(tmp_path, 9)
    text = path.read_text("utf-8").replace("R0,", "</script><b>R0,")
    path.write_text(text, "utf-8")
    run([path], tmp_path / "analyses.parquet", workers=0)
    write(tmp_path / "analyses.parquet", tmp_path)
    page = (tmp_path / "index.html").read_text("utf-8")
    found = re.search(r'<script type="application/json" id="rows">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert len(data["review"]) == 9 and data["review"][0] == "</script><b>R0"
    assert "9 analyses of 2 reviews" in page and "<!--" not in page


def test_the_picture_counts_only_conclusions_that_were_published() -> None:
    """Two studies: of three published conclusions one is taken back; of those not published none counts."""
    names = ("published", "modern", "adhoc", "posterior", "prediction")
    table = pd.DataFrame(
        {"k": [2, 2, 2, 2, 1]} | {f"{name}_excludes": [True] * 5 for name in names}, dtype=object
    )
    table["modern_excludes"] = [True, True, False, False, False]
    table["published_excludes"] = [True, True, True, False, True]
    shares = turned(table).set_index("studies")
    assert shares.loc["2", "published"] == 3
    assert shares.loc["2", "modern"] == pytest.approx(1 / 3)
    assert math.isnan(shares.loc["1", "modern"]) and shares.loc["1", "posterior"] == 0
    axes = draw(turned(table))
    assert next(text.get_text() for text in axes.get_legend().get_texts()) == "Hartung–Knapp interval"


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"study": ["s"]}, "has more than 100,000 rows of analysis 1.1 of CD1"),
        ({"study": ["s" * 100_001]}, 'column "study": holds a text of more than 100,000 bytes'),
    ],
)
def test_a_small_file_that_unfolds_to_no_end_is_refused(tmp_path: Path, columns, why: str) -> None:
    """Read whole, the second would take twenty gigabytes."""
    rows = 200_001
    texts = {"review": ["CD1"]} | columns
    folded = {
        name: pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array(words))
        for name, words in texts.items()
    }
    path = tmp_path / "rows.parquet"
    ones = np.ones(rows, int)
    parquet.write_table(pa.table(folded | {"comparison": ones, "outcome": ones}), path)
    assert path.stat().st_size < 200_000
    with pytest.raises(PackageError, match=re.escape(why)):
        next(pieces([path], 1_000))


def test_a_row_group_that_says_it_is_larger_than_memory_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("evidence.packages.shelf.opened.LARGEST_GROUP", 500)
    path = tmp_path / "rows.parquet"
    pd.read_csv(shelf_of(tmp_path, 2)).to_parquet(path)
    with pytest.raises(PackageError, match="a row group of more than 500 bytes"):
        next(pieces([path], 1_000))
