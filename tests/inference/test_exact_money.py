"""Sizes, prices and first revenue drawn exactly: against NUTS, and where a book has one price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from revenue_parts import made_up

from workbench.core import names as shared
from workbench.core import revenue_names as names
from workbench.core.processes import AMEND, CONTRACT, EXPAND
from workbench.features.revenue_data import RevenueData
from workbench.inference.exact import draw_money
from workbench.inference.run import Sampling, sample
from workbench.models.priors.new_business import NewBusinessPriors
from workbench.models.priors.revenue import RevenuePriors
from workbench.models.priors.sizes import SizePriors
from workbench.models.revenue.model import (
    ARRIVALS,
    MONEY,
    build_revenue,
    name_revenue,
)
from workbench.models.revenue.money import MoneyModel, money_graph

HOW = Sampling(draws=1000, tune=500, chains=2, seed=12, target_accept=0.95)


def model_of(data: RevenueData, seed: int | None = None) -> MoneyModel:
    """Return the model of a book; with a seed, values in place of those that are all alike."""
    model = MoneyModel(data, SizePriors(), NewBusinessPriors())
    if seed is None:
        return model
    rng, seen = np.random.default_rng(seed), model.seen
    varied = {
        name: value + rng.normal(0, spread, len(value))
        for name, spread in (
            ("sizes seen", 0.6),
            ("uplift seen", 0.03),
            ("first revenue seen", 0.8),
            ("returning revenue seen", 0.5),
        )
        if len(value := seen[name])
    }
    return replace(model, swapped=seen | varied)


@pytest.fixture(scope="module")
def book() -> RevenueData:
    return made_up(60, seed=1)


def test_the_same_model_sampled_by_nuts_has_the_same_means_and_intervals(book) -> None:
    """To within three tenths of a posterior sd at the ends, and a sixth of it on average.

    NUTS has some thousand effective draws: a mean is known to a thirtieth of a standard deviation,
    the end of a 90 % interval to a tenth, and the worst of a hundred ends to thrice that.
    """
    model = model_of(book, seed=5)
    exact = draw_money(model, replace(HOW, draws=10_000)).posterior
    walked = sample(money_graph(model), HOW).posterior
    assert set(exact.data_vars) == set(walked.data_vars)
    for name, array in walked.data_vars.items():
        own, other = (
            drawn[name].stack(kept=("chain", "draw")).transpose("kept", ...).values
            for drawn in (exact, walked)
        )
        sd = other.std(axis=0)
        assert (np.abs(own.mean(axis=0) - other.mean(axis=0)) / sd).max() < 1 / 6, name
        assert own.std(axis=0) == pytest.approx(sd, rel=0.125), name
        for q in (0.05, 0.5, 0.95):
            apart = np.quantile(own, q, axis=0) - np.quantile(other, q, axis=0)
            assert (np.abs(apart) / sd).max() < 0.3, (name, q)
        assert array.dims[:2] == exact[name].dims[:2]
    # The negative control: a book whose sizes are a third larger is told apart by as much.
    larger = replace(model, swapped=model.seen | {"sizes seen": model.seen["sizes seen"] + 0.3})
    moved = draw_money(larger, HOW).posterior[names.SIZE_MEAN].mean(("chain", "draw"))
    usual = walked[names.SIZE_MEAN].drop_vars(names.PROCESS)
    apart = np.abs(moved.values - usual.mean(("chain", "draw")).values)
    assert (apart / usual.std(("chain", "draw")).values).min() > 0.5


def alike(book: RevenueData, customers: int) -> MoneyModel:
    """Every change by the same step, all newcomers at the one list price."""
    few = replace(book, new=replace(book.new, customers=book.new.customers[:customers]))
    return model_of(few)


@pytest.mark.parametrize("customers", [60, 6, 2, 1, 0])
def test_one_price_and_one_step_put_the_spreads_at_zero(book, customers) -> None:
    model = alike(book, customers)
    drawn = draw_money(model, HOW).posterior
    assert np.isfinite(drawn.to_dataarray()).all()
    for process, step in ((CONTRACT, 0.2), (EXPAND, 0.3)):
        own = drawn.sel({names.PROCESS: process})
        assert float(own[names.SIZE_SD].quantile(0.95)) < 1e-4
        level = own[names.SIZE_MEAN]
        assert float(np.abs(level - np.log(step)).median()) < 0.02
    assert float(drawn[names.PRICE_SD].quantile(0.95)) < 1e-4
    assert drawn[names.PRICE_MEAN].values == pytest.approx(0.1, abs=1e-3)
    if customers == 60:
        assert float(drawn[names.NEW_SIZE_SD].max()) < 2e-4
        price = drawn["new size"] + drawn["new size latent"] * drawn["new size between"]
        assert np.exp(price.values) == pytest.approx(100.0, abs=0.1)
    else:
        assert float(drawn[names.NEW_SIZE_SD].quantile(0.95, ("chain", "draw")).max()) > 2e-4


def test_chains_only_lay_out_draws_that_are_independent_of_one_another(book) -> None:
    drawn = draw_money(model_of(book, seed=5), HOW).posterior
    for array in drawn.data_vars.values():
        flat = array.transpose("chain", "draw", ...).values.reshape(2000, -1)
        ranks = flat.argsort(axis=0).argsort(axis=0) / 2000
        again = [np.corrcoef(r[1:], r[:-1])[0, 1] for r in ranks.T]
        assert np.abs(again).max() < 0.1, array.name


def test_what_is_drawn_exactly_says_so(book) -> None:
    models, mock = build_revenue(book), replace(HOW, draws=5, mock=True)
    drawn = {
        name: sample(money_graph(model) if isinstance(model, MoneyModel) else model, mock).posterior
        for name, model in models.items()
    }
    named = name_revenue(drawn, book, RevenuePriors())
    marked = {name for name, array in named.data_vars.items() if shared.INDEPENDENT in array.attrs}
    assert {names.SIZE_SD, names.NEW_SIZE_MEAN, names.RETURN_RATE} < marked
    assert not marked & {names.GROWTH, names.SEASON, names.part(AMEND, names.BASE)}
    assert {MONEY, ARRIVALS} < set(models)
