"""Builds the site: runs the chapters that changed, then Sphinx."""
