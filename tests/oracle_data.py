"""Reads the reference numbers in `tests/oracle/` and compares with them.

`tests/oracle/README.md` says what the files hold and how exact they are. Set the environment variable
`ORACLE_DIR` to a folder of further files of the same form (`.json`, `.json.gz` or `.json.xz`) to run
the same tests on them.
"""

from __future__ import annotations

import functools
import gzip
import json
import lzma
import os
from pathlib import Path
from typing import Any

import numpy as np

OWN = Path(__file__).parent / "oracle"
FOLDER = Path(os.environ.get("ORACLE_DIR", OWN))
CONVERSIONS = "metafor5_conversions"
POSTERIORS = "bayesmeta"

# Relative and absolute tolerances, from tests/oracle/README.md.
CLOSED_FORM = (1e-10, 1e-14)
ITERATED = (1e-7, 1e-11)  # ML, REML and EB: Fisher scoring stopped at an absolute change of 1e-12
ROOT = (1e-8, 1e-12)  # PM and Q-profile: uniroot with tol 1e-13
MULTILEVEL = (1e-5, 1e-9)  # nlminb


def _value(x: Any) -> Any:
    """JSON to Python: null is NaN, "Inf" is infinity, lists of numbers are float arrays."""
    if isinstance(x, dict):
        return {k: _value(v) for k, v in x.items()}
    if isinstance(x, list):
        items = [_value(v) for v in x]
        if all(isinstance(v, bool) for v in items) and items:
            return np.array(items)
        if all(isinstance(v, (int, float, np.ndarray)) for v in items):
            return np.array(items, dtype=float)
        return items
    if x is None:
        return np.nan
    if isinstance(x, str) and x in ("Inf", "-Inf"):
        return float(x.lower())
    return x


def names(kind: str | None = None) -> list[str]:
    """Names of all data sets, or of one kind: binary continuous generic rate OE_V correlation multilevel."""
    found = sorted({p.name.split(".json")[0] for p in FOLDER.glob("*.json*")} - {CONVERSIONS, POSTERIORS})
    return [n for n in found if kind is None or load(n)["kind"] == kind]


@functools.cache
def load(name: str) -> dict[str, Any]:
    """One file as nested dicts, read-only. The project's own files are found beside those of `ORACLE_DIR`."""
    for folder in (FOLDER, OWN):
        for suffix, reader in ((".json.xz", lzma.open), (".json.gz", gzip.open), (".json", open)):
            path = folder / (name + suffix)
            if path.exists():
                with reader(path, "rt", encoding="utf-8") as file:
                    return _value(json.load(file))
    raise FileNotFoundError(f"No reference file for {name!r} in {FOLDER}")


@functools.cache
def analyses() -> tuple[tuple[str, str], ...]:
    """Every (data set, measure) that has analyses; `load(name)["analyses"][measure]` is one of them."""
    return tuple((n, m) for n in names() for m in load(n).get("analyses", {}))


def failed(block: Any) -> bool:
    """Whether metafor itself refused to compute a block."""
    return isinstance(block, dict) and "error" in block


def assert_close(got: Any, want: Any, tol: tuple[float, float] = CLOSED_FORM, what: str = "") -> None:
    """Compare numbers or arrays; NaN equals NaN and infinity equals infinity."""
    rtol, atol = tol
    np.testing.assert_allclose(
        np.asarray(got, dtype=float).squeeze(),
        np.asarray(want, dtype=float).squeeze(),
        rtol=rtol,
        atol=atol,
        err_msg=what,
    )
