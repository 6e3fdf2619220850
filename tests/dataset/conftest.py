from pathlib import Path

import pytest

from tests.dataset import folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small valid data folder."""
    return folder.make(tmp_path / "data")
