"""A fit finds the effects that made a book, and does not where the book or the model is spoilt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from books import as_draws, live_through
from ranks import Bench, Effort, effects_in, named, refit

from workbench.core.names import EXIT_KINDS
from workbench.features.design import Design
from workbench.forecast.posterior.survival import Draws

HOW = Effort(draws=300, tune=300)
SIGNALS = np.array([[0.8, -0.6]])


def make_truth(bench: Bench, rng: np.random.Generator) -> Draws:
    """Effects as a real book has them: some 15 in a hundred leave at a renewal."""
    latent = rng.normal(size=(1, len(bench.layout.effect_matrix)))
    scale = np.full((1, len(bench.layout.scales) + 1), 0.3)
    drawn = as_draws(bench.layout, latent, scale, np.array([0.85]))
    exits = np.where([kind.startswith("early") for kind in EXIT_KINDS], -4.5, -1.7)
    exits[0] = -3.0
    return replace(drawn, exit=exits[None], signal=SIGNALS, attribute=np.array([[0.4]]))


def covered(bench: Bench, lived: Design, truth: Draws, seed: int) -> dict[str, bool]:
    """Tell for each effect whether its 90 % interval holds the truth."""
    draws = effects_in(bench, refit(bench, lived, HOW, seed))
    known = named(bench, truth)
    inside = {}
    for name, values in named(bench, draws).items():
        low, high = np.quantile(values, [0.05, 0.95])
        inside[name] = bool(low <= known[name][0] <= high)
    return inside


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_intervals_hold_the_truth_about_nine_times_in_ten(bench, seed, record_property) -> None:
    rng = np.random.default_rng(seed)
    truth = make_truth(bench, rng)
    inside = covered(bench, live_through(bench.design, truth, rng), truth, seed)
    record_property("coverage", float(np.mean(list(inside.values()))))
    assert len(inside) > 15
    assert np.mean(list(inside.values())) >= 0.75, inside


def test_fates_dealt_to_other_subscriptions_are_not_recovered(bench) -> None:
    rng = np.random.default_rng(1)
    truth = make_truth(bench, rng)
    lived = live_through(bench.design, truth, rng)
    lead, value = lived.lead_months, rng.permutation(lived.signal_value)
    inside = covered(bench, replace(lived, signal_value=value, lead_months=lead), truth, 1)
    assert not inside["signal 0"] and not inside["signal 1"]


def test_a_model_blind_to_the_fade_is_not_recovered(bench) -> None:
    rng = np.random.default_rng(1)
    truth = make_truth(bench, rng)
    lived = live_through(bench.design, truth, rng)
    inside = covered(bench, replace(lived, lead_months=0 * lived.lead_months), truth, 1)
    assert not inside["signal 0"]
