"""Tables that this library has found in order before, and need not check again."""

from __future__ import annotations

import os
from pathlib import Path

from evidence import dataset
from evidence.dataset import Dataset
from evidence.dataset.files import read_snapshot
from evidence.dataset.loading import CHECKED_VARIABLE
from evidence.publish.run import state
from evidence.publish.run.records import Records, Running


def load(folder: Path, records: Records, running: Running) -> Dataset:
    """Read the tables of a folder; check them unless this library has found exactly these in order before.

    Raises
    ------
    InvalidDataError
        When they break a rule: the message lists every problem.
    """
    snapshot = read_snapshot(folder.resolve())
    found = (snapshot.fingerprint, repr(snapshot.strays), repr(snapshot.refused))
    key = f"checked-{state.digest(running.library, running.environment, *found)}"
    if records.traced.known(key):
        os.environ[CHECKED_VARIABLE] = snapshot.fingerprint
    ds = dataset.load(folder)
    records.traced.note(key)
    return ds
