"""Forms and records from a stranger: no traceback, no hang, nothing written, whatever the file holds."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evidence.cli import main
from evidence.dataset.files import read_snapshot
from evidence.desk import forms, study
from evidence.desk.importers import read_records
from evidence.desk.problems import DeskError
from tests.dataset import folder

from .form import DOE

SECONDS = 2
CONTRACT = read_snapshot(folder.DATA).contract
FAILS = Path(__file__).parent / "fails"
#: One file of this process that the fuzzed contents go through.
FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_form(path):
    forms.read_studies([path], CONTRACT)


def survives(read, path, content):
    """Read a content: a result or a DeskError, within two seconds of processor time."""
    path.write_bytes(content)
    began = time.process_time()
    with suppress(DeskError):
        read(path)
    assert time.process_time() - began < SECONDS


NEST = st.recursive(
    st.text(max_size=8) | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TABLES = st.sampled_from([*CONTRACT.tables, "no_table"])
FORM = st.dictionaries(TABLES, NEST, max_size=4)


@FUZZ
@given(FORM)
@example({"studies": [[["x"]]]})
def test_any_structure_as_a_form(tmp_path, form):
    survives(read_form, tmp_path / "a.yaml", yaml.safe_dump(form, allow_unicode=True).encode())


@FUZZ
@given(st.binary(max_size=2000) | st.text(max_size=2000).map(lambda text: text.encode(errors="replace")))
@example(b"? [a]\n: b\n")
@example(b"? {a: b}\n: c\n")
@example(b"studies:\n- !!python/object/apply:os.system ['true']\n")
@example(b"studies: &a [x]\narms: *a\n")
@example(b"%YAML 9\n---\n")
@example(b"---\n---\n...\n")
@example(b"\x00" * 50)
def test_any_bytes_under_every_name(tmp_path, content):
    for name in ("a.yaml", "studies.csv", "a.xlsx"):
        survives(read_form, tmp_path / name, content)
    for end in ("ris", "bib", "nbib", "ciw", "enw", "txt", "json"):
        survives(read_records, tmp_path / f"a.{end}", content)


CELLS = [(table, column.name) for table in study.TABLES for column in CONTRACT.table(table).columns]
STRANGE = (
    "|0|-1|1e400|NaN|0.5|12345678901234567890|٣|=1+1|#REF!|a;b|a+b|ketamin|ns|<|RR|count|final|exclude|week 2"
    "|2026-02-01|Doe2026|Alpha2009|{eval}`1`|</script>|\u202e"
)
TEXT = st.sampled_from(STRANGE.split("|")) | st.text(max_size=12)
CHANGE = st.tuples(st.sampled_from(CELLS), st.integers(0, 2), TEXT)


@settings(FUZZ, max_examples=60)
@given(st.lists(CHANGE, min_size=1, max_size=6))
def test_any_cells_in_the_form_of_a_study(tmp_path, capsys, cells):
    """Through every step of adding it, dry: refused with a reason, or shown; never a traceback."""
    data = tmp_path / "data"
    if not data.is_dir():
        folder.make(data)
    form = {table: [dict(row) for row in rows] for table, rows in DOE.items()}
    for (table, column), place, value in cells:
        rows = form.setdefault(table, [])
        rows.extend({} for _ in range(place + 1 - len(rows)))
        rows[place][column] = value
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(form, allow_unicode=True), encoding="utf-8")
    code = main(["add", "study", str(tmp_path / "a.yaml"), "--data", str(data), "--dry-run"])
    said = capsys.readouterr()
    assert code == 0 or (code == 1 and said.err.strip())


SAMPLES = [path.read_text(encoding="utf-8") for path in FAILS.glob("f*") if path.suffix != ".patch"]
PIECES = [piece for text in SAMPLES for piece in text.splitlines(keepends=True)]


@FUZZ
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_lines_of_records_in_any_order(tmp_path, lines):
    content = "".join(lines).encode()
    survives(read_form, tmp_path / "a.yaml", content)
    for end in ("ris", "bib", "nbib", "ciw", "enw", "txt", "json"):
        survives(read_records, tmp_path / f"a.{end}", content)


REGISTRY = json.loads((FAILS / "f30_ctgov.json").read_text(encoding="utf-8"))


def paths(value, path=()):
    """Yield the way to every part of a JSON value."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from paths(part, (*path, key))


