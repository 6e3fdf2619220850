"""Run chapters in kernels and keep what they gave."""

import os
import sys

# jsonschema tries to import a grammar of internationalised addresses, which takes longer than a build should;
# notebooks hold none. What is None in sys.modules counts as not installed.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

os.environ.setdefault("NBFORMAT_VALIDATOR", "fastjsonschema")  # some ten times as fast as nbformat's default
