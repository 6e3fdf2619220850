"""The calculator reaches every conversion, says what a form needs, and refuses with what it takes."""

import pytest

from evidence.cli import main
from evidence.desk.calculate import calculate, calculators, listing
from evidence.desk.problems import DeskError
from evidence.meta import conversions, crossover


def test_every_conversion_is_a_calculator_and_is_listed() -> None:
    known = calculators()
    assert {name for name in conversions.__all__ if name[0].islower()} <= known.keys()
    assert known["crossover.smd_from_p"] is crossover.smd_from_p
    assert known["smd_from_p"] is conversions.smd_from_p
    lines = list(listing())
    assert len(lines) == len(known)
    assert all(line.split("\n    ")[1].strip() for line in lines)


def test_the_handbooks_example_of_a_standard_error() -> None:
    """Handbook 6.5.2.2: SD = SE × √N, and the interval 30 to 34.2 of 25 people: 5.09 with t."""
    assert next(calculate("sd_from_se", ["se=2", "n=16"])) == "sd_from_se = 8"
    (line, *_) = calculate("sd_from_ci", ["low=30", "high=34.2", "n=25", "distribution=t"])
    assert float(line.split(" = ")[1]) == pytest.approx(5.09, abs=0.005)


def test_several_numbers_and_results_with_several_fields() -> None:
    lines = list(calculate("combine_arms", ["n=10,10", "mean=4,6", "sd=2,2"]))
    shown = dict(line.split(" = ") for line in lines if " = " in line and line[0] != "(")
    assert (shown["n"], shown["mean"]) == ("20", "5")
    assert float(shown["sd"]) == pytest.approx(((18 * 4 + 10 * 10 / 20 * 4) / 19) ** 0.5, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("sd_of_nothing", [], "lists them"),
        ("sd_from_se", ["se=2"], "sd_from_se takes se= n="),
        ("sd_from_se", ["se=2", "n=16", "p=1"], "sd_from_se takes"),
        ("sd_from_se", ["se=-2", "n=16"], "sd_from_se takes"),
        ("sd_from_se", ["2"], "name=value"),
    ],
)
def test_what_cannot_be_computed_is_told(name: str, given: list[str], message: str) -> None:
    with pytest.raises(DeskError, match=message):
        list(calculate(name, given))


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calculate", "sd_from_se", "se=0.5", "n=25"]) == 0
    assert capsys.readouterr().out.startswith("sd_from_se = 2.5\n")
    assert main(["calculate", "sd_from_se"]) == 1
    assert "takes se= n=" in capsys.readouterr().err
