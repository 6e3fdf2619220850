"""Evidence from randomised trials: tables in, results, sentences and charts out."""

import sys
import time
from typing import Final

#: When this process began to read the library, in nanoseconds as files have it.
READ_SINCE: Final = time.time_ns()

# jsonschema tries to import a grammar of internationalised addresses, which takes a third of a
# second; no profile and no notebook holds one. What is None in sys.modules counts as not installed.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
