"""Ten trials that are equally large: no funnel can be asymmetric, and the answer stands without that test."""

import numpy as np

from evidence.results.analysis import _small_study_p


def test_equally_large_trials_have_no_test_of_small_ones() -> None:
    effects = np.linspace(-20.0, 5.0, 10)
    assert _small_study_p(effects, np.full(10, 16.0)) is None
    assert _small_study_p(effects[:9], np.arange(1.0, 10.0)) is None
    assert _small_study_p(effects, np.arange(1.0, 11.0)) is not None
