"""What a page prints of a pool is what R gives: metafor runs the calls that stand beside it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from evidence import dataset
from evidence.meta import HalfNormal, Normal, bayes
from evidence.report import Report
from evidence.report.book.answers import reports_of
from evidence.report.sections.in_r import InR, in_r
from evidence.report.sections.sizes import sizes, sizes_figure
from evidence.results.analysis import Analysis
from evidence.wording.numbers import interval, number
from tests import oracle_data

Pool = tuple[Analysis, InR]


@pytest.fixture(scope="module")
def analyses() -> list[Analysis]:
    ds = dataset.load()
    return [a for drug, condition in reports_of(ds) for a in Report(drug, condition, ds=ds).analyses]


@pytest.fixture(scope="module")
def pools(analyses: list[Analysis]) -> list[Pool]:
    return [(analysis, code) for analysis in analyses if (code := in_r(analysis)) is not None]


def test_metafor_gives_what_is_printed(pools: list[Pool], tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed: Debian's r-cran-metafor has it")
    known = subprocess.run(
        ["Rscript", "-e", 'cat(requireNamespace("metafor", quietly = TRUE))'], capture_output=True, text=True
    )
    if known.stdout != "TRUE":
        pytest.skip("R has no metafor: Debian's r-cran-metafor has it")
    script = tmp_path / "calls.R"
    script.write_text("\n".join(_run(code) for _, code in pools), encoding="utf-8")
    ran = subprocess.run(["Rscript", str(script)], capture_output=True, text=True, check=True)
    found = [[float(value) for value in line.split()] for line in ran.stdout.splitlines()]
    assert len(found) == len(pools) > 5
    for (analysis, code), (estimate, low, high) in zip(pools, found, strict=True):
        pooled = analysis.pooled
        assert pooled is not None
        assert (estimate, low, high) == pytest.approx(
            (pooled.estimate, pooled.ci_low, pooled.ci_high), rel=1e-4, abs=1e-4
        )
        assert code.metafor.endswith(f"# {number(estimate)} ({interval(low, high)})")


def _run(code: InR) -> str:
    """Return the code with the numbers of its last call written out, and a tighter search for tau²."""
    *before, call = code.metafor.replace("library(metafor)", "suppressMessages(library(metafor))").split("\n")
    tight = (
        call.partition("  #")[0].removesuffix(")") + ", control = list(threshold = 1e-12, maxiter = 10000))"
    )
    values = "unlist(fit[c('b', 'ci.lb', 'ci.ub')])"
    return "\n".join([*before, f"fit <- {tight}", f"cat(sprintf('%.10f', {values}), '\\n')"])


def test_the_call_of_bayesmeta_holds_the_numbers_and_priors_of_the_page(pools: list[Pool]) -> None:
    """bayesmeta is not in Debian: its stored fits check the engine, and the call is read back here."""
    for analysis, code in pools:
        yi, vi = (_read(code.metafor, name) for name in ("yi", "vi"))
        mean, sd = _numbers(code.bayesmeta, r"mu\.prior = c\(([^)]*)\)")
        (scale,) = _numbers(code.bayesmeta, r"dhalfnormal\(t, scale = ([^)]*)\)")
        found = bayes(yi, vi, tau_prior=HalfNormal(scale), mu_prior=Normal(mean, sd))
        told = re.search(r"\)\)  # (.*)", code.bayesmeta)
        assert told is not None
        assert told[1] == f"{number(found.median)} ({interval(*found.interval())})"
        assert len(yi) == len(analysis.numeric)


def test_that_call_is_the_one_whose_fits_are_stored() -> None:
    """A normal prior of the mean and a half-normal one of tau, at bayesmeta's tightest settings."""
    kept = oracle_data.load(oracle_data.POSTERIORS)
    fits = [fit for fit in kept if (fit["prior"], fit["mu"], fit["acc"]) == ("HN0.5", "N4", "tight")]
    assert fits
    for fit in fits:
        priors = {"tau_prior": HalfNormal(0.5), "mu_prior": Normal(0.0, 4.0)}
        found = bayes(fit["y"], np.square(fit["sigma"]), **priors)
        rows = dict(zip(fit["rows"], fit["summary"]["mu"], strict=True))
        told = [rows[name] for name in ("median", "mean", "sd")]
        assert [found.median, found.mean, found.sd] == pytest.approx(told, abs=1e-4)
        assert found.interval() == pytest.approx(fit["central_mu"], abs=1e-5)


def _read(code: str, name: str) -> np.ndarray:
    return np.array(_numbers(code, rf"{name} <- c\(([^)]*)\)"))


def _numbers(code: str, pattern: str) -> list[float]:
    found = re.search(pattern, code)
    assert found is not None
    return [float(value) for value in found[1].split(",")]


def test_the_curve_of_sizes_is_there_where_nothing_is_refused(analyses: list[Analysis]) -> None:
    drawn = 0
    for analysis in analyses:
        answer, found = analysis.posterior, sizes_figure(analysis, "a-curve")
        refused = answer is None or not (answer.says_size and answer.says_chances)
        assert (found is None) == refused
        if answer is None or found is None:
            continue
        drawn += 1
        shown = sizes(answer).set_index("relief")
        at_mid = shown.loc[analysis.mid]
        said = answer.important
        assert tuple(at_mid) == pytest.approx((said.value, said.low, said.high))
        assert shown.index.max() <= 100
        assert (shown["probability"].diff().dropna() <= 1e-9).all()
    assert drawn
