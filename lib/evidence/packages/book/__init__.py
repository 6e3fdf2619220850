"""A book from a package: its tables, its chapters, and what the chapters say.

Chapters ask `chapter` for a comparison; what it returns shows analyses as the review set them up and as this
library analyses them again.
"""

from evidence.packages.book.chapter import Chapter, chapter, described, front

__all__ = ["Chapter", "chapter", "described", "front"]
