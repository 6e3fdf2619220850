"""Thousands of reviews in one run: each analysis reproduced, analysed again, and judged by what changes."""
