"""Asking the tables: types, selections, what is recorded, and the digest of an answer."""

import csv
import json
import os
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import dataset
from evidence.dataset import Dataset
from evidence.dataset.files import read_snapshot
from evidence.dataset.loading import CHECKED_VARIABLE
from tests.dataset.folder import DATA, change, make, rows, write


@pytest.fixture
def ds(data: Path) -> Dataset:
    return dataset.load(data)


# --- types and selections ---


def test_every_cell_of_the_project_is_read_as_it_is_written() -> None:
    """The typed tables against an independent reading of the files with the csv module."""
    ds = dataset.load()
    for name, table in ds.contract.tables.items():
        with (DATA / table.path).open(encoding="utf-8", newline="") as file:
            texts = list(csv.DictReader(file))
        typed = ds.rows(name)
        assert len(typed) == len(texts)
        assert list(typed.columns) == list(table.header)
        for column in table.columns:
            for text, value in zip((row[column.name] for row in texts), typed[column.name], strict=True):
                if text == "":
                    assert pd.isna(value)
                else:
                    assert value == (text if column.type in ("string", "date") else float(text))


def test_types(ds: Dataset) -> None:
    arms = ds.rows("arm_results")
    assert arms["mean"].dtype == np.float64
    assert arms["n"].dtype == pd.Int64Dtype()
    assert arms["arm"].dtype == pd.StringDtype(na_value=np.nan)
    assert arms.loc[2, "events"] == 3
    assert arms["drug"].isna().tolist() == [False, True, False]


def test_rows_come_in_file_order_and_numbered_from_0(ds: Dataset) -> None:
    answer = ds.rows("arm_results", study_id=["Beta2002", "Alpha2001"], arm_role=["control", "experimental"])
    assert answer["arm"].tolist() == ["ketamine", "placebo", "memantine"]
    assert answer.index.tolist() == [0, 1, 2]
    assert ds.rows("arm_results", arm="memantine").index.tolist() == [0]


def test_conditions_by_value_list_number_and_empty_cell(ds: Dataset) -> None:
    def arms(**where: object) -> list[str]:
        return [str(arm) for arm in ds.rows("arm_results", **where)["arm"]]

    assert arms(arm="placebo") == ["placebo"]
    assert arms(drug=None) == ["placebo"]
    assert arms(drug=["memantine", None]) == arms(drug={None, "memantine"}) == ["placebo", "memantine"]
    assert arms(drug=("memantine",)) == arms(drug={"memantine"}) == arms(drug=np.array(["memantine"]))
    assert (
        arms(time_days=7) == arms(time_days=7.0) == arms(time_days=np.float64(7)) == ["ketamine", "placebo"]
    )
    assert arms(n=12) == ["memantine"]
    assert arms(n=[12, None]) == ["memantine"]
    assert arms(events=None) == ["ketamine", "placebo"]
    assert arms(arm="placebo", drug="ketamine") == []
    assert arms(arm=[]) == []


def test_an_answer_is_a_copy(ds: Dataset) -> None:
    answer = ds.rows("arm_results")
    answer.loc[0, "mean"] = 99.0
    assert ds.rows("arm_results").loc[0, "mean"] == 3.5


