"""The parts of a chapter: tables and paragraphs made from one result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np
import pandas as pd

from evidence import meta
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.meta import multiverse
from evidence.packages.book.figures import key_of
from evidence.packages.book.results import FEWEST_TAU, LEVEL, Result, left_out
from evidence.packages.book.words import Words, digits, ends, how, level, measure_name, share, span
from evidence.packages.reproduce import Result as Pool
from evidence.packages.reproduce import counts
from evidence.wording.numbers import listing, number, p_value, plural

RIGHT: Final = "right"


def overview(key: str, results: Sequence[Result], ds: Dataset) -> Table:
    """Every analysis in a row: what the review found, the posterior, certainty, printed numbers."""
    entered = ds.rows("certainty").set_index("analysis")["certainty"].fillna("").to_dict()
    columns = (
        Column("Analysis"), Column("Studies", RIGHT), Column("Measure"),
        Column("As set up", RIGHT), Column("Posterior", RIGHT), Column("Certainty"),
        Column("Printed numbers reproduced", RIGHT),
    )  # fmt: skip
    rows = []
    for each in results:
        total = each.computed.total
        agree, printed = int(each.checks["agrees"].sum()), len(each.checks)
        rows.append(
            (
                Cell(f"{each.analysis.key} {each.analysis.name}", href=_address(each)),
                Cell(str(each.k), value=each.k),
                Cell(measure_name(each.analysis.settings)),
                Cell("no total" if total is None else _span(each, total)),
                Cell(_posterior_span(each)),
                Cell(str(entered.get(each.analysis.key) or "not entered")),
                Cell(f"{agree} of {printed}" if printed else "none printed"),
            )
        )
    return Table(key, "Analyses; ratios as ratios, intervals at their own level", columns, tuple(rows))


def _address(result: Result) -> str:
    return f"site:chapters/comparison-{result.analysis.comparison}.html#{key_of(result, 'analysis')}"


def _span(result: Result, pool: Pool) -> str:
    return span(result, pool.estimate, pool.ci_low, pool.ci_high)


def _posterior_span(result: Result) -> str:
    if result.posterior is None:
        return "–"
    return span(result, result.posterior.median, *result.posterior.interval(LEVEL))


def answer(result: Result) -> Words:
    """What the review found and what this library makes of the same studies."""
    settings, total = result.analysis.settings, result.computed.total
    studies = plural(result.k, "study", "studies")
    if result.k == 0:
        return Words(("No study of this analysis gives an effect that can be estimated.",))
    name = measure_name(settings)
    if total is None:
        first = f"{studies.capitalize()}; no total is shown ({name}, {how(settings)})."
    else:
        first = (
            f"{studies.capitalize()}. {result.set_up} ({how(settings)}): {name} "
            f"{number(result.shown(total.estimate), digits(result))} "
            f"({level(settings.level)} {ends(result, total.ci_low, total.ci_high)})."
        )
    paragraphs = [first, *_again(result)]
    if result.analysis.placeholder:
        paragraphs.append("The package holds zeros in place of results: it was never calculated.")
    if result.outcome.window:
        paragraphs.append(f"Measured: {result.outcome.window}.")
    return Words(tuple(paragraphs))


def _again(result: Result) -> Iterator[str]:
    modern, total = result.modern, result.computed.total
    if modern is None or result.k < 2:
        return
    if total is not None and same(total, modern):
        if result.k >= FEWEST_TAU:
            yield f"The effect in a new study would lie from {ends(result, modern.pi_low, modern.pi_high)}."
        return
    said = f"With REML and Hartung and Knapp's interval: {_span(result, modern)}"
    if result.k >= FEWEST_TAU:
        said += f"; the effect in a new study would lie from {ends(result, modern.pi_low, modern.pi_high)}"
    if total is not None:
        before, after = (each.ci_low > 0 or each.ci_high < 0 for each in (total, modern))
        if before and not after:
            said += ". This interval includes no effect, which the review's does not"
        elif after and not before:
            said += ". This interval excludes no effect, which the review's does not"
    yield f"{said}."


def same(first: Pool, second: Pool) -> bool:
    """Whether two pools give one estimate and interval."""
    return all(
        math.isclose(getattr(first, name), getattr(second, name), rel_tol=1e-9, abs_tol=1e-12)
        for name in ("estimate", "ci_low", "ci_high")
    )


def subgroups(result: Result) -> Table | Words:
    """Subgroups and the test between them."""
    groups, test = result.computed.subgroups, result.computed.test
    if len(groups) < 1:
        return Words(())
    columns = (
        Column("Subgroup"),
        Column("Studies", RIGHT),
        Column("Effect", RIGHT),
        Column("tau²", RIGHT),
        Column("I²", RIGHT),
    )
    rows = tuple(
        (
            Cell(label),
            Cell(str(_studies(pool)), value=_studies(pool)),
            Cell(_span(result, pool)),
            Cell("–" if result.analysis.settings.model == "common" else f"{pool.tau2:.3g}", value=pool.tau2),
            Cell(f"{pool.i2:.0f} %" if pool.q_df else "–"),
        )
        for label, pool in groups.items()
    )
    said = ""
    if test is not None:
        said = (
            f"; test between them: chi² {test.q:.2f}, {plural(test.df, 'degree')} of freedom, "
            f"{p_value(test.p_value)}, I² {test.i2:.0f} %"
        )
    return Table(key_of(result, "subgroups"), f"Subgroups{said}", columns, rows)


def _studies(pool: Pool) -> int:
    return pool.k_estimable if isinstance(pool, meta.BinaryPooled) else pool.k


def differences(result: Result) -> Table | Words:
    """Printed numbers that are not reproduced, or that all are."""
    printed, wrong = len(result.checks), result.checks[~result.checks["agrees"]]
    notes = list(result.computed.notes)
    if result.unprinted and result.printed:
        notes.append(f"The package prints no effect for {listing(result.unprinted)}; it is computed here.")
    if wrong.empty:
        said = (
            f"All {printed:,} numbers that the package prints for this analysis are reproduced."
            if printed
            else "The package prints no number for this analysis."
        )
        return Words((said, *notes))
    return _differences(key_of(result, "differences"), [(result, wrong)])


def all_differences(results: Sequence[Result]) -> Table | Words:
    """Printed numbers of all analyses that are not reproduced."""
    wrong = [(each, each.checks[~each.checks["agrees"]]) for each in results]
    wrong = [(each, table) for each, table in wrong if len(table)]
    if not wrong:
        return Words(("Every number that the package prints is reproduced.",))
    return _differences("differences", wrong)


def _differences(key: str, wrong: Sequence[tuple[Result, pd.DataFrame]]) -> Table:
    columns = (
        Column("Analysis"),
        Column("Where"),
        Column("Number"),
        Column("Printed", RIGHT),
        Column("Computed", RIGHT),
    )
    rows = tuple(
        (
            Cell(each.analysis.key),
            Cell(str(row["where"])),
            Cell(str(row["number"])),
            Cell(f"{row['printed']:.10g}", value=row["printed"]),
            Cell(
                "not estimable" if math.isnan(row["computed"]) else f"{row['computed']:.10g}",
                value=row["computed"],
            ),
        )
        for each, table in wrong
        for row in table.to_dict("records")
    )
    return Table(key, "Printed numbers that are not reproduced", columns, rows)


def methods(result: Result) -> Table | Words:
    """The same studies pooled in other ways."""
    if result.k < 1:
        return Words(())
    settings, total = result.analysis.settings, result.computed.total
    y, v = result.yi, result.vi
    pools: list[tuple[str, Pool, bool]] = []
    if total is not None:
        pools.append((f"{result.set_up}: {how(settings)}", total, settings.model == "random"))
    pools.append(("Inverse variance, common effect", meta.pool(y, v, model="common", ci="wald"), False))
    if result.k > 1:
        pools += [
            ("REML, Wald", meta.pool(y, v, ci="wald"), True),
            ("REML, Hartung–Knapp", meta.pool(y, v), True),
            ("REML, Hartung–Knapp, never narrower than t", meta.pool(y, v, ci="HKSJ-adhoc"), True),
        ]
    columns = (
        Column("Method"), Column("Effect", RIGHT), Column("A new study", RIGHT), Column("tau²", RIGHT),
        Column("Excludes no effect"),
    )  # fmt: skip
    rows = [_method(result, name, pool, random) for name, pool, random in pools]
    if result.posterior is not None:
        posterior = result.posterior
        low, high = posterior.interval(LEVEL)
        rows.append(
            (
                Cell("Posterior"),
                Cell(_posterior_span(result)),
                Cell(ends(result, *posterior.prediction(LEVEL))),
                Cell(f"{posterior.tau**2:.3g}", value=posterior.tau**2),
                Cell("yes" if low > 0 or high < 0 else "no"),
            )
        )
    return Table(key_of(result, "methods"), "The same studies pooled in other ways", columns, tuple(rows))


def _method(result: Result, name: str, pool: Pool, random: bool) -> tuple[Cell, ...]:
    tells = random and result.k >= FEWEST_TAU and math.isfinite(pool.pi_low)
    return (
        Cell(name),
        Cell(_span(result, pool)),
        Cell(ends(result, pool.pi_low, pool.pi_high) if tells else "–"),
        Cell(f"{pool.tau2:.3g}" if random and result.k > 1 else "–", value=pool.tau2 if random else None),
        Cell("yes" if pool.ci_low > 0 or pool.ci_high < 0 else "no"),
    )


def posterior(result: Result) -> Words:
    """The posterior in words, with its priors."""
    found, outcome = result.posterior, result.outcome
    if found is None:
        return Words((f"No posterior: {result.no_posterior}",))
    assert outcome.unit is not None
    below = float(found.probability(0.0))
    side, chance = ("below", below) if below >= 0.5 else ("above", 1 - below)
    null = number(result.null, 0)
    said = [
        "If studies differ as studies of treatments usually do, the mean effect is "
        f"{_posterior_span(result)} (95 % credible interval). That it lies {side} {null}: {share(chance)}."
    ]
    if outcome.mid is not None and outcome.better is not None:
        lower = outcome.better == "lower"
        edge = -outcome.mid if lower else outcome.mid
        reached = float(found.probability(edge))
        reached = reached if lower else 1 - reached
        place = number(result.shown(edge), digits(result))
        word = "below" if lower else "above"
        said.append(f"That it is {word} {place}, a difference that matters: {share(reached)}.")
    if result.k >= FEWEST_TAU:
        low, high = found.prediction(LEVEL)
        said.append(f"The effect in a new study: {ends(result, low, high)}.")
    said.append(
        f"Priors: half-normal with scale {result.priors.tau:g} for the differences between studies, normal "
        f"with scale {result.priors.mu:g} for the mean, counted in {outcome.unit_source} "
        f"({outcome.unit:.3g})."
    )
    return Words((" ".join(said),))


def without_each(result: Result) -> Table:
    """The pooled effect without each study, and each study's pull."""
    table = left_out(result)
    columns = (
        Column("Without"), Column("Effect", RIGHT), Column("Answer turns"),
        Column("Studentised residual", RIGHT), Column("Cook's distance", RIGHT), Column("Influential"),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(str(name)),
            Cell(span(result, row["estimate"], row["ci_low"], row["ci_high"])),
            Cell("yes" if row["turns"] else "no"),
            Cell(_two(row["rstudent"]), value=_finite(row["rstudent"])),
            Cell(_two(row["cook_d"]), value=_finite(row["cook_d"])),
            Cell("yes" if row["influential"] else "no"),
        )
        for name, row in zip(table.index, table.to_dict("records"), strict=True)
    )
    return Table(
        key_of(result, "without"),
        "REML with Hartung and Knapp's interval, without each study in turn",
        columns,
        rows,
    )


