"""Assess a shelf on every core of this machine or on the workers of a Dask scheduler, piece by piece."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
from distributed import Client, LocalCluster

from evidence.packages.shelf.assess import assess
from evidence.packages.shelf.rows import pieces

SIZE: Final = 1_000
"""Analyses in a piece: about a fifth of a second of work."""
AHEAD: Final = 3
"""Pieces sent ahead for each worker, so that none waits and memory stays small."""

Say = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run did.

    Attributes
    ----------
    analyses, results : int
        Analyses read, and rows of the table.
    seconds : float
    """

    analyses: int
    results: int
    seconds: float


def run(
    paths: Sequence[Path],
    table: Path,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    size: int = SIZE,
    say: Say = lambda analyses, seconds: None,
) -> Finished:
    """Assess every analysis and write the table as Parquet, in the order of the rows.

    Parameters
    ----------
    paths
        Tables of rows and packages.
    table
        The Parquet file to write; it appears when it is complete.
    scheduler
        Address of a Dask scheduler, such as "tcp://10.0.0.1:8786", whose workers have this library; without
        it one process per core of this machine.
    workers
        Processes on this machine; 0 computes in this one.
    say
        Called with the analyses done and the seconds gone.

    Returns
    -------
    Finished

    Raises
    ------
    PackageError
        Rows or packages that cannot be read; no table is left behind.
    OSError
        The scheduler does not answer.

    Notes
    -----
    A worker that dies loses nothing: its pieces go to the others (Dask's own doing), and a piece's result
    depends on nothing but the piece.
    """
    started = time.perf_counter()
    unfinished = table.with_name(f"{table.name}.part")
    analyses = results = 0
    writer = None
    try:
        with _results(paths, scheduler, workers, size) as finished:
            for number, frame in finished:
                content = pa.Table.from_pandas(frame, preserve_index=False, schema=schema())
                if writer is None:
                    writer = parquet.ParquetWriter(unfinished, content.schema, compression="zstd")
                writer.write_table(content)
                analyses, results = analyses + number, results + len(frame)
                say(analyses, time.perf_counter() - started)
        if writer is not None:
            writer.close()
            unfinished.replace(table)
    finally:
        if writer is not None:
            writer.close()
        unfinished.unlink(missing_ok=True)
    return Finished(analyses, results, time.perf_counter() - started)


def schema() -> Any:
    """Names and types of the table's columns."""
    texts = ("review", "subgroup", "measure", "model", "miss", "changes")
    whole = ("comparison", "outcome", "k", "effects_printed", "effects_reproduced", "leave_one_out")
    truths = ("log_scale",)
    from evidence.packages.shelf.assess import FIELDS, POSTERIOR, VERDICTS

    order = (
        ["review", "comparison", "outcome", "subgroup", "measure", "log_scale", "model", "level"]
        + ["effects_printed", "effects_reproduced", "weights_error", "miss", "k"]
        + [f"published_{name}" for name in ("estimate", "ci_low", "ci_high")]
        + [f"modern_{name}" for name in FIELDS]
        + [f"posterior_{name}" for name in (*POSTERIOR, "below")]
        + [*VERDICTS, "leave_one_out", "changes"]
    )
    types = dict.fromkeys(texts, pa.string()) | dict.fromkeys(whole, pa.int64())
    types |= dict.fromkeys((*truths, *VERDICTS), pa.bool_())
    return pa.schema([(name, types.get(name, pa.float64())) for name in order])


@contextmanager
def _results(
    paths: Sequence[Path], scheduler: str | None, workers: int | None, size: int
) -> Iterator[Iterator[tuple[int, pd.DataFrame]]]:
    if workers == 0 and scheduler is None:
        yield ((len(piece), assess(piece)) for piece in pieces(paths, size))
        return
    with _client(scheduler, workers) as client:
        yield _sent(client, paths, size)


def _sent(client: Client, paths: Sequence[Path], size: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """Results in the order of the pieces; as many are under way as keep every worker busy."""
    ahead = AHEAD * max(1, sum(client.ncores().values()))
    waiting: deque[tuple[int, Any]] = deque()
    for piece in pieces(paths, size):
        waiting.append((len(piece), client.submit(assess, piece, pure=False)))
        if len(waiting) >= ahead:
            number, future = waiting.popleft()
            yield number, future.result()
    while waiting:
        number, future = waiting.popleft()
        yield number, future.result()


@contextmanager
def _client(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    if scheduler is not None:
        with Client(scheduler, timeout="10s", set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
            yield client
        return
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=40
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client
