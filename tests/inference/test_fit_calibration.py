"""The truth's rank among posterior draws is uniform; `make sbc` does the same with more books."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from ranks import Effort, rank_truth, uniformity

HOW = Effort(draws=200, tune=200)


def test_ranks_of_the_truth_are_uniform(small_bench) -> None:
    ranks = pd.DataFrame([rank_truth(small_bench, HOW, seed) for seed in range(24)])
    found = uniformity(ranks, bins=4)
    assert found["ks"].min() > 0.05 / len(found) / 5, found
    assert found["mean_rank"].between(0.25, 0.75).all(), found


def test_books_that_lose_twice_as_many_are_found_out(small_bench) -> None:
    ranks = pd.DataFrame(
        [
            rank_truth(small_bench, HOW, seed, lambda t: replace(t, exit=t.exit + 1.0))
            for seed in range(16)
        ]
    )
    found = uniformity(ranks, bins=4)
    assert found["ks"].min() < 0.05 / len(found) / 5, found
