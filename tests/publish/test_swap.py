"""A finished folder takes the place of another."""

import pytest

from evidence.publish import swap


@pytest.fixture(params=["in one step", "by moving"])
def way(request, monkeypatch):
    if request.param == "by moving":
        monkeypatch.setattr(swap, "_exchange_in_one_step", lambda new, old: False)


def folder(path, text):
    path.mkdir()
    (path / "index.html").write_text(text)
    return path


def test_the_folders_change_places(tmp_path, way):
    new, old = folder(tmp_path / "new", "new"), folder(tmp_path / "old", "old")
    swap.exchange(new, old)
    assert (old / "index.html").read_text() == "new"
    assert (new / "index.html").read_text() == "old"


def test_the_first_folder_just_moves(tmp_path, way):
    new = folder(tmp_path / "new", "new")
    swap.exchange(new, tmp_path / "old")
    assert (tmp_path / "old" / "index.html").read_text() == "new"
    assert not new.exists()


def test_the_old_folder_comes_back_when_the_new_one_cannot_move(tmp_path, monkeypatch):
    monkeypatch.setattr(swap, "_exchange_in_one_step", lambda new, old: False)
    old = folder(tmp_path / "old", "old")
    with pytest.raises(OSError, match="missing"):
        swap.exchange(tmp_path / "missing", old)
    assert (old / "index.html").read_text() == "old"
