"""No released number changes unseen: after a wanted change run `pytest tests/golden --force-regen`."""

import pandas as pd
import pytest

from tests.golden import kept, tables


@pytest.mark.parametrize("name", tables.TABLES)
def test_what_the_book_says_is_what_was_kept(name: str, request: pytest.FixtureRequest) -> None:
    keys = tables.TABLES[name][1]
    now = kept.keyed(tables.frame(name), keys)
    if request.config.getoption("force_regen"):
        kept.write(name, now)
    before = kept.keyed(kept.read(name), keys)
    found = list(kept.differences(name, before, now))
    assert not found, "\n".join([f"{len(found)} changed (--force-regen keeps what is new)", *found[:200]])


def test_a_change_names_its_row_and_column() -> None:
    before = kept.keyed(pd.DataFrame({"drug": ["a", "a"], "k": [1, 2], "yi": [0.5, None]}), ("drug",))
    after = kept.keyed(pd.DataFrame({"drug": ["a", "b"], "k": [1, 2], "yi": [0.50001, None]}), ("drug",))
    assert list(kept.differences("t", before, after)) == [
        "t: a (2): the row is gone",
        "t: b: the row is new: b | 2 | ",
        "t: a: yi: '0.5' became '0.50001'",
    ]
