"""Open offers without contracts: planted chances come back, and what is missing is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.errors import DataError
from workbench.data.load import load_book

WON, LOST = 0.10, 0.15  # a month
AS_OF = pd.Timestamp("2025-07-01")


def offers(seed: int, count: int = 400) -> pd.DataFrame:
    """Offers opened over two years, each decided with the same chances month after month."""
    rng = np.random.default_rng(seed)
    opened = pd.Timestamp("2023-07-01") + pd.to_timedelta(rng.integers(0, 720, count), unit="D")
    months = rng.geometric(WON + LOST, count)
    closed = opened + pd.to_timedelta((months - rng.random(count)) * 30.44, unit="D")
    won = rng.random(count) < WON / (WON + LOST)
    known = closed < AS_OF
    return pd.DataFrame(
        {
            "opportunity_id": [f"O{i:03d}" for i in range(count)],
            "account_id": [f"A{i % 50:02d}" for i in range(count)],
            "kind": "new_logo",
            "stage": "proposal",
            "amount": 1000.0,
            "opened_on": opened.strftime("%Y-%m-%d"),
            "closed_on": np.where(known, closed.strftime("%Y-%m-%d"), ""),
            "won": np.where(known, np.where(won, "true", "false"), ""),
        }
    )


@pytest.fixture
def export(tmp_path):
    accounts = pd.DataFrame({"account_id": [f"A{i:02d}" for i in range(50)]})
    accounts.to_csv(tmp_path / "accounts.csv", index=False)
    offers(4).to_csv(tmp_path / "opportunities.csv", index=False)
    return tmp_path


def test_a_planted_chance_is_found_without_contracts(export) -> None:
    book = wb.load_book(export, needs_contracts=False)
    found = wb.fit_pipeline(book, as_of="2025-07-01", horizon_months=12)
    assert found.gates["passed"].all(), found.gates
    open_now = offers(4)["closed_on"].eq("").sum()
    assert len(found.open) == open_now > 20
    year = WON / (WON + LOST) * (1 - (1 - WON - LOST) ** 12)
    assert found.open["win"].mean() == pytest.approx(year, abs=0.07)
    last = found.months.iloc[-1]
    assert last["won_low"] < open_now * year < last["won_high"]
    assert last["amount"] == pytest.approx(1000 * last["won"])
    assert (found.months["won"].diff().dropna() >= 0).all()
    decided = found.seen.decided
    assert found.stages["won"].sum() == decided["won"].astype(bool).sum() > 50


def test_without_offers_it_says_what_is_missing(export) -> None:
    (export / "opportunities.csv").unlink()
    with pytest.raises(DataError, match="offers cannot be learnt") as raised:
        wb.fit_pipeline(wb.load_book(export, needs_contracts=False))
    assert "no offers to learn from" in str(raised.value)


def test_a_source_without_contracts_names_the_way(export) -> None:
    with pytest.raises(DataError, match="fit_pipeline"):
        load_book(export)
