"""Chapters run in forks: what they show is what a notebook shows, and nothing of them is left."""

import os
from contextlib import suppress

import matplotlib.pyplot as plt
import nbclient
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from evidence.publish.run import chapters, execute, inline
from evidence.publish.run.execution import Execution

from .conftest import chapter

#: Cells that show something in one way or another, each with what comes before it in its notebook.
SHOWING = (
    "1 + 1",
    "1 + 1;",
    "_ + 1",
    "print('a'); print('b', end='')\n3",
    "from IPython.display import HTML, Markdown, clear_output, display",
    "print('a'); display(1, HTML('<b>')); print('b')\nMarkdown('*c*')",
    "shown = display(1, display_id=True)\nprint('between')",
    "shown.update(2)\nshown.display(3)",
    "print('x')\nclear_output()\nprint('y')",
    "print('x')\nclear_output(wait=True)\nprint('y')",
    "display(1)\nclear_output(wait=True)",
    "!echo there",
    "lines = !echo there\nlines",
    "%%bash\necho there",
    "%precision 3\n1 / 3",
    "import asyncio\nawait asyncio.sleep(0.01)\n5",
    "from threading import Thread\nthread = Thread(target=print, args=('aside',))\n"
    "thread.start(); thread.join()",
    "from concurrent.futures import ProcessPoolExecutor\n"
    "with ProcessPoolExecutor(1) as pool:\n    absolute = list(pool.map(abs, [-1]))\nabsolute",
    "class Rich:\n    def _repr_mimebundle_(self, **kinds):\n"
    "        return {'application/x+json': {'a': (1, 2), 3: None}, 'text/plain': 'Rich'}\nRich()",
    "class Picture:\n    def __repr__(self): return 'Picture'\n"
    "    def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n'\nPicture()",
    "class Named:\n    def _repr_html_(self): return '<i>', {'isolated': True}\n"
    "    def __repr__(self): return 'Named'\nNamed()",
    "import pandas as pd\npd.DataFrame({'a': [1]})",
    "pd.DataFrame([range(10_000, 10_018)] * 70)",
    "print(_)",
    "from pathlib import Path\n__name__, '__file__' in globals(), Path.cwd().name",
    "print('x' * 200_000)",
    "for word in 'abc': print(word)",
    "None",
)
PID = "import os\nfrom pathlib import Path\n\nPath({!r}).write_text(str(os.getpid()))\n"


def run(folder, code, prose="Text."):
    (folder / "page.md").write_text(chapter("A page", code, prose))
    return execute.run(chapters.read(folder, "page"))


def said(folder, code, prose="Text."):
    """What is wrong with a chapter, in one text."""
    failures = run(folder, code, prose)
    assert isinstance(failures, list)
    return "\n".join(map(str, failures))


def outputs(shown):
    """Outputs as they are compared: without counts, and neighbours of one stream as one."""
    kept = []
    for output in shown:
        output = {key: value for key, value in output.items() if key != "execution_count"}
        if output["output_type"] == "stream" and kept and kept[-1].get("name") == output["name"]:
            kept[-1]["text"] += output["text"]
        else:
            kept.append(output)
    return [
        output | {"text": output["text"].replace("\r\n", "\n")} if "text" in output else output
        for output in kept
    ]


def test_cells_show_what_they_show_in_a_notebook(tmp_path, monkeypatch):
    monkeypatch.delattr(
        "builtins._", raising=False
    )  # a doctest leaves it, and IPython then has none of its own
    notebook = new_notebook(cells=[new_code_cell(code) for code in SHOWING])
    nbclient.NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    text = chapter("A page", SHOWING[0], "Text.")
    cells = "".join(f"\n```{{code-cell}} ipython3\n{code}\n```\n" for code in SHOWING[1:])
    (tmp_path / "page.md").write_text(text + cells)
    found = execute.run(chapters.read(tmp_path, "page"))
    assert isinstance(found, Execution), found
    for code, expected, shown in zip(SHOWING, notebook.cells, found.outputs, strict=True):
        assert outputs(shown) == outputs(expected.outputs), code


def test_what_the_build_has_drawn_is_no_matter_of_a_chapter(tmp_path):
    plt.figure()
    try:
        assert isinstance(run(tmp_path, "1 + 1"), Execution)
    finally:
        plt.close("all")


