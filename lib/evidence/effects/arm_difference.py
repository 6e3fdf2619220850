"""The difference of two arms from their means and SDs, in points or standardised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from evidence.effects.arm_values import ArmValue, pair_values
from evidence.effects.correlation import correlation_for
from evidence.effects.direction import turn_of
from evidence.effects.draft import Draft, Setting, drafted, of_numbers, step, with_own_t
from evidence.effects.model import Scale, Step
from evidence.effects.people import People
from evidence.effects.points import factor, has_points
from evidence.meta import crossover
from evidence.question import ArmPair, Result


@dataclass(frozen=True, slots=True)
class Difference:
    """Two arms to be compared; `size` is the number of points per unit, or None for an SMD."""

    drug: ArmValue
    control: ArmValue
    size: float | None

    @property
    def inputs(self) -> dict[str, float]:
        """The numbers that enter, by symbol."""
        drug, control = self.drug, self.control
        numbers = {"m1": drug.mean, "SD1": drug.sd, "n1": float(drug.n)}
        numbers |= {"m2": control.mean, "SD2": control.sd, "n2": float(control.n)}
        return numbers if self.size is None else numbers | {"range": 100 / self.size}


def from_arms(result: Result, setting: Setting) -> Draft | None:
    """Take the difference of the arms' means from their means and SDs."""
    for pair in sorted(result.pairs, key=lambda pair: not has_points(pair.measure, pair.control)):
        values = pair_values(pair, result, setting.spread)
        turn = turn_of(pair.control.higher_is, setting)
        if values is None or turn is None or min(values[0].sd, values[1].sd) <= 0:
            continue
        points = setting.scale == "points" and has_points(pair.measure, pair.control)
        difference = Difference(*values, factor(pair.measure, pair.control) if points else None)
        draft = _paired(result, pair, difference, setting) if result.paired else _parallel(difference)
        if pair.measure.unit != "points":
            draft = replace(draft, evidence_class="derived")
        return draft.turned(turn).add(assumptions=_assumptions(pair, values, result))
    return None


def _parallel(difference: Difference) -> Draft:
    drug, control = difference.drug, difference.control
    people = People(drug.n, control.n, paired=False)
    if difference.size is None:
        formula = "SMD = J (m1 − m2)/SD_pooled; v = 1/n1 + 1/n2 + SMD²/(2N)"
        return _draft(difference, _effect_size("SMD", difference), people, formula, "Hedges & Olkin 1985")
    formula = "MD = (m1 − m2) 100/range; v = (SD1²/n1 + SD2²/n2) (100/range)²"
    return _draft(difference, _effect_size("MD", difference), people, formula, "Cochrane Handbook 10.3")


def _effect_size(measure: Literal["MD", "SMD"], difference: Difference) -> tuple[float, float]:
    drug, control = difference.drug, difference.control
    return of_numbers(
        measure,
        m1i=drug.mean,
        sd1i=drug.sd,
        n1i=drug.n,
        m2i=control.mean,
        sd2i=control.sd,
        n2i=control.n,
    )


def _paired(result: Result, pair: ArmPair, difference: Difference, setting: Setting) -> Draft:
    drug, control = difference.drug, difference.control
    n = min(drug.n, control.n)
    used = correlation_for(result, pair, (drug, control), setting)
    arms = (drug.mean, drug.sd, control.mean, control.sd, n, used.r)
    if difference.size is None:
        estimate = crossover.smd_from_arms(*arms)
        formula = "SMD = J (m1 − m2)/√((SD1² + SD2²)/2); v = 2(1 − r)/n + SMD²(1 + r²)/(4n)"
    else:
        estimate = crossover.md_from_arms(*arms)
        formula = "MD = (m1 − m2) 100/range; v = (SD1² + SD2² − 2 r SD1 SD2)/n (100/range)²"
    source = "Cochrane Handbook 23.2.7; Elbourne et al. 2002"
    effect = (float(estimate.yi), float(estimate.vi))
    draft = _draft(difference, effect, People(n, n, paired=True), formula, source, *used.steps, r=used.r)
    return draft.add(assumptions=(used.assumption,))


def _draft(
    difference: Difference,
    effect: tuple[float, float],
    people: People,
    formula: str,
    source: str,
    *before: Step,
    **inputs: float,
) -> Draft:
    size = 1.0 if difference.size is None else difference.size
    yi, vi = effect[0] * size, effect[1] * size**2
    scale: Scale = "smd" if difference.size is None else "points"
    name = "SMD" if scale == "smd" else "MD"
    found = step("difference of the arms", formula, difference.inputs | inputs, {name: yi, "v": vi}, source)
    steps = (*difference.drug.steps, *difference.control.steps, *before, found)
    draft = drafted(yi, vi, scale, "reported", people, *steps)
    return draft if scale == "smd" else with_own_t(draft)


def _assumptions(pair: ArmPair, values: tuple[ArmValue, ArmValue], result: Result) -> tuple[str, ...]:
    notes = [*values[0].assumptions, *values[1].assumptions]
    if result.source == "figure":
        notes.append("A review read the values off a figure of the report.")
    if pair.measure.unit == "percent":
        notes.append("A percentage of baseline is no scale point: it is standardised by its own spread.")
    if pair.control.kind == "auc":
        notes.append("An area under daily ratings is read as their average.")
    return tuple(dict.fromkeys(notes))
