"""Speed and memory of `python -m evidence shelf` on a table of review rows, beside a loop over R metafor.

    python benchmarks/shelf.py ROWS [--most 1000000] [--sample 300] [--rounds 3]

ROWS is a table that the command reads, such as the rows of published Cochrane reviews. Two questions, one
run on one machine. How many analyses a second, each reproduced, pooled again, predicted, given a posterior
and left one out, against metafor's `rma`, `predict` and `leave1out` on the same effects: rounds are
interleaved, each in its own process on one thread, and what counts is processor time. And how time and memory
grow from 1,000 analyses to a million, drawn from ROWS with replacement. Needs R with metafor. Writes
`results/shelf.json` and `results/shelf.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
from engine import environment

HERE = Path(__file__).parent
SEED = 20261130
SIZES = (1_000, 10_000, 100_000, 1_000_000)
A_REVIEW = 25
"""Analyses in a review of the resampled tables, as in ROWS."""
AT_ONCE = 20_000
"""Analyses written at a time."""

Found = dict[str, Any]


def resample(rows: pd.DataFrame, analyses: int, path: Path) -> None:
    """Write a table of rows with so many analyses, drawn with replacement and named anew."""
    first = np.flatnonzero(
        rows[["review", "comparison", "outcome"]]
        .ne(rows.shift()[["review", "comparison", "outcome"]])
        .any(axis=1)
    )
    length = np.diff([*first, len(rows)])
    rng = np.random.default_rng([SEED, analyses])
    values = rows.drop(columns=["review", "comparison", "outcome"])
    writer = None
    for start in range(0, analyses, AT_ONCE):
        number = np.arange(start, min(start + AT_ONCE, analyses))
        drawn = rng.integers(len(first), size=len(number))
        own = np.repeat(number, length[drawn])
        within = np.arange(len(own)) - np.repeat(np.cumsum(length[drawn]) - length[drawn], length[drawn])
        part = values.iloc[np.repeat(first[drawn], length[drawn]) + within].reset_index(drop=True)
        part.insert(0, "review", [f"R{each:06d}" for each in own // A_REVIEW])
        part.insert(1, "comparison", 1)
        part.insert(2, "outcome", own % A_REVIEW + 1)
        content = pa.Table.from_pandas(part, preserve_index=False)
        if writer is None:
            writer = parquet.ParquetWriter(path, content.schema)
        writer.write_table(content)
    assert writer is not None
    writer.close()


@dataclass(frozen=True)
class Sample:
    """Pools of two and more studies drawn from a table.

    Attributes
    ----------
    yi, vi
        Effects and variances of each.
    found
        What the shelf found of each.
    of
        How many such pools the table holds.
    """

    yi: list[np.ndarray]
    vi: list[np.ndarray]
    found: list[Found]
    of: int


def draw(path: Path, number: int) -> Sample:
    """Draw pools of a table."""
    from evidence.packages.shelf.assess import assess
    from evidence.packages.shelf.measures import measured
    from evidence.packages.shelf.rows import pieces
    from evidence.packages.shelf.weights import pooled

    (piece,) = pieces([path], 1_000_000)
    own = measured(piece)
    pools = pooled(piece, own)
    table = assess(piece)
    table = table[table["k"] > 0].reset_index(drop=True)
    order = np.argsort(pools.analysis, kind="stable")  # as the table's rows stand
    order = order[np.isin(order, pools.pool)]
    several = np.flatnonzero(table["k"] > 1)
    chosen = np.sort(np.random.default_rng(SEED).choice(several, min(number, len(several)), replace=False))
    yi, vi = ([values[pools.pool == order[place]] for place in chosen] for values in (own.yi, own.vi))
    columns = ["modern_tau2", "modern_ci_low", "modern_pi_low", "leave_one_out"]
    found = table.loc[chosen, columns].to_dict("records")
    return Sample(yi, vi, [{str(name): value for name, value in one.items()} for one in found], len(several))


def own_process(path: Path, workers: int | None) -> None:
    """What `main` starts this file for: one run, with its time and memory as JSON."""
    from evidence.packages.shelf.assess import assess
    from evidence.packages.shelf.run import run

    _ = assess  # imports are not counted
    with tempfile.TemporaryDirectory() as folder:
        started, processor = time.perf_counter(), time.process_time()
        done = run([path], Path(folder) / "table.parquet", workers=workers)
        wall, processor = time.perf_counter() - started, time.process_time() - processor
    here, below = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(
        json.dumps(
            {
                "analyses": done.analyses,
                "results": done.results,
                "wall": wall,
                "processor": processor + below.ru_utime + below.ru_stime,
                "megabytes": here.ru_maxrss / 1024,
                "megabytes_of_a_worker": below.ru_maxrss / 1024,
            }
        )
    )


def started(path: Path, workers: int | None) -> Found:
    """One run in a process of its own."""
    line = [sys.executable, __file__, str(path), "--one", "cores" if workers is None else str(workers)]
    return output(line)


def output(line: list[str]) -> Found:
    """Run on one thread for each process and read the JSON that it prints."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(line, check=True, capture_output=True, text=True, env=os.environ | threads)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def beside_metafor(table: Path, folder: Path, sample: int, rounds: int, say: Callable[[str], None]) -> Found:
    """Interleaved rounds of the shelf on a table and of metafor on a sample of its pools."""
    drawn = draw(table, sample)
    long = folder / "effects.csv"
    pd.DataFrame(
        {
            "pool": np.repeat(np.arange(len(drawn.yi)), [len(each) for each in drawn.yi]),
            "yi": np.concatenate(drawn.yi),
            "vi": np.concatenate(drawn.vi),
        }
    ).to_csv(long, index=False, float_format="%.17g")
    shelf, loop = [], []
    for number in range(rounds):
        say(f"round {number + 1}: shelf")
        shelf.append(started(table, 0))
        say(f"round {number + 1}: metafor")
        loop.append(output(["Rscript", str(HERE / "shelf_metafor.R"), str(long)]))
    seconds = statistics.median(one["processor"] / drawn.of for one in shelf)
    metafor = statistics.median(one["seconds"] for one in loop)
    return {
        "pools": drawn.of,
        "sample": len(drawn.yi),
        "shelf_per_second": 1 / seconds,
        "metafor_per_second": 1 / metafor,
        "times_metafor": metafor / seconds,
        "metafor_gave_up": sum(value is None for value in loop[0]["tau2"]),
        "differences": differences(loop[0], drawn.found),
    }


