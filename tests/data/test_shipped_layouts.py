"""The mappings that come along, each on a small export in the columns that the system writes."""

from __future__ import annotations

import pandas as pd
import psycopg
import pytest
from layouts import LAYOUTS, write_layout

from workbench.data.audit.audit import audit
from workbench.data.book import Book
from workbench.data.load import load_book

CONTRACTS = {
    "stripe": [("sub_1", "cus_1", 25_200.0, None), ("sub_2", "cus_2", 900.0, "2024-03-01")],
    "chargebee": [("s1", "c1", 1200.0, None), ("s2", "c2", 600.0, "2023-06-05")],
    "recurly": [
        ("u1", "a1", 720.0, None),
        ("u2", "a2", 100, "2024-04-01"),
        ("u3", "a3", 100, "2023-04-01"),
    ],
    "salesforce": [("800A", "001A", 1200.0, None), ("800B", "001B", 600.0, None)],
    "zuora": [("R1", "A1", 1200.0, None), ("R2", "A2", 600.0, "2023-07-01")],
}


def load(path, layout: str) -> Book:
    write_layout(path, layout)
    return load_book(path, layout, max_lost_share=0, needs_contracts=layout in CONTRACTS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_lost_and_the_audit_runs(tmp_path, layout):
    book = load(tmp_path, layout)
    assert book.quarantine.empty
    assert audit(book).findings


@pytest.mark.parametrize("layout", CONTRACTS)
def test_contracts_and_their_yearly_revenue(tmp_path, layout):
    contracts = load(tmp_path, layout).frame("contracts")
    ended = contracts["ended_on"].dt.strftime("%Y-%m-%d")
    ended = [None if pd.isna(day) else day for day in ended]
    columns = (contracts["contract_id"], contracts["account_id"], contracts["arr"], ended)
    assert list(zip(*columns, strict=True)) == CONTRACTS[layout]


def test_salesforce_tasks_and_events_are_messages_and_terms_end_the_day_after(tmp_path):
    book = load(tmp_path, "salesforce")
    assert book.frame("messages")["account_id"].tolist() == ["001A", "001B"]
    assert book.frame("messages")["sent_at"].dt.day.tolist() == [4, 4]
    assert book.frame("contracts")["end_on"].iloc[0] == pd.Timestamp("2024-01-01")
    opportunities = book.frame("opportunities")
    assert opportunities["kind"].tolist() == ["new_logo", "up_sell"]
    assert opportunities["won"].tolist()[0] is True and pd.isna(opportunities["closed_on"][1])


def test_hubspot_and_zendesk_name_accounts_by_key(tmp_path):
    opportunities = load(tmp_path, "hubspot").frame("opportunities")
    assert opportunities["account_id"].tolist() == ["11", "12"]
    assert pd.isna(opportunities["closed_on"][1])
    (tmp_path / "z").mkdir()
    tickets = load(tmp_path / "z", "zendesk").frame("tickets")
    assert tickets["account_id"].tolist() == ["001A", "92"]


def test_a_billing_interval_that_nobody_knows_is_no_yearly_revenue(tmp_path):
    write_layout(tmp_path, "stripe")
    file = tmp_path / "subscriptions.csv"
    file.write_text(file.read_text().replace(",month,", ",fortnight,", 1))
    lost = load_book(tmp_path, "stripe", max_lost_share=0.6).quarantine.iloc[0]
    assert (lost["column"], lost["reason"]) == ("arr", "not a number")
    assert lost["value"] == "1,050.00 times 2 times fortnight"


def test_a_file_that_is_not_there_is_left_out(tmp_path):
    write_layout(tmp_path, "stripe")
    (tmp_path / "invoices.csv").unlink()
    assert "invoices" not in load_book(tmp_path, "stripe").tables


# Products of columns, words for months, and several tables for one.
@pytest.mark.parametrize("layout", ["recurly", "salesforce"])
def test_postgresql_reads_an_export_alike(tmp_path, layout, postgres_url):
    write_layout(tmp_path, layout)
    with psycopg.connect(postgres_url, autocommit=True) as session:
        session.execute("DROP SCHEMA IF EXISTS exports CASCADE; CREATE SCHEMA exports")
        session.execute("SET search_path TO exports")
        for table, text in LAYOUTS[layout].items():
            columns = ", ".join(f'"{name}" text' for name in text.splitlines()[0].split(","))
            session.execute(f'CREATE TABLE "{table}" ({columns})')
            with session.cursor().copy(f'COPY "{table}" FROM STDIN (FORMAT csv, HEADER)') as copy:
                copy.write(text)
    joint = "&" if "?" in postgres_url else "?"
    there = load_book(f"{postgres_url}{joint}options=-csearch_path%3Dexports", layout)
    assert there.fingerprint == load_book(tmp_path, layout).fingerprint
    assert there.quarantine.empty
    with psycopg.connect(postgres_url, autocommit=True) as session:
        session.execute("DROP SCHEMA exports CASCADE")
