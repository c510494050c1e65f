"""Where transitions diverge, a model is sampled once more with shorter steps, and it is told."""

from __future__ import annotations

import pymc as pm

from workbench.inference.run import CAREFUL_ACCEPT, Sampling, sample

HOW = Sampling(draws=300, tune=300, chains=2, seed=1, target_accept=0.8)
ROUGH = Sampling(draws=2000, tune=300, chains=2, seed=1, target_accept=0.6)


def funnel(width: float) -> pm.Model:
    """Return Neal's funnel (2003, Annals of Statistics 31, 705-767); narrow, it is no funnel."""
    with pm.Model() as model:
        level = pm.Normal("level", 0.0, width)
        pm.Normal("value", 0.0, pm.math.exp(level / 2), shape=9)
    return model


def test_what_does_not_diverge_is_left_as_it_was_asked_for() -> None:
    found = sample(funnel(0.1), HOW)
    assert found.diverging == 0
    assert found.facts["target_accept"] == HOW.target_accept


def test_a_real_funnel_is_sampled_again_and_still_tells() -> None:
    found = sample(funnel(6.0), ROUGH)
    assert found.diverging > 0
    assert found.facts["target_accept"] == CAREFUL_ACCEPT
