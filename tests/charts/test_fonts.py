"""Letters are measured in many processes at once."""

import multiprocessing

from evidence.charts import text


def opened() -> int:
    return text._font.cache_info().currsize


def test_a_fork_opens_the_font_anew():
    """Processes that read one open file at once get each other's place in it, and wrong letters."""
    text._advance.cache_clear()
    text.measure("a", 10)
    assert opened()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(opened) == 0
