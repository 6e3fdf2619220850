"""What a shelf finds out about analyses from their printed numbers alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evidence.packages import PackageError, read_package
from evidence.packages.shelf.batches import batches, taken
from evidence.packages.shelf.measures import CANDIDATES, measured
from evidence.packages.shelf.rows import KEY, Piece, pieces
from evidence.packages.shelf.weights import CLOSE, MODELS, pooled
from tests.packages import make

REVMAN_ROWS = Path(__file__).parents[1] / "meta" / "revman_rows.csv"
NAMES = {("IV", "common"): "IV common", ("MH", "common"): "MH common", ("MH", "random"): "MH DL"}


def table() -> pd.DataFrame:
    """Rows of published reviews as a table of rows; what was found out by hand stands beside."""
    rows = pd.read_csv(REVMAN_ROWS, dtype={"subgroup": str})
    rows[["review", "number"]] = rows["analysis"].str.split(" ", expand=True)
    rows[["comparison", "outcome"]] = rows["number"].str.split(".", expand=True).astype(int)
    return rows


def written(tmp_path: Path, rows: pd.DataFrame) -> Path:
    path = tmp_path / "rows.csv.xz"
    rows.drop(columns=["rule", "analysis", "measure", "method", "model", "level", "number"]).to_csv(
        path, index=False
    )
    return path


def one(path: Path) -> Piece:
    (piece,) = pieces([path], 1_000)
    return piece


def test_every_rule_is_found_from_the_numbers(tmp_path: Path) -> None:
    rows = table()
    piece = one(written(tmp_path, rows))
    own = measured(piece)
    pools = pooled(piece, own)
    wanted = rows.drop_duplicates(list(KEY))
    assert [CANDIDATES[each].measure for each in own.candidate] == wanted["measure"].tolist()
    assert own.level.tolist() == wanted["level"].tolist()
    assert own.printed.sum() == rows["printed_estimate"].notna().sum() == own.reproduced.sum()
    assert (pools.error <= CLOSE).all()
    for model, method, expected in zip(pools.model, wanted["method"], wanted["model"], strict=True):
        if (method, expected) in NAMES and MODELS[model] != "IV common":
            assert MODELS[model] == NAMES[method, expected]


def test_a_wrong_weight_and_a_wrong_effect_are_noticed(tmp_path: Path) -> None:
    rows = table()
    rows.loc[0, "printed_weight"] += 1
    rows.loc[1, "printed_weight"] -= 1
    rows.loc[8, "printed_ci_high"] *= 1.01
    piece = one(written(tmp_path, rows))
    own = measured(piece)
    assert (own.printed - own.reproduced).tolist() == [0, 0, 1, *[0] * (len(piece) - 3)]
    assert 0.5 < pooled(piece, own).error[0] <= 1.001  # the nearest model has it, whichever that is


def test_pools_are_totals_or_subgroups_even_when_these_lost_their_names(tmp_path: Path) -> None:
    """Two subtotals: 2/10 v 5/10 and 4/20 v 6/30, then 3/20 v 6/20 alone, weights 100 each."""
    weights = [100 * (5 * 10 / 20) / 4.9, 100 * (6 * 20 / 50) / 4.9, 100.0]
    rows = pd.DataFrame(
        {
            "review": "R", "comparison": 1, "outcome": 1, "study": ["A", "B", "C"],
            "events_a": [2, 4, 3], "n_a": [10, 20, 20], "events_b": [5, 6, 6], "n_b": [10, 30, 20],
            "printed_estimate": [0.4, 1.0, 0.5], "printed_ci_low": [0.100833, 0.323061, 0.144756],
            "printed_ci_high": [1.586771, 3.095391, 1.727039], "printed_weight": weights,
        }
    )  # fmt: skip
    path = tmp_path / "rows.parquet"
    rows.to_parquet(path)
    for subgroup, labels in ((None, ("1", "2")), (["x", "x", "y"], ("x", "y"))):
        rows.assign(subgroup=subgroup).to_parquet(path)
        piece = one(path)
        pools = pooled(piece, measured(piece))
        assert pools.subgroup == labels
        assert pools.pool.tolist() == [0, 0, 1]
        assert MODELS[pools.model[0]] == "MH common"
        assert pools.estimate[0] == pytest.approx(np.log(3.4 / 4.9))
    nothing = one(_saved(tmp_path, rows.assign(printed_weight=0.0)))
    off = pooled(nothing, measured(nothing))
    assert off.model.tolist() == [-1] and not off.subgroup and np.isnan(off.error).all()


def _saved(tmp_path: Path, rows: pd.DataFrame) -> Path:
    path = tmp_path / "other.parquet"
    rows.to_parquet(path)
    return path


def test_settings_of_a_package_are_taken_as_they_stand() -> None:
    piece = one(make.V2)
    own = measured(piece)
    pools = pooled(piece, own)
    assert [MODELS[each] for each in pools.model] == ["IV REML"] * 4
    assert (own.printed == own.reproduced).all() and (pools.error <= CLOSE).all()
    totals = [analysis.printed.estimate for analysis in read_package(make.V2).analyses()]
    assert np.where(own.level == 0.95, pools.estimate, np.nan)[3] == pytest.approx(totals[3])
    assert np.exp(pools.estimate[:3]) == pytest.approx(totals[:3])


def test_pieces_hold_whole_analyses_of_any_size(tmp_path: Path) -> None:
    rows = table()
    path = written(tmp_path, rows)
    whole = one(path)
    small = list(pieces([path], 3))
    assert [len(piece) for piece in small] == [3, 3, 2]
    together = pd.concat([piece.rows for piece in small], ignore_index=True)
    pd.testing.assert_frame_equal(
        together.drop(columns="analysis"), whole.rows.drop(columns="analysis"), check_dtype=False
    )
    mixed = rows.iloc[[0, 5, *range(1, 5)]]
    with pytest.raises(PackageError, match=r"rows of analysis 3\.5 of CD012182\.pub3 in two places"):
        list(pieces([written(tmp_path, mixed)], 3))


def test_tables_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pd.DataFrame({"review": ["R"], "comparison": [1]}).to_parquet(path)
    with pytest.raises(PackageError, match="column 'outcome', 'study' is missing"):
        list(pieces([path], 3))
    with pytest.raises(PackageError, match="does not exist"):
        list(pieces([tmp_path / "none.csv"], 3))
    rows = table().astype({"n_a": object})
    rows.loc[2, "n_a"] = "many"
    with pytest.raises(PackageError, match='column "n_a": holds something else than numbers'):
        list(pieces([written(tmp_path, rows)], 3))


def test_batches_hold_every_row_once() -> None:
    rng = np.random.default_rng(3)
    pool = rng.integers(-1, 40, 300).astype(np.intp)
    pool[:90] = 7
    seen = []
    for pools, places in batches(pool, 45):
        for number, own in zip(pools, places, strict=True):
            assert own[own >= 0].tolist() == np.flatnonzero(pool == number).tolist()
            seen += own[own >= 0].tolist()
    assert sorted(seen) == np.flatnonzero(pool >= 0).tolist()
    assert np.isnan(taken(np.array([1.0, 2.0]), np.array([[1, -1]]))).tolist() == [[False, True]]
