"""From a book to the model's tables, as of a date."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.core.calendar import month_number
from workbench.core.errors import DataError, ParameterError
from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.data.simulate import Simulation, simulate
from workbench.features.hazard_data import DataSpecification, HazardData, default_as_of, hazard_data
from workbench.features.joined_columns import account_columns

AS_OF = pd.Timestamp("2025-07-01")


@pytest.fixture(scope="module")
def company() -> Simulation:
    return simulate(accounts=120, months=30, seed=4, texts=False)


@pytest.fixture(scope="module")
def book(company) -> Book:
    """Only what every book has: the signals of other tables have tests of their own."""
    return book_from_frames({name: company.tables[name] for name in ("accounts", "contracts")})


@pytest.fixture(scope="module")
def data(book) -> HazardData:
    return hazard_data(book, DataSpecification(as_of="2025-07-01", horizon_months=6))


def test_events_are_those_of_the_simulator(company, book) -> None:
    data = hazard_data(book, DataSpecification(as_of="2026-01-01", horizon_months=3))
    truth = company.truth
    subs = truth.subscriptions.set_index("subscription_id")["leave_month"]
    assert truth.observed_from <= data.window.first_month < truth.observed_from + 3
    known = subs[(subs < truth.end) & (subs >= data.window.first_month)].sort_index()
    found = data.rows[data.rows["event"]].set_index("subscription_id")["month"].sort_index()
    assert len(found) > 20
    assert found.to_dict() == known.astype("int64").to_dict()


def test_rows_end_before_the_as_of_month_and_the_future_begins_with_it(data) -> None:
    assert data.rows["month"].max() == month_number(AS_OF) - 1
    ahead = data.future.groupby("subscription_id")["month"].agg(["min", "max", "size"])
    assert ahead.drop_duplicates().values.tolist() == [
        [month_number(AS_OF), month_number(AS_OF) + 5, 6]
    ]


def test_what_came_later_changes_nothing(company, data) -> None:
    """Contracts signed or ended on or after the date, cut from the raw table by hand."""
    contracts = company.tables["contracts"]
    signed = contracts["signed_on"].fillna(contracts["start_on"])
    cut = contracts[signed < AS_OF]
    open_still = ~(cut["ended_on"] < AS_OF)
    cut = cut.assign(
        ended_on=cut["ended_on"].mask(open_still), end_reason=cut["end_reason"].mask(open_still)
    )
    cut = cut.assign(
        previous_contract_id=cut["previous_contract_id"].where(
            cut["previous_contract_id"].isin(cut["contract_id"])
        )
    )
    tables = {"accounts": company.tables["accounts"], "contracts": cut}
    small = hazard_data(
        book_from_frames(tables), DataSpecification(as_of="2025-07-01", horizon_months=6)
    )
    contract_columns = ["subscription_id", "month", "tenure_months", "exit_kind", "arr"]
    for name in ("rows", "future"):
        pd.testing.assert_frame_equal(
            getattr(small, name)[contract_columns], getattr(data, name)[contract_columns]
        )
    np.testing.assert_array_equal(small.design.event, data.design.event)
    np.testing.assert_array_equal(small.design.lead_months, data.design.lead_months)


def test_the_same_seed_reads_signals_at_the_same_leads(book, data) -> None:
    question = DataSpecification(as_of="2025-07-01", horizon_months=6)
    again, other = hazard_data(book, question), hazard_data(book, replace(question, seed=1))
    np.testing.assert_array_equal(again.design.lead_months, data.design.lead_months)
    assert (other.design.lead_months != data.design.lead_months).any()


def test_only_the_covariates_that_were_asked_for_are_used(book) -> None:
    asked = DataSpecification(
        as_of="2025-07-01", covariates=("employees (log)",), groups=("segment",)
    )
    data = hazard_data(book, asked)
    assert (data.signals, data.attributes, data.groups) == ((), ("employees (log)",), ("segment",))


def test_an_unknown_group_stops_with_the_nearest_name(book) -> None:
    with pytest.raises(ParameterError, match=r"accounts has no column ownr.*Did you mean owner"):
        hazard_data(book, DataSpecification(as_of="2025-07-01", groups=("ownr", "region")))


def test_an_unknown_covariate_stops_with_the_nearest_name(book) -> None:
    with pytest.raises(ParameterError, match=r"the book has no employes.*Did you mean employees"):
        hazard_data(book, DataSpecification(covariates=("employes (log)",)))


@pytest.mark.parametrize(
    ("as_of", "message"),
    [
        ("2015-01-01", "no account is a customer on 2015-01-01"),
        ("2015-01-01", "no subscription was at risk"),
    ],
)
def test_a_date_without_customers_stops(book, as_of, message) -> None:
    with pytest.raises(DataError, match=message):
        hazard_data(book, DataSpecification(as_of=as_of))


def test_the_default_date_is_the_day_after_the_last_complete_month(company, book) -> None:
    assert default_as_of(book_from_frames(company.tables)) == pd.Timestamp("2026-01-01")
    last = max(book.frame("contracts")[c].max() for c in ("signed_on", "ended_on"))
    assert default_as_of(book) == (last + pd.Timedelta(days=4)).replace(day=1)


def test_a_stated_beginning_of_the_records_is_obeyed(book) -> None:
    data = hazard_data(book, DataSpecification(as_of="2025-07-01", observed_from="2024-07-01"))
    assert data.window.first_month == month_number(pd.Timestamp("2024-07-01"))
    assert data.rows.loc[data.rows["observed"], "month"].min() == data.window.first_month


def test_a_parent_is_a_group_where_it_has_two_accounts(book) -> None:
    accounts = account_columns(book)
    assert accounts["parent"].dropna().value_counts().min() >= 2


def test_revenue_is_that_of_the_first_month_observed(data) -> None:
    seen = data.rows[data.rows["observed"]]
    assert (seen.groupby("subscription_id")["annual revenue (log)"].nunique() <= 1).all()
    first = seen.groupby("subscription_id").first()
    np.testing.assert_allclose(first["annual revenue (log)"], np.log1p(first["arr"]))
