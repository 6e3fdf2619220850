"""Traffic lights of the reports: the judgements of the table, for the trials that the report counts."""

from __future__ import annotations

from evidence import dataset, report
from evidence.charts.figure import Figure
from evidence.report.standards import riskofbias
from evidence.rob import DOMAINS, assessments

OUTCOME = "pain_intensity"


def test_the_lights_of_a_report_are_those_of_its_trials() -> None:
    ds = dataset.load()
    crps = report.Report("ketamine", "crps")
    figure = crps.risk_of_bias()
    assert isinstance(figure, Figure)
    studies = crps.flow["said"].studies
    found = assessments(ds, list(studies), OUTCOME)
    drawn = {(row["href"].rpartition("study-")[2], row["domain"]): row["judgement"] for row in _rows(figure)}
    assert {study for study, _ in drawn} == set(studies)
    for (study, domain), judgement in drawn.items():
        item = found[study]
        assert judgement == (item.overall if domain == "Overall" else item.judgement(domain))


def _rows(figure: Figure) -> list[dict[str, str]]:
    return [{str(name): str(cell) for name, cell in row.items()} for row in figure.data.to_dict("records")]


def test_every_judgement_of_the_review_is_counted_once() -> None:
    """11 low and 18 of some concerns: counted in the file, a study with two populations twice."""
    ds = dataset.load()
    table = ds.rows("rob2", domain="D1", outcome=OUTCOME)
    figure = riskofbias.summary(ds, "s", "T", OUTCOME)
    trials = len(ds.rows("studies"))
    (row,) = [row for row in figure.twin.rows if row[0].text == "randomisation process"]
    low, concerns, high, untold = (cell.value or 0.0 for cell in row[1:])
    counted = table["judgement"].value_counts()
    assert round(low * trials / 100) == counted["low"]
    assert round(concerns * trials / 100) == counted["some concerns"]
    assert high == 0
    assert round(untold * trials / 100) == trials - len(table)


def test_trials_of_one_name_are_told_apart() -> None:
    ds = dataset.load()
    twins = ["MorphiDexIIIa2002", "MorphiDexIIIb2002"]
    figure = riskofbias.lights(ds, "t", "T", twins, OUTCOME)
    names = [row[0].text for row in figure.twin.rows]
    assert len(set(names)) == len(twins)


def test_the_table_counts_each_drug_in_every_domain() -> None:
    ds = dataset.load()
    table = riskofbias.by_drug(ds, OUTCOME)
    assert len(table.columns) == 2 + len(DOMAINS)
    for row in table.rows:
        trials = row[1].value or 0
        for cell in row[2:]:
            judged = [int(part.split()[0]) for part in cell.text.split(", ") if part[0].isdigit()]
            assert sum(judged) <= trials
