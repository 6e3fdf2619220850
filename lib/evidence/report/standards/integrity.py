"""The integrity of reports as pages show it: what each check tests, what does not fit, a sheet a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.integrity.checks import CHECKS, Check
from evidence.integrity.sheet import Sheet, count, sheets
from evidence.report.book.browse import Records
from evidence.report.sections.apart import study_names
from evidence.report.sections.trials import trial_link
from evidence.wording.html import Html, link
from evidence.wording.numbers import listing, percent, plural

#: What is not computed, on each sheet.
_NOT_ASSESSED: Final = Html(link("#checklist-inspect-sr", "every other check of INSPECT-SR"))


@dataclass(frozen=True, slots=True)
class Simulated:
    """A row of integrity_simulation.csv."""

    check: str
    setting: str
    tested: int
    misfits: int

    @property
    def words(self) -> str:
        """How many of how many did not fit."""
        return f"{self.misfits:,} of {self.tested:,} ({percent(100 * self.misfits / self.tested)})"


def checks(ds: Dataset) -> Table:
    """Return each check over all trials: how many it tests, how many do not fit, and its false alarms."""
    columns = (
        Column("Check"),
        Column("What it asks"),
        Column("Trials tested", "right"),
        Column("Trials with a misfit", "right"),
        Column("Results tested", "right"),
        Column("Results that do not fit", "right"),
        Column("Misfits among honest results", "right", "simulated, where the assumption of the check holds"),
    )
    return Table(
        "integrity-checks", "Checks run over all trials", columns, tuple(_row(ds, c) for c in CHECKS)
    )


def _row(ds: Dataset, check: Check) -> tuple[Cell, ...]:
    found = count(sheets(ds), check.key)
    counts = (found.trials, found.trials_failed, found.results, found.results_failed)
    return (
        Cell(check.name, detail=f"{check.source}. INSPECT-SR, check {check.item}."),
        Cell(check.asks),
        *(Cell(f"{number:,}", value=number) for number in counts),
        Cell(_simulated(ds, check.key)[0].words),
    )


def broken(ds: Dataset) -> Table:
    """Return how often each check finds a misfit in honest trials, setting by setting."""
    rows = tuple(
        (Cell(check.name), Cell(row.setting), Cell(row.words, value=row.misfits / row.tested))
        for check in CHECKS
        for row in _simulated(ds, check.key)
    )
    columns = (Column("Check"), Column("How the honest trials report"), Column("Do not fit", "right"))
    return Table("integrity-simulation", "Misfits among simulated honest results", columns, rows)


def _simulated(ds: Dataset, check: str) -> tuple[Simulated, ...]:
    return ds.records(Simulated, "integrity_simulation", check=check)


def misfits(ds: Dataset) -> Table:
    """Return every result that does not fit, with the numbers as printed."""
    found = {study: sheet for study, sheet in sheets(ds).items() if sheet.misfits}
    names = study_names(ds, found)
    rows = tuple(
        (Cell(trial_link(study, names[study])), Cell(check.name), Cell(fact.words))
        for study, sheet in found.items()
        for check in CHECKS
        for fact in sheet.facts.get(check.key, ())
        if not fact.fits
    )
    columns = (Column("Trial"), Column("Check"), Column("What does not fit"))
    return Table("integrity-misfits", "Results that do not fit", columns, rows)


def share(ds: Dataset) -> str:
    """Say for how many of the trials any check can be computed."""
    found = sheets(ds)
    tested = sum(bool(sheet.facts) for sheet in found.values())
    return f"{tested:,} of {plural(len(found), 'trial')}"


def trial_sheets(ds: Dataset) -> Records:
    """Return the sheet of every trial."""
    found = sheets(ds)
    names = study_names(ds, found)
    heads = ("Trial", "In short", *(check.name for check in CHECKS))
    heads += ("Not computable", "Notices that are recorded", "Not assessed")
    rows = tuple(_sheet(names[study], sheet) for study, sheet in found.items())
    return Records(
        "integrity-sheets", f"Integrity sheets of {plural(len(rows), 'trial')}", heads, rows, (0, 1)
    )


def _sheet(name: str, sheet: Sheet) -> tuple[Cell, ...]:
    missing = [check.name for check in CHECKS if sheet.outcome(check.key) == "not computable"]
    return (
        Cell(name),
        Cell(_short(sheet)),
        *(Cell(_said(sheet, check.key)) for check in CHECKS),
        Cell(listing(missing)),
        Cell("; ".join(sheet.notices)),
        Cell(_NOT_ASSESSED),
    )


def _short(sheet: Sheet) -> str:
    tested = sum(map(len, sheet.facts.values()))
    if not tested:
        return "nothing computable"
    wrong = len(sheet.misfits)
    fits = f"{wrong:,} {'does' if wrong == 1 else 'do'} not fit" if wrong else "no misfit"
    return f"{plural(tested, 'result')} tested, {fits}"


def _said(sheet: Sheet, check: str) -> str:
    facts = sheet.facts.get(check, ())
    if not facts:
        return ""
    wrong = [fact.words for fact in facts if not fact.fits]
    if not wrong:
        return f"passes ({plural(len(facts), 'result')})"
    return f"does not fit ({len(wrong):,} of {plural(len(facts), 'result')}): {'; '.join(wrong)}"