def differences(loop: Found, found: list[Found]) -> Found:
    """Largest and ninety-ninth of a hundred differences from metafor, in standard errors of the mean."""
    out: Found = {}
    size = np.array([np.nan if value is None else value for value in loop["se"]])
    for name in ("tau2", "ci_low", "pi_low"):
        theirs = np.array([np.nan if value is None else value for value in loop[name]])
        ours = np.array([one[f"modern_{name}"] for one in found])
        scale = size**2 if name == "tau2" else size
        with np.errstate(divide="ignore", invalid="ignore"):  # a pool without spread has no such unit
            gap = np.abs(theirs - ours) / scale
        gap = gap[np.isfinite(gap)]
        out[name] = {"compared": len(gap), "largest": gap.max(), "percentile 99": np.percentile(gap, 99)}
    turns = [
        (one["leave_one_out"], theirs)
        for one, theirs in zip(found, loop["turns"], strict=True)
        if theirs is not None
    ]
    out["leave_one_out"] = {"compared": len(turns), "equal": sum(one == other for one, other in turns)}
    return out


def growth(rows: pd.DataFrame, folder: Path, most: int, say: Callable[[str], None]) -> list[Found]:
    """Time and memory by number of analyses, in one process and on every core."""
    found = []
    for size in (each for each in SIZES if each <= most):
        path = folder / f"{size}.parquet"
        resample(rows, size, path)
        for workers in (0, None):
            say(f"{size:,} analyses, {'one process' if workers == 0 else 'every core'}")
            found.append({"workers": "one" if workers == 0 else "every core", **started(path, workers)})
        path.unlink()
    return found


def markdown(report: Found) -> str:
    """The report as sentences and a table."""
    beside, software = report["beside"], report["environment"]
    gaps = beside["differences"]
    lines = [
        "| analyses | processes | analyses a second of processor time | seconds on the clock | memory, MB |",
        "|---:|---|---:|---:|---:|",
    ]
    for one in report["growth"]:
        memory = f"{one['megabytes']:,.0f}"
        if one["workers"] != "one":
            memory += f", a worker {one['megabytes_of_a_worker']:,.0f}"
        lines.append(
            f"| {one['analyses']:,} | {one['workers']} | {one['analyses'] / one['processor']:,.0f} "
            f"| {one['wall']:,.1f} | {memory} |"
        )
    within = ", ".join(f"{name} {gaps[name]['percentile 99']:.1g}" for name in ("ci_low", "pi_low"))
    turns = gaps["leave_one_out"]
    speed, loop = f"{beside['shelf_per_second']:,.0f}", f"{beside['metafor_per_second']:,.1f}"
    sample, times, rounds = beside["sample"], f"{beside['times_metafor']:,.0f}", report["rounds"]
    same, gave_up = f"{turns['equal']} of {turns['compared']}", beside["metafor_gave_up"]
    words = f"""Python {software["python"]}, numpy {software["numpy"]}, {software["r"]};
{software["cores"]} cores of a machine with other work on it.

From rows to Parquet the shelf takes {speed} pools of two and more studies a second of processor time: effects
reproduced, weights found, REML with Hartung and Knapp's interval, prediction, posterior, each study left out.
A loop over metafor's `rma`, `predict` and `leave1out`, on the ready effects of {sample} of these pools and
without a posterior, takes {loop}: the shelf is {times} times as fast. Medians of {rounds} interleaved rounds.

Of 100 of metafor's limits 99 differ by less than these parts of a standard error: {within}.
The studies without which an answer turns are as many in {same} pools; metafor gave up on {gave_up}.
"""
    return "\n".join([words, *lines, ""])


def main() -> None:
    """Measure, or make the one run that another process asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("rows", type=Path, help="table of rows")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="analyses of the largest table")
    parser.add_argument("--sample", type=int, default=300, help="results that metafor pools")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        own_process(arguments.rows, None if arguments.one == "cores" else int(arguments.one))
        return

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    texts = dict.fromkeys(("review", "subgroup", "applicability", "study"), str)
    rows = pd.read_csv(arguments.rows, dtype=texts)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "10000.parquet"
        resample(rows, min(10_000, arguments.most), table)
        report = {
            "rounds": arguments.rounds,
            "environment": environment(),
            "beside": beside_metafor(table, folder, arguments.sample, arguments.rounds, say),
            "growth": growth(rows, folder, arguments.most, say),
        }
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "shelf.json").write_text(json.dumps(report, indent=1) + "\n")
    (results / "shelf.md").write_text(markdown(report))


if __name__ == "__main__":
    main()
