"""What an analysis of ten and more studies, or of studies with several results, can be asked besides."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import stats

from evidence import meta
from evidence.charts.tables import Cell, Column, Table
from evidence.packages.book.figures import key_of
from evidence.packages.book.results import LEVEL, Result
from evidence.packages.book.words import Words, ends, level, span
from evidence.wording.numbers import number, p_value, plural

RIGHT: Final = "right"
#: Studies below which standard errors that are robust to clusters are not worth their degrees of freedom.
FEWEST_CLUSTERS: Final = 5
#: Correlation between the results of a study that nobody reports, for the second of two ways.
CORRELATION: Final = 0.5


def by_precision(result: Result) -> Table:
    """The pool of the most precise study, the two most precise, and so on to all; each study's own weight.

    Where smaller studies move the effect one way, they differ from the large ones.
    """
    order = np.argsort(result.vi, kind="stable")
    labels = [result.labels[i] for i in order]
    table = meta.cumulative(result.yi, result.vi, order=result.vi, labels=list(result.labels))
    pull = meta.baujat(result.yi, result.vi, labels=list(result.labels))
    columns = (
        Column("Studies up to"), Column("Effect", RIGHT, level(LEVEL)),
        Column("Part in the heterogeneity", RIGHT, "Baujat"),
        Column("Influence on the effect", RIGHT, "Baujat"),
    )  # fmt: skip
    rows = []
    for name, pooled, place in zip(labels, table.to_dict("records"), order, strict=True):
        part, moved = (float(pull[column].iloc[place]) for column in ("x", "y"))
        rows.append(
            (
                Cell(name),
                Cell(span(result, pooled["estimate"], pooled["ci_low"], pooled["ci_high"])),
                Cell(number(part, 2), value=part),
                Cell(number(moved, 2), value=moved),
            )
        )
    caption = "REML with Hartung and Knapp's interval, from the most precise study to the least"
    return Table(key_of(result, "precision"), caption, columns, tuple(rows), folded=True)


def without_sizes(result: Result) -> Words:
    """What the sides of the effects, and their p-values, say where their sizes are not used."""
    below, above = int((result.yi < 0).sum()), int((result.yi > 0).sum())
    if not below + above:
        return Words(("Every study lies at no effect.",))
    signs = meta.direction_test(below, above, level=LEVEL)
    favours = signs.favourable >= signs.k - signs.favourable
    side = "below" if favours else "above"
    two_sided = 2 * stats.norm.sf(np.abs(result.yi / np.sqrt(result.vi)))
    inside = np.clip(two_sided, 1e-300, 1 - 1e-12)
    one_sided = [
        meta.one_sided_p(float(p), favours_direction=bool((y < 0) == favours))
        for p, y in zip(inside, result.yi, strict=True)
    ]
    together = meta.combine_p(one_sided, method="stouffer")
    count = max(signs.favourable, signs.k - signs.favourable)
    low, high = (100 * end for end in (signs.ci_low, signs.ci_high))
    low, high = (low, high) if favours else (100 - high, 100 - low)
    return Words(
        (
            f"By their sides alone: {count} of {plural(signs.k, 'study', 'studies')} lie {side} no effect "
            f"({100 * count / signs.k:.0f} %, {level(LEVEL)} {low:.0f} to {high:.0f} %; sign test "
            f"{p_value(signs.p_value)}). All p-values together, one-sided on that side (Stouffer): "
            f"{p_value(together.p_value)}. Neither tells how large the effect is.",
        )
    )


def several_results(result: Result) -> Table | Words:
    """The pool where studies stand in several rows, whose results are not independent."""
    clusters = len(set(result.study))
    if clusters == result.k or clusters < FEWEST_CLUSTERS:
        return Words(())
    y, v, study = result.yi, result.vi, list(result.study)
    columns = (Column("Method"), Column("Effect", RIGHT, level(LEVEL)), Column("A new study", RIGHT))
    rows = []
    for name, sampling in (
        ("Three levels, results within studies", v),
        (
            f"The same, sampling errors within a study correlated {number(CORRELATION, 1)}",
            meta.sampling_covariance(v, study, CORRELATION),
        ),
    ):
        fit = meta.multilevel(y, sampling, study, level=LEVEL)
        found = fit.predict().iloc[0]
        rows.append(
            (
                name,
                fit.estimate[0],
                fit.ci_low[0],
                fit.ci_high[0],
                ends(result, found["pi_low"], found["pi_high"]),
            )
        )
        robust = meta.cluster_robust(fit, study)
        rows.append((f"{name}; robust (CR2)", robust.estimate[0], robust.ci_low[0], robust.ci_high[0], "–"))
    cells = tuple(
        (Cell(name), Cell(span(result, *(float(value) for value in limits))), Cell(new))
        for name, *limits, new in rows
    )
    caption = f"{plural(result.k, 'result')} of {plural(clusters, 'study', 'studies')}"
    return Table(key_of(result, "several"), f"{caption}: pooled as if not independent", columns, cells)
