"""Public claims tested: each claim, whether the review covered it, what the data say, the verdict by rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from evidence import dataset
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.grade.certainty import NAME
from evidence.report.report import Report
from evidence.report.sections.harm_line import harm_line
from evidence.report.sections.headline import headline
from evidence.report.sections.safety import Safety
from evidence.wording.html import escape
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import listing, plural
from nmda import verdicts
from nmda.beside import COCHRANE
from nmda.claims import Claim, claim
from nmda.facts import Finding, HarmRatio, finding
from nmda.mood import Beyond
from nmda.review_says import covered_by_review
from nmda.verdicts import Judged

_LASTING: Final = ("immediate", "short", "medium", "long")
_SCALE: Final = 100  # points: an interval wider than the scale of pain
_SOON: Final = ("immediate", "short")
_INSIDE: Final = "chronic pain other than cancer pain and headache"
_INTERMITTENT: Final = re.compile(r"\d\s*(?:h|hours?)\s*(?:per day|daily|a day|/\s*day)")
_NAMED_HARMS: Final = ("psychotomimetic", "nausea", "vomiting")
_ILLNESSES: Final = {
    "chronic kidney disease": ("kidney", "renal", "uraem"),
    "COPD": ("copd", "pulmonary"),
    "type-2 diabetes, apart from nerve pain": ("type_2_diabetes",),
    "rheumatoid arthritis": ("rheumatoid",),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim with its verdict.

    Attributes
    ----------
    claim : Claim
    judged : Judged
    rule : str
        The rule in words.
    review : str
        Whether and how the review covered it.
    """

    claim: Claim
    judged: Judged
    rule: str
    review: str

    @property
    def verdict(self) -> str:
        """The place on the scale."""
        return self.judged.verdict

    def _repr_html_(self) -> str:
        items = (("What the data say", self.judged.said), ("Did the review cover it?", self.review))
        said = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in items)
        return (
            f'<section class="ev-check" id="claim-{escape(self.claim.claim_id)}">'
            f'<blockquote class="ev-claim"><p>{escape(self.claim.claim)}</p>'
            f"<footer>Claim {escape(self.claim.claim_id)}</footer></blockquote>"
            f'<p class="ev-verdict"><strong>Verdict: {escape(self.verdict)}.</strong> '
            f"{escape(verdicts.MEANINGS[self.judged.verdict])}</p>"
            f'<dl>{said}</dl><details class="ev-more"><summary>The rule</summary><p>{escape(self.rule)}</p>'
            "</details></section>"
        )


