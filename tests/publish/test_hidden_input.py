"""Chapters that read what the build does not see are refused with a remedy; honest code passes."""

from pathlib import Path

import pytest

from evidence.publish.project import here
from evidence.publish.run import chapters
from evidence.publish.run.hidden_input import hidden_inputs
from evidence.publish.run.records import Records, Running
from evidence.publish.run.refresh import read_all

from .conftest import chapter

HIDDEN = {
    "open('data/studies.csv')": "open()",
    "import pandas as pd\npd.read_csv('x.csv')": ".read_csv",
    "import numpy as np\nnp.loadtxt('x')": ".loadtxt",
    "from pathlib import Path\nPath('x').read_text()": "pathlib",
    "import os": "imports os",
    "import helper": "beside the chapter",
    "from . import helper": "beside the chapter",
    "%run helper.py": "command of IPython",
    "%load helper.py": "command of IPython",
    "%%capture\n1 + 1": "command of IPython",
    "files = !ls": "command of IPython",
    "value = %sql select": "command of IPython",
    "from evidence import dataset\nds = dataset.load()\nds.frames['studies']": ".frames",
    "from evidence import dataset\ndataset.load('elsewhere')": "than data/",
    "import numpy\nnumpy.load('x.npy')": "than data/",
    "from pandas import read_csv": "read_csv",
    "from scipy.io import mmread": "mmread",
    "import seaborn as sns\nsns.load_dataset('tips')": ".load_dataset",
    "import numpy as np\nnp.ctypeslib.load_library('libc.so.6', '/lib')": ".ctypeslib",
    "from evidence.dataset.plain import os": "os reads a file",
    "import pandas as pd\npd.io.common.os.listdir('.')": ".os",
    "from evidence import dataset\ngetattr(dataset.load(), 'fra' + 'mes')": "getattr()",
    "().__class__.__base__": ".__class__",
    "get_ipython().system('ls')": "get_ipython()",
    "exec('import os')": "exec()",
    "__import__('os')": "__import__()",
}
HONEST = [
    "from evidence import dataset, report\n\nds = dataset.load()\nds.rows('studies')",
    "import pandas as pd\nframe = pd.DataFrame({'a': [1 % 2, 3]})\nframe['a'] != 2",
    "text = '''\n% not a magic\n!nor this\n'''\nlen(text)",
    "import math\nfrom collections import Counter\nmath.pi",
]


def _read(folder: Path, code: str, prose: str = "Text.") -> chapters.Chapter:
    (folder / "page.md").write_text(chapter("A page", code, prose), encoding="utf-8")
    return chapters.read(folder, "page")


@pytest.mark.parametrize("code", HIDDEN)
def test_hidden_input_is_refused(tmp_path: Path, code: str) -> None:
    found = hidden_inputs(tmp_path, [_read(tmp_path, code)])
    assert found
    assert any(HIDDEN[code] in line for line in found), found
    assert all(line.startswith("page.md:") and "ds.rows" in line for line in found)


def test_the_line_is_that_of_the_file(tmp_path: Path) -> None:
    page = _read(tmp_path, "a = 1\n\nopen('x')", "Text {eval}`str(1)` and\n{eval}`open('x').read()`.")
    lines = page.path.read_text("utf-8").splitlines()
    places = [int(line.split(":")[1]) for line in hidden_inputs(tmp_path, [page])]
    assert ["open" in lines[place - 1] for place in places] == [True, True]
    assert len(set(places)) == 2


def test_code_loaded_from_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("1\n")
    page = _read(tmp_path, ":load: helper.py\n")
    assert any(":load:" in line for line in hidden_inputs(tmp_path, [page]))


@pytest.mark.parametrize("code", HONEST)
def test_honest_code_passes(tmp_path: Path, code: str) -> None:
    assert hidden_inputs(tmp_path, [_read(tmp_path, code)]) == []


def test_the_chapters_of_the_book_pass(tmp_path: Path) -> None:
    pages = read_all(here(), Records(tmp_path), Running("", ""))
    assert hidden_inputs(here().root, pages) == []
