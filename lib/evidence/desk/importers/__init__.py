"""What a file from elsewhere says of a study: RIS, BibTeX, PubMed `.nbib`, ClinicalTrials.gov JSON."""

from evidence.desk.importers.read import read_study

__all__ = ["read_study"]
