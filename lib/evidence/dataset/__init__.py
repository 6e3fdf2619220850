"""The tables of ``data/``: checked, typed, and asked in a way that the build can repeat.

>>> from evidence import dataset
>>> ds = dataset.load()
>>> set(ds.rows("contrasts", outcome="pain_intensity", favours="neither")["favours"])
{'neither'}
>>> ds.setting("main_mid")
10.0
"""

from evidence.dataset.check import check
from evidence.dataset.contract import Column, Contract, ForeignKey, Table
from evidence.dataset.loading import InvalidDataError, load
from evidence.dataset.problems import Problem
from evidence.dataset.recorder import Query, recording
from evidence.dataset.store import Dataset, digest, once
from evidence.dataset.views import Rows, view

__all__ = [
    "Column",
    "Contract",
    "Dataset",
    "ForeignKey",
    "InvalidDataError",
    "Problem",
    "Query",
    "Rows",
    "Table",
    "check",
    "digest",
    "load",
    "once",
    "recording",
    "view",
]
