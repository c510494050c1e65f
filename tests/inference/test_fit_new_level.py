"""Of a level that nobody was at risk under, a fit knows what its grouping's spread tells."""

from __future__ import annotations

import numpy as np
import pytest
from books import Shape, lay_out

from workbench.core import names
from workbench.features.design import build_design, fit_coding
from workbench.forecast.posterior.survival import read_draws, survival
from workbench.inference.fit import Fit, fit_hazard
from workbench.inference.run import Sampling


@pytest.fixture(scope="module")
def book():
    """Owners differ by much: every other one loses all at the end of the window."""
    rows = lay_out(
        Shape(150, months=12, signals=0, attributes=0, levels=6), np.random.default_rng(1)
    )
    last = ~rows.duplicated("subscription_id", keep="last")
    bad = rows["owner"].isin(["owner 00", "owner 02", "owner 04"])
    return rows.assign(event=last & rows["observed"] & bad)


@pytest.fixture(scope="module")
def fitted(book) -> tuple[Fit, np.ndarray]:
    """Return the fit, and survival of half a year under Zoe, who is new, and under nobody."""
    ahead = book[book["subscription_id"] == "s00001"].head(6).assign(observed=True)
    parts = {"zoe": ahead.assign(owner="Zoe"), "nobody": ahead.assign(owner=None)}
    running = [rows.assign(subscription_id=name) for name, rows in parts.items()]
    coding = fit_coding(book, [], [], ["owner"], running[0])
    design = build_design(book, coding)
    fit = fit_hazard(design, Sampling(draws=400, tune=400, seed=1))
    draws, rng = read_draws(fit.posterior), np.random.default_rng(0)
    kept = [survival(draws, design, build_design(rows, coding), rng)[:, 0, -1] for rows in running]
    return fit, np.array(kept)


def test_its_effect_is_drawn_with_the_spread_of_those_seen(fitted) -> None:
    posterior = fitted[0].posterior
    effect = posterior[names.GROUP].sel({names.GROUP_LEVEL: "owner: Zoe"})
    spread = posterior[names.GROUP_SD].sel({names.GROUP_NAME: "owner"})
    # Levels are centred: hers is minus the share that the others leave, which is not quite nothing.
    assert float(np.abs(effect.mean())) < 0.4 * float(effect.std())
    assert float(effect.std()) == pytest.approx(float(np.sqrt((spread**2).mean())), rel=0.2)
    known = posterior[names.GROUP].sel({names.GROUP_LEVEL: "owner: owner 00"})
    assert float(known.std()) < 0.75 * float(effect.std())


def test_a_forecast_under_a_new_owner_is_less_sure_than_under_the_average(fitted) -> None:
    zoe, nobody = fitted[1]
    assert zoe.std() > 1.3 * nobody.std()