def _two(value: float) -> str:
    return number(value, 2) if math.isfinite(value) else "–"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def small_studies(result: Result) -> Table:
    """Tests of small-study effects."""
    columns = (Column("Test"), Column("Statistic", RIGHT), Column("P", RIGHT), Column("What it says"))
    rows: list[tuple[Cell, ...]] = []
    with suppress(meta.ConstantModeratorError):  # all studies are equally large
        egger = meta.egger(result.yi, result.vi)
        slope = f"slope {number(egger.slope, 2)} per unit of standard error"
        rows.append(_tested("Egger", f"t {number(egger.statistic, 2)}", egger.p_value, slope))
    begg = meta.begg(result.yi, result.vi)
    if begg.tau is not None and begg.p_value is not None:
        rows.append(
            _tested("Begg and Mazumdar", f"tau {number(begg.tau, 2)}", begg.p_value, "rank correlation")
        )
    if result.analysis.settings.measure in ("OR", "PETO"):
        cells = [values[np.isfinite(values)] for values in _counted(result)]
        for name, of in (("Harbord", meta.harbord), ("Peters", meta.peters)):
            with suppress(meta.ConstantModeratorError):
                test = of(*cells)
                rows.append(_tested(name, f"t {number(test.statistic, 2)}", test.p_value, "for odds ratios"))
    filled = meta.trim_and_fill(result.yi, result.vi)
    rows.append(
        (
            Cell("Trim and fill"),
            Cell(plural(filled.k0, "study", "studies") + " filled in"),
            Cell("–"),
            Cell(f"then {_span(result, filled.pooled)}"),
        )
    )
    return Table(key_of(result, "small"), "Small-study effects", columns, tuple(rows))


