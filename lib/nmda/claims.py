"""The public claims, in our words, as claims.csv holds them."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.dataset import Dataset
from evidence.wording.html import escape


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of claims.csv."""

    claim_id: str
    claim: str
    in_scope_of_cochrane_2025: str
    what_would_test_it: str | None

    def _repr_html_(self) -> str:
        scope = "inside" if self.in_scope_of_cochrane_2025 == "yes" else "outside"
        return (
            f'<blockquote class="ev-claim"><p>{escape(self.claim)}</p>'
            f"<footer>Claim {escape(self.claim_id)}; {scope} the scope of the Cochrane review of 2025."
            f"</footer></blockquote>"
        )


def claim(ds: Dataset, claim_id: str) -> Claim:
    """Return one claim.

    Raises
    ------
    ValueError
        When claims.csv has no such claim.
    """
    found = ds.records(Claim, "claims", claim_id=claim_id)
    if not found:
        raise ValueError(f"claims.csv has no claim {claim_id!r}")
    return found[0]
