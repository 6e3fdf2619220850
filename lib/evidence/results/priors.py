"""The named priors of the settings: as SMD, in points, and of log risk ratios."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from evidence.dataset import Dataset, once
from evidence.meta import HalfNormal, InverseGamma, LogTauSquared, Normal, StudentT
from evidence.meta.bayesian.mu_priors import MuPrior
from evidence.meta.bayesian.tau_priors import TauPrior

#: The prior that pages print; the others give the range.
PRIMARY: Final = "primary"
#: Priors that differ from the primary one in how much trials differ, and in nothing else.
NARROW: Final = "tight"
WIDE: Final = "wide"


@dataclass(frozen=True, slots=True)
class Prior:
    """A prior of the heterogeneity and of the mean effect, in one unit.

    Attributes
    ----------
    name : str
    says : str
        The prior in words, for a table.
    tau : TauPrior
    mu : MuPrior or None
        None is flat, and is used only where a trial gives a number.
    """

    name: str
    says: str
    tau: TauPrior
    mu: MuPrior | None

    def times(self, sd: float) -> Prior:
        """Return the same prior in points, of a standard deviation of so many."""
        return Prior(self.name, self.says, self.tau.times(sd), self.mu.times(sd) if self.mu else None)


@once
def priors(ds: Dataset) -> tuple[Prior, ...]:
    """Return the named priors on the scale of standardised mean differences, the primary one first.

    Their numbers and sources stand in settings.csv under ``prior_``.
    """

    value = _values(ds)
    unit, usual = Normal(0.0, value("mu_sd")), HalfNormal(value("tau_scale"))
    rhodes = LogTauSquared(value("rhodes_location"), value("rhodes_scale"), value("rhodes_df"))
    field_tau = InverseGamma(value("field_tau_shape"), value("field_tau_scale"))
    field_mu = StudentT(value("field_mu_df"), 0.0, value("field_mu_scale"))
    field = str(ds.setting("prior_field"))
    return (
        Prior(PRIMARY, f"tau half-normal {usual.scale:g} SMD", usual, unit),
        Prior(
            NARROW,
            f"tau half-normal {value('tau_scale_tight'):g} SMD",
            HalfNormal(value("tau_scale_tight")),
            unit,
        ),
        Prior(
            WIDE,
            f"tau half-normal {value('tau_scale_wide'):g} SMD",
            HalfNormal(value("tau_scale_wide")),
            unit,
        ),
        Prior(
            f"published reviews of {field}",
            f"tau as in reviews of drugs against placebo for {field}",
            rhodes,
            unit,
        ),
        Prior(
            f"Cochrane's {field} reviews",
            f"tau and mean effect as in Cochrane's {field} reviews",
            field_tau,
            field_mu,
        ),
        Prior(
            "sceptical", "large mean effects taken as unlikely", usual, Normal(0.0, value("mu_sd_sceptical"))
        ),
        Prior("flat", "every mean effect taken as equally likely", usual, None),
    )


@once
def event_priors(ds: Dataset) -> tuple[Prior, ...]:
    """Return the named priors of a log risk ratio of harms and other counted events, the primary one first.

    The numbers of the primary prior and of its narrow and wide neighbours are those of an SMD.
    """
    value = _values(ds)
    turner = LogTauSquared(value("turner_location"), value("turner_scale"), math.inf)
    says = "tau as in reviews of adverse events of drugs against placebo"
    alike = tuple(prior for prior in priors(ds) if prior.name in (PRIMARY, NARROW, WIDE))
    return (*alike, Prior("published reviews of adverse events", says, turner, alike[0].mu))


def _values(ds: Dataset) -> Callable[[str], float]:
    def value(key: str) -> float:
        return float(ds.setting(f"prior_{key}"))

    return value
