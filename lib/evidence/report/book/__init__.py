"""What stands around the reports: front page, overviews, tables, changes, the engine."""
