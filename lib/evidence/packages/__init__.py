"""Reviews as their authors publish them: read, reproduced, and turned into books and shelves.

`read_package` reads a data package of RevMan Web, a RevMan 5 file, a Metapsy data set or a plain CSV into one
small model of a review; `reproduce` computes its analyses as the review set them up.
"""

from evidence.packages.model import Analysis, Comparison, Estimate, Review, Settings, SubgroupTest
from evidence.packages.problems import PackageError
from evidence.packages.reader import read_package

__all__ = [
    "Analysis",
    "Comparison",
    "Estimate",
    "PackageError",
    "Review",
    "Settings",
    "SubgroupTest",
    "read_package",
]
