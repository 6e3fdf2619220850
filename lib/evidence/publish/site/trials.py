"""The studies as things to link to: names, identifiers, addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

import pandas as pd

from evidence.dataset import Dataset
from evidence.question.records import Study

_REGISTRIES = (
    (r"NCT\d{8}", "https://clinicaltrials.gov/study/"),
    (r"ISRCTN\d+", "https://www.isrctn.com/"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One study. A field that the tables leave open is empty.

    Attributes
    ----------
    label : str
        First author and year.
    details : dict
        Every other column of `studies.csv` that is filled, as text.
    """

    study_id: str
    label: str
    title: str
    authors: str
    year: str
    journal: str
    doi: str
    pmid: str
    registration: str
    sources: tuple[str, ...]
    details: dict[str, str]

    @property
    def doi_url(self) -> str:
        """Address of the DOI."""
        return f"https://doi.org/{quote(self.doi, safe='/:;().-_')}" if self.doi else ""

    @property
    def pubmed_url(self) -> str:
        """Address of the PubMed record."""
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid.isdigit() else ""

    @property
    def registrations(self) -> tuple[tuple[str, str], ...]:
        """Each registration with its address; empty for a registry whose addresses are not known here."""
        names = [name.strip() for name in self.registration.split(";")]
        return tuple((name, _registry_url(name)) for name in names if name)

    @property
    def url(self) -> str:
        """The best address: DOI, else PubMed, else a registry, else the source read."""
        registries = [url for _, url in self.registrations if url]
        return next(filter(None, (self.doi_url, self.pubmed_url, *registries, *self.sources)), "")


def read_trials(ds: Dataset) -> dict[str, Trial]:
    """Return every study by its id, in the order of the table; none where studies have no ids."""
    if "study_id" not in ds.contract.table("studies").header:
        return {}
    labels = {study.study_id: study.label for study in ds.records(Study, "studies")}
    rows = ds.rows("studies").to_dict("records")
    cells = [{str(name): _text(value) for name, value in row.items()} for row in rows]
    return {row["study_id"]: _trial(row, labels[row["study_id"]]) for row in cells}


def _trial(row: dict[str, str], label: str) -> Trial:
    details = dict(row)
    known = {name: details.pop(name) for name in ("study_id", "title", "year", "journal", "doi", "pmid")}
    return Trial(
        **known,
        label=label,
        authors=details.pop("authors_short"),
        registration=details.pop("registration"),
        sources=tuple(re.findall(r"https?://[^\s;]+", details.pop("source_url"))),
        details={name: value for name, value in details.items() if value},
    )


def _registry_url(registration: str) -> str:
    found = (base + registration for pattern, base in _REGISTRIES if re.fullmatch(pattern, registration))
    return next(found, "")


def _text(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