def test_what_programs_print_stands_where_they_printed_it(tmp_path):
    """A kernel gives it to whichever cell runs when it hears of it."""
    found = run(tmp_path, "import os\nprint('one')\nos.system('echo two')\nprint('three')")
    assert found.outputs[0][0]["text"] == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1\n1 / 0", "{1}: ZeroDivisionError: division by zero"),
        ("x = 1\nx = = 2", "{1}: SyntaxError: invalid syntax"),
        (
            "%nosuch",
            "{0}: wrote to standard error: UsageError: Line magic function `%nosuch` not found.",
        ),
        ("import sys\nsys.exit(3)", "{0}: SystemExit: 3"),
        ("exit()", "{0}: RefusedError: exit() ends the chapter before its last cell"),
        ("input('name?')", "{0}: RefusedError: a cell waits for an answer"),
        (
            "import sys\nsys.stdin.readline()  # as a debugger does",
            "{1}: RefusedError: a cell waits for an answer",
        ),
        (
            "import sys\nprint('beware', file=sys.stderr)",
            "{0}: wrote to standard error: beware",
        ),
        ("import os\nos.system('echo beware >&2')", "{0}: wrote to standard error: beware"),
        (
            "class A:\n    def _repr_html_(self): 1 / 0\nA()",
            "{1}: ZeroDivisionError: division by zero",
        ),
        ("import os\nos._exit(3)", "{0}: the process that ran this ended itself with exit code 3"),
        (
            "import os, time\nif os.fork() == 0:\n    time.sleep(99)\nos._exit(3)",
            "{0}: the process that ran this ended itself with exit code 3",
        ),
        (
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "{0}: the process that ran this was ended by SIGKILL, as happens when memory runs out",
        ),
        (
            "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
            "{0}: the process that ran this was ended by SIGTERM, which a cell or another program sent",
        ),
        (
            "import faulthandler, os, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
            "faulthandler.disable(); os.abort()",
            "{0}: the process that ran this crashed by SIGABRT",
        ),
        (
            "import os\nos.write(2, b'last words')\nos._exit(3)",
            "{0}: the process that ran this ended itself with exit code 3; it wrote: last words",
        ),
        (
            "class A:\n    def _repr_mimebundle_(self, **kinds): return {'application/x': object()}\nA()",
            "{0}: OutputNotShown: no page can hold it",
        ),
        ("print('\\ud800')", "{0}: OutputNotShown: no page can hold it"),
        (
            "import os\nif os.fork():\n    os.wait()",
            "{0}: wrote to standard error: a process that the cell forked came out of it",
        ),
        (
            "get_ipython().set_custom_exc((ZeroDivisionError,), lambda *given, **named: None)\n1 / 0",
            "{0}: Failed: ZeroDivisionError",
        ),
        (
            "import threading; threading.excepthook = threading.__excepthook__  # not that of pytest\n"
            "thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()",
            "{1}: wrote to standard error: Exception in thread",
        ),
        ("import matplotlib.pyplot as plt\nplt.plot([1, 2])", "{0}: FigureNotShown: 1 drawn with"),
    ],
)
def test_a_cell_that_does_not_run_to_its_end_is_named_with_its_line(tmp_path, code, expected):
    first = chapter("A page", code, "Text.").splitlines().index(code.splitlines()[0]) + 1
    assert f"page.md:{expected}".format(first, first + 1) in said(tmp_path, code)


def test_an_expression_that_fails_is_named_with_its_line(tmp_path):
    prose = "Text.\n\nMore {eval}`1 + 1` text.\n\nAnd {eval}`1 / 0`."
    last = chapter("A page", "x = 1", prose).splitlines().index("And {eval}`1 / 0`.") + 1
    assert f"page.md:{last}: ZeroDivisionError" in said(tmp_path, "x = 1", prose)


def test_an_expression_gives_one_text(tmp_path):
    """Else the texts that follow would stand in the places of others."""
    code = f"def more():\n    display({{{inline.MIME!r}: 'other'}}, raw=True)\n    return 'one'"
    assert ": 3 texts were given for 2 expressions" in said(tmp_path, code, "{eval}`more()` {eval}`'two'`")


