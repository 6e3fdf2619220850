"""What the literature gets wrong: errors found in the reports, each with the arithmetic that shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evidence import dataset
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.integrity import recheck
from evidence.question import ArmRow, ContrastRow
from evidence.question.records import records
from evidence.report.sections.apart import study_names
from evidence.report.sections.reviews import Review
from evidence.wording.labels import spaced
from evidence.wording.numbers import listing, number, p_value

_COLUMNS: Final = (
    Column("Report"),
    Column("What is printed"),
    Column("What the numbers give"),
    Column("Warning in the data"),
)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A row of flags.csv."""

    study_id: str
    flag: str
    severity: str
    detail: str


@dataclass(frozen=True, slots=True)
class Case:
    """One error: where, what is printed, what the numbers give, and the flags that warn of it."""

    study_id: str
    printed: str
    computed: str
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Misreported:
    """Errors of reporting, recomputed from the tables."""

    ds: Dataset

    def arm(self, study_id: str, measure: str, time_label: str, drug: str | None) -> ArmRow:
        """Return one arm's row; `drug` None is the control.

        Raises
        ------
        ValueError
            When the table holds no such row, or more than one.
        """
        rows = self.ds.rows(
            "arm_results", study_id=study_id, measure=measure, time_label=time_label, drug=drug
        )
        found = records(rows, ArmRow)
        if len(found) != 1:
            raise ValueError(f"{study_id}: {len(found)} rows for {measure!r} at {time_label!r}, not 1")
        return found[0]

    def detail(self, study_id: str, flag: str) -> str:
        """Return the detail of a flag.

        Raises
        ------
        ValueError
            When the study does not carry it.
        """
        rows = records(self.ds.rows("flags", study_id=study_id, flag=flag), Flagged)
        if not rows:
            raise ValueError(f"{study_id} does not carry the flag {flag!r}")
        return rows[0].detail

    def table(self, key: str, caption: str, cases: Sequence[Case]) -> Table:
        """List cases."""
        names = study_names(self.ds, [case.study_id for case in cases])
        rows = tuple(
            (
                Cell(names[case.study_id]),
                Cell(case.printed),
                Cell(case.computed),
                Cell("; ".join(map(spaced, case.flags)), detail=self._details(case)),
            )
            for case in cases
        )
        return Table(f"misreported-{key}", caption, _COLUMNS, rows)

    def _details(self, case: Case) -> str:
        return "\n".join(self.detail(case.study_id, flag) for flag in case.flags)

    def spreads(self) -> Table:
        """A standard error that looks like a standard deviation, or the other way round."""
        cases = [
            self._spread("Sigtermans2009", "NRS", "end of week 1", "ketamine", "spread_settled"),
            self._spread(
                "Shanmugam2019", "migraine frequency per 4 weeks", "week 24", "memantine", "spread_unlabelled"
            ),
            self._spread("Meidany2023", "VAS", "60 min", "ketamine", "implausible_spread"),
        ]
        return self.table("spreads", "Standard error or standard deviation?", cases)

    def _spread(self, study_id: str, measure: str, time: str, drug: str, flag: str) -> Case:
        first = self.arm(study_id, measure, time, drug)
        second = self.arm(study_id, measure, time, None)
        values = [_spread_of(row) for row in (first, second)]
        assert first.mean is not None and second.mean is not None and first.n and second.n
        args = (first.mean - second.mean, values[0], values[1], first.n, second.n)
        readings = [
            f"read as {name}, d is {number(abs(recheck.standardised(*args, se=se)))} and t "
            f"{number(abs(recheck.t_of_means(*args, se=se)))}"
            for name, se in (("a standard deviation", False), ("a standard error", True))
        ]
        printed = (
            f"{first.measure}, {time}: {number(first.mean, 2)} ± {number(values[0], 2)} v "
            f"{number(second.mean, 2)} ± {number(values[1], 2)}, {first.n} v {second.n} people"
        )
        return Case(study_id, printed, f"{'; '.join(readings)}", (flag,))

    def ranges(self) -> Table:
        """A spread that its own scale does not allow, or that its twin does not."""
        macian = self.detail("Macian2022", "implausible_spread")
        sd, low, high = (float(v) for v in _need(r"SD of ([\d.]+).*scores (\d+)-(\d+)", macian))
        graven = self.detail("GravenNielsen2000", "implausible_spread")
        small, large = (float(v) for v in _need(r"SE ([\d.]+) beside a placebo value of ([\d.]+)", graven))
        cases = [
            Case(
                "Macian2022",
                f"SD {number(sd)} for scores from {number(low, 0)} to {number(high, 0)}",
                f"scores in that range cannot have an SD above about {number(recheck.largest_sd(low, high))}",
                ("implausible_spread",),
            ),
            Case(
                "GravenNielsen2000",
                f"SE {number(small)} in one arm and {number(large)} in the other",
                f"{number(large / small, 0)} times as large, for the same variable",
                ("implausible_spread",),
            ),
        ]
        return self.table("ranges", "Spreads that cannot be", cases)

    def nnt(self) -> Table:
        """An interval of a number needed to treat that hides no effect."""
        detail = self.detail("Maier2003", "interval_error")
        printed = _need(r"NNT ([\d.]+ \([\d.]+ to [\d.]+\))", detail)[0]
        counts = [
            self.arm("Maier2003", ">50% PLP relief", "week 3 steady state", drug)
            for drug in ("memantine", None)
        ]
        events = [value for row in counts for value in (row.events or 0, row.total or 0)]
        needed = recheck.number_needed_of(*events)
        text = (
            f"{events[0]} of {events[1]} v {events[2]} of {events[3]}: risk difference "
            f"{number(needed.benefit, 2)} ({number(needed.benefit_low, 2)} to "
            f"{number(needed.benefit_high, 2)}); {needed.text}; Fisher's {p_value(recheck.exact_p(*events))}"
        )
        case = Case("Maier2003", f"NNT {printed}", text, ("interval_error",))
        return self.table("nnt", "A number needed to treat whose interval leaves out infinity", [case])

    def percentages(self) -> Table:
        """Percentages that no whole number of people gives."""
        mohanty = self.detail("Mohanty2018", "integrity")
        shares, people = re.findall(r"(\d+)%", mohanty), int(_need(r"with (\d+) patients", mohanty)[0])
        none = recheck.impossible(shares, people)
        step = 100 / people
        sigtermans = self.detail("Sigtermans2009", "denominator_unclear")
        first, second = _need(r"(\d+)% and (\d+)%", sigtermans)
        total = int(_need(r"from (\d+) people", sigtermans)[0])
        fits = "; ".join(f"{share}% fits {_fits(share, total)}" for share in (first, second))
        lost = recheck.impossible((first, second), total)
        cases = [
            Case(
                "Mohanty2018",
                f"{listing(f'{share}%' for share in shares)} of {people} people",
                f"{listing(f'{share}%' for share in none)} impossible: one person of {people} is "
                f"{number(step, 0)}%, so that every percentage is a multiple of it",
                ("integrity",),
            ),
            Case(
                "Sigtermans2009",
                f"{first}% and {second}% of {total} people per arm",
                f"{listing(f'{share}%' for share in lost)} of {total} is no whole number of people; with up "
                f"to three missing, {fits}",
                ("denominator_unclear",),
            ),
        ]
        return self.table("percentages", "Percentages that no number of people gives", cases)

    def same_p(self) -> Table:
        """Exact p-values that two trials of one author share."""
        pair = ("Amr2010", "Amr2011a")
        found = {study: self._exact(study) for study in pair}
        shared = sorted(set(found[pair[0]]) & set(found[pair[1]]), reverse=True)
        cases = [
            Case(
                study,
                "; ".join(f"{p_value(p)} at {found[study][p]}" for p in shared),
                f"{len(shared)} of {len(found[study])} exact p-values are those of the other trial, with "
                "another route, other people and other days",
                ("integrity",),
            )
            for study in pair
        ]
        return self.table("same-p", "The same p-values in two trials", cases)

    def _exact(self, study_id: str) -> dict[float, str]:
        rows = records(self.ds.rows("contrasts", study_id=study_id, p_operator="="), ContrastRow)
        return {row.p_value: row.time_label or "" for row in rows if row.p_value is not None}

    def p_values(self) -> Table:
        """p-values that the printed numbers do not give."""
        where = ("Noppers2011", "pain VAS/FIQ pain >50% reduction", "15 min after end of infusion")
        rows = [self.arm(*where, drug) for drug in ("ketamine", None)]
        counts = [value for row in rows for value in (row.events or 0, row.total or 0)]
        noppers = Case(
            "Noppers2011",
            f"{counts[0]} of {counts[1]} v {counts[2]} of {counts[3]}, {p_value(0.05, '<')}",
            f"Fisher's exact test {p_value(recheck.exact_p(*counts))}; chi-square without correction "
            f"{p_value(recheck.chi_square_p(*counts))}",
            ("p_does_not_fit",),
        )
        cases = [noppers, self._shahrami(), self._yousef(), self._brill()]
        return self.table("p-values", "p-values that the numbers do not give", cases)

    def _shahrami(self) -> Case:
        first, second = (self.arm("Shahrami2015", "NRS", "2 h", drug) for drug in ("magnesium", None))
        assert first.mean is not None and first.sd is not None and first.n
        assert second.mean is not None and second.sd is not None and second.n
        found = recheck.welch_p(first.mean, first.sd, first.n, second.mean, second.sd, second.n)
        printed = (
            f"{number(first.mean)} (SD {number(first.sd, 2)}) v {number(second.mean)} "
            f"(SD {number(second.sd, 2)}) at 2 h, {first.n} v {second.n} people, {p_value(0.0001, '<')}"
        )
        return Case("Shahrami2015", printed, f"Welch's t-test {p_value(found)}", ("p_does_not_fit",))

    def _yousef(self) -> Case:
        times = ("baseline", "6 months")
        before, after = (self.arm("Yousef2013", "NRS", time, "magnesium") for time in times)
        assert before.mean is not None and before.sd is not None and before.n
        assert after.mean is not None and after.sd is not None and after.n
        found = recheck.welch_p(before.mean, before.sd, before.n, after.mean, after.sd, after.n)
        detail = self.detail("Yousef2013", "integrity")
        stated = float(_need(r"P = ([\d.]+)", detail)[0])
        printed = (
            f"{number(before.mean)} (SD {number(before.sd)}) to {number(after.mean)} "
            f"(SD {number(after.sd)}), "
            f"{before.n} people, {p_value(stated)}"
        )
        computed = f"a t-test that ignores the pairing gives {found:.0e}; and the test is within one arm"
        return Case("Yousef2013", printed, computed, ("integrity",))

    def _brill(self) -> Case:
        rows = records(self.ds.rows("contrasts", study_id="Brill2002", p_operator="="), ContrastRow)
        printed = "; ".join(f"{p_value(row.p_value)} at {row.time_label}" for row in rows if row.p_value)
        pairs = 7
        least = recheck.smallest_sign_p(pairs)
        return Case(
            "Brill2002",
            printed,
            f"{p_value(least)} is the smallest that {pairs} pairs can give: all moved the same way, no more",
            ("smallest_possible_p",),
        )

    def reviews(self) -> Table:
        """p-values printed beside intervals in a review, and the p-values that the intervals imply."""
        found = records(
            self.ds.rows("reviews", review_id="Michelet2018", outcome="pain_intensity", effect="MD"), Review
        )
        rows = tuple(
            (
                Cell(row.label, href=row.address),
                Cell(row.time_label or ""),
                Cell(f"{row.result}; P {_printed_p(row)}"),
                Cell(p_value(recheck.interval_p(row.estimate, row.ci_low, row.ci_high))),
            )
            for row in found
            if row.estimate is not None and row.ci_low is not None and row.ci_high is not None
        )
        columns = (
            Column("Review"),
            Column("Time"),
            Column("As printed"),
            Column("What the interval implies"),
        )
        return Table("misreported-reviews", "p-values beside intervals in a review", columns, rows)

    def contradiction(self) -> str:
        """Say how many intervals of a review that claims no difference exclude zero."""
        rows = records(self.ds.rows("reviews", review_id="BrunaMejias2024"), Review)
        known = [(row.ci_low, row.ci_high) for row in rows if row.ci_low is not None]
        out = sum(low > 0 or (high is not None and high < 0) for low, high in known)
        return f"{out} of its {len(known)} intervals exclude zero"

    def doses(self) -> Table:
        """Doses that differ by tenfold or more between two texts on one trial."""
        cases = []
        for study, flag in (
            ("Lauretti2002", "conflict_between_sources"),
            ("Kim2015", "inconsistent_within_source"),
        ):
            values = re.findall(r"([\d.]+) mg/kg", self.detail(study, flag))
            pair = sorted(float(value) for value in values[:2])
            cases.append(
                Case(
                    study,
                    f"{' and '.join(values[:2])} mg/kg for one dose",
                    f"a factor of {number(pair[1] / pair[0], 0)}",
                    (flag,),
                )
            )
        return self.table("doses", "One dose, two numbers", cases)

    def changes(self) -> Table:
        """Changes that are not the difference of the printed means."""
        measure = "migraine attacks per month"
        parts = []
        for drug in ("memantine", None):
            before = self.arm("VazquezGuevara2023", measure, "baseline", drug).mean or 0.0
            after = self.arm("VazquezGuevara2023", measure, "month 3", drug).mean or 0.0
            stated = self.arm("VazquezGuevara2023", f"{measure} (decrease)", "month 3", drug).mean or 0.0
            parts.append((before, after, stated))
        vazquez = Case(
            "VazquezGuevara2023",
            "; ".join(f"{number(b, 2)} to {number(a, 2)}, a fall of {number(s, 2)}" for b, a, s in parts),
            "falls of " + listing(number(b - a, 2) for b, a, _ in parts),
            ("conflict_between_sources",),
        )
        return self.table("changes", "Changes that do not add up", [self._maier(), vazquez])

    def _maier(self) -> Case:
        parts = []
        for drug in ("memantine", None):
            before = self.arm("Maier2003", "NRS phantom limb pain", "baseline", drug)
            after = self.arm(
                "Maier2003", "NRS phantom limb pain", "on treatment (steady state, about week 3)", drug
            )
            relief = self.arm("Maier2003", "mean % pain relief", "week 3 steady state", drug)
            assert before.mean and after.mean is not None and relief.mean is not None
            fall = 100 * (before.mean - after.mean) / before.mean
            parts.append((before.mean, after.mean, relief.mean, fall))
        printed = "; ".join(
            f"{number(b)} to {number(a)}, mean relief {number(r, 0)}%" for b, a, r, _ in parts
        )
        computed = "the means fall by " + listing(f"{number(f, 0)}%" for *_, f in parts)
        return Case(
            "Maier2003",
            printed,
            f"{computed}: the order of the arms is reversed",
            ("inconsistent_within_source",),
        )

    def swapped(self) -> Table:
        """Arms, or strengths, that change places between or inside texts."""
        wanted = (
            ("Singh2017", "attribution_unclear"),
            ("VazquezGuevara2023", "conflict_between_sources"),
            ("EpiCeptPHN2009", "combination_product"),
            ("Mogahed2017", "attribution_unclear"),
        )
        names = study_names(self.ds, [study for study, _ in wanted])
        rows = tuple((Cell(names[study]), Cell(self.detail(study, flag))) for study, flag in wanted)
        columns = (Column("Report"), Column("What is swapped or unclear"))
        return Table("misreported-swapped", "Which arm is which?", columns, rows)

    def warnings(self) -> Table:
        """Count the flags of the data: how many studies carry each, with its meaning."""
        rows = records(self.ds.rows("flags"), Flagged)
        kinds = self.ds.rows("flag_kinds")
        meanings = dict(zip(kinds["flag"], kinds["meaning"], strict=True))
        counts: dict[str, set[str]] = {}
        for row in rows:
            if not row.flag.startswith("waive_"):
                counts.setdefault(row.flag, set()).add(row.study_id)
        ordered = sorted(counts, key=lambda flag: (-len(counts[flag]), flag))
        cells = tuple(
            (
                Cell(spaced(flag)),
                Cell(f"{len(counts[flag])}", value=len(counts[flag])),
                Cell(str(meanings[flag])),
            )
            for flag in ordered
        )
        columns = (Column("Warning"), Column("Studies", "right"), Column("Meaning"))
        return Table("misreported-warnings", "All warnings in the data", columns, cells)


def misreported() -> Misreported:
    """Return the errors found in the reports of the project's tables."""
    return Misreported(dataset.load())


def _spread_of(row: ArmRow) -> float:
    spread = row.se if row.se is not None else row.sd
    if spread is None:
        raise ValueError(f"{row.study_id}, {row.arm}: no spread is printed")
    return spread


def _fits(share: str, total: int) -> str:
    found = recheck.fitting_totals(share, total, total - 3)
    return listing(f"{events} of {people}" for events, people in found) or "none"


def _printed_p(row: Review) -> str:
    return _need(r"prints P (\S+)", row.notes or "")[0]


def _need(pattern: str, text: str) -> tuple[str, ...]:
    """Return the groups of a pattern in a text.

    Raises
    ------
    ValueError
        When the text has changed and no longer holds it.
    """
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"the text {text!r} no longer says {pattern!r}: bring the page in line with it")
    return found.groups()
