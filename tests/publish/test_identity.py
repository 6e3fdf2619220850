"""Two builds from the same inputs give the same bytes, wherever they run."""


def test_two_cold_builds_in_different_folders_are_byte_identical(built, tmp_path):
    other = built.copy(tmp_path / "elsewhere" / "book")
    assert other.build().returncode == 0
    first, second = built.site(), other.site()
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_an_incremental_build_equals_a_cold_one(book, tmp_path):
    book.edit("chapters/first.md", "# First", "# The first")
    assert book.build().returncode == 0
    other = book.copy(tmp_path / "cold")
    assert other.build().returncode == 0
    assert book.site() == other.site()
