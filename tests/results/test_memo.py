"""The memo: what one process computed others find; a file that cannot be used costs nothing but time."""

import json
import multiprocessing
import os
import resource
import signal
import sqlite3
from pathlib import Path

import pytest

from evidence.effects.model import Counts
from evidence.meta import HalfNormal, Normal, bayes, bayes_counts
from evidence.results import posteriors
from evidence.results.memo import Memo, remembering
from evidence.results.posteriors import of_counts, of_effects
from evidence.results.priors import Prior

PRIOR = Prior("primary", "", HalfNormal(12.0), Normal(0.0, 48.0))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "memo.sqlite"


def _known(path: Path, state: str = "a") -> dict[str, object]:
    return Memo(path, state).answers("key")


def _put(path: Path, asked: str, answer: object = 1, state: str = "a") -> None:
    memo = Memo(path, state)
    memo.answers("key")[asked] = answer
    memo.flush()


def test_what_one_process_added_others_find_under_the_same_code(path: Path) -> None:
    _put(path, "mean", [0.1, float("inf"), -1e-300])
    assert _known(path) == {"mean": [0.1, float("inf"), -1e-300]}
    assert _known(path, "other code") == {}
    _put(path, "sd", 2)
    assert list(_known(path)) == ["mean", "sd"]


def test_what_grew_after_it_was_written_is_written_again(path: Path) -> None:
    memo = Memo(path, "a")
    memo.answers("key")["one"] = 1
    memo.flush()
    memo.answers("key")["two"] = 2
    memo.flush()
    assert _known(path) == {"one": 1, "two": 2}


def test_a_fork_writes_what_it_adds_and_its_parent_goes_on(path: Path) -> None:
    memo = Memo(path, "a")
    memo.answers("key")["before"] = 1

    def child() -> None:
        memo.answers("other")["inside"] = 2
        memo.flush()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == 0
    assert memo.answers("other") == {"inside": 2}
    assert _known(path) == {"before": 1}, "written before the fork, so that both sides may go on"


def test_side_by_side_nothing_is_lost(path: Path) -> None:
    def child(number: int) -> None:
        for turn in range(20):
            _memo = Memo(path, "a")
            _memo.answers(f"{number}-{turn}")["x"] = number
            _memo.flush()

    processes = [multiprocessing.get_context("fork").Process(target=child, args=(i,)) for i in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    memo = Memo(path, "a")
    assert all(memo.answers(f"{i}-{turn}") == {"x": i} for i in range(4) for turn in range(20))


def test_what_was_put_longest_ago_goes_first(path: Path) -> None:
    memo = Memo(path, "a", capacity=2_500)
    for i in range(5):
        memo.answers(str(i))["x"] = "x" * 1_000
        memo.flush()
    memo = Memo(path, "a")
    assert [bool(memo.answers(str(i))) for i in range(5)] == [False, False, False, True, True]


@pytest.mark.parametrize(
    "what", ["a pipe", "a folder", "a link to nowhere", "random bytes", "another table", "no JSON", "a list"]
)
def test_what_is_no_memo_is_done_without_and_begun_anew(path: Path, what: str) -> None:
    _put(path, "mean")
    match what:
        case "a pipe":
            path.unlink()
            os.mkfifo(path)
        case "a folder":
            path.unlink()
            (path / "inside").mkdir(parents=True)
        case "a link to nowhere":
            path.unlink()
            path.symlink_to("nowhere")
        case "random bytes":
            path.write_bytes(bytes(range(256)) * 64)
        case "another table":
            with sqlite3.connect(path) as connection:
                connection.execute("DROP TABLE memo")
                connection.execute("CREATE TABLE memo (a, b, c)")
        case _:
            with sqlite3.connect(path) as connection:
                connection.execute("UPDATE memo SET value = ?", ("[" if what == "no JSON" else "[1]",))
    assert _known(path) == {}
    _put(path, "sd")
    assert _known(path) == {"sd": 1}


def test_a_disk_that_takes_nothing_costs_nothing_but_time(path: Path) -> None:
    path.parent.mkdir()

    def child() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        _put(path, "mean")
        assert _known(path) == {}

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == 0


def test_no_memo_is_opened_in_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with remembering(tmp_path / "file" / "memo.sqlite", "a"):
        assert of_effects([-30.0], [49.0], PRIOR).median < -20


def test_a_posterior_is_computed_once_for_the_same_evidence_and_priors(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def counted(*given: object, **named: object) -> object:
        calls.append(json.dumps(given, default=list))
        return bayes(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(posteriors, "bayes", counted)
    alone = bayes([-30.0, 4.0], [49.0, 20.0], df=[8.0, 12.0], tau_prior=PRIOR.tau, mu_prior=PRIOR.mu)
    with remembering(path, "a"):
        first = of_effects([-30.0, 4.0], [49.0, 20.0], PRIOR, df=[8.0, 12.0]).interval()
    with remembering(path, "a"):
        assert of_effects([-30.0, 4.0], [49.0, 20.0], PRIOR, df=[8.0, 12.0]).interval() == first
    assert first == alone.interval()
    assert len(calls) == 1
    changed = (
        lambda: of_effects([-30.0, 4.5], [49.0, 20.0], PRIOR, df=[8.0, 12.0]),
        lambda: of_effects([-30.0, 4.0], [49.0, 20.1], PRIOR, df=[8.0, 12.0]),
        lambda: of_effects([-30.0, 4.0], [49.0, 20.0], PRIOR, df=[8.0, 12.5]),
        lambda: of_effects([-30.0, 4.0], [49.0, 20.0], PRIOR),
        lambda: of_effects([-30.0, 4.0], [49.0, 20.0], PRIOR.times(1.01), df=[8.0, 12.0]),
    )
    with remembering(path, "a"):
        assert all(each().interval() != first for each in changed)
    assert len(calls) == 6


def test_counts_share_with_nothing_but_the_same_counts(path: Path) -> None:
    prior = Prior("primary", "", HalfNormal(0.5), Normal(0.0, 2.0))
    with remembering(path, "a"):
        found = [of_counts((Counts(*cells),), prior).median for cells in ((3, 50, 1, 50), (1, 50, 3, 50))]
    assert found[0] == pytest.approx(-found[1])
    assert found[0] == bayes_counts([3], [47], [1], [49], tau_prior=prior.tau, mu_prior=prior.mu).median
