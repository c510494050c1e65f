"""What the revenue models learn from adds up to the movements of the books."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.calendar import month_number, quarter_number
from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.data.simulate import Simulation, simulate
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.features.revenue_data import RevenueData, revenue_data
from workbench.features.revenue_shocks import with_shocks
from workbench.forecast.growth.movements import lines, movements

ASKED = DataSpecification(as_of="2026-01-01", horizon_months=3)


@pytest.fixture(scope="module")
def company() -> Simulation:
    return simulate(accounts=200, months=36, seed=7, texts=False)


def book_of(tables: dict[str, pd.DataFrame]) -> Book:
    return book_from_frames({name: tables[name] for name in ("accounts", "contracts")})


@pytest.fixture(scope="module")
def data(company) -> HazardData:
    return hazard_data(book_of(company.tables), ASKED)


@pytest.fixture(scope="module")
def moved(data) -> pd.DataFrame:
    return movements(lines(data.subscriptions, data.window.last_month))


@pytest.fixture(scope="module")
def revenue(data, moved) -> RevenueData:
    return revenue_data(data, moved)


def in_window(data: HazardData, moved: pd.DataFrame) -> pd.DataFrame:
    return moved[moved["month"] >= data.window.first_month]


def test_every_change_of_quantity_is_at_a_renewal_or_within_a_term(data, moved, revenue) -> None:
    known = in_window(data, moved)
    sized = known["detail"].isin(["quantity", "amendment"])
    for sign in (-1, 1):
        expected = (sized & (np.sign(known["cents"]) == sign)).sum()
        outcome = "expansion" if sign > 0 else "contraction"
        found = (revenue.renewals["outcome"] == outcome).sum()
        found += (np.sign(revenue.amendments["log_ratio"]) == sign).sum()
        assert found == expected > 5


def test_a_price_is_a_renewal_flat_in_quantity(data, moved, revenue) -> None:
    priced = revenue.renewals[revenue.renewals["priced"]]
    assert (priced["outcome"] == "flat").all()
    assert len(priced) > 20
    known = in_window(data, moved)
    assert len(priced) >= 0.95 * (known["kind"] == "price").sum()
    assert priced["log_ratio"].between(0.015, 0.07).all()


def test_each_survived_end_of_a_term_is_one_renewal(data, revenue) -> None:
    rows = data.rows
    due = rows["observed"] & ~rows["event"] & (rows["months_to_term_end"] == 0)
    due &= ~rows["month_to_month"].astype(bool)
    keys = ["subscription_id", "month"]
    missed = rows.loc[due, keys].merge(revenue.renewals[keys], how="left", indicator=True)
    on_time = (missed["_merge"] == "both").mean()
    assert on_time > 0.98
    assert not revenue.renewals.duplicated(keys).any()


def test_rows_point_at_the_at_risk_rows(data, revenue) -> None:
    for table in (revenue.renewals, revenue.amendments, revenue.cross_sales):
        own = data.rows.iloc[table["row"]]
        assert (own["account_id"].to_numpy() == table["account_id"].to_numpy()).all()
        assert (own["month"].to_numpy() == table["month"].to_numpy()).all()
        assert (own["observed"] & ~own["event"]).all()
    row = revenue.renewals["row"].to_numpy()
    lead = data.design.lead_months[row]
    assert (revenue.renewal_covariates.lead_months == lead).all()


def test_a_further_product_is_measured_against_the_account(data, moved, revenue) -> None:
    known = in_window(data, moved)
    begun = known[known["detail"] == "cross_sell"]
    sold = revenue.cross_sales[revenue.cross_sales["hit"]]
    assert 0 < len(sold) <= len(begun)
    one = sold.iloc[0]
    before = moved[(moved["account_id"] == one["account_id"]) & (moved["month"] < one["month"])]
    same = begun[(begun["account_id"] == one["account_id"]) & (begun["month"] == one["month"])]
    share = same["cents"].sum() / before["cents"].sum()
    assert np.exp(one["log_ratio"]) == pytest.approx(share)


def test_without_stated_quantities_nothing_is_called_price(company) -> None:
    contracts = company.tables["contracts"].assign(entitlement=np.nan)
    data = hazard_data(book_of(company.tables | {"contracts": contracts}), ASKED)
    moved = movements(lines(data.subscriptions, data.window.last_month))
    renewals = revenue_data(data, moved).renewals
    assert not renewals["priced"].any()
    assert (renewals["outcome"] == "expansion").sum() > 20


def test_new_accounts_are_counted_by_segment_and_month(company, data, moved, revenue) -> None:
    new = revenue.new
    assert new.segments == tuple(sorted(company.tables["accounts"]["segment"].unique()))
    came = in_window(data, moved)
    came = came[came["kind"] == "new"]
    assert new.count.sum() == came["account_id"].nunique()
    assert new.customers["cents"].sum() == came["cents"].sum()
    assert new.months[-1] == month_number(data.as_of) - 1
    assert new.term_share.sum(axis=1) == pytest.approx(1)
    assert set(new.term_months[~new.month_to_month]) <= {12, 24, 36}


def test_of_a_large_book_quiet_rows_are_sampled_and_weighed(data, moved) -> None:
    whole = revenue_data(data, moved).amendments
    thin = revenue_data(data, moved, seed=3, quiet_rows=200, quiet_per_hit=2).amendments
    assert thin["hit"].sum() == whole["hit"].sum()
    assert len(thin) < len(whole) / 3
    assert thin["weight"].sum() == pytest.approx(whole["weight"].sum(), rel=0.15)


def test_what_was_free_has_no_size_when_it_is_paid(company) -> None:
    """Trials that turn into paid contracts, and back: no size is endless, nobody is left over."""
    contracts = company.tables["contracts"].copy()
    contracts.loc[contracts.index % 9 == 0, "arr"] = 0.0
    data = hazard_data(book_of(company.tables | {"contracts": contracts}), ASKED)
    moved = movements(lines(data.subscriptions, data.window.last_month))
    found = revenue_data(data, moved)
    for table in (found.renewals, found.amendments, found.cross_sales):
        assert np.isfinite(table["log_ratio"]).all()
    before = moved.groupby(["account_id", "product"])["cents"].cumsum() - moved["cents"]
    assert (before == 0).sum() > data.subscriptions.spans.shape[0]


def test_a_row_has_the_shock_of_its_quarter_and_industry(company, data, revenue) -> None:
    coding = data.coding
    shaken, quarters = coding.shaken_levels, coding.quarters
    assert shaken and len(quarters) > 8
    shocks = np.arange(len(shaken) + 1)[:, None] * 100.0 + np.arange(len(quarters) + 1)
    shocks[:, -1] = 0
    found = with_shocks(revenue, data.design, shocks)
    assert revenue.renewal_covariates.shock.shape[1] == 0 and not revenue.new.shock.any()
    industry = company.tables["accounts"].set_index("account_id")["industry"]
    for table, rows in (
        (found.renewals, found.renewal_covariates),
        (found.amendments, found.amendment_covariates),
        (found.cross_sales, found.cross_sale_covariates),
    ):
        own = coding.groupings[0] + ": " + table["account_id"].map(industry).astype("str")
        level = pd.Index(shaken).get_indexer(own)
        quarter = pd.Index(quarters).get_indexer(quarter_number(table["month"]))
        known = level >= 0
        assert known.sum() > 20
        assert (rows.shock[known, 0] == 100 * level[known] + quarter[known]).all()
    of_all = 100 * len(shaken) + pd.Index(quarters).get_indexer(quarter_number(found.new.months))
    assert (found.new.shock == of_all).all()
