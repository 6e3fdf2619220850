"""Speed of `evidence.meta.pool` and `pool_many` against R metafor and three Python packages.

    python benchmarks/engine.py [--rivals PYTHON] [--rounds 5]

Everything runs in one go on one machine: REML, Hartung–Knapp interval, prediction interval, on the same
random meta-analyses of 5, 20 and 100 studies. Each contestant has its own process and the rounds are
interleaved, so that a busy moment hits all; what counts is processor time. Needs R with metafor. `--rivals`
is the Python of an environment with `requirements.txt` installed; without it one is made in a temporary
folder. Writes `results/engine.json` and `results/engine.md`.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
SIZES = (5, 20, 100)
SEED = 20261122
RIVALS = ("PyMARE", "statsmodels", "PyMetaAnalysis")
COMPUTES = {
    "metafor": "REML, HK, PI",
    "PyMARE": "REML, HK (no PI)",
    "statsmodels": "Paule–Mandel, HK (no REML, no PI)",
    "PyMetaAnalysis": "REML, HK, PI",
    "pool": "all fields; Q-profile on demand",
    "pool + Q-profile": "all fields",
    "pool_many": "all fields",
}
# Meta-analyses per round: enough for a steady time
COUNTS = {
    "metafor": 100,
    "PyMARE": 100,
    "statsmodels": 300,
    "PyMetaAnalysis": 100,
    "pool": 1000,
    "pool_many": 20_000,
}

Found = dict[str, Any]


def meta_analyses(k: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Log odds ratios of trials of 20 to 400 people: variances 0.01 to 0.2, tau2 0, 0.05 or 0.2."""
    rng = np.random.default_rng([SEED, k])
    v = rng.uniform(0.01, 0.2, (count, k))
    tau2 = rng.choice([0.0, 0.05, 0.2], (count, 1))
    return rng.normal(0.2, np.sqrt(v + tau2)), v


def time_pool(yi: np.ndarray, vi: np.ndarray, q_profile: bool) -> Found:
    """Seconds per `pool`, one call per row."""
    from evidence.meta import pool

    for y, v in zip(yi[:5], vi[:5], strict=True):
        pool(y, v)
    start = time.process_time()
    results = [pool(y, v) for y, v in zip(yi, vi, strict=True)]
    if q_profile:
        for result in results:
            _ = result.tau2_ci_low
    seconds = (time.process_time() - start) / len(yi)
    return {"seconds": seconds} | {
        name: [getattr(result, name) for result in results] for name in ("tau2", "ci_low", "pi_low")
    }


def time_pool_many(yi: np.ndarray, vi: np.ndarray) -> Found:
    """Seconds per meta-analysis of one `pool_many` of all rows."""
    from evidence.meta import pool_many

    pool_many(yi[:100], vi[:100])
    start = time.process_time()
    results = pool_many(yi, vi)
    seconds = (time.process_time() - start) / len(yi)
    return {"seconds": seconds} | {name: results[name].tolist() for name in ("tau2", "ci_low", "pi_low")}


def own_process(contestant: str, k: int) -> None:
    """What `main` starts this file for: one round of `pool` or `pool_many`."""
    yi, vi = meta_analyses(k, COUNTS["pool_many"])
    if contestant != "pool_many":
        yi, vi = yi[: COUNTS["pool"]], vi[: COUNTS["pool"]]
    found = time_pool_many(yi, vi) if contestant == "pool_many" else time_pool(yi, vi, contestant != "pool")
    print(json.dumps({name: value if name == "seconds" else value[:1000] for name, value in found.items()}))


def command(contestant: str, k: int, rivals: Path, folder: Path) -> list[str]:
    """Command line of one round of one contestant."""
    if contestant not in (*RIVALS, "metafor"):
        return [sys.executable, __file__, "--one", contestant, "--k", str(k)]
    yi, vi = meta_analyses(k, COUNTS["pool_many"])
    files = [str(folder / f"{contestant}-{k}-{name}.csv") for name in ("yi", "vi")]
    for file, values in zip(files, (yi, vi), strict=True):
        np.savetxt(file, values[: COUNTS[contestant]], delimiter=",", fmt="%.17g")
    if contestant == "metafor":
        return ["Rscript", str(HERE / "engine_metafor.R"), *files]
    return [str(rivals), str(HERE / "engine_rivals.py"), contestant, *files]


