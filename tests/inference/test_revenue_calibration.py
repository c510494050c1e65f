"""Each part of the revenue model: ranks of the truth, recovery, and controls that fail.

`make sbc` does the same with more books. Further products have the model of amendments.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from ranks import Effort, uniformity
from revenue_parts import PARTS, Part, covered, made_up, part_of, rank

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
