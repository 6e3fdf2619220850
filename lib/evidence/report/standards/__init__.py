"""Checks that guideline makers ask for."""