@pytest.mark.parametrize(
    ("table", "where", "words"),
    [
        ("arms_results", {}, "there is no table 'arms_results'; the tables are studies, "),
        ("studies", {"studyid": "x"}, "has no column 'studyid'; it has study_id, "),
        ("interventions", {"drug": "ketamin"}, "never holds 'ketamin'; it holds ketamine, "),
        (
            "arm_results",
            {"drug": ["ketamine", "morphine"]},
            "never holds 'morphine'; it holds text of the form",
        ),
        ("arm_results", {"time_days": "7"}, "holds numbers: '7' is not one"),
        ("arm_results", {"mean": float("nan")}, "holds numbers: nan is not one; use None for an empty cell"),
        ("arm_results", {"n": True}, "holds numbers: True is not one"),
        ("arm_results", {"arm": 7}, "holds text: 7 is not"),
        ("arm_results", {"arm": ""}, "use None for an empty cell"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(
    ds: Dataset, table: str, where: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError) as refused:
        ds.rows(table, **where)
    assert words in str(refused.value)


def test_settings_have_the_type_of_the_contract(data: Path) -> None:
    ds = dataset.load(data)
    assert ds.setting("main_mid") == 10 and isinstance(ds.setting("main_mid"), float)
    assert ds.setting("data_version") == ds.contract.version, "never read as a number"
    assert ds.words("comparator_types") == ("placebo", "active_placebo", "usual_care")
    with pytest.raises(ValueError, match=r"describes no setting 'd'; the settings are comparator_order,"):
        ds.setting("d")
    with pytest.raises(ValueError, match="no list of words"):
        ds.words("time_rule")


def test_the_settings_of_the_project() -> None:
    ds = dataset.load()
    assert ds.setting("main_mid") == 10, "DESIGN: 10 points between groups"
    bounds = [ds.setting(f"window_{name}_days") for name in ("during_infusion_below", "immediate_max")]
    assert bounds == [2, 7], "48 hours; up to 7 days"
    assert ds.setting("window_short_max_days") == 31 + 31 + 30, "3 calendar months last at most 92 days"
    assert ds.setting("window_medium_max_days") == 31 + 31 + 30 + 31 + 30 + 31, "6 last at most 184 days"


def test_loading_is_kept_until_a_file_changes(data: Path) -> None:
    first = dataset.load(data)
    assert dataset.load(data) is first
    change(data, "contrasts", 0, estimate="-1.4")
    assert dataset.load(data).rows("contrasts").loc[0, "estimate"] == -1.4
    assert dataset.load(data).fingerprint != first.fingerprint
    assert first.rows("contrasts").loc[0, "estimate"] == -1.5, "a dataset in hand does not change"


def test_the_tables_describe_themselves(ds: Dataset) -> None:
    tables = ds.rows("tables", table=["arm_results", "flags"])
    assert tables["rows"].tolist() == [3, 1]
    assert tables["key"].tolist() == ["study_id, arm, outcome, measure, time_label", "study_id, flag"]
    flags = ds.rows("columns", table="flags", column=["study_id", "severity"])
    assert flags["allowed"].tolist()[1] == "exclude, caution, info"
    assert flags["points_to"].tolist()[0] == "studies.study_id"


# --- what is recorded ---


def test_a_recording_gathers_each_question_once_in_order(ds: Dataset) -> None:
    ds.rows("flags")
    with dataset.recording() as queries:
        ds.rows("contrasts", drug="ketamine", arm_b=["placebo", None])
        ds.setting("data_version")
        ds.rows("contrasts", arm_b=["placebo", None], drug="ketamine")
        ds.rows("arm_results", time_days=np.float64(7))
    ds.rows("studies")
    assert [(query["table"], query["where"]) for query in queries] == [
        ("contrasts", {"arm_b": ["placebo", None], "drug": "ketamine"}),
        ("settings", {"key": "data_version"}),
        ("arm_results", {"time_days": 7.0}),
    ]
    assert json.loads(json.dumps(queries)) == queries


def test_recordings_nest_and_end_with_an_error(ds: Dataset) -> None:
    with dataset.recording() as outer:
        with pytest.raises(RuntimeError), dataset.recording() as inner:
            ds.rows("flags")
            raise RuntimeError
        ds.rows("studies")
    assert [query["table"] for query in inner] == ["flags"]
    assert [query["table"] for query in outer] == ["flags", "studies"]


def test_a_refused_question_is_not_recorded(ds: Dataset) -> None:
    with dataset.recording() as queries, pytest.raises(ValueError):
        ds.rows("flags", severity="fatal")
    assert queries == []


# --- the digest of an answer ---


def _ask(ds: Dataset, table: str, **where: object) -> dataset.Query:
    with dataset.recording() as queries:
        ds.rows(table, **where)
    return queries[0]


def _again(data: Path, query: dataset.Query) -> str:
    stored = json.loads(json.dumps(query))
    return dataset.digest(stored["table"], stored["where"], dataset.load(data))


def test_the_digest_is_that_of_the_same_question_later(data: Path, ds: Dataset) -> None:
    query = _ask(ds, "arm_results", arm_role="control", drug=None, time_days=7)
    assert _again(data, query) == query["digest"]
    with dataset.recording() as queries:
        dataset.digest(query["table"], query["where"], ds)
    assert queries == [], "asking for a digest is not a use of the data"


def test_a_change_outside_the_answer_leaves_the_digest(data: Path, ds: Dataset) -> None:
    query = _ask(ds, "arm_results", study_id="Alpha2001")
    changed = rows("arm_results")
    changed[2]["events"] = "4"
    write(data, "arm_results", changed)
    assert _again(data, query) == query["digest"]
    first = {**changed[2], "study_id": "Aaa2000", "arm_role": "control", "drug": ""}
    for table in ("studies", "interventions"):
        write(data, table, [{**rows(table)[1], "study_id": "Aaa2000"}, *rows(table)])
    write(data, "arm_results", [first, *changed])
    assert _again(data, query) == query["digest"], "rows that only move to other lines"


def test_a_change_inside_the_answer_changes_the_digest(data: Path, ds: Dataset) -> None:
    query = _ask(ds, "arm_results", study_id="Alpha2001")
    for cells in ({"mean": "3.6"}, {"mean": "3.50"}, {"notes": "x"}, {"locator": "abstract"}):
        change(data, "arm_results", 0, **cells)
        assert _again(data, query) != query["digest"], cells


def test_a_row_that_enters_leaves_or_moves_changes_the_digest(data: Path, ds: Dataset) -> None:
    query = _ask(ds, "arm_results", arm_role="control")
    change(data, "arm_results", 2, arm_role="control")
    assert _again(data, query) != query["digest"], "a row that was not selected enters"
    change(data, "arm_results", 1, arm_role="experimental", arm="ketamine again", drug="ketamine")
    assert _again(data, query) != query["digest"], "a selected row leaves"
    both = _ask(ds, "arm_results", study_id="Alpha2001")
    swapped = rows("arm_results")
    write(data, "arm_results", [swapped[1], swapped[0], swapped[2]])
    assert _again(data, both) != both["digest"], "the order of the answer"


def test_an_empty_answer_has_a_digest_of_its_own(data: Path, ds: Dataset) -> None:
    query = _ask(ds, "flags", study_id="Alpha2001")
    assert _again(data, query) == query["digest"]
    write(data, "flags", [{**rows("flags")[0], "study_id": "Alpha2001"}, *rows("flags")])
    assert _again(data, query) != query["digest"]


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("age_mean", {"type": "integer"}),
        ("n_randomised", {"constraints": {"required": True, "minimum": 1, "maximum": 1000}}),
    ],
)
def test_another_type_of_column_changes_the_digest(
    data: Path, ds: Dataset, column: str, change: dict[str, object]
) -> None:
    query = _ask(ds, "studies", study_id="Alpha2001")
    path = data / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    field = next(item for item in package["resources"][0]["schema"]["fields"] if item["name"] == column)
    field |= change
    path.write_text(json.dumps(package), "utf-8")
    assert _again(data, query) != query["digest"], "the same texts are now values of another type"


def test_a_question_that_can_no_longer_be_asked_is_refused(ds: Dataset) -> None:
    with pytest.raises(ValueError, match="no column"):
        dataset.digest("studies", {"gone": "x"}, ds)


CELLS = st.sampled_from(["", "Alpha2001", "placebo", "x", "7"])


@settings(max_examples=50)
@given(texts=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), wanted=CELLS, again=st.data())
def test_the_digest_follows_exactly_the_selected_rows(
    texts: list[tuple[str, str]], wanted: str, again: st.DataObject
) -> None:
    """Change any one cell of free text: the digest moves if and only if the answer does."""
    row, column = again.draw(st.integers(0, len(texts) - 1)), again.draw(st.sampled_from([0, 1]))
    changed = [list(pair) for pair in texts]
    changed[row][column] = again.draw(CELLS)
    condition = wanted or None

    def answer(pairs: list[list[str]]) -> tuple[str, list[list[str]]]:
        with tempfile.TemporaryDirectory() as folder:
            data = make(Path(folder) / "data")
            claims = [
                {**rows("claims")[0], "claim_id": f"C{i:02}", "claim": claim or "-", "sources": sources}
                for i, (claim, sources) in enumerate(pairs)
            ]
            write(data, "claims", claims)
            # The made-up claims break rules on purpose: let them pass as checked.
            checked = {CHECKED_VARIABLE: read_snapshot(data.resolve()).fingerprint}
            with mock.patch.dict(os.environ, checked):
                query = _ask(dataset.load(data), "claims", sources=condition)
        return query["digest"], [[str(i), a or "-", b] for i, (a, b) in enumerate(pairs) if b == wanted]

    before, after = answer([list(pair) for pair in texts]), answer(changed)
    assert (before[0] == after[0]) == (before[1] == after[1])


def test_a_result_computed_once_tells_its_queries_every_time(ds):
    asked = []

    def count(tables):
        asked.append(1)
        return len(tables.rows("studies", design="crossover"))

    with dataset.recording() as first:
        result = ds.once(count)
    with dataset.recording() as second:
        assert ds.once(count) == result
    assert asked == [1]
    assert first == second != []


def test_changing_an_answer_does_not_change_the_next_one(ds):
    answer = ds.rows("studies")
    answer.loc[0, "title"] = "changed"
    assert ds.rows("studies").loc[0, "title"] != "changed"
