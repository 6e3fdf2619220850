"""Everything the site's files are made from, gathered once for each build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evidence.dataset import Dataset
from evidence.publish.project import Project
from evidence.publish.site.around import Around
from evidence.publish.site.pages import Page
from evidence.publish.site.work import Work


@dataclass(frozen=True, slots=True)
class Book:
    """The book as it is published.

    Attributes
    ----------
    pages : dict
        By docname, in reading order.
    around : Around
        What the tables say around the texts of pages.
    """

    project: Project
    work: Work
    ds: Dataset
    around: Around
    pages: Mapping[str, Page]

    @property
    def reports(self) -> list[Page]:
        """The pages that report studies."""
        return [page for page in self.pages.values() if page.kind == "report"]

    def users(self, study_id: str) -> list[Page]:
        """Return the pages that use a study."""
        return [page for page in self.pages.values() if study_id in page.studies]
