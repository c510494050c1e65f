"""The model of actions' effects, on hand-made months: closed form, too few endings, gradient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from workbench.core import impact_names as names
from workbench.features.treated_months import TreatedMonths
from workbench.inference.fit_actions import fit_actions
from workbench.inference.run import Sampling
from workbench.models.action_effects import ActionPriors, effect_layout
from workbench.models.compiled.action_kernels import endings

SURE = ActionPriors(mean_sd=3.0, kind_sd=0.01, month_sd=0.01, band_sd=0.01, segment_sd=0.01)


def months(rates: list[float], ratios: list[float], each: int, seed: int = 0) -> TreatedMonths:
    """Return months of follow-up of as many kinds, with endings drawn by their ratio."""
    rng = np.random.default_rng(seed)
    kind = np.repeat(np.arange(len(rates)), each)
    rate = np.array(rates)[kind]
    chance = -np.expm1(-rate * np.array(ratios)[kind])
    size = len(kind)
    return TreatedMonths(
        kinds=tuple(f"k{i}" for i in range(len(rates))),
        bands=("low", "middle", "high"),
        segments=("all",),
        horizon_months=6,
        share=np.eye(len(rates))[kind],
        step=rng.integers(0, 6, size),
        band_idx=rng.integers(0, 3, size),
        segment_idx=np.zeros(size, dtype="int64"),
        log_rate=np.log(rate),
        basis=np.zeros((size, 1)),
        freedom=1e6,
        weight=np.ones(size),
        event=rng.random(size) < chance,
    )


def test_the_gradient_is_that_of_the_value() -> None:
    data = months([0.2, 0.4], [0.5, 1.5], 40)
    layout = effect_layout(data, ActionPriors())
    stated = [getattr(layout, name) for name in
              ("log_rate", "carries", "scale_idx", "prior_sd", "weight", "event")]  # fmt: skip
    rng = np.random.default_rng(1)
    latent, scale = rng.normal(size=len(layout.prior_sd)), rng.uniform(0.2, 1.0, 4)
    both = np.concatenate([latent, scale])

    def value(point: np.ndarray) -> float:
        return float(endings(point[:-4], point[-4:], np.ones(()), *stated)[0])

    _, by_latent, by_scale, _ = endings(latent, scale, np.ones(()), *stated)
    numeric = approx_fprime(both, value, 1e-6)
    np.testing.assert_allclose(np.concatenate([by_latent, by_scale]), numeric, rtol=2e-3, atol=2e-3)


def test_months_that_are_summed_say_what_they_say_one_by_one() -> None:
    data = months([0.05, 0.1], [1.0, 1.0], 300)
    layout = effect_layout(data, ActionPriors())
    assert len(layout.log_rate) < len(data.log_rate)
    rate, ended = np.exp(data.log_rate), data.event
    plain = np.log(-np.expm1(-rate[ended])).sum() - rate[~ended].sum()
    still = np.zeros(len(layout.prior_sd)), np.ones(4), np.ones(())
    rest = [getattr(layout, name) for name in
            ("log_rate", "carries", "scale_idx", "prior_sd", "weight", "event")]  # fmt: skip
    assert float(endings(*still, *rest)[0]) == pytest.approx(plain)


def test_one_kind_comes_to_observed_over_expected() -> None:
    """With a flat prior and small rates: normal on the log, sd one over the root of the endings."""
    data = months([0.02], [0.6], 12_000)
    found = fit_actions(data, Sampling(draws=600, tune=300, seed=3), priors=SURE).posterior
    effect = found[names.EFFECT].values.ravel()
    observed, expected = data.event.sum(), np.exp(data.log_rate).sum()
    assert effect.mean() == pytest.approx(np.log(observed / expected), abs=0.03)
    assert effect.std() == pytest.approx(observed**-0.5, rel=0.12)


def test_what_is_not_known_of_the_untreated_reaches_the_effect() -> None:
    data = months([0.02], [0.6], 12_000)
    unsure = replace(data, basis=np.full((len(data.event), 1), 0.3))
    how = Sampling(draws=600, tune=300, seed=3)
    effect = fit_actions(unsure, how, priors=SURE).posterior[names.EFFECT].values
    assert effect.std() == pytest.approx(np.hypot(0.3, data.event.sum() ** -0.5), rel=0.12)
    few = replace(unsure, freedom=4.0)  # told by few accounts: Student's t, 2.13 against 1.64
    wider = fit_actions(few, how, priors=SURE).posterior[names.EFFECT].values
    reach = [np.diff(np.quantile(one, [0.05, 0.95]))[0] for one in (wider, effect)]
    assert reach[0] / reach[1] == pytest.approx(2.13 / 1.64, rel=0.12)


def test_what_became_of_those_acted_upon_does_not_teach_what_would_have_been() -> None:
    """Half as many endings as expected, where twice as many might well have been foretold."""
    data = months([0.02], [0.5], 12_000)
    unsure = replace(data, basis=np.full((len(data.event), 1), 0.7))
    how = Sampling(draws=600, tune=300, seed=3)
    found = fit_actions(unsure, how, priors=ActionPriors(mean_sd=0.05)).posterior
    assert abs(found[names.UNTREATED].values.mean()) < 0.1  # joint with the effect: about -1
    assert found[names.UNTREATED].values.std() == pytest.approx(1.0, abs=0.1)


def test_without_an_ending_an_effect_is_unsure_and_not_infinite() -> None:
    data = months([0.05, 0.05], [1e-9, 1.0], 60)
    found = fit_actions(data, Sampling(draws=300, tune=300, seed=3)).posterior
    low, high = found[names.EFFECT].sel({names.KIND: "k0"}).quantile([0.05, 0.95]).values
    assert -4 < low < -0.5
    assert high > -0.6
