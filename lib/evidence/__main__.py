"""`python -m evidence`."""

import os
import sys

# Matrices are small here: threads of BLAS would wait for one another. NumPy reads this as it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from evidence.cli import main

sys.exit(main())
