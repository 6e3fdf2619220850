"""The posterior of a random-effects meta-analysis by quadrature: deterministic, no sampler."""
