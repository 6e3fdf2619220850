"""What a file from elsewhere says of a study: reference managers, databases, ClinicalTrials.gov."""

from evidence.desk.importers.article import Imported
from evidence.desk.importers.read import read_records, read_study

__all__ = ["Imported", "read_records", "read_study"]
