"""The benchmark's customers start anew and bring no knowledge of how long they stayed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from telco_data import LAST_MONTH, first_months

AS_OF = pd.Timestamp("2020-01-01")


def contracts() -> pd.DataFrame:
    """Two customers as the snapshot's chains have them: one monthly, one in its second year."""
    table = pd.DataFrame(
        {
            "contract_id": ["m-1", "y-1", "y-2"],
            "account_id": ["m", "y", "y"],
            "product": "telco",
            "start_on": ["2019-08-01", "2018-05-01", "2019-05-01"],
            "end_on": [None, "2019-05-01", "2020-05-01"],
            "ended_on": ["2019-12-01", None, None],
            "arr": [360.0, 600.0, 600.0],
            "previous_contract_id": [None, None, "y-1"],
        }
    )
    days = ["start_on", "end_on", "ended_on"]
    table[days] = table[days].astype("datetime64[us]")
    return table


def test_everyone_has_the_same_first_months() -> None:
    rows = first_months(contracts(), AS_OF)
    for _, months in rows.groupby("account_id"):
        assert months["tenure_months"].tolist() == list(range(1, LAST_MONTH + 1))


def test_a_term_can_be_left_when_it_ends() -> None:
    rows = first_months(contracts(), AS_OF)
    renewals = rows[rows["at_renewal"]].groupby("account_id")["tenure_months"]
    assert renewals.get_group("y").tolist() == [12, 24, 36, 48, 60, 72]
    assert renewals.size()["m"] == LAST_MONTH


def test_how_long_they_stayed_changes_nothing() -> None:
    longer = contracts()
    longer["ended_on"] = pd.NaT
    longer["ended_on"] = longer["ended_on"].astype("datetime64[us]")
    longer.loc[0, "start_on"] = pd.Timestamp("2015-03-01")
    columns = ["account_id", "tenure_months", "exit_kind", "arr"]
    known, other = (first_months(table, AS_OF)[columns] for table in (contracts(), longer))
    np.testing.assert_array_equal(known.to_numpy(), other.to_numpy())
