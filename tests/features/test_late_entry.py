"""Who was a customer before the contracts on record begin entered late, and is not new."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.calendar import month_number
from workbench.data.contracts.subscriptions import subscriptions
from workbench.features.at_risk import Window, at_risk_rows, future_rows
from workbench.features.late_entry import customer_since

AS_OF = pd.Timestamp("2025-01-01")
FIRST = month_number(pd.Timestamp("2024-01-01"))


def book(created: dict[str, str | None]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return spans and terms of an account from before the records, and its account."""
    contracts = pd.DataFrame(
        {
            "contract_id": ["old", "second", "monthly"],
            "account_id": ["a", "a", "b"],
            "product": ["p", "q", "p"],
            "start_on": pd.to_datetime(["2023-07-01", "2024-05-01", "2023-11-01"]),
            "end_on": pd.to_datetime(["2025-07-01", "2025-05-01", None]),
            "arr": 100.0,
        }
    )
    chains = subscriptions(contracts, AS_OF)
    accounts = pd.DataFrame({"account_id": list(created), "created_on": list(created.values())})
    accounts["created_on"] = pd.to_datetime(accounts["created_on"])
    return chains.spans, chains.terms, accounts


def months_since(created: dict[str, str | None]) -> dict[str, int]:
    spans, _, accounts = book(created)
    started = month_number(spans.set_index("subscription_id")["started_on"]).astype(int)
    return (started - customer_since(spans, accounts, FIRST)).to_dict()


def test_only_the_first_subscription_of_an_account_from_before_is_older() -> None:
    since = months_since({"a": "2021-01-15", "b": None})
    assert since == {"old": 30, "second": 0, "monthly": 0}


@pytest.mark.parametrize("created", ["2023-07-20", "2024-03-01"])
def test_an_account_written_down_later_began_with_its_contract(created) -> None:
    """As after a change of systems, when all accounts are created on one day."""
    assert months_since({"a": created, "b": None})["old"] == 0


def test_nobody_is_older_than_ten_years_more() -> None:
    assert months_since({"a": "1998-01-01", "b": None})["old"] == 120


def test_the_time_that_selling_takes_is_taken_off() -> None:
    """Where new accounts are created four months before their first contract, old ones were too."""
    spans, _, accounts = book({"a": "2022-01-01", "b": None})
    ids = [f"n{i}" for i in range(12)]
    new = spans.iloc[[0] * 12].assign(
        subscription_id=ids, account_id=ids, started_on=pd.Timestamp("2024-08-01")
    )
    courted = pd.DataFrame({"account_id": ids, "created_on": pd.Timestamp("2024-04-10")})
    spans, accounts = pd.concat([spans, new]), pd.concat([accounts, courted])
    assert customer_since(spans, accounts, FIRST)["old"] == month_number(pd.Timestamp("2022-05-01"))


def test_rows_before_the_records_are_survived_terms_like_the_first() -> None:
    spans, terms, accounts = book({"a": "2021-01-01", "b": "2022-11-01"})
    since = customer_since(spans, accounts, FIRST)
    window = Window(FIRST, month_number(AS_OF) - 1)
    plain = at_risk_rows(spans, terms, window)
    rows = at_risk_rows(spans, terms, window, since)
    own = rows[rows["subscription_id"] == "old"].set_index("month")
    assert own["tenure_months"].tolist() == list(range(1, 48))
    assert not own.loc[: FIRST - 1, "observed"].any() and own.loc[FIRST:, "observed"].all()
    renewed = own.index[own["at_renewal"]] - month_number(pd.Timestamp("2023-07-01"))
    assert renewed.tolist() == [-24, 0]  # a term of two years ended when the first on record began
    monthly = rows[rows["subscription_id"] == "monthly"]
    assert monthly["month_to_month"].all() and monthly["tenure_months"].max() == 25
    # What is observed is what it was: only the tenure differs.
    kept = rows[rows["observed"]].drop(columns="tenure_months").reset_index(drop=True)
    before = plain[plain["observed"]].drop(columns="tenure_months").reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, before)


def test_a_forecast_goes_on_from_the_true_tenure() -> None:
    spans, terms, accounts = book({"a": "2021-01-01", "b": None})
    since = customer_since(spans, accounts, FIRST)
    ahead = future_rows(spans, terms, AS_OF, 2, since).set_index("subscription_id")
    assert ahead.loc["old", "tenure_months"].tolist() == [48, 49]
    assert ahead.loc["second", "tenure_months"].tolist() == [8, 9]
