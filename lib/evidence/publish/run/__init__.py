"""Run chapters and keep what they gave."""

import os

os.environ.setdefault("NBFORMAT_VALIDATOR", "fastjsonschema")  # some ten times as fast as nbformat's default
