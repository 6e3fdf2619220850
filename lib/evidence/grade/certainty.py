"""How sure anyone can be: GRADE by stated rules, so that an editor overrides a stated reason.

What comes out is called provisional, rule-based certainty: the rules stand in `evidence.grade.domains`, and
most trials were read as abstracts. It starts high for randomised trials and only falls: a high probability
that a drug works is no reason to be surer of the trials behind it. It stays below high where risk of bias
could be judged for less than half of the information.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from evidence.grade import domains
from evidence.grade.body import DOMAINS, Body, Domain, Target, Trial

Level: TypeAlias = Literal["high", "moderate", "low", "very low"]
LEVELS: Final[tuple[Level, ...]] = ("high", "moderate", "low", "very low")
#: What the rating is called wherever it stands.
NAME: Final = "provisional, rule-based certainty"
#: Heading of the rating without what risk of bias takes off it.
IF_LOW_BIAS: Final = "If risk of bias were low"


@dataclass(frozen=True, slots=True)
class Certainty:
    """The certainty of a body of evidence and the five ratings that make it.

    Attributes
    ----------
    domains : tuple of Domain
    unjudged : bool
        Whether risk of bias could be judged for less than half of the information, so that it is not high.
    target : str or None
        What it is certainty of; None where the trials do not tell a size.
    """

    domains: tuple[Domain, ...]
    target: Target | None = None
    unjudged: bool = False

    @property
    def level(self) -> Level:
        """The level as computed."""
        return _level(max(sum(domain.down for domain in self.domains), int(self.unjudged)))

    @property
    def if_low_bias(self) -> Level:
        """The level if no trial had a fault in how it was done."""
        return _level(sum(domain.down for domain in self.domains if domain.name != DOMAINS[0]))

    @property
    def symbols(self) -> str:
        """GRADE's four circles, filled as far as the certainty goes."""
        return symbols(self.level)

    @property
    def words(self) -> str:
        """Both lines: "very low; if risk of bias were low: low"."""
        return f"{self.level}; if risk of bias were low: {self.if_low_bias}"

    @property
    def steps(self) -> str:
        """What it was rated down for: "risk of bias −1, imprecision −2"; empty for nothing."""
        steps = [f"{domain.name} −{domain.down}" for domain in self.domains if domain.down]
        return ", ".join(steps) or ("not high: risk of bias not judged" if self.unjudged else "")


def symbols(level: Level) -> str:
    """Return GRADE's four circles of a level.

    Examples
    --------
    >>> symbols("low")
    '⊕⊕⊖⊖'
    """
    filled = 4 - LEVELS.index(level)
    return "⊕" * filled + "⊖" * (4 - filled)


def rate(body: Body, flag_domains: Mapping[str, str], overrides: Mapping[str, tuple[int, str]]) -> Certainty:
    """Rate a body of evidence from randomised trials.

    Parameters
    ----------
    flag_domains : mapping of str to str
        The GRADE domain to which a flag speaks, by flag code.
    overrides : mapping of str to (int, str)
        Editors' ratings: levels down and reason, by domain.
    """
    spread = domains.inconsistency(body)
    computed = (
        domains.risk_of_bias(body),
        spread,
        domains.imprecision(body, spread_counted=spread.down > 0),
        domains.indirectness(body, flag_domains),
        domains.missing_evidence(body, flag_domains),
    )
    rated = tuple(
        Domain(domain.name, *overrides[domain.name], overridden=True) if domain.name in overrides else domain
        for domain in computed
    )
    return Certainty(rated, body.target, domains.unjudged(body))


def _level(down: int) -> Level:
    return LEVELS[min(down, len(LEVELS) - 1)]


__all__ = ["DOMAINS", "LEVELS", "NAME", "Body", "Certainty", "Domain", "Level", "Trial", "rate", "symbols"]
