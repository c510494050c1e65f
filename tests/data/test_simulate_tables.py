"""The simulated tables hang together: keys, references, order of dates, knowledge at the end."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.calendar import month_number, month_start
from workbench.data.simulate import Simulation, simulate

KEYS = {
    "accounts": ["account_id"],
    "contracts": ["contract_id"],
    "usage": ["account_id", "product", "month"],
    "invoices": ["invoice_id"],
    "tickets": ["ticket_id"],
    "messages": ["message_id"],
    "contacts": ["contact_id"],
    "opportunities": ["opportunity_id"],
    "metrics": ["account_id", "month", "metric"],
    "actions": ["action_id"],
}
REFERENCES = [
    *((name, "account_id", "accounts", "account_id") for name in KEYS if name != "opportunities"),
    ("opportunity_stages", "opportunity_id", "opportunities", "opportunity_id"),
    ("surveys", "account_id", "accounts", "account_id"),
    ("account_events", "account_id", "accounts", "account_id"),
    ("surveys", "contact_id", "contacts", "contact_id"),
    ("messages", "contact_id", "contacts", "contact_id"),
    ("messages", "in_reply_to", "messages", "message_id"),
    ("contracts", "previous_contract_id", "contracts", "contract_id"),
]
# In each row, every date must not be later than the next one.
ORDER = {
    "accounts": ["created_on"],
    "contracts": ["signed_on", "start_on", "ended_on"],
    "invoices": ["issued_on", "due_on", "paid_on"],
    "tickets": ["opened_at", "first_response_at", "closed_at"],
    "contacts": ["joined_on", "left_on"],
    "opportunities": ["opened_on", "closed_on"],
}


@pytest.fixture(scope="module")
def book() -> Simulation:
    return simulate(accounts=400, months=36, seed=2)


def faults(simulation: Simulation) -> list[str]:
    """Everything that does not hang together."""
    tables = simulation.tables
    found = [*key_faults(tables), *date_faults(tables, month_start(simulation.truth.end))]
    offered = tables["opportunities"]
    customers = offered[offered["kind"] != "new_logo"]
    if not customers["account_id"].isin(tables["accounts"]["account_id"]).all():
        found.append("opportunities.account_id: reference")
    contracts = tables["contracts"]
    if (contracts["end_on"] <= contracts["start_on"]).any() or (contracts["arr"] <= 0).any():
        found.append("contracts: empty term or no money")
    return found


def key_faults(tables: dict[str, pd.DataFrame]) -> list[str]:
    found = []
    for name, key in KEYS.items():
        if tables[name].duplicated(key).any() or tables[name][key].isna().any(axis=None):
            found.append(f"{name}: key")
    for name, column, other, key in REFERENCES:
        if not tables[name][column].dropna().isin(tables[other][key]).all():
            found.append(f"{name}.{column}: reference")
    return found


def date_faults(tables: dict[str, pd.DataFrame], end: pd.Timestamp) -> list[str]:
    found = []
    for name, columns in ORDER.items():
        for before, after in pairwise(columns):
            if (tables[name][before] > tables[name][after]).any():
                found.append(f"{name}: {before} after {after}")
    for name, table in tables.items():
        for column, dtype in table.dtypes.items():
            planned = column in {"end_on", "due_on", "start_on"}
            if str(dtype).startswith("datetime") and not planned and (table[column] >= end).any():
                found.append(f"{name}.{column}: not known yet")
    return found


@settings(max_examples=12, deadline=None, database=None)
@given(
    accounts=st.integers(1, 25),
    months=st.integers(6, 20),
    seed=st.integers(0, 10**6),
    process=st.sampled_from(["hazard", "relationship"]),
)
def test_any_company_hangs_together(accounts, months, seed, process):
    assert faults(simulate(accounts, months, seed, process=process)) == []


def test_a_large_company_hangs_together(book):
    assert faults(book) == []


def test_the_check_sees_what_does_not_hang_together(book):
    tables = dict(book.tables)
    tables["contracts"] = tables["contracts"].assign(
        previous_contract_id="C9", ended_on=pd.Timestamp("1999-01-01")
    )
    assert len(faults(Simulation(tables, book.truth))) == 2


def test_nothing_but_contracts_and_sales_is_older_than_the_window(book):
    begin = month_start(book.truth.observed_from)
    moment = {
        "usage": "month",
        "invoices": "issued_on",
        "tickets": "opened_at",
        "messages": "sent_at",
        "surveys": "taken_on",
        "actions": "done_on",
        "account_events": "on",
        "metrics": "month",
    }
    for name, column in moment.items():
        assert book.tables[name][column].min() >= begin, name
    assert book.tables["contracts"]["start_on"].min() < begin


def test_nothing_happens_before_an_account_is_a_customer_or_after(book):
    spans = book.truth.subscriptions.groupby("account_id").agg(
        first=("start_month", "min"), last=("leave_month", lambda m: m.max(skipna=False))
    )
    for name, column in (("tickets", "opened_at"), ("messages", "sent_at"), ("usage", "month")):
        table = book.tables[name]
        month = month_number(table[column]).astype("int64").to_numpy()
        span = spans.loc[table["account_id"]]
        assert (month >= span["first"].to_numpy()).all(), name
        assert (month < span["last"].fillna(10**6).astype("int64").to_numpy()).all(), name


def test_amendments_keep_the_end_and_follow_on_the_day(book):
    contracts = book.tables["contracts"].set_index("contract_id")
    old = contracts[contracts["end_reason"] == "amended"]
    new = contracts.reset_index().set_index("previous_contract_id").loc[old.index]
    assert len(old) > 50
    assert (new["start_on"] == old["ended_on"]).all()
    # After a silent renewal the row's own end lies in an earlier term.
    fixed = old["ended_on"] < old["end_on"]
    assert (new["end_on"] == old["end_on"])[fixed].all()
    assert (new["arr"] > old["arr"]).all()


def test_terms_renewals_and_gaps_are_all_there(book):
    contracts = book.tables["contracts"]
    months = month_number(contracts["end_on"]) - month_number(contracts["start_on"])
    chained = contracts.merge(
        contracts, left_on="previous_contract_id", right_on="contract_id", suffixes=("", "_old")
    )
    renewed = chained[chained["end_reason_old"] != "amended"]
    gap = (renewed["start_on"] - renewed["end_on_old"]).dt.days
    assert {12, 24, 36} <= set(months.dropna()) and months.isna().any()
    assert (gap > 0).any() and (gap < 0).any() and (gap == 0).mean() > 0.85
    ran_over = contracts["ended_on"] > contracts["end_on"]
    assert contracts.loc[ran_over, "auto_renew"].all() and ran_over.any()


def test_some_values_are_missing(book):
    tables = book.tables
    assert 0 < tables["accounts"]["employees"].isna().mean() < 0.2
    assert 0 < tables["accounts"]["industry"].isna().mean() < 0.1
    left = tables["contracts"]["ended_on"].notna()
    assert 0 < tables["contracts"].loc[left, "end_reason"].isna().mean() < 0.3
    surveyed = tables["surveys"].query("kind == 'nps'")["account_id"].nunique()
    assert surveyed < len(tables["accounts"])


def test_texts_follow_the_mood(book):
    tickets = book.tables["tickets"].dropna(subset=["csat"])
    angry = book.tables["messages"]["text"].str.contains("escalate|outage|waiting", case=False)
    unhappy = tickets.groupby("account_id")["csat"].mean().lt(3.2).rename("unhappy")
    share = angry.groupby(book.tables["messages"]["account_id"]).mean().to_frame("angry")
    means = share.join(unhappy, how="inner").groupby("unhappy")["angry"].mean()
    assert means[True] > 1.5 * means[False]


def test_money_of_the_books_at_the_end_is_the_truth_s(book):
    contracts, end = book.tables["contracts"], month_start(book.truth.end)
    day = end - pd.Timedelta(days=1)
    open_ = contracts["ended_on"].isna() & (contracts["start_on"] <= day)
    follow = set(contracts.loc[contracts["start_on"] <= day, "previous_contract_id"].dropna())
    latest = open_ & ~contracts["contract_id"].isin(follow)
    latest &= ~contracts.duplicated(["account_id", "product"], keep="last")
    running = contracts[latest & contracts["account_id"].isin(_running(book))]
    invoices = book.tables["invoices"]
    paid = invoices[invoices["issued_on"] >= day - pd.Timedelta(days=4)]
    quarter = running.groupby("account_id")["arr"].sum().reindex(paid["account_id"]) / 4
    np.testing.assert_allclose(quarter.to_numpy(), paid["amount"].to_numpy(), atol=0.011)


def _running(simulation: Simulation) -> pd.Series:
    accounts = simulation.truth.accounts
    return accounts.loc[accounts["running"], "account_id"]
