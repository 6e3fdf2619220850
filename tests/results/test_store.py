"""The store of results: what two processes do to one folder at the same time harms neither."""

from pathlib import Path

from evidence.results.store import Store


def test_a_value_that_another_process_put_anew_can_be_put_again(tmp_path: Path) -> None:
    Store(tmp_path).put("key", "first")
    one, other = Store(tmp_path), Store(tmp_path)
    one.put("key", "second")
    other.put("key", "third")
    assert other.get("key") == "third"
    assert one.get("key") in (None, "second", "third")


def test_a_value_that_another_process_took_away_is_not_there(tmp_path: Path) -> None:
    Store(tmp_path).put("key", {"a": [1, 2]})
    one = Store(tmp_path)
    Store(tmp_path).prune(capacity=0)
    assert one.get("key") is None
    one.put("key", {"a": []})
    assert Store(tmp_path).get("key") == {"a": []}


def test_a_value_that_another_process_put_is_found(tmp_path: Path) -> None:
    """Kernels of chapters run side by side: what one has computed the others need not."""
    one, other = Store(tmp_path), Store(tmp_path)
    one.put("key", [1])
    assert other.get("key") == [1]
    assert other.get("ke") is None