@dataclass(frozen=True)
class FactCheck:
    """Everything that the claims are tested with."""

    ds: Dataset

    @cached_property
    def mid(self) -> float:
        """Smallest difference that matters, in points."""
        return float(self.ds.setting("main_mid"))

    @cached_property
    def safety(self) -> Safety:
        """The harms."""
        return Safety(self.ds)

    @cached_property
    def _known(self) -> dict[str, Checked]:
        """The claims tested so far: several sentences rest on the same test."""
        return {}

    def findings(
        self,
        drug: str,
        condition: str | None = None,
        detail: str | None = None,
        *,
        windows: Sequence[str] = _LASTING,
        route: str | None = None,
    ) -> tuple[Finding, ...]:
        """Return what trials come to on pain, one finding for each route and window."""
        report = Report(drug, condition, detail, ds=self.ds)
        return tuple(
            finding(analysis)
            for analysis in report.analyses
            if analysis.question.window in windows and route in (None, analysis.question.route)
        )

    def ratios(self, harms: Sequence[str], route: str | None = None) -> tuple[HarmRatio, ...]:
        """Return the risk ratios of ketamine against placebo, with a gap for a harm that has none."""
        found = [
            HarmRatio(
                labels_of(self.ds).outcome(f.harm.outcome),
                f.harm.route,
                *f.harm.posterior.shown[1:],
                f.harm.posterior.shown[0],
                f.harm.posterior.level,
            )
            for f in self.safety.ratios
            if f.drug == "ketamine" and f.inert and f.harm.outcome in harms and route in (None, f.harm.route)
            if f.harm.posterior is not None
        ]
        named = {ratio.harm for ratio in found}
        gaps = [
            HarmRatio(labels_of(self.ds).outcome(harm), "")
            for harm in harms
            if labels_of(self.ds).outcome(harm) not in named
        ]
        return (*found, *gaps)

    def check(self, claim_id: str) -> Checked:
        """Test one claim.

        Raises
        ------
        ValueError
            When claims.csv has no such claim, or it is testable and no rule is written for it.
        """
        if claim_id not in self._known:
            self._known[claim_id] = self._check(claim_id)
        return self._known[claim_id]

    def _check(self, claim_id: str) -> Checked:
        row = claim(self.ds, claim_id)
        review = covered_by_review(self.ds, row)
        judged = verdicts.outside(row.what_would_test_it)
        if judged is not None:
            return Checked(row, judged, rule_of(verdicts.outside), review)
        if claim_id not in _TESTS:
            raise ValueError(
                f"no rule is written for claim {claim_id}: add one to fact_check, or say in claims.csv that "
                "it lies outside the data"
            )
        rule, test = _TESTS[claim_id]
        return Checked(row, test(self), rule_of(rule), review)

    def table(self) -> Table:
        """List every claim with its verdict."""
        ids = [str(value) for value in self.ds.rows("claims")["claim_id"]]
        checks = [self.check(claim_id) for claim_id in ids]
        columns = (Column("Claim"), Column("In our words"), Column("Verdict"))
        rows = tuple(
            (Cell(c.claim.claim_id, href=f"#claim-{c.claim.claim_id}"), Cell(c.claim.claim), Cell(c.verdict))
            for c in checks
        )
        return Table("claims-all", "The claims and what became of them", columns, rows)

    @cached_property
    def story(self) -> tuple[str, ...]:
        """What a news story should have said, in five sentences made from results."""
        return (self._relief(), self._conditions(), self._harms(), self._unmeasured(), self._others())

    def _relief(self) -> str:
        ketamine = Report("ketamine", ds=self.ds)
        asked = [a for a in ketamine.by_route("intravenous") if a.question.window in _SOON]
        known = [(a, found) for a in asked if (found := headline(a)) is not None]
        if not known:
            return "No trial of intravenous ketamine gives a number for pain after the infusion."
        parts = [
            f"{f.change} pain ({f.interval}) {a.when}, with {a.certainty.level} {NAME}" for a, f in known
        ]
        wide = any(found.high - found.low > _SCALE for _, found in known)
        open_ = ": intervals this wide leave almost any effect possible" if wide else ""
        return f"Against placebo, intravenous ketamine went with {listing(parts)}{open_}."

    def _conditions(self) -> str:
        named = {
            "C02": "fibromyalgia",
            "C03": "diabetic nerve pain",
            "C04": "migraine",
            "C05": "complex regional pain syndrome after ten-day infusions",
        }
        by_verdict: dict[str, list[str]] = {}
        for claim_id, words in named.items():
            by_verdict.setdefault(self.check(claim_id).verdict, []).append(words)
        parts = [f"{verdict} for {listing(conditions)}" for verdict, conditions in by_verdict.items()]
        return f"That ketamine brings relief for days or weeks is, by the trials found, {'; '.join(parts)}."

    def _harms(self) -> str:
        found = harm_line(self.ds, "ketamine", "intravenous").counted
        fact = next(fact for fact in found if fact.outcome == "psychotomimetic")
        route = f"whether harms are worse through a vein than by another route is {self.check('C07').verdict}"
        had = f"{fact.words('ketamine')} had psychotomimetic effects, such as {fact.name}"
        return f"Through a vein, {had}; {route}."

    def _unmeasured(self) -> str:
        opioids, mood = (_as_clause(self.check(claim_id).judged.reason) for claim_id in ("C08", "C09"))
        unknown = "what was not measured is not known to be absent"
        return f"On opioid use, {opioids}; on depression, {mood}; {unknown}."

    def _others(self) -> str:
        judged = self.check("C10").judged
        others = "memantine, dextromethorphan, amantadine and magnesium"
        return f"That {others} bring no benefit is {judged.verdict}: {_as_clause(judged.reason)}."

    def scale(self) -> Table:
        """List the verdicts and what they mean."""
        rows = tuple((Cell(verdict), Cell(meaning)) for verdict, meaning in verdicts.MEANINGS.items())
        return Table("claims-scale", "The scale of verdicts", (Column("Verdict"), Column("Meaning")), rows)


def _as_clause(reason: str) -> str:
    """Return a sentence as a part of a longer one."""
    return f"{reason[:1].lower()}{reason[1:]}".rstrip(".")


