"""Whatever file a command is given: a line says why it is refused, nothing is written, nothing hangs."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest

from evidence.cli import main
from evidence.desk.problems import DeskError
from evidence.desk.revisions import tables
from evidence.desk.tidy import tidied
from tests.dataset import folder

from .commands import attempts

SECONDS = 15  # of processor time: what goes on is taken to hang


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, list[str]]]]:
    """A folder with tables and every hostile file, and the attempts."""
    place = tmp_path_factory.mktemp("given")
    data = folder.make(place / "data")
    return place, list(attempts(place, data))


def test_a_hostile_file_is_refused(
    given: tuple[Path, list[tuple[str, list[str]]]], capsys: pytest.CaptureFixture[str]
) -> None:
    place, tried = given
    assert len(tried) > 100
    before = {path: path.lstat().st_mtime_ns for path in place.rglob("*")}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # of the tests before this one
    wrong = {}
    former = signal.signal(signal.SIGPROF, signal.default_int_handler)
    try:
        for name, arguments in tried:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            signal.alarm(60)  # a pipe waits without processor time
            try:
                code = main(arguments)
            except BaseException as error:
                wrong[name] = repr(error)[:200]
                continue
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.alarm(0)
            said = "".join(capsys.readouterr())
            if code != 1 or not said.strip() or "root:" in said or len(said) > 6_000:
                wrong[name] = f"{code}: {said[:200]}"
    finally:
        signal.signal(signal.SIGPROF, former)
    assert wrong == {}
    assert {path: path.lstat().st_mtime_ns for path in place.rglob("*")} == before
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 2 * 2**20  # kilobytes


@pytest.mark.parametrize("revision", ["--output=written", "--remote=nowhere", "-o", "HEAD\0"])
def test_a_revision_is_no_option_of_git(revision: str, tmp_path: Path) -> None:
    said = r"neither a folder of tables nor a git revision$"
    with pytest.raises(DeskError, match=said), tables(revision, tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_tidy_follows_no_link(tmp_path: Path) -> None:
    data = folder.make(tmp_path / "data")
    (data / "flags.csv").rename(tmp_path / "secret.csv")
    (data / "flags.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(DeskError, match="is a link to another file"):
        tidied(data)


def test_tables_that_may_not_be_written_are_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = folder.make(tmp_path / "data")
    (data / "flags.csv").write_bytes((data / "flags.csv").read_bytes().replace(b"\n", b"\r\n"))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "flags.csv.part")

    monkeypatch.setattr(Path, "write_text", refuse)
    assert main(["tidy", str(data)]) == 1
    said = (
        "flags.csv.part: Permission denied; give yourself the right to read and write it, then run it again"
    )
    assert capsys.readouterr().err == f"{said}\n"
