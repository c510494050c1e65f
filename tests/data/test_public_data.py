"""Real files through shipped mappings and the audit: they must come out as what they are."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.calendar import month_number
from workbench.core.errors import DataError
from workbench.data.audit.audit import audit
from workbench.data.load import load_book
from workbench.data.source.mapping.file import shipped_mappings


@pytest.fixture(scope="module")
def books():
    return {}


@pytest.fixture
def telco(public_data, books):
    if "telco" not in books:
        books["telco"] = load_book(public_data("telco.csv"), "telco")
    return books["telco"]


@pytest.fixture
def ravenstack(public_data, books):
    if "ravenstack" not in books:
        books["ravenstack"] = load_book(public_data("ravenstack"), "ravenstack")
    return books["ravenstack"]


def test_telco_tenure_and_churn_survive_the_chain(telco, public_data):
    raw = pd.read_csv(public_data("telco.csv")).set_index("customerID")
    contracts = telco.frame("contracts")
    first = contracts.groupby("account_id")["start_on"].min()
    tenure = month_number(telco.snapshot_on) - 1 - month_number(first)
    assert (tenure.astype("int64") == raw["tenure"].reindex(tenure.index)).all()
    left = contracts.groupby("account_id")["ended_on"].max().notna()
    assert left.sum() == 1869
    assert (left == raw["Churn"].eq("Yes").reindex(left.index)).all()
    arr = contracts.groupby("account_id")["arr"].max()
    assert ((arr / 12 - raw["MonthlyCharges"].reindex(arr.index)).abs() < 1e-9).all()


def test_telco_keeps_its_services_as_attributes(telco):
    accounts = telco.frame("accounts")
    assert accounts["attr_payment_method"].nunique() == 4
    assert "attr_total_charges" not in accounts  # it grows with tenure, so it tells the future
    assert str(accounts["attr_senior"].dtype) == "boolean"


def test_telco_is_named_a_snapshot(telco):
    found = audit(telco)
    assert found.findings[0].startswith("This is a snapshot, not a history: all 1,869 endings")
    assert "the level of survival is not real" in found.findings[0]
    assert found.verdict.startswith("Fit for ranking")


def test_ravenstack_keeps_every_row(ravenstack):
    assert ravenstack.rows.set_index("table")["rows_kept"].to_dict() == {
        "accounts": 500,
        "contracts": 5000,
        "usage": 25000,
        "tickets": 2000,
        "account_events": 600,
    }


def test_ravenstack_comes_out_as_what_it_is(ravenstack):
    found = audit(ravenstack)
    text = "\n".join(found.findings)
    assert "begin before the one before has ended" in text
    assert "usage rows lie before the first contract for that product (62%)" in text
    assert "tickets were opened before the account's first contract" in text
    assert found.verdict.startswith("To be used with care")


def test_ravenstack_without_its_date_format_is_refused_with_the_format(public_data, tmp_path):
    text = shipped_mappings()["ravenstack"].read_text()
    file = tmp_path / "iso.yaml"
    file.write_text(text.replace('date_format: "%d-%m-%Y"', ""))
    with pytest.raises(DataError, match="Looks like DD-MM-YYYY"):
        load_book(public_data("ravenstack"), file)
