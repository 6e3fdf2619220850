"""A recalled posterior gives, to the last bit, what the posterior gives that it recalls."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evidence.meta import Bound, HalfNormal, Normal, Posterior, StudentT, bayes, bayes_counts
from evidence.meta.bayesian.next_trial import chance_to_move
from evidence.meta.bayesian.recalled import recalled

TAU, MU = HalfNormal(0.3), Normal(0.0, 2.0)
POSTERIORS: dict[str, Callable[[], Posterior]] = {
    "normal numbers": lambda: bayes([-0.5, 0.1], [0.1, 0.2], tau_prior=TAU, mu_prior=MU),
    "a flat prior without an SD": lambda: bayes([0.3], [0.1], tau_prior=TAU, mu_prior=None),
    "t and a direction": lambda: bayes(
        [-0.5, 0.1],
        [0.1, 0.2],
        df=[9.0, np.inf],
        bounds=[Bound(((-np.inf, 0.0),), 0.2)],
        tau_prior=TAU,
        mu_prior=StudentT(3.0, 0.0, 1.0),
    ),
    "counts": lambda: bayes_counts([3, 1], [47, 20], [0, 2], [50, 19], tau_prior=TAU, mu_prior=MU),
}
ASKED: dict[str, Callable[[Posterior], Any]] = {
    "head": lambda p: [p.mean, p.sd, p.tau_mean, p.tau_sd, p.log_marginal, p.k, p.k_numeric, p.k_bounded],
    "kinds": lambda p: dict(p.kinds),
    "median": lambda p: p.median,
    "tau": lambda p: p.tau,
    "interval": lambda p: p.interval(),
    "shortest": lambda p: p.interval(0.8, "shortest"),
    "prediction": lambda p: p.prediction(),
    "tau interval": lambda p: p.tau_interval(0.9),
    "probability": lambda p: [p.probability(below=-0.2), p.probability(below=0.0)],
    "probabilities": lambda p: p.probability(below=np.linspace(-1, 1, 6).reshape(2, 3)).tolist(),
    "new study": lambda p: p.new_study(below=-0.2),
    "tau below": lambda p: p.tau_probability(below=0.1),
    "density": lambda p: p.density(np.linspace(-2, 2, 9)).tolist(),
    "predictive density": lambda p: p.predictive_density([-0.5, 0.5]).tolist(),
    "weights": lambda p: [*p.weights.tolist(), p.prior_weight],
    "shrunk": lambda p: [np.nan_to_num(each).tolist() for each in (p.shrunk().mean, p.shrunk().low)],
}


@pytest.mark.parametrize("evidence", POSTERIORS)
def test_every_answer_is_the_same_and_is_computed_once(evidence: str) -> None:
    whole = POSTERIORS[evidence]()
    known: dict[str, Any] = {}
    first = recalled(known, POSTERIORS[evidence])

    def never() -> Posterior:
        raise AssertionError("computed again")

    for name, ask in ASKED.items():
        assert ask(first) == ask(whole), name
    again = recalled(json.loads(json.dumps(known)), never)
    for name, ask in ASKED.items():
        assert ask(again) == ask(whole), name
    with pytest.raises(AssertionError, match="computed again"):
        again.probability(below=0.123)


def test_what_is_asked_most_is_known_from_the_first() -> None:
    known: dict[str, Any] = {}
    recalled(known, POSTERIORS["counts"])
    again, whole = recalled(known, lambda: pytest.fail("computed again")), POSTERIORS["counts"]()
    assert (again.median, again.interval()) == (whole.median, whole.interval())
    assert again.probability(below=0.0) == whole.probability(below=0.0)


def test_what_a_next_trial_may_do_is_asked_of_the_posterior_itself() -> None:
    compute = POSTERIORS["normal numbers"]
    moved = [
        chance_to_move(found.parts, 0.01, -0.1, (0.2, 0.8)) for found in (compute(), recalled({}, compute))
    ]
    assert moved[0] == moved[1] > 0


def test_other_places_are_other_questions() -> None:
    """The digest of an array of places holds all of them."""
    whole = POSTERIORS["counts"]()
    found = recalled({}, POSTERIORS["counts"])
    for places in ([0.1, 0.2], [0.2, 0.1], [0.1], [0.1, 0.2, 0.2]):
        assert found.density(places).tolist() == whole.density(places).tolist()
