"""This book: claims and their verdicts, errors in reports, comparisons with named reviews."""
