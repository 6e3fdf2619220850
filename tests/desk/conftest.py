import pytest

from .checkout import Checkout, checkout


@pytest.fixture
def clone(tmp_path) -> Checkout:
    """A scratch copy of the book in a repository of its own."""
    return checkout(tmp_path / "book")
