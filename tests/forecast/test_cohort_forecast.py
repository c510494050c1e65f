"""Cohort forecasts from hand-made draws against closed forms and plain counting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.forecast.cohort import (
    Ahead,
    CohortDraws,
    cohort_quantities,
    conditional_survival,
    log_survival,
    parameter_table,
    predictive_prob,
    read_cohort_draws,
    retention_band,
    rising_chance,
)
from workbench.forecast.cohort_holdout import (
    compare_distributions,
    hidden_crps,
    score_distributions,
    score_hidden,
)

ALIVE = xr.DataArray(
    [[1000.0, 850, 750, 690], [500.0, 450, np.nan, np.nan]],
    dims=("cohort", "period"),
    coords={"cohort": ["old", "young"], "period": range(4)},
)


def draws(count: int = 2000, shape: float = 1.0) -> CohortDraws:
    """The same draw many times over: all that varies is the customers' chance."""
    ones = np.ones((count, 1))
    return CohortDraws(ones * [0.8, 1.5], ones * [4.5, 13.5], ones * [shape, shape])


def test_sbg_renewals_have_a_closed_form():
    """The chance to renew after n renewals is (beta + n) / (alpha + beta + n)."""
    after = np.array([3, 1])
    found = conditional_survival(draws(1), after, 1)[0, :, 0]
    np.testing.assert_allclose(found, [(4.5 + 3) / (5.3 + 3), (13.5 + 1) / (15 + 1)])


def test_bdw_curve_is_an_average_over_customers():
    chance = np.random.default_rng(1).beta(0.8, 4.5, size=400_000)
    mean = ((1 - chance[:, None]) ** np.arange(5) ** 1.4).mean(axis=0)
    found = np.exp(log_survival(draws(1, shape=1.4), np.arange(5)))[0, 0]
    np.testing.assert_allclose(found, mean, atol=0.002)


def test_answers_are_conditional_on_today():
    table = cohort_quantities(draws(), ALIVE, Ahead(periods=5, interval_prob=0.9, seed=1))
    stays = conditional_survival(draws(1), np.array([3, 1]), 5)[0]
    assert table["customers"].tolist() == [690, 450]
    np.testing.assert_allclose(table["renew"], stays[:, 0])
    np.testing.assert_allclose(table["periods_ahead"], stays.sum(axis=1))
    np.testing.assert_allclose(table["kept"], [690, 450] * stays[:, -1], rtol=0.005)
    spread = np.sqrt([690, 450] * stays[:, -1] * (1 - stays[:, -1]))
    np.testing.assert_allclose(table["kept_high"] - table["kept_low"], 3.29 * spread, rtol=0.1)


def test_fan_starts_at_todays_customers_and_never_rises():
    band = retention_band(draws(), ALIVE, Ahead(periods=3, interval_prob=0.9, seed=1))
    young = band[band["cohort"] == "young"]
    assert young["forecast"].tolist() == [False, False, True, True, True]
    expected = 0.9 * conditional_survival(draws(1), np.array([3, 1]), 3)[0, 1]
    np.testing.assert_allclose(young.loc[young["forecast"], "kept"], expected, atol=0.002)
    assert (young["kept"].diff().dropna() <= 0).all()
    assert young["kept"].between(young["low"] - 1e-9, young["high"] + 1e-9).all()