def test_nothing_runs_after_a_cell_that_fails(tmp_path):
    told = tmp_path / "told"
    later = f"Text.\n\n```{{code-cell}} ipython3\nopen({str(told)!r}, 'w')\n```\n"
    assert "ZeroDivisionError" in said(tmp_path, "1 / 0", later)
    assert not told.exists()


def test_a_cell_that_does_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 0.5)
    told = tmp_path / "pid"
    assert "ran for more than 0.5 s and was ended" in said(
        tmp_path, PID.format(str(told)) + "while True: pass"
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


@pytest.mark.parametrize("last", ["1 + 1", "1 / 0"], ids=["a chapter that runs", "a chapter that fails"])
def test_a_process_is_gone_when_its_chapter_is_done(tmp_path, last):
    told = tmp_path / "pid"
    run(tmp_path, PID.format(str(told)) + last)
    process = int(told.read_text())
    assert process != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_what_a_chapter_started_ends_with_it(tmp_path):
    told = tmp_path / "pid"
    run(
        tmp_path,
        f"import subprocess\nopen({str(told)!r}, 'w').write(str(subprocess.Popen(['sleep', '99']).pid))",
    )
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(told.read_text())).wait(timeout=10)


def test_neither_settings_nor_history_of_who_builds_count(tmp_path, monkeypatch):
    profile = tmp_path / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    (profile / "first.py").write_text("mine = 1\n")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    assert "NameError: name 'mine' is not defined" in said(tmp_path, "mine")
    assert not list(tmp_path.glob("ipython/**/*.sqlite"))


READS = {
    "a table": "open('../data/arm_results.csv').read()",
    "a table, by pandas": "import pandas as pd\npd.read_csv('../data/arm_results.csv')",
    "a file beside it": "from pathlib import Path\nPath('notes.txt').read_text()",
    "a picture": "from IPython.display import Image\nImage(filename='picture.png')",
    "a module beside it": "import helper",
    "a database": "import sqlite3\nsqlite3.connect('notes.txt')",
    "in a thread": "from concurrent.futures import ThreadPoolExecutor\nimport pandas as pd\n"
    "with ThreadPoolExecutor() as pool:\n    list(pool.map(pd.read_csv, ['../data/arm_results.csv']))",
    "by another way": "import os\nos.open('../chapters/../chapters/notes.txt', os.O_RDONLY)",
}


@pytest.fixture
def beside(tmp_path):
    """A book with files that the build does not watch for a chapter."""
    for name in ("data/arm_results.csv", "chapters/notes.txt", "chapters/picture.png", "chapters/helper.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    return tmp_path


def read_in(root, code):
    (root / "chapters" / "page.md").write_text(chapter("A page", code, "Text."))
    return execute.run(chapters.read(root, "chapters/page"))


@pytest.mark.parametrize("what", READS)
def test_what_the_build_does_not_watch_is_refused(beside, what):
    """Else what was made of it would stay on the page when the file has changed."""
    failures = read_in(beside, READS[what])
    assert isinstance(failures, list)
    said = str(failures[0])
    assert "UnwatchedFileError" in said
    assert "is read past the tables" in said
    assert "File " not in said  # only the cell is of interest to who wrote it


def test_what_is_watched_or_elsewhere_may_be_read(beside, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "own.txt"
    elsewhere.write_text("")
    code = (
        "import evidence\nfrom evidence import dataset\nfrom pathlib import Path\n"
        "ds = dataset.load()\nlen(ds.rows('studies')) > 0, Path(evidence.__file__).read_text()[:3]\n"
        f"open({str(elsewhere)!r}).close()\nPath('made.txt').write_text('')"
    )
    assert isinstance(read_in(beside, code), Execution)


def test_what_is_installed_may_be_read_wherever_the_environment_lies(beside, monkeypatch):
    module = beside / "env" / "site-packages" / "installed_here.py"
    module.parent.mkdir(parents=True)
    module.write_text("x = 1\n")
    code = f"import sys\nsys.path.append({str(module.parent)!r})\nimport installed_here\ninstalled_here.x"
    assert isinstance(read_in(beside, code), list)
    monkeypatch.setattr("sys.prefix", str(beside / "env"))
    assert isinstance(read_in(beside, code), Execution)
