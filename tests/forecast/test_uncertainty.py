"""The interval's parts: each is found where it alone is at work, and they make the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from books import Shape, as_draws, design_of, lay_out

from workbench.features.design import build_design
from workbench.forecast.leaving.renewals import look_ahead
from workbench.forecast.leaving.uncertainty import PARTS, uncertainty_table, uncertainty_text
from workbench.forecast.posterior.survival import Draws, shocks_ahead
from workbench.models.hazard.effects import effect_map
from workbench.models.priors.hazard import HazardPriors

MONTHS, DRAWS = 6, 200


@pytest.fixture(scope="module")
def book() -> tuple:
    """Sixty subscriptions, and six months to come of which the model has seen no quarter."""
    rows = lay_out(Shape(60, months=12), np.random.default_rng(2))
    past = design_of(rows)
    last = rows.groupby("subscription_id").tail(1)
    ahead = last.loc[last.index.repeat(MONTHS)].reset_index(drop=True)
    horizon = np.tile(np.arange(1, MONTHS + 1), len(last))
    ahead = ahead.assign(month=ahead["month"] + horizon, horizon=horizon, product="core", arr=1.0)
    ahead = ahead.assign(account_id=ahead["subscription_id"]).drop(columns=["lead_months", "event"])
    return past, build_design(ahead, past.coding), ahead


def drawn(past, **fields) -> Draws:
    """Draws that are all alike, but for what is given."""
    layout = effect_map(past, HazardPriors())
    latent, scale = np.zeros((1, len(layout.scale_idx))), np.full((1, len(layout.scales) + 1), 0.2)
    one = as_draws(layout, latent, scale, np.array([0.8]))
    names = one.__dataclass_fields__
    same = {name: np.repeat(getattr(one, name), DRAWS, axis=0) for name in names}
    nothing = {"shock_sd": np.zeros(DRAWS), "group_shock_sd": np.zeros(DRAWS)}
    return replace(Draws(**same), **nothing | fields)


def year(book: tuple, draws: Draws) -> pd.Series:
    past, future, rows = book
    outlook = look_ahead(draws, past, future, rows, seed=1)
    table = uncertainty_table(outlook, draws, (past, future))
    shares = table[list(PARTS)].to_numpy(float)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)
    variance = outlook.kept.sum(axis=1).var(axis=0)
    of_accounts = table[table["kept"] == "accounts"]
    np.testing.assert_allclose(of_accounts["sd"] ** 2, variance, rtol=0.35)
    assert "luck" not in uncertainty_text(table) and "%" in uncertainty_text(table)
    return table[table["kept"] == "arr"].iloc[-1]


def test_with_one_truth_and_no_shock_all_is_luck(book) -> None:
    assert year(book, drawn(book[0]))["luck"] == pytest.approx(1.0)


def test_shocks_to_come_are_told_from_what_is_not_known(book) -> None:
    shaken = year(book, drawn(book[0], shock_sd=np.full(DRAWS, 0.8)))
    assert shaken["shocks"] > 0.3 and shaken["parameters"] < 0.01
    exits = drawn(book[0]).exit + np.random.default_rng(1).normal(0, 0.8, (DRAWS, 1))
    unsure = year(book, drawn(book[0], exit=exits))
    assert unsure["parameters"] > 0.3 and unsure["shocks"] < 0.01


def test_shocks_go_on_from_their_last_state_and_keep_their_spread(book) -> None:
    """Of the last state a share is left each quarter; what is new makes up for the rest."""
    rng, many = np.random.default_rng(4), 40_000
    ones, share = np.ones(many), 0.7
    none = ("exit", "tenure", "attribute", "group", "signal")
    draws = Draws(
        **{name: np.zeros((many, 1)) for name in none},
        shock=np.pad(np.tile([[1.0], [0.4]], (many, 1, 1)), ((0, 0), (0, 0), (0, 1))),
        shock_sd=0.3 * ones, group_shock_sd=0.4 * ones, persistence=share * ones,
        fade=ones, frailty=ones,
    )  # fmt: skip
    found = shocks_ahead(draws, rng.normal(size=(many, 2, 3)))
    expected = np.outer([1.0, 0.4], share ** np.arange(1, 4))
    np.testing.assert_allclose(found.mean(axis=0), expected, atol=0.01)
    spread = np.sqrt([0.3**2 + 0.4**2, 0.3**2])[:, None] * np.sqrt(
        1 - share ** (2 * np.arange(1, 4))
    )
    np.testing.assert_allclose(found.std(axis=0), spread, rtol=0.02)
    together = np.corrcoef(found[:, 0, 0], found[:, 1, 0])[0, 1]
    assert together == pytest.approx(0.3 / 0.5, abs=0.02)
