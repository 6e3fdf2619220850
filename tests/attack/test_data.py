"""Every hostile data folder is refused with file, line and remedy; nothing of it is followed or printed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evidence import dataset
from tests.attack.cases import CASES, Case
from tests.dataset import folder


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list]]:
    """What the check says of each case.

    In a process of its own, with a limit on time and memory: a case that gets through may hang or fill the
    machine. All in one, so that Python starts once.
    """
    folders = {}
    for number, case in enumerate(CASES):
        place = folder.make(tmp_path_factory.mktemp("attack") / str(number) / "data")
        case.do(place)
        folders[case.kind + case.name] = str(place)
    script = (
        "import json, resource, signal, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))\n"
        "from evidence import dataset\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler)\n"
        "found = {}\n"
        "for name, place in json.load(sys.stdin).items():\n"
        "    signal.alarm(20)\n"
        "    try:\n"
        "        found[name] = [[p.file, p.line, p.remedy, str(p)] for p in dataset.check(place)]\n"
        "    except BaseException as error:\n"
        "        found[name] = repr(error)\n"
        "    signal.alarm(0)\n"
        "print(json.dumps(found))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(folders), capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.name}")
def test_a_hostile_folder_is_refused(checked: dict[str, list[list]], case: Case) -> None:
    found = checked[case.kind + case.name]
    assert isinstance(found, list), found
    assert found, "it was taken for valid"
    for file, line, remedy, text in found:
        assert line >= 1 and remedy and "\n" not in text
        assert len(text) < 3000 and "root:" not in text, text
        assert "/.." not in file
    assert f"data/{case.file}" in {file for file, *_ in found}


def test_what_is_as_it_should_be_passes(tmp_path: Path) -> None:
    assert dataset.check(folder.make(tmp_path / "data")) == []
