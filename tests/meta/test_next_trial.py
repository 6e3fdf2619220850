"""One more trial: its effect on a posterior against the posterior with it, and its chances against draws."""

import numpy as np
import pytest

from evidence.meta import Normal, bayes, bayes_many
from evidence.meta.bayesian.next_trial import after, chance_to_move, largest_variance
from evidence.meta.bayesian.tau_priors import HalfNormal
from evidence.meta.bound import Bound

Y, V = [-20.0, -5.0], [40.0, 60.0]
TAU, MU = HalfNormal(12.0), Normal(0.0, 48.0)
BELOW, SURE = -10.0, (0.2, 0.8)


def posterior(*more, bounds=()):
    y, v = [*Y, *(y for y, _ in more)], [*V, *(v for _, v in more)]
    return bayes(y, v, tau_prior=TAU, mu_prior=MU, bounds=bounds)


@pytest.mark.parametrize("v", [4.0, 25.0, 400.0])
def test_a_new_result_moves_the_posterior_as_one_more_trial_does(v):
    results = np.array([-40.0, -12.0, 0.0, 25.0])
    expected = [posterior((y, v)).probability(below=BELOW) for y in results]
    assert after(posterior().parts, results, v, BELOW) == pytest.approx(expected, abs=1e-5)


def test_so_it_does_where_a_trial_gives_a_direction_only():
    bounds = [Bound(((-np.inf, 0.0),), 30.0)]
    before = posterior(bounds=bounds).parts
    expected = [posterior((y, 25.0), bounds=bounds).probability(below=BELOW) for y in (-30.0, 5.0)]
    assert after(before, np.array([-30.0, 5.0]), 25.0, BELOW) == pytest.approx(
        expected, abs=5e-3
    )  # a node is as wide as its box


def test_the_chance_is_the_share_of_draws_that_are_moved():
    """Trials drawn from the posterior, each analysed with the two that there are."""
    draw, v, n = np.random.default_rng(4), 25.0, 4000
    parts = posterior().parts
    which = draw.choice(parts.weight.size, n, p=parts.weight / parts.weight.sum())
    mu = draw.normal(parts.mean[which], parts.sd[which])
    y = draw.normal(mu, np.hypot(parts.tau[which], v**0.5))
    rows = np.column_stack([np.tile(Y, (n, 1)), y])
    known = np.tile([*V, v], (n, 1))
    found = bayes_many(rows, known, tau_prior=TAU, mu_prior=MU, below=[BELOW])["probability"][:, 0]
    share = ((found <= SURE[0]) | (found >= SURE[1])).mean()
    assert chance_to_move(parts, v, BELOW, SURE) == pytest.approx(share, abs=0.03)


def test_a_trial_that_says_nothing_moves_nothing_and_a_larger_one_moves_more():
    parts = posterior().parts
    chances = [chance_to_move(parts, v, BELOW, SURE) for v in (1e8, 400.0, 25.0, 1.0)]
    assert chances[0] == 0.0
    assert chances == sorted(chances)


def test_the_largest_variance_is_that_of_the_smallest_trial_that_does_it():
    parts = posterior().parts
    wanted = chance_to_move(parts, 50.0, BELOW, SURE)
    found = largest_variance(parts, BELOW, SURE, wanted - 0.005, 0.01, 1e4)
    assert found is not None
    assert chance_to_move(parts, found, BELOW, SURE) >= wanted - 0.02
    assert chance_to_move(parts, 1.2 * found, BELOW, SURE) < wanted
    assert largest_variance(parts, BELOW, SURE, 0.9999, 0.01, 1e4) is None
