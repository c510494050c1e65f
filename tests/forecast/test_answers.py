"""What the reports say in the end, from the same draws as everything else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from books import Shape, design_of, lay_out

from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.posterior.quantities import (
    FIRST,
    observed_quantities,
    quantities_of_interest,
    share_table,
)


def outlook(draws: int = 4, months: int = 18) -> Outlook:
    """Two accounts: one with two subscriptions of 100 and 300, one with a subscription of 600."""
    kept = np.broadcast_to(np.array([0.5, 0.8, 0.9])[None, :, None], (draws, 3, months))
    book = pd.DataFrame({"subscription_id": list("abc"), "arr": [100.0, 300.0, 600.0]})
    return Outlook(
        kept.astype("float32"),
        kept > 0,
        book,
        np.array(["x", "y"], dtype=object),
        np.array([0, 0, 1]),
        np.arange(months),
    )


def test_shares_are_those_of_accounts_revenue_and_first_renewals() -> None:
    rows = lay_out(Shape(60, months=24), np.random.default_rng(1))
    first = rows[rows["exit_kind"].str.startswith("renewal") & (rows["tenure_months"] == 12)]
    seen = first[first["observed"]]
    gone = seen.index[::3]
    rows.loc[gone, "event"] = True
    for at in gone:
        rows = rows[(rows["subscription_id"] != rows["subscription_id"][at]) | (rows.index <= at)]
    design = design_of(rows.reset_index(drop=True))
    chance = np.full((4, len(rows)), 0.25, dtype="float32")
    found = quantities_of_interest(chance, design, outlook())
    assert found[FIRST] == pytest.approx(0.75)
    assert found["accounts kept for 12 months"] == pytest.approx((0.9 + 0.9) / 2)
    assert found["revenue kept for 12 months"] == pytest.approx((50 + 240 + 540) / 1000)
    assert observed_quantities(design)[FIRST] == pytest.approx(1 - len(gone) / len(seen))


def test_a_short_horizon_is_said_and_without_renewals_none_is_told() -> None:
    rows = lay_out(Shape(20, months=12), np.random.default_rng(1))
    rows = rows[rows["exit_kind"] == "month to month"].reset_index(drop=True)
    found = quantities_of_interest(np.zeros((4, len(rows))), design_of(rows), outlook(months=6))
    assert list(found) == ["accounts kept for 6 months", "revenue kept for 6 months"]
    assert observed_quantities(design_of(rows)) == {}


def test_prior_and_posterior_stand_side_by_side() -> None:
    prior, posterior = {"stay": np.linspace(0, 1, 101)}, {"stay": np.linspace(0.8, 0.9, 101)}
    table = share_table(prior, posterior, {}, 0.9).iloc[0]
    assert table["prior_low"] == pytest.approx(0.05) and table["prior_high"] == pytest.approx(0.95)
    assert table["posterior"] == pytest.approx(0.85) and np.isnan(table["observed"])
