"""The signals that drove the process can be read again from the tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.calendar import month_number, month_starts
from workbench.data.simulate import Simulation, simulate

# Reading starts a year into the window, when every look back lies within the tables.
FIRST = 13


@pytest.fixture(scope="module")
def book() -> Simulation:
    return simulate(accounts=150, months=30, seed=6)


def panel(book: Simulation, table: pd.DataFrame, moment: str, value=1.0) -> np.ndarray:
    """Sum a column by (month of the window, account)."""
    truth = book.truth
    position = pd.Index(truth.accounts["account_id"]).get_indexer(table["account_id"])
    month = month_number(table[moment]).to_numpy(dtype="int64") - truth.observed_from
    sums = np.zeros((truth.end - truth.observed_from, len(truth.accounts)))
    np.add.at(sums, (month, position), value)
    return sums


def customers(book: Simulation) -> np.ndarray:
    """(month, account): at risk with at least one subscription, a year or more after the start."""
    truth, subs = book.truth, book.truth.subscriptions
    position = pd.Index(truth.accounts["account_id"]).get_indexer(subs["account_id"])
    months = np.arange(truth.observed_from, truth.end)[:, None]
    at_risk = ~np.isnan(truth.hazard[: len(months)])
    first = subs.groupby("account_id")["start_month"].min().reindex(truth.accounts["account_id"])
    established = months > first.to_numpy()[None, :] + 12
    anyone = np.zeros(established.shape, dtype=bool)
    for column, account in enumerate(position):
        anyone[:, account] |= at_risk[:, column]
    keep = anyone & established
    keep[:FIRST] = False
    return keep


def last_three(counts: np.ndarray) -> np.ndarray:
    sums = np.zeros_like(counts)
    for month in range(3, len(counts)):
        sums[month] = counts[month - 3 : month].sum(axis=0)
    return sums


def test_severe_tickets(book):
    tickets = book.tables["tickets"]
    severe = tickets[tickets["severity"].isin(["high", "critical"])]
    read = np.minimum(last_three(panel(book, severe, "opened_at")), 5)
    rows = customers(book)
    np.testing.assert_array_equal(read[rows], book.truth.signals["severe_tickets"][rows])


def test_engagement(book):
    messages = book.tables["messages"]
    inbound = messages[messages["direction"] == "inbound"]
    read = np.log1p(last_three(panel(book, inbound, "sent_at")))
    rows = customers(book)
    np.testing.assert_allclose(read[rows], book.truth.signals["engagement"][rows], atol=1e-5)


def test_bad_news(book):
    events = book.tables["account_events"]
    bad = panel(book, events[~events["kind"].isin(["funding", "referral"])], "on")
    read = np.array([bad[max(0, month - 6) : month].any(axis=0) for month in range(len(bad))])
    rows = customers(book)
    np.testing.assert_array_equal(read[rows], book.truth.signals["bad_news"][rows] == 1)


def test_detractor(book):
    nps = book.tables["surveys"].query("kind == 'nps'")
    score = panel(book, nps, "taken_on", nps["score"].to_numpy() + 1)
    read = np.zeros_like(score)
    for month in range(len(score)):
        for asked in range(max(0, month - 12), month):
            read[month] = np.where(score[asked] > 0, (7 - (score[asked] - 1)) / 3, read[month])
    rows = customers(book)
    np.testing.assert_allclose(read[rows], book.truth.signals["detractor"][rows], atol=1e-5)


def test_champion_absent(book):
    truth, contacts = book.truth, book.tables["contacts"]
    champions = contacts[contacts["role"] == "champion"]
    position = pd.Index(truth.accounts["account_id"]).get_indexer(champions["account_id"])
    months = month_starts(np.arange(truth.observed_from, truth.end))
    present = np.zeros((len(months), len(truth.accounts)), dtype=bool)
    for month, day in enumerate(months):
        joined = champions["joined_on"].isna() | (champions["joined_on"] < day)
        there = joined & ~(champions["left_on"] < day)
        present[month, position[there]] = True
    rows = customers(book)
    np.testing.assert_array_equal(~present[rows], truth.signals["champion_absent"][rows] == 1)


def test_late_payment(book):
    invoices = book.tables["invoices"]
    late = (invoices["paid_on"] - invoices["due_on"]).dt.days.fillna(0).to_numpy()
    days = panel(book, invoices, "issued_on", late + 1)
    read = np.zeros_like(days)
    for month in range(len(days)):
        for issued in range(max(0, month - 5), month - 2):
            read[month] = np.where(days[issued] > 0, (days[issued] - 1) / 30, read[month])
    rows = customers(book)
    np.testing.assert_allclose(read[rows], book.truth.signals["late_payment"][rows], atol=1e-5)


def test_consumption(book):
    """Units over entitled units, from the contract of each month; absent months are left out."""
    usage = book.tables["usage"].assign(month=lambda t: month_number(t["month"]).astype("int64"))
    contracts = book.tables["contracts"]
    months = (month_number(contracts["end_on"]) - month_number(contracts["start_on"])).fillna(1)
    term = np.select([months > 30, months > 18, months > 2], [36, 24, 12], 1)
    rate = contracts.assign(
        entitled=contracts["entitlement"] / term,
        month=month_number(contracts["start_on"]).astype("int64"),
    ).sort_values("month", kind="stable")
    both = pd.merge_asof(
        usage.sort_values("month"),
        rate[["account_id", "product", "month", "entitled"]],
        on="month",
        by=["account_id", "product"],
    )
    both = both[both["product"] == "Core"].assign(
        ratio=lambda t: np.log(t["units"] / t["entitled"])
    )
    position = pd.Index(book.truth.accounts["account_id"]).get_indexer(both["account_id"])
    ratio = np.full(book.truth.signals["consumption"].shape, np.nan)
    ratio[both["month"] - book.truth.observed_from, position] = both["ratio"]
    read = np.full_like(ratio, np.nan)
    for month in range(3, len(ratio)):
        read[month] = ratio[month - 3 : month].mean(axis=0)
    rows = customers(book) & ~np.isnan(read)
    gap = np.abs(read[rows] - book.truth.signals["consumption"][rows])
    # Amendments shorten what a row's own dates say about its term: those rows are off.
    assert np.quantile(gap, 0.75) < 0.03
