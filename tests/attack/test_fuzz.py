"""Whatever stands in a table, a contract or a setting: the check says what is wrong and writes nothing."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence import dataset
from evidence.dataset.files import parse
from evidence.dataset.package import ContractError, parse_contract
from tests.dataset import folder

PACKAGE = (folder.DATA / "datapackage.json").read_bytes()
TABLES = [item["name"] for item in folder.package()["resources"]]
NASTY = [
    "", " ", '"', '""', '"\n', ",", "\n", "\r\n", "\0", "\ufeff", "\u202e", "٢", "−1", "1e400", "nan",
    "=1+1", "../x", "<script>", "{{ 7*7 }}", "a" * 3000, "9" * 400, "-0", "0.0", "1_0", "inf", "None",
    "\ud7ff", "😀",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=20))
SETTINGS = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
EDITS = st.lists(st.tuples(st.integers(0, 10**6), TEXT), min_size=1, max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid folder, not to be changed."""
    return folder.make(tmp_path_factory.mktemp("fuzz") / "data")


def _checked(valid: Path, name: str, content: bytes) -> list[dataset.Problem]:
    """Check a copy of the folder with one file changed; nothing may be written, and what passes must load."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        data.mkdir()
        for path in valid.iterdir():
            (data / path.name).write_bytes(content if path.name == name else path.read_bytes())
        before = {path.name: path.read_bytes() for path in data.iterdir()}
        problems = dataset.check(data)
        assert {path.name: path.read_bytes() for path in data.iterdir()} == before
        if not problems:
            dataset.load(data)
        for problem in problems:
            text = str(problem)
            assert problem.line >= 1 and problem.remedy
            assert "\n" not in text and "\0" not in text and len(text) < 3000
        return problems


@SETTINGS
@given(content=st.binary(max_size=400), table=st.sampled_from(TABLES))
def test_any_bytes_as_a_table(valid: Path, content: bytes, table: str) -> None:
    assert _checked(valid, f"{table}.csv", content)


@SETTINGS
@given(
    table=st.sampled_from(TABLES),
    edits=st.lists(st.tuples(st.integers(0, 10**6), TEXT), min_size=1, max_size=4),
)
def test_a_table_with_text_put_in_anywhere(valid: Path, table: str, edits: list[tuple[int, str]]) -> None:
    text = (valid / f"{table}.csv").read_text("utf-8")
    for place, put in edits:
        at = place % (len(text) + 1)
        text = text[:at] + put + text[at:]
    _checked(valid, f"{table}.csv", text.encode("utf-8", "surrogatepass"))


@SETTINGS
@given(key=st.integers(0, 100), value=TEXT)
def test_any_text_as_a_setting(valid: Path, key: int, value: str) -> None:
    rows = list(csv.reader(io.StringIO((valid / "settings.csv").read_text("utf-8"))))
    row = rows[1 + key % (len(rows) - 1)]
    row[1] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    _checked(valid, "settings.csv", out.getvalue().encode("utf-8", "surrogatepass"))


@SETTINGS
@given(content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_as_a_contract(content: bytes) -> None:
    with pytest.raises(ContractError):
        parse_contract.__wrapped__(content)


@SETTINGS
@given(steps=st.lists(st.integers(0, 10**6), min_size=1, max_size=8), value=JSON)
def test_a_contract_with_any_value_put_in_anywhere(steps: list[int], value: object) -> None:
    package = json.loads(PACKAGE)
    node = package
    for step in steps:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            break
        key = keys[step % len(keys)]
        if step is steps[-1] or not isinstance(node[key], dict | list):
            node[key] = value
            break
        node = node[key]
    try:
        contract = parse_contract.__wrapped__(json.dumps(package).encode())
    except ContractError as error:
        assert "\n" not in str(error) and error.problem.line >= 1
        return
    for table in contract.tables.values():
        assert "/" not in table.path and table.header


@SETTINGS
@given(text=st.text(alphabet='a,"\n\r\0 ;', max_size=200))
def test_the_csv_reader_keeps_every_line_in_order(text: str) -> None:
    raw = parse(text)
    assert len(raw.rows) == len(raw.lines)
    assert list(raw.lines) == sorted(set(raw.lines))
    assert all(1 < line <= text.count("\n") + text.count("\r") + 1 for line in raw.lines)
