"""The conversions as a calculator: what a report gives in, what a form needs out, with the source."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from evidence.desk.problems import DeskError
from evidence.meta import conversions, crossover

_NUMBER = re.compile(r"[-−]?\d+(\.\d+)?(e-?\d+)?")


def calculators() -> dict[str, Callable[..., Any]]:
    """Return every conversion by its name; those for crossover trials begin with ``crossover.``."""
    plain = {name: getattr(conversions, name) for name in conversions.__all__}
    paired = {f"crossover.{name}": found for name, found in vars(crossover).items() if _own(found, crossover)}
    return {name: found for name, found in {**plain, **paired}.items() if inspect.isfunction(found)}


def _own(found: object, module: object) -> bool:
    return inspect.isfunction(found) and inspect.getmodule(found) is module and found.__name__[0] != "_"


def listing() -> Iterator[str]:
    """Yield each calculator with what it takes and what it does."""
    for name, found in calculators().items():
        summary = (inspect.getdoc(found) or "").split("\n\n")[0].replace("\n", " ")
        yield f"{name} {' '.join(_takes(found))}\n    {summary}"


def _takes(found: Callable[..., Any]) -> Iterator[str]:
    for parameter in inspect.signature(found).parameters.values():
        optional = parameter.default is not parameter.empty
        yield f"[{parameter.name}=]" if optional else f"{parameter.name}="


def calculate(name: str, given: Sequence[str]) -> Iterator[str]:
    """Yield the result of a conversion, one line for each number, then where the formula stands.

    Parameters
    ----------
    name : str
        A name of `calculators`.
    given : sequence of str
        ``name=value`` for each argument: a number, or several with commas between.

    Raises
    ------
    DeskError
        No such conversion, an argument that it does not take or lacks, or values that it refuses.

    Examples
    --------
    >>> next(calculate("sd_from_se", ["se=0.5", "n=25"]))
    'sd_from_se = 2.5'
    """
    known = calculators()
    if name not in known:
        raise DeskError(f"no calculator {name!r}: `python -m evidence calculate` lists them")
    found = known[name]
    arguments = dict(_read(text) for text in given)
    usage = f"{name} takes {' '.join(_takes(found))}"
    try:
        result = found(**arguments)
    except (TypeError, ValueError) as error:
        raise DeskError(f"{name}: {error}; {usage}") from None
    yield from _shown(name, result)
    yield from _source(found)


def _read(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise DeskError(f"{text!r}: write name=value")
    parts = value.split(",")
    if all(_NUMBER.fullmatch(part) for part in parts):
        numbers = [float(part.replace("−", "-")) for part in parts]
        return name, numbers[0] if len(numbers) == 1 else np.array(numbers)
    if value in ("True", "False"):
        return name, value == "True"
    return name, value


def _shown(name: str, result: Any) -> Iterator[str]:
    if is_dataclass(result):
        for field in fields(result):
            yield from _shown(field.name, getattr(result, field.name))
    elif isinstance(result, Mapping):
        for key, value in result.items():
            yield from _shown(str(key), value)
    elif isinstance(result, str | bool) or result is None:
        yield f"{name} = {result}"
    else:
        numbers = np.asarray(result)
        if numbers.dtype.kind in "fiu":
            yield f"{name} = {', '.join(f'{value:.6g}' for value in np.atleast_1d(numbers))}"
        else:
            yield f"{name} = {result}"


def _source(found: Callable[..., Any]) -> Iterator[str]:
    """Yield the notes of a docstring: the formula's source."""
    notes = (inspect.getdoc(found) or "").partition("Notes\n-----\n")[2].partition("\n\n")[0]
    if notes:
        yield f"({' '.join(notes.split())})"