def fact_check() -> FactCheck:
    """Return the tests of the claims on the project's tables."""
    return FactCheck(dataset.load())


def continuous(dose: str) -> bool:
    """Whether a dose names no hours per day, so that the infusion may have run without a break."""
    return _INTERMITTENT.search(dose.lower()) is None


def rule_of(rule: Callable[..., object]) -> str:
    """Return a rule in the words of its docstring."""
    return " ".join((rule.__doc__ or "").split())


def _c05(check: FactCheck) -> Judged:
    report = Report("ketamine", "crps", ds=check.ds)
    ids = list(report.selection.studies)
    days = check.ds.rows("interventions", study_id=ids, drug="ketamine", route="intravenous")
    given = [
        (study, float(length), str(dose))
        for study, length, dose in zip(
            days["study_id"], days["treatment_duration_days"], days["dose"], strict=True
        )
        if length == length
    ]
    labels = report.selection.studies
    said = listing(
        f"{labels[study].label} {length:g} days, {'' if continuous(dose) else 'not '}around the clock"
        for study, length, dose in given
    )
    tested = any(length >= 10 and continuous(dose) for _, length, dose in given)
    found = check.findings("ketamine", "crps", windows=("short",), route="intravenous")
    return verdicts.regimen_relief(tested, f"{said}.", found, check.mid)


def _c10(check: FactCheck) -> Judged:
    others = [drug for drug in labels_of(check.ds).drugs if drug != "ketamine"]
    return verdicts.no_benefit([f for drug in others for f in check.findings(drug)], check.mid)


def _c11(check: FactCheck) -> Judged:
    studies = check.ds.rows("studies")
    details = dict(zip(studies["study_id"], studies["condition_detail"].fillna("").astype(str), strict=True))
    judged = verdicts.covered(
        {
            name: sum(_about(detail, words) for detail in details.values())
            for name, words in _ILLNESSES.items()
        }
    )
    named = set(check.ds.rows("review_rows", review_id=COCHRANE)["study"].dropna()) & set(details)
    every = tuple(word for words in _ILLNESSES.values() for word in words)
    about = sum(_about(details[study], every) for study in named)
    nerve = sum("diabetic_neuropathy" in detail for detail in details.values())
    own = f"Of {plural(len(named), 'study', 'studies')} that the review's own rows name, {about or 'none'}"
    return Judged(
        judged.verdict,
        f"{judged.reason} {own} {'is' if about < 2 else 'are'} about any of them.",
        f"{plural(nerve, 'trial')} found for this book studied painful diabetic neuropathy.",
    )


def _about(detail: str, words: Sequence[str]) -> bool:
    return any(word in detail for word in words)


Test = Callable[[FactCheck], Judged]
_TESTS: Final[Mapping[str, tuple[Callable[..., object], Test]]] = {
    "C01": (verdicts.no_clear_relief, lambda c: verdicts.no_clear_relief(c.findings("ketamine"), c.mid)),
    "C02": (
        verdicts.relief,
        lambda c: verdicts.relief(c.findings("ketamine", "fibromyalgia", windows=_SOON), c.mid),
    ),
    "C03": (
        verdicts.relief,
        lambda c: verdicts.relief(
            c.findings("ketamine", "neuropathic", "diabetic_neuropathy", windows=_SOON), c.mid
        ),
    ),
    "C04": (
        verdicts.relief,
        lambda c: verdicts.relief(c.findings("ketamine", "headache", windows=_SOON), c.mid),
    ),
    "C05": (verdicts.regimen_relief, _c05),
    "C06": (verdicts.more_harm, lambda c: verdicts.more_harm(c.ratios(_NAMED_HARMS))),
    "C07": (
        verdicts.worse_by_route,
        lambda c: verdicts.worse_by_route(c.ratios(("any_adverse_event", *_NAMED_HARMS)), "intravenous"),
    ),
    "C08": (
        verdicts.not_shown,
        lambda c: verdicts.not_shown(Beyond(c.ds, "opioid_use").moods("ketamine"), _INSIDE),
    ),
    "C09": (
        verdicts.not_shown,
        lambda c: verdicts.not_shown(Beyond(c.ds, "depression").moods("ketamine"), _INSIDE),
    ),
    "C10": (verdicts.no_benefit, _c10),
    "C11": (verdicts.covered, _c11),
}
