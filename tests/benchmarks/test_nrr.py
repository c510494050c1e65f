"""The benchmark of retention: books do not know their future, and scores are what they claim."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nrr.company import AS_OF, simulate
from nrr.folders import HORIZONS, LEVELS, monthly_revenue, quantile_table, truth_of, write_book
from nrr.processes import PROCESSES
from nrr.rivals import smoothed, trailing, trailing_spread
from nrr.scores import score_accounts, score_chance, score_quantiles
from scipy.stats import norm


@pytest.fixture(scope="module")
def lasting():
    return simulate(PROCESSES[0], seed=3, customers=60, futures=3)


def test_a_book_ends_on_its_day_and_opens_as_its_contracts_say(lasting, tmp_path: Path) -> None:
    write_book(lasting, tmp_path)
    contracts = pd.read_csv(tmp_path / "contracts.csv", parse_dates=["start_on", "ended_on"])
    assert (contracts["start_on"] < AS_OF).all()
    assert not (contracts["ended_on"] >= AS_OF).any()
    held = monthly_revenue(tmp_path)[0]
    opening = lasting.revenue[lasting.revenue["future"] == 0].set_index("account_id")[0]
    pd.testing.assert_series_equal(
        held[held > 0].sort_index(), opening.sort_index(), check_names=False
    )


def test_the_same_seed_makes_the_same_book_and_futures_differ(lasting) -> None:
    again = simulate(PROCESSES[0], seed=3, customers=60, futures=3)
    pd.testing.assert_frame_equal(again.revenue, lasting.revenue)
    truth, left = truth_of(lasting.revenue)
    year = truth[(truth["quantity"] == "nrr") & (truth["months"] == 12)]["value"]
    assert year.nunique() == 3
    kept = truth[(truth["quantity"] == "logo_retention") & (truth["months"] == 12)]["value"]
    assert 1 - kept.mean() == pytest.approx(left["left"].mean())


@pytest.mark.parametrize("method", [trailing, trailing_spread, smoothed])
def test_a_rival_answers_everything_it_is_asked(lasting, tmp_path: Path, method) -> None:
    write_book(lasting, tmp_path)
    found = method(tmp_path)
    assert len(found) == 3 * len(HORIZONS) * len(LEVELS)
    assert found["value"].between(0, 2).all()


def test_scores_of_a_normal_forecast_are_those_of_the_closed_form() -> None:
    """CRPS of N(0, 1) is 1/sqrt(pi) if right; one half as wide holds less and scores worse."""
    rng = np.random.default_rng(1)
    real = rng.normal(size=4000)
    truth = pd.DataFrame({"book": "b", "quantity": "nrr", "months": 12, "value": real})
    scores = {}
    for sd in (1.0, 0.5):
        found = quantile_table({("nrr", 12): norm(0, sd).ppf((np.arange(4000) + 0.5) / 4000)})
        scores[sd] = score_quantiles(found.assign(book="b"), truth).iloc[0]
    assert scores[1.0]["crps"] == pytest.approx(1 / np.sqrt(np.pi), rel=0.03)
    assert scores[1.0]["within 90%"] == pytest.approx(0.9, abs=0.02)
    assert scores[1.0]["within 50%"] == pytest.approx(0.5, abs=0.03)
    assert scores[0.5]["within 90%"] < 0.65
    assert scores[0.5]["crps"] > scores[1.0]["crps"]


def test_chance_leaves_what_the_law_itself_would_score() -> None:
    """Of a normal with sd s that is s / sqrt(pi); pairs of few futures give it without bias."""
    rng = np.random.default_rng(2)
    truth = pd.DataFrame(
        {
            "book": np.repeat(np.arange(2000), 5),
            "future": np.tile(np.arange(5), 2000),
            "quantity": "nrr",
            "months": 12,
            "value": rng.normal(0.9, 0.3, 10_000),
        }
    )
    assert score_chance(truth)["crps"].mean() == pytest.approx(0.3 / np.sqrt(np.pi), rel=0.03)
    pair = truth[truth["book"] == 7].head(2)
    assert score_chance(pair)["crps"].item() == pytest.approx(abs(np.diff(pair["value"]))[0] / 2)


def test_brier_is_expected_over_the_futures() -> None:
    left = pd.DataFrame({"book": "b", "account_id": ["x", "y"], "left": [0.25, 0.0]})
    found = left.assign(leaves=[0.5, 0.0]).drop(columns="left")
    assert score_accounts(found, left)["brier"].item() == pytest.approx(0.125)
