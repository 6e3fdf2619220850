"""Release a version of the tables: keep its answers, and start the next version."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

from evidence import dataset
from evidence.dataset import Dataset
from evidence.dataset.contract import version_parts
from evidence.desk.change import Change, require_committed, require_sound
from evidence.desk.problems import DeskError
from evidence.report.book.answers import OVERVIEW
from evidence.report.book.changes import answers, order, other_answers, other_order, study_digests
from evidence.report.book.released import DIGITS

ANSWERS, OUTCOMES, STUDIES = "released_answers.csv", "released_outcomes.csv", "released_studies.csv"
CITATION, CHANGES = "CITATION.cff", "CHANGES.md"
#: The heading in CHANGES.md under which changes stand until their version has a number.
UNRELEASED = "## Not yet released"
_VERSION = re.compile(r"(?:(?:0|[1-9][0-9]{0,5})\.){2}(?:0|[1-9][0-9]{0,5})")


def release(
    folder: Path, following: str, *, uncommitted: bool = False, today: datetime.date | None = None
) -> Change:
    """Prepare to keep what the tables answer now, and to call what comes after it a new version.

    ``CITATION.cff`` and ``CHANGES.md`` beside the folder get the new version and the day.

    Parameters
    ----------
    folder : Path
        The data folder.
    following : str
        The version that starts now, such as ``"0.2.0"``.

    Raises
    ------
    DeskError
        When the tables break a rule (as where the present version was released before) or hold uncommitted
        changes, or the version is not later than the present one.
    """
    before = require_sound(folder)
    if not uncommitted:
        require_committed(folder, ["."])
    ds = dataset.load(folder)
    present = str(ds.setting("data_version"))
    if not _VERSION.fullmatch(following) or version_parts(following) <= version_parts(present):
        raise DeskError(f"{following!r} is not a version after {present}: use three numbers, such as 1.0.0")
    texts = {
        ANSWERS: _appended(folder / ANSWERS, _answer_rows(ds, present)),
        OUTCOMES: _appended(folder / OUTCOMES, _outcome_rows(ds, present)),
        STUDIES: _appended(folder / STUDIES, ([present, *pair] for pair in study_digests(ds).items())),
        "settings.csv": _replaced(
            folder / "settings.csv", f"\ndata_version,{present},", f"\ndata_version,{following},"
        ),
        "datapackage.json": _replaced(
            folder / "datapackage.json",
            f'"version": {json.dumps(present)}',
            f'"version": {json.dumps(following)}',
        ),
    }
    day = today or datetime.datetime.now(datetime.UTC).date()
    beside = {
        name: write((folder.parent / name), following, day)
        for name, write in ((CITATION, _cited), (CHANGES, _headed))
        if (folder.parent / name).is_file()
    }
    return Change(folder, texts, before, beside)


def _cited(path: Path, version: str, day: datetime.date) -> str:
    """Return the citation file with the version and its day."""
    text = path.read_text(encoding="utf-8")
    for name, value in (("version", version), ("date-released", f'"{day}"')):
        text, count = re.subn(rf"(?m)^{name}:.*$", f"{name}: {value}", text)
        if count != 1:
            raise DeskError(f"{path.name} does not state {name} once at the start of a line: set it by hand")
    return text


def _headed(path: Path, version: str, day: datetime.date) -> str:
    """Return the list of changes with a heading for the version, over what stood as not yet released."""
    text = path.read_text(encoding="utf-8")
    heading = f"## {version} ({day})"
    if re.search(rf"(?m)^## {re.escape(version)}\b", text):
        return text
    if text.count(f"\n{UNRELEASED}\n") == 1:
        return text.replace(f"\n{UNRELEASED}\n", f"\n{heading}\n")
    if not (first := re.search(r"(?m)^## ", text)):
        raise DeskError(f"{path.name} has no heading of a version: begin it by hand")
    return f"{text[: first.start()]}{heading}\n\n- This version begins.\n\n{text[first.start() :]}"


def _answer_rows(ds: Dataset, version: str) -> Iterator[list[object]]:
    found = answers(ds)
    for key in sorted(found, key=order):
        drug, condition, route, window = key
        answer = found[key]
        estimate = ["", "", ""] if answer.estimate is None else [f"{v:.{DIGITS}f}" for v in answer.estimate]
        place = [version, drug, condition or OVERVIEW, route, window]
        assert answer.posterior is not None  # of the present version
        yield [*place, answer.trials, answer.people, answer.certainty, *estimate, *answer.posterior.cells]


def _outcome_rows(ds: Dataset, version: str) -> Iterator[list[object]]:
    found = other_answers(ds)
    for key in sorted(found, key=other_order):
        drug, condition, outcome, route = key
        answer = found[key]
        estimate = ["", "", ""] if answer.estimate is None else [f"{v:.{DIGITS}f}" for v in answer.estimate]
        place = [version, drug, condition or OVERVIEW, outcome, route]
        yield [*place, answer.trials, *estimate, answer.said]


def _appended(path: Path, rows: Iterator[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return path.read_text(encoding="utf-8") + text.getvalue()


def _replaced(path: Path, old: str, new: str) -> str:
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise DeskError(f"{path.name} does not state the version once as {old.strip()!r}: set it by hand")
    return text.replace(old, new)
