"""Builds that are forks of one process give what builds in processes of their own give."""

import sys

BUILDS = """
from pathlib import Path
from evidence.desk.warm import Builder
from evidence.publish.project import here

def edit(name, old, new):
    text = Path(name).read_text()
    assert old in text
    Path(name).write_text(text.replace(old, new))

builds = Builder(here())
for change in ({changes}):
    edit(*change)
    print(builds.build())
builds.close()
"""
WORD = ("chapters/second.md", "A title.", "The title.")
LOADED = ("lib/evidence/publish/site/head.py", "og:type", "og:kind")  # a module that the process has imported
WRONG = ("data/studies.csv", "Netherlands,parallel,double,crps,", "Netherlands,parallel,double,crbs,")
RIGHT = (WRONG[0], WRONG[2], WRONG[1])


def test_changed_text_code_and_tables_are_read_anew(book):
    changes = ", ".join(map(repr, (WORD, LOADED, WRONG, RIGHT)))
    result = book.run(sys.executable, "-c", BUILDS.format(changes=changes))
    ends = [line for line in result.stdout.splitlines() if line.startswith("Ended(")]
    assert [line[: len("Ended(code=0")] for line in ends] == [
        "Ended(code=0",
        "Ended(code=0",
        "Ended(code=1",
        "Ended(code=0",
    ], result.stdout + result.stderr
    assert "crbs" in ends[2] and "Traceback" not in ends[2]
    assert "The title." in book.page("chapters/second")
    assert "og:kind" in book.page("chapters/first")
    assert result.stderr == ""
