"""A result as a table: computed once, kept, and all that what asks for it depends on."""

from pathlib import Path

import pytest

from evidence import dataset
from evidence.dataset import Dataset, Rows, view
from evidence.dataset.views import UnknownViewError, kept_in
from evidence.results.store import Store, Traced

computed: list[str] = []


@view
def crossovers(ds: Dataset, drug: str) -> Rows:
    """Count the crossover trials of a drug."""
    computed.append(drug)
    ids = list(ds.rows("interventions", drug=drug)["study_id"])
    ds.rows("contrasts", study_id=ids[:2])
    return [{"n": len(ds.rows("studies", study_id=ids, design="crossover"))}]


@pytest.fixture
def ds(tmp_path: Path) -> Dataset:
    computed.clear()
    return copied(tmp_path, "a")


def copied(tmp_path: Path, name: str, old: str = "", new: str = "") -> Dataset:
    """The tables elsewhere, with one text of studies.csv replaced."""
    folder = tmp_path / name
    folder.mkdir()
    for path in dataset.loading.DEFAULT_FOLDER.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    studies = folder / "studies.csv"
    studies.write_text(studies.read_text(encoding="utf-8").replace(old, new) if old else studies.read_text())
    return dataset.load(folder)


def test_what_asks_for_a_view_depends_on_its_rows_alone(ds: Dataset) -> None:
    with dataset.recording() as queries:
        rows = crossovers(ds, drug="ketamine")
    (query,) = queries
    assert query["where"] == {"drug": "ketamine"}
    assert query["digest"] == ds.digest(query["table"], query["where"])
    assert len(query["studies"]) == 2
    ids = set(ds.rows("interventions", drug="ketamine")["study_id"])
    designs = ds.rows("studies", design="crossover")["study_id"]
    assert rows[0]["n"] == len(ids & set(designs))


def test_it_is_computed_once_and_kept_for_the_same_answers_of_the_tables(ds: Dataset, tmp_path: Path) -> None:
    drug = list(ds.rows("interventions", drug="ketamine")["study_id"])
    trials = ds.rows("studies", study_id=drug)
    inside, outside = (
        str(trials[trials["design"] == kind]["title"].dropna().iloc[0]) for kind in ("crossover", "parallel")
    )
    with kept_in(Traced(Store(tmp_path / "kept")), "library 1"):
        first = crossovers(ds, drug="ketamine")
        assert crossovers(ds, drug="ketamine") == first
        assert crossovers(copied(tmp_path, "b", outside, "Another title"), drug="ketamine") == first
        assert computed == ["ketamine"]
        assert crossovers(copied(tmp_path, "c", inside, "Another title"), drug="ketamine") == first
        assert crossovers(ds, drug="memantine") != first
        assert computed == ["ketamine", "ketamine", "memantine"]
    with kept_in(Traced(Store(tmp_path / "kept")), "library 1"):
        assert crossovers(copied(tmp_path, "d"), drug="ketamine") == first
        assert len(computed) == 3
    with kept_in(Traced(Store(tmp_path / "kept")), "library 2"):
        assert crossovers(copied(tmp_path, "e"), drug="ketamine") == first
        assert len(computed) == 4


def test_a_view_that_nothing_defines_is_not_looked_for(ds: Dataset) -> None:
    with pytest.raises(UnknownViewError, match="os"):
        ds.digest("view:os.system", {"command": "true"})
