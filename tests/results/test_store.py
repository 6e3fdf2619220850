"""What is kept between builds: nothing of it is ever evaluated, and what cannot be read is not there."""

import os
import pickle

import pytest

from evidence.results.store import Store


class Bomb:
    def __reduce__(self):
        return (os.mkdir, (str(self.place),))

    def __init__(self, place):
        self.place = place


def test_what_is_kept_is_there_for_the_next_build(tmp_path):
    Store(tmp_path / "kept").put("a", {"x": [1, 2.5, None, "é"]})
    assert Store(tmp_path / "kept").get("a") == {"x": [1, 2.5, None, "é"]}
    assert Store(tmp_path / "kept").get("b") is None


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 200, b"[" * 100_000, b"0" * 64 + b'{"a": 1}'])
def test_a_file_that_is_not_what_was_kept_counts_as_missing(tmp_path, content):
    Store(tmp_path).put("a", 1)
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert Store(tmp_path).get("a") is None


def test_a_pickle_in_the_folder_is_never_loaded(tmp_path):
    Store(tmp_path / "kept").put("a", 1)
    (path,) = (tmp_path / "kept").iterdir()
    path.write_bytes(pickle.dumps(Bomb(tmp_path / "evaluated")))
    assert Store(tmp_path / "kept").get("a") is None
    assert not (tmp_path / "evaluated").exists()


def test_pipes_links_and_folders_are_taken_away(tmp_path):
    os.mkfifo(tmp_path / "pipe#0")
    (tmp_path / "zero#1").symlink_to("/dev/zero")
    (tmp_path / "folder#2").mkdir()
    store = Store(tmp_path)
    assert [store.get(name) for name in ("pipe", "zero", "folder")] == [None, None, None]
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_gives_way(tmp_path):
    (tmp_path / "kept").write_text("in the way")
    Store(tmp_path / "kept").put("a", 1)
    assert Store(tmp_path / "kept").get("a") == 1


def test_what_was_used_longest_ago_goes_first(tmp_path):
    store = Store(tmp_path)
    for place, key in enumerate("abc"):
        store.put(key, "x" * 1000)
        os.utime(next(tmp_path.glob(f"{key}#*")), (place, place))
    store.get("a")
    store.prune(capacity=2500)
    assert [Store(tmp_path).get(key) is not None for key in "abc"] == [True, False, True]