def run(command_line: list[str]) -> Found:
    """Run a contestant on one thread and read the JSON that it prints."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        command_line, check=True, capture_output=True, text=True, env=os.environ | one_thread
    )
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def largest_difference(found: Found, reference: Found) -> dict[str, float | None]:
    """Largest difference from what `pool` finds, relative to its size plus a typical variance of 0.1."""
    out: dict[str, float | None] = {}
    for name in ("tau2", "ci_low", "pi_low"):
        pairs = list(zip(found[name], reference[name], strict=False))
        known = [(a, b) for a, b in pairs if a is not None and b is not None]
        out[name] = max(abs(a - b) / (abs(b) + 0.1) for a, b in known) if known else None
    return out


def shares_of_time(k: int) -> dict[str, float]:
    """Where `pool_many` spends its time, as shares of the whole."""
    from evidence.meta import pool_many

    yi, vi = meta_analyses(k, COUNTS["pool_many"])
    profile = cProfile.Profile()
    profile.runcall(pool_many, yi, vi)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    seconds = {name: timing[3] for (_, _, name), timing in stats.items()}
    whole = seconds["pool_many"]
    parts = {
        "likelihood grid": "_hills",
        "climbing the hills": "_climb_many",
        "Q-profile limits": "q_root_many",
        "p-values of the mean": "two_sided_ps",
    }
    shares = {label: seconds[function] / whole for label, function in parts.items()}
    return shares | {"the rest": 1 - sum(shares.values())}


def memory_bandwidth() -> float:
    """Bytes per second that one core reads and writes when it copies an array too large for any cache."""
    source = np.ones(16_000_000)
    target = np.empty_like(source)
    times = []
    for _ in range(7):
        start = time.process_time()
        np.copyto(target, source)
        times.append(time.process_time() - start)
    return 2 * source.nbytes / statistics.median(times)


def bytes_touched(k: int) -> int:
    """What one meta-analysis must at least read and write: yi, vi, weights, one number per other field."""
    from evidence.meta import pool_many

    fields = pool_many(np.ones((1, k)), np.ones((1, k)))
    return 2 * 8 * k + sum(values.nbytes for values in fields.values())


def measure(rivals: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """All rounds of all contestants."""
    table: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        for k in SIZES:
            lines = {each: command(each, k, rivals, Path(name)) for each in COMPUTES}
            found: dict[str, list[Found]] = {each: [] for each in COMPUTES}
            for number in range(rounds):
                for contestant, line in lines.items():
                    say(f"k = {k}, round {number + 1}: {contestant}")
                    found[contestant].append(run(line))
            base = statistics.median(one["seconds"] for one in found["metafor"])
            for contestant, results in found.items():
                seconds = sorted(one["seconds"] for one in results)
                middle = statistics.median(seconds)
                table.setdefault(contestant, {})[str(k)] = {
                    "microseconds": middle * 1e6,
                    "slowest_over_fastest": seconds[-1] / seconds[0],
                    "per_second": 1 / middle,
                    "times_metafor": base / middle,
                    "failed": sum(tau2 is None for tau2 in results[0]["tau2"]),
                    "largest_difference_from_pool": largest_difference(results[0], found["pool"][0]),
                }
    return table


def environment() -> dict[str, str]:
    """What the numbers were measured with."""
    r = subprocess.run(
        ["Rscript", "-e", 'cat(R.version.string, "metafor", as.character(packageVersion("metafor")))'],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "r": r,
        "cores": str(os.cpu_count()),
    }


def markdown(report: dict[str, Any]) -> str:
    """The report as a table and the sentences that follow from it."""
    table, limits = report["contestants"], report["limits"]
    head = "| | computes | " + " | ".join(f"k = {k}" for k in SIZES) + " |"
    rows = [head, "|---|---|" + "---:|" * len(SIZES)]
    for contestant, by_size in table.items():
        cells = [
            f"{by_size[str(k)]['per_second']:,.0f} ({by_size[str(k)]['times_metafor']:,.3g})" for k in SIZES
        ]
        rows.append(f"| {contestant} | {COMPUTES[contestant]} | {' | '.join(cells)} |")
    shares = ", ".join(f"{label} {share:.0%}" for label, share in limits["shares"].items())
    software = report["environment"]
    versions = f"Python {software['python']}, numpy {software['numpy']}, {software['r']}"
    least, spent = f"{limits['least_microseconds']:.2f} µs", f"{limits['microseconds']:.1f} µs"
    copied, times = f"{limits['bandwidth'] / 1e9:.1f} GB/s", f"{limits['times_bandwidth']:.0f} times"
    return f"""Meta-analyses per second and, in brackets, how many times as fast as metafor: medians of
{report["rounds"]} rounds of processor time, one thread each. {versions}.

{chr(10).join(rows)}

What limits `pool_many` at k = 20: {shares}. One meta-analysis must read and write at least
{limits["bytes"]:,} bytes, which takes {least} at the {copied} of a copy on this machine.
It takes {spent}, {times} as long: it is bound by arithmetic on arrays in the cache, not by memory.
"""


def rival_environment(folder: Path) -> Path:
    """Python of a new environment with the rivals in it."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")], check=True
    )
    return python


def main() -> None:
    """Measure, or run the one round that another process asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rivals", type=Path, help="Python with requirements.txt installed")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--k", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        own_process(arguments.one, arguments.k)
        return
    with tempfile.TemporaryDirectory() as name:
        rivals = arguments.rivals or rival_environment(Path(name) / "rivals")
        table = measure(rivals, arguments.rounds, lambda line: print(line, file=sys.stderr))
    bandwidth, touched = memory_bandwidth(), bytes_touched(20)
    spent = table["pool_many"]["20"]["microseconds"]
    report = {
        "rounds": arguments.rounds,
        "environment": environment(),
        "contestants": table,
        "limits": {
            "shares": shares_of_time(20),
            "bandwidth": bandwidth,
            "bytes": touched,
            "least_microseconds": touched / bandwidth * 1e6,
            "microseconds": spent,
            "times_bandwidth": spent / (touched / bandwidth * 1e6),
        },
    }
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "engine.json").write_text(json.dumps(report, indent=1) + "\n")
    (results / "engine.md").write_text(markdown(report))


if __name__ == "__main__":
    main()
