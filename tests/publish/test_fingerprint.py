"""The library's code as hashes: what counts as a change, and who can see it."""

import pytest

from evidence.publish.run.fingerprint import Library

BASE = {
    "evidence/__init__.py": "",
    "evidence/values.py": 'LIMIT = 3\n\n\ndef helper():\n    """Say two."""\n    return 2\n',
    "evidence/shapes.py": (
        "class Box:\n    size: int = 1\n\n    def area(self):\n        return self.size**2\n"
    ),
    "evidence/tools/__init__.py": "from evidence.tools.work import run\n",
    "evidence/tools/work.py": (
        "from evidence.shapes import Box\nfrom evidence.values import LIMIT, helper\n\n\n"
        "def run():\n    def inner():\n        return helper() + LIMIT\n\n    return inner(), Box()\n\n\n"
        "def unused():\n    return 0\n"
    ),
    "evidence/apart.py": "OTHER = 5\n\n\ndef alone():\n    return OTHER\n",
}
CODE = "from evidence import tools\n\ntools.run()"
CALLED = ["evidence.tools.work:run", "evidence.values:helper"]


@pytest.fixture
def state(tmp_path):
    def hashes(changes):
        for name, text in {**BASE, **changes}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Library(tmp_path).state(CALLED, CODE)

    return hashes


CHANGES = {
    "a called function": ("evidence/values.py", "return 2", "return 1 + 1"),
    "a function inside a called one": ("evidence/tools/work.py", "helper() + LIMIT", "helper() - LIMIT"),
    "a constant that a called function imports": ("evidence/values.py", "LIMIT = 3", "LIMIT = 4"),
    "a class that a called function imports": ("evidence/shapes.py", "size: int = 1", "size: int = 2"),
    "where a package takes a name from": ("evidence/tools/__init__.py", "import run", "import unused as run"),
    "the default of a function": ("evidence/tools/work.py", "def run():", "def run(n=1):"),
}
NO_CHANGES = {
    "a docstring": ("evidence/values.py", "Say two.", "Say two, in words."),
    "a comment": ("evidence/values.py", "LIMIT = 3\n", "LIMIT = 3  # three\n"),
    "the layout": ("evidence/values.py", "return 2", "return (\n        2\n    )"),
    "a function that was not called": ("evidence/tools/work.py", "return 0", "return 1"),
    "a module that nothing here sees": ("evidence/apart.py", "OTHER = 5", "OTHER = 6"),
    "a method that was not called": ("evidence/shapes.py", "self.size**2", "self.size**3"),
}


def replaced(change):
    name, old, new = change
    assert old in BASE[name]
    return {name: BASE[name].replace(old, new)}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_chapter_used_counts(state, what):
    assert state({}) != state(replaced(CHANGES[what]))


@pytest.mark.parametrize("what", NO_CHANGES)
def test_what_a_chapter_did_not_use_does_not_count(state, what):
    assert state({}) == state(replaced(NO_CHANGES[what]))


def test_a_function_that_is_gone_counts(state):
    before = state({})
    assert before["evidence.values:helper"] != "absent"
    after = state({"evidence/values.py": "LIMIT = 3\nhelper = int\n"})
    assert after["evidence.values:helper"] == "absent"
