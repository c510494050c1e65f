"""Six groups of factors: exact, whole in every draw, and what orders of coming in give."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from health_books import scored_book

from workbench.forecast.posterior.frailty import conditional_survival
from workbench.health.breakdown import account_parts, factor_parts
from workbench.health.factors import FACTORS
from workbench.health.strength import Decisions


def random_decisions(draws: int = 3, lines: int = 2, seed: int = 5) -> Decisions:
    rng = np.random.default_rng(seed)
    return Decisions(
        base=rng.normal(-1.5, 0.5, (draws, lines)),
        part=rng.normal(0, 0.6, (len(FACTORS), draws, lines)),
        survived=rng.gamma(2, 0.3, (draws, lines)),
        frailty=rng.uniform(0, 1, draws),
        leaves=np.zeros(lines, bool),
    )


def test_parts_are_the_mean_over_all_orders() -> None:
    decided = random_decisions()
    orders = list(permutations(range(len(FACTORS))))
    expected = np.zeros_like(decided.part)
    for order in orders:
        eta, before = decided.base.copy(), decided.reference()
        for factor in order:
            eta = eta + decided.part[factor]
            after = conditional_survival(decided.survived, np.exp(eta), decided.frailty[:, None])
            expected[factor] += (after - before) / len(orders)
            before = after
    np.testing.assert_allclose(factor_parts(decided), expected, atol=1e-12)


def test_parts_sum_to_score_less_reference_in_every_draw() -> None:
    _, scored = scored_book()
    decided = scored.decided
    whole = decided.renews() - decided.reference()
    np.testing.assert_allclose(factor_parts(decided).sum(axis=0), whole, atol=1e-12)
    accounts = account_parts(decided, scored.lines).sum(axis=0)
    assert accounts.shape == (len(decided.frailty), len(scored.lines.accounts))
    assert np.abs(whole).max() > 0.05  # there was something to share out


def test_a_factor_that_says_nothing_gets_nothing() -> None:
    decided = random_decisions()
    decided.part[2] = 0.0
    parts = factor_parts(decided)
    assert (parts[2] == 0).all()
    assert (parts[0] != 0).all()