def _counted(result: Result) -> list[np.ndarray[Any, Any]]:
    inside = result.computed.rows["in_total"] & result.computed.rows["yi"].notna()
    rows = result.analysis.rows[inside.to_numpy()]
    return list(counts(rows, result.analysis.settings).values())


def _tested(name: str, statistic: str, p: float, words: str) -> tuple[Cell, ...]:
    return (
        Cell(name),
        Cell(statistic),
        Cell(p_value(p).removeprefix("p\N{NO-BREAK SPACE}"), value=p),
        Cell(words),
    )


def choices(result: Result, ways: pd.DataFrame) -> Words:
    """How far the choices agree."""
    found = multiverse.summarise(ways)
    low, high = (number(result.shown(value), digits(result)) for value in (found.lowest, found.highest))
    said = (
        f"{plural(found.n, 'different result')} under the choices of studies, estimator of tau² and "
        f"interval: effects from {low} to {high}; "
        f"{found.excludes_null} of {found.n} intervals exclude no effect."
    )
    return Words((said,))


def bias(result: Result, ds: Dataset) -> Table | Words:
    """Risk of bias of the analysis's studies, as entered."""
    studies = list(dict.fromkeys(result.analysis.rows["study"]))
    rows = ds.rows("risk_of_bias")
    rows = rows[rows["study"].isin(studies)]
    if rows.empty:
        return Words(("No risk of bias is entered for these studies.",))
    domains = list(dict.fromkeys(rows["domain"]))
    judged = {(row["study"], row["domain"]): row for row in rows.astype(object).fillna("").to_dict("records")}

    def cell(study: str, domain: str) -> Cell:
        row = judged.get((study, domain))
        return Cell("–") if row is None else Cell(str(row["judgement"]), detail=str(row["support"]))

    cells = tuple((Cell(study), *(cell(study, domain) for domain in domains)) for study in studies)
    columns = (Column("Study"), *(Column(domain) for domain in domains))
    return Table(key_of(result, "bias"), "Risk of bias, as the review entered it", columns, cells)


def certainty(result: Result, ds: Dataset) -> Words:
    """Certainty of the evidence, as entered."""
    rows = ds.rows("certainty", analysis=result.analysis.key).astype(object).fillna("").to_dict("records")
    entered = str(rows[0]["certainty"]) if rows else ""
    if not entered:
        return Words(("Certainty of the evidence: not entered (data/certainty.csv).",))
    reasons = str(rows[0]["reasons"])
    return Words((f"Certainty of the evidence, as entered: {entered}.{f' {reasons}' if reasons else ''}",))