def with_part(value, path, part):
    """Return a JSON value in which another part stands at a place."""
    if not path:
        return part
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = with_part(value[path[0]], path[1:], part)
    return copy


@FUZZ
@given(st.sampled_from(list(paths(REGISTRY))), NEST | st.booleans() | st.floats(allow_nan=False))
@example((), {"protocolSection": {"identificationModule": {"briefTitle": "No number"}}})
@example((), {"protocolSection": []})
def test_a_registry_record_with_any_part_of_another_type(tmp_path, path, part):
    survives(read_records, tmp_path / "a.json", json.dumps(with_part(REGISTRY, path, part)).encode())


@pytest.mark.parametrize("name", ["a.yaml", "studies.csv", "a.xlsx", "a.ris", "a.bib", "a.nbib", "a.json"])
def test_a_pipe_a_device_and_a_folder_are_no_files(tmp_path, name, capsys):
    reads_form = name in ("a.yaml", "studies.csv", "a.xlsx")
    read = read_form if reads_form else read_records
    os.mkfifo(tmp_path / name)
    with pytest.raises(DeskError, match="is a pipe"):
        read(tmp_path / name)
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to("/dev/zero")
    with pytest.raises(DeskError, match="is a device"):
        read(tmp_path / name)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(DeskError, match=r"is a folder|holds no CSV"):
        read(tmp_path / name)
    with pytest.raises(DeskError, match="there is no such file"):
        read(tmp_path / f"missing-{name}")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[" * 100_000, "line 1 nests deeper"),
        ("{a: " * 50_000, "line 1 nests deeper"),
        ("- " * 50_000, "line 1 nests deeper"),
        ("studies:\n" + "- a: b\n" * 60_000, "no column a"),
        ("x: " + "y" * 2_000_000, "more than 1,000,000 bytes"),
        ("? [a, b]\n: c\n", "line 1 names a cell by a list"),
        ("studies:\n- ? {a: b}\n  : c\n", "line 2 names a cell by a list"),
        ("studies:\n- {title: [1]}\n", "line 2: studies, title: must be one text"),
    ],
)
def test_deep_long_and_strange_yaml_is_refused_at_once(tmp_path, content, said):
    path = tmp_path / "a.yaml"
    path.write_text(content, encoding="utf-8")
    began = time.process_time()
    with pytest.raises(DeskError, match=said):
        read_form(path)
    assert time.process_time() - began < SECONDS


def test_a_path_is_shown_without_a_way_back(tmp_path, capsys):
    data = folder.make(tmp_path / "data")
    (tmp_path / "empty").mkdir()
    assert main(["add", "study", f"{tmp_path}/data/../empty", "--data", str(data)]) == 1
    said = capsys.readouterr().err
    assert f"{tmp_path}/empty: the folder holds no CSV file" in said and ".." not in said


def test_a_problem_stands_at_its_line_of_the_form(tmp_path, capsys):
    data = folder.make(tmp_path / "data")
    text = yaml.safe_dump(DOE, sort_keys=False).replace("design: parallel", "design: sequential")
    line = 1 + text.splitlines().index("  design: sequential")
    (tmp_path / "doe.yaml").write_text(text, encoding="utf-8")
    assert main(["add", "study", str(tmp_path / "doe.yaml"), "--data", str(data)]) == 1
    assert f"doe.yaml:{line}: studies, design: 'sequential'" in capsys.readouterr().err
