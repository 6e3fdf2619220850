"""Where the parts of the book lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Project:
    """The folders of one checkout.

    Parameters
    ----------
    root : Path
        The folder that holds `_config.yml` and `_toc.yml`.
    """

    root: Path

    @property
    def library(self) -> Path:
        """The folder of the packages, as source."""
        return self.root / "lib"

    @property
    def data(self) -> Path:
        """The tables."""
        return self.root / "data"

    @property
    def build(self) -> Path:
        """Everything that can be made again."""
        return self.root / "_build"

    @property
    def executions(self) -> Path:
        """One record for each chapter that has run."""
        return self.build / "executions"

    @property
    def memo(self) -> Path:
        """What was computed from numbers alone."""
        return self.build / "memo.sqlite"

    @property
    def site(self) -> Path:
        """The published site."""
        return self.build / "html"

    @property
    def next_site(self) -> Path:
        """The site that is being written."""
        return self.build / "next" / "html"


def here() -> Project:
    """Return the checkout from which the library runs."""
    return Project(Path(__file__).resolve().parents[3])
