"""Kernels that are forks: they run, and nothing of them is left."""

import os

import pytest

from evidence.publish.run import chapters, execute

from .conftest import chapter

PID = "import os\nfrom pathlib import Path\n\nPath({!r}).write_text(str(os.getpid()))\n"


@pytest.mark.parametrize("last", ["1 + 1", "1 / 0"], ids=["a chapter that runs", "a chapter that fails"])
def test_a_kernel_is_gone_when_its_chapter_is_done(tmp_path, last):
    told = tmp_path / "pid"
    (tmp_path / "page.md").write_text(chapter("A page", PID.format(str(told)) + last, "Text."))
    execute.run(chapters.read(tmp_path, "page"))
    kernel = int(told.read_text())
    assert kernel != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)
