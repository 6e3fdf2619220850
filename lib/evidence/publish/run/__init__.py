"""Run chapters in kernels and keep what they gave."""
