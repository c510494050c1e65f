"""The signals that drive the simulated company can be read again from its tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.data.simulate import simulate
from workbench.features.signals.catalogue import SIGNALS
from workbench.features.signals.table import signal_table

NAMES = ("consumption_3m", "severe_tickets_3m", "nps_latest", "inbound_messages_3m",
         "champion_present")  # fmt: skip


@pytest.fixture(scope="module")
def both(bare_book):
    """Signals as read, and as they drove the process, for accounts with a running contract."""
    made = simulate(accounts=120, months=24, seed=6)
    truth = made.truth
    months = np.arange(truth.observed_from + 13, truth.end)
    chosen = [signal for signal in SIGNALS if signal.name in (*NAMES, "products_owned")]
    read = signal_table(bare_book(made.tables), months, chosen)
    month = read["read_month"].to_numpy() - truth.observed_from
    position = pd.Index(truth.accounts["account_id"]).get_indexer(read["account_id"])
    for name in ("consumption", "severe_tickets", "detractor", "engagement", "champion_absent"):
        read[f"true {name}"] = truth.signals[name][month, position]
    # In its first months an account's past does not fill the windows of the process.
    first = truth.subscriptions.groupby("account_id")["start_month"].min()
    established = read["read_month"] > read["account_id"].map(first) + 12
    return read[established & (read["products_owned"] > 0)]


def test_severe_tickets(both):
    expected = both["severe_tickets_3m"].clip(upper=5)
    np.testing.assert_array_equal(expected, both["true severe_tickets"])


def test_champion(both):
    np.testing.assert_array_equal(1 - both["champion_present"], both["true champion_absent"])


def test_inbound_messages(both):
    expected = np.log1p(both["inbound_messages_3m"])
    np.testing.assert_allclose(expected, both["true engagement"], atol=1e-6)


def test_nps(both):
    expected = ((7 - both["nps_latest"]) / 3).fillna(0)
    # The process remembers the last answer of a month, the signal their mean.
    assert (np.abs(expected - both["true detractor"]) < 1e-5).mean() > 0.97


def test_consumption(both):
    gap = np.abs(np.log(both["consumption_3m"]) - both["true consumption"]).dropna()
    assert np.quantile(gap, 0.9) < 0.05
