"""ClinicalTrials.gov: the JSON record of one study, as its API (version 2) and its site give it."""

from evidence.desk.importers.registry.record import is_registry, registry

__all__ = ["is_registry", "registry"]
