"""Each part of the revenue model: ranks of the truth, recovery, and controls that fail.

`make sbc` does the same with more books. Further products have the model of amendments.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from ranks import Effort, uniformity
from revenue_parts import PARTS, Part, covered, made_up, part_of, rank
from scipy.special import expit

from workbench.core import revenue_names as names
from workbench.core.processes import AMEND
from workbench.inference.exact import draw_money
from workbench.inference.run import Sampling, sample
from workbench.models.priors.new_business import NewBusinessPriors
from workbench.models.priors.predictors import PredictorPriors
from workbench.models.priors.sizes import SizePriors
from workbench.models.revenue.money import MoneyModel
from workbench.models.revenue.named_rows import name_rows
from workbench.models.revenue.predictors import row_model
from workbench.models.revenue.row_parts import row_parts

HOW = Effort(draws=150, tune=200)
ROWS = 60


@cache
def part(name: str, rows: int = ROWS) -> Part:
    return part_of(name, made_up(rows, seed=1))


@pytest.mark.parametrize("name", PARTS)
def test_ranks_of_the_truth_are_uniform(name) -> None:
    ranks = pd.DataFrame([rank(part(name), HOW, seed) for seed in range(12)])
    found = uniformity(ranks, bins=4)
    assert found["ks"].min() > 0.05 / len(found) / 5, found
    assert found["mean_rank"].between(0.15, 0.85).all(), found


SPOILT = {
    "renewal": lambda lived: {"outcome": np.where(lived["outcome"] == 0, 2, lived["outcome"])},
    "amend_down": lambda lived: {"outcome": np.ones_like(lived["outcome"])},
    "amend": lambda lived: {"hit": np.maximum(lived["hit"], np.arange(ROWS) % 3 == 0)},
    "pipeline": lambda lived: {"count": lived["count"][:, [0, 1, 3, 2]]},
    "arrivals": lambda lived: {"count": lived["count"] + np.arange(lived["count"].shape[1]) // 2},
    "money": lambda lived: lived | {"sizes seen": lived["sizes seen"] + 2.5},
}


@pytest.mark.parametrize("name", PARTS)
def test_what_did_not_happen_is_found_out(name) -> None:
    """Flat told as larger, amendments made up, winners for losers, a trend, sizes twelvefold."""
    ranks = pd.DataFrame([rank(part(name), HOW, seed, SPOILT[name]) for seed in range(8)])
    found = uniformity(ranks, bins=4)
    assert found["ks"].min() < 0.05 / len(found) / 5, found


@pytest.mark.parametrize(("name", "rows"), [("renewal", 600), ("amend", 600), ("pipeline", 900)])
def test_a_larger_book_gives_its_effects_back(name, rows) -> None:
    larger = part(name, rows)
    truth = larger.draw(np.random.default_rng(4))
    inside = covered(larger, truth, HOW, 4)
    assert np.mean(list(inside.values())) >= 0.75, inside


def test_how_many_come_is_given_back() -> None:
    larger = part("arrivals", 144)
    inside = [
        value
        for seed in range(3)
        for value in covered(larger, larger.draw(np.random.default_rng(seed)), HOW, seed).values()
    ]
    assert np.mean(inside) >= 0.8


def test_sizes_prices_and_first_revenue_are_given_back() -> None:
    inside = [
        value
        for seed in range(3)
        for value in covered(
            part("money"), part("money").draw(np.random.default_rng(seed)), HOW, seed
        ).values()
    ]
    assert np.mean(inside) >= 0.8


def test_kinds_of_contract_get_their_own_rates_and_directions() -> None:
    """From month to month 8 in a hundred change, half of them down; within terms hardly any."""
    rng = np.random.default_rng(8)
    book = made_up(4000, seed=8)
    term = np.repeat([0, 2, 3], [1000, 2000, 1000])
    rows = replace(book.amendment_covariates, term_idx=term)
    hit = rng.random(4000) < np.array([0.08, 0, 0.01, 0.005, 0])[term]
    down = rng.random(4000) < np.where(term == 0, 0.5, 0.05)
    table = book.amendments.assign(hit=hit, log_ratio=np.where(hit, np.where(down, -0.2, 0.2), 0))
    book = replace(book, amendments=table, amendment_covariates=rows)
    amend = next(part for part in row_parts(book) if part.name == AMEND)
    how, priors = Sampling(draws=300, tune=300, seed=3), PredictorPriors()
    rates = {}
    for kind, own in {"kinds": amend, "one rate": replace(amend, by_term=False)}.items():
        drawn = sample(row_model(own, book.coding, priors), how).posterior
        found = name_rows(drawn, own, book.coding, priors)
        log_rate = found[names.part(AMEND, names.BASE)].values[..., None]
        if own.by_term:
            log_rate = log_rate + found[names.part(AMEND, names.TERM)].values
        rates[kind] = np.exp(log_rate).mean(axis=(0, 1))
    seen = [hit[term == kind].mean() for kind in (0, 2, 3)]
    assert rates["kinds"][[0, 2, 3]] == pytest.approx(seen, rel=0.35, abs=0.002)
    assert rates["one rate"][0] < 0.6 * seen[0]  # the negative control: one rate fits no kind
    direction = next(part for part in row_parts(book) if part.name == names.AMEND_DOWN)
    drawn = sample(row_model(direction, book.coding, priors), how).posterior
    found = name_rows(drawn, direction, book.coding, priors)
    log_odds = found[names.part(names.AMEND_DOWN, names.BASE)].values[..., None]
    log_odds = log_odds + found[names.part(names.AMEND_DOWN, names.TERM)].values
    share = expit(log_odds).mean(axis=(0, 1))
    assert share[0] == pytest.approx(0.5, abs=0.12) and share[2:4].max() < 0.3
    assert share[[1, 4]] == pytest.approx(0.25, abs=0.15)  # never seen: by the mean of kinds


def test_how_far_sizes_return_to_what_is_usual_is_given_back() -> None:
    """Of large contracts more amendments reduce, and by more; of shuffled ones nothing is found."""
    rng = np.random.default_rng(6)
    book = made_up(900, seed=6)
    rows = book.amendment_covariates
    down = rng.random(900) < expit(-0.5 + 0.9 * rows.standing)
    place = np.where(down, rows.standing, -rows.standing)
    size = np.exp(-2.0 + 0.4 * place + 0.5 * rng.normal(size=900))
    table = book.amendments.assign(hit=True, log_ratio=np.where(down, -size, size))
    found = {}
    standings = {"own": rows.standing, "shuffled": rng.permutation(rows.standing)}
    for name, standing in standings.items():
        lived = replace(
            book, amendments=table, amendment_covariates=replace(rows, standing=standing)
        )
        direction = next(part for part in row_parts(lived) if part.name == names.AMEND_DOWN)
        how, priors = Sampling(draws=250, tune=250, seed=3), PredictorPriors()
        drawn = sample(row_model(direction, book.coding, priors), how).posterior
        slope = name_rows(drawn, direction, book.coding, priors)[
            names.part(names.AMEND_DOWN, names.REVERSION)
        ]
        money = draw_money(MoneyModel(lived, SizePriors(), NewBusinessPriors()), how).posterior
        of_size = money[names.SIZE_REVERSION].sel({names.PROCESS: AMEND})
        found[name] = [float(values.mean()) for values in (slope, of_size)]
    assert found["own"] == pytest.approx([0.9, 0.4], abs=0.25)
    assert np.abs(found["shuffled"][0]) < 0.2 and np.abs(found["shuffled"][1]) < 0.15


def test_what_goes_along_with_shocks_of_leaving_is_given_back() -> None:
    """By what is expected of the shocks; single draws of them are too weak, others find nothing."""
    rng = np.random.default_rng(8)
    book = made_up(3000, seed=8)
    rows = book.amendment_covariates
    expected, *scatter = np.repeat(rng.normal(0, 0.5, (3, 600)), 5, axis=1)
    hit = rng.random(3000) < -np.expm1(-np.exp(-1.5 + 0.9 * (expected + scatter[0])))
    shocks = {"own": expected, "drawn": expected + scatter[1], "others": scatter[1]}
    how, found = Sampling(draws=200, tune=200, seed=3), {}
    for name, shock in shocks.items():
        lived = replace(
            book,
            amendments=book.amendments.assign(hit=hit),
            amendment_covariates=replace(rows, shock=shock[:, None]),
        )
        amend = next(part for part in row_parts(lived) if part.name == AMEND)
        drawn = sample(row_model(amend, book.coding, PredictorPriors()), how).posterior
        named = name_rows(drawn, amend, book.coding, PredictorPriors())
        found[name] = float(named[names.part(AMEND, names.LOADING)].mean())
    assert found["own"] == pytest.approx(0.9, abs=0.2)
    assert found["drawn"] < 0.75 * found["own"]
    assert abs(found["others"]) < 0.2