def test_same_seed_same_fan():
    ahead = Ahead(periods=3, interval_prob=0.9, seed=1)
    first, again = (retention_band(draws(), ALIVE, ahead) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_predictive_probability_tells_fit_from_misfit():
    rng = np.random.default_rng(1)
    curve = np.exp(log_survival(draws(1), np.arange(4)))[0]
    fitting = ALIVE.copy(data=np.round(1000 * curve))
    flat = ALIVE.copy(data=np.full((2, 4), 1000.0) - [0, 10, 20, 400])
    assert predictive_prob(draws(), fitting, rng) > 0.9
    assert predictive_prob(draws(), flat, rng) == 0


def test_predictive_probability_of_the_models_own_data_is_spread_out():
    rng = np.random.default_rng(2)
    curve = np.exp(log_survival(draws(1), np.arange(4)))[0]
    cells = np.concatenate([-np.diff(curve), curve[:, -1:]], axis=1)
    found = []
    for _ in range(60):
        lost = np.stack([rng.multinomial(1000, row)[:-1] for row in cells])
        alive = 1000.0 - np.concatenate([np.zeros((2, 1)), lost.cumsum(axis=1)], axis=1)
        found.append(predictive_prob(draws(400), ALIVE.copy(data=alive), rng))
    assert 0.4 < np.mean(found) < 0.6
    assert min(found) < 0.1 and max(found) > 0.9


def test_score_counts_what_was_hidden():
    band = pd.DataFrame(
        {"cohort": "a", "period": [0, 1, 2, 3], "kept": [1, 0.8, 0.7, 0.6],
         "low": [1, 0.8, 0.65, 0.5], "high": [1, 0.8, 0.75, 0.7],
         "forecast": [False, False, True, True]}
    )  # fmt: skip
    seen = pd.DataFrame({"cohort": "a", "period": [0, 1, 2, 3], "kept": [1, 0.8, 0.6, 0.5]})
    row = score_hidden(band, seen).iloc[0]
    assert (row["hidden"], row["inside"], row["period"]) == (2, 1, 3)
    assert row["error"] == pytest.approx(0.2)
    assert score_hidden(band, seen[:2]).empty


def test_draws_are_taken_from_all_chains():
    values = np.arange(20.0).reshape(2, 10, 1)
    dims = ("chain", "draw", "cohort")
    posterior = xr.Dataset(dict.fromkeys(("alpha", "beta", "shape"), (dims, values)))
    taken = read_cohort_draws(posterior, most=10).alpha[:, 0]
    assert len(taken) == 10 and (taken < 10).sum() == 5


def test_rising_chance_is_that_of_a_shape_above_one():
    one = np.ones((4, 1))
    assert rising_chance(CohortDraws(one, one, np.array([[0.5], [1.5], [1.2], [2.0]]))) == 0.75


def test_hold_out_prefers_the_law_that_was_right():
    """The truth beats what forecasts too few or too many, and what is only wider."""
    truth = np.exp(log_survival(draws(1), np.arange(7)))[0]
    alive = xr.DataArray(
        np.round(1000 * truth), dims=("cohort", "period"), coords={"cohort": ["old", "young"]}
    ).assign_coords(period=range(7))
    past = alive[:, :4].copy()
    ahead = Ahead(periods=3, interval_prob=0.9, seed=1)
    for shape in (0.7, 1.5):
        fitted = {"BdW": draws(shape=shape), "sBG": draws()}
        scores = score_distributions(fitted, past, alive, ahead)
        compared = compare_distributions(scores, {"sBG": 0.5, "BdW": 0.5}, 0.01)
        assert compared["law"].tolist() == ["sBG", "BdW"] and compared["chosen"].tolist() == [
            True,
            False,
        ]
        swapped = score_distributions(
            {"sBG": fitted["BdW"], "BdW": fitted["sBG"]}, past, alive, ahead
        )
        assert (
            compare_distributions(swapped, {"sBG": 0.5, "BdW": 0.5}, 0.01)["law"].iloc[0] == "BdW"
        )
        refused = compare_distributions(scores, {"sBG": 0.001, "BdW": 0.5}, 0.01)
        assert refused["law"].iloc[0] == "BdW"
    assert (scores["hidden"] == 3).all() and (scores["law"] == ["BdW", "sBG"] * 2).all()


def test_crps_of_a_certain_forecast_is_its_error():
    """Nobody leaves under such a distribution, so the forecast has no spread."""
    loyal = CohortDraws(*np.array([[[1e-9, 1e-9]], [[1.0, 1.0]], [[1.0, 1.0]]]))
    past = ALIVE.copy()
    past[0, 2:] = np.nan
    found = hidden_crps(loyal, past, ALIVE, seed=1)
    assert found.to_dict() == {"old": pytest.approx((0.1 + 0.16) / 2)}
    assert hidden_crps(loyal, ALIVE, ALIVE, seed=1).empty


def test_without_hidden_periods_the_wider_law_is_taken():
    scores = score_distributions({}, ALIVE, ALIVE, Ahead(periods=3, interval_prob=0.9, seed=1))
    compared = compare_distributions(scores, {"sBG": 0.9, "BdW": 0.1}, 0.01)
    assert compared["law"].iloc[0] == "BdW" and compared["crps"].isna().all()


def test_parameters_are_told_by_cohort_and_at_the_centre():
    dims = ("chain", "draw", "cohort")
    value = np.arange(1.0, 101).reshape(2, 50)
    posterior = xr.Dataset(
        {name: (dims, np.stack([value, 2 * value], -1)) for name in ("alpha", "beta", "shape")}
        | {f"shared_{name}": (dims[:2], 3 * value) for name in ("alpha", "beta", "shape")},
        {"cohort": ["a", "b"]},
    )
    table = parameter_table(posterior, 0.9)
    assert table["cohort"].tolist() == ["", "a", "b"]
    assert table["beta"].tolist() == [151.5, 50.5, 101]
    assert table["shape_low"].iloc[1] == pytest.approx(np.quantile(value, 0.05))
    assert len(parameter_table(posterior.isel(cohort=[0]), 0.9)) == 1
