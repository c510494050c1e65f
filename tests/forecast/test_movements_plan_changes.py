"""A change of plan in the bridge, in retention, and in what the revenue models learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.calendar import month_label, month_number
from workbench.data.book import Book
from workbench.data.contracts.subscriptions import Subscriptions, subscriptions
from workbench.data.load import book_from_frames
from workbench.features.hazard_data import DataSpecification, HazardData, hazard_data
from workbench.features.revenue_data import RevenueData, revenue_data
from workbench.forecast.growth.definitions import Pack, positions, retention
from workbench.forecast.growth.movements import bridge, last_known_month, lines, movements
from workbench.forecast.growth.triangle import retention_triangle

AS_OF = pd.Timestamp("2025-07-01")
COLUMNS = ["contract_id", "account_id", "product", "start_on", "end_on", "arr"]


def frame(*rows: tuple, **more: list) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS).assign(**more)
    for name in {"start_on", "end_on", "ended_on"} & set(table):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return table


def chained(table: pd.DataFrame) -> Subscriptions:
    return subscriptions(table, AS_OF)


def moved(table: pd.DataFrame) -> list[tuple]:
    found = movements(lines(chained(table), last_known_month(AS_OF)))
    months = [month_label(month) for month in found["month"]]
    return list(zip(months, found["kind"], found["detail"], found["cents"] / 100, strict=True))


def switch(before: float, after: float) -> pd.DataFrame:
    return frame(
        ("c1", "a", "basic", "2024-01-01", "2025-01-01", before),
        ("c2", "a", "pro", "2025-01-01", "2026-01-01", after),
    )


@pytest.mark.parametrize(
    ("after", "detail"), [(900.0, "upgrade"), (400.0, "downgrade"), (600.0, "sideways")]
)
def test_a_change_of_plan_is_named_by_what_it_does_to_the_line(after, detail):
    assert moved(switch(600.0, after))[1:] == [
        ("2025-01", "contraction", detail, -600.0),
        ("2025-01", "expansion", detail, after),
    ]


def test_a_change_over_the_end_of_a_month_is_neither_loss_nor_return():
    table = frame(
        ("c1", "a", "basic", "2024-01-01", "2025-01-01", 600.0),
        ("c2", "a", "pro", "2024-09-01", "2025-09-01", 1200.0),
        previous_contract_id=["", "c1"],
        ended_on=["2024-08-31", None],
    )
    assert moved(table)[1:] == [
        ("2024-09", "contraction", "upgrade", -600.0),
        ("2024-09", "expansion", "upgrade", 1200.0),
    ]


def test_the_way_back_is_a_change_too():
    table = frame(
        ("c1", "a", "basic", "2024-01-01", "2025-01-01", 600.0),
        ("c2", "a", "pro", "2025-01-01", "2025-06-01", 900.0),
        ("c3", "a", "basic", "2025-06-01", "2026-06-01", 600.0),
    )
    assert moved(table)[3:] == [
        ("2025-06", "expansion", "downgrade", 600.0),
        ("2025-06", "contraction", "downgrade", -900.0),
    ]


def test_a_trial_in_another_product_is_no_change_of_plan():
    assert moved(switch(0.0, 900.0)) == [("2025-01", "new", "account", 900.0)]
    assert moved(switch(900.0, 0.0))[1:] == [("2025-01", "churn", "account", -900.0)]


def test_an_account_that_moved_leaves_no_movement():
    table = frame(
        ("a1", "old", "core", "2024-01-01", "2025-01-01", 1000.0),
        ("b1", "new", "core", "2025-01-01", "2026-01-01", 1000.0),
        previous_contract_id=["", "a1"],
    )
    assert moved(table) == [("2024-01", "new", "account", 1000.0)]


@pytest.mark.parametrize("pack", list(Pack))
def test_retention_of_a_line_goes_on_in_the_other_product(pack):
    book = chained(switch(600.0, 900.0))
    opening, closing = (month_number(pd.Timestamp(day)) for day in ("2024-12-01", "2025-06-01"))
    table = positions(lines(book, closing), book, opening, closing)
    assert table[["product", "opening", "closing"]].values.tolist() == [["pro", 60000, 90000]]
    assert retention(table, pack)[["nrr", "grr", "logo_retention"]].tolist() == [1.5, 1.0, 1.0]


def test_a_trial_is_not_yet_a_customer_of_the_triangle():
    table = frame(
        ("t1", "T", "core", "2024-01-10", "2024-03-10", 0.0),
        ("t2", "T", "core", "2024-03-10", "2026-03-10", 1200.0),
        ("u1", "U", "core", "2024-01-10", "2024-03-10", 0.0),
        ("v1", "V", "core", "2024-01-15", "2026-01-15", 1200.0),
    )
    last = last_known_month(AS_OF)
    found = retention_triangle(lines(chained(table), last), 2024 * 12, last)
    first = found[found["cohort"] == "2024-01"]
    assert first["accounts"].unique().tolist() == [2]
    assert first["age_months"].tolist() == [0, 6, 12]
    assert (first[["logo_retention", "revenue_retention"]] == 1.0).all(axis=None)


def book_of(table: pd.DataFrame) -> Book:
    accounts = pd.DataFrame({"account_id": sorted(table["account_id"].unique())})
    return book_from_frames({"accounts": accounts, "contracts": table})


def learnt(table: pd.DataFrame, as_of: str = "2025-07-01") -> tuple[HazardData, RevenueData]:
    asked = DataSpecification(as_of=as_of, observed_from="2024-01-01", horizon_months=3)
    data = hazard_data(book_of(table), asked)
    found = movements(lines(data.subscriptions, last_known_month(data.as_of)))
    return data, revenue_data(data, found)


def test_who_changes_plan_was_at_risk_and_stayed():
    data, money = learnt(switch(600.0, 900.0))
    assert not data.rows["event"].any()
    assert data.future["subscription_id"].unique().tolist() == ["c1"]
    renewal = money.renewals.iloc[0]
    assert (renewal["outcome"], renewal["before"]) == ("expansion", 60000)
    assert renewal["log_ratio"] == pytest.approx(np.log(1.5))
    assert not money.cross_sales["hit"].any()


def test_a_change_sideways_is_a_flat_renewal():
    _, money = learnt(switch(600.0, 600.0))
    assert money.renewals[["outcome", "log_ratio"]].values.tolist() == [["flat", 0.0]]


def test_a_change_within_a_term_is_an_amendment():
    table = frame(
        ("c1", "a", "basic", "2024-01-01", "2026-01-01", 600.0),
        ("c2", "a", "pro", "2024-09-01", "2026-01-01", 300.0),
        previous_contract_id=["", "c1"],
    )
    _, money = learnt(table)
    hit = money.amendments[money.amendments["hit"]]
    assert hit["log_ratio"].tolist() == pytest.approx([np.log(0.5)])
    assert not len(money.renewals)


def test_two_lines_that_become_one_lose_nothing():
    table = frame(
        ("c1", "a", "basic", "2024-01-01", "2025-01-01", 600.0),
        ("c2", "a", "mini", "2024-01-01", "2025-01-01", 100.0),
        ("c3", "a", "pro", "2025-01-01", "2026-01-01", 700.0),
    )
    assert {row[2] for row in moved(table) if row[0] == "2025-01"} == {"sideways"}
    data, money = learnt(table)
    assert not data.rows["event"].any()
    assert data.future["subscription_id"].unique().tolist() == ["c1"]
    assert money.renewals[["outcome", "before", "log_ratio"]].values.tolist() == [
        ["flat", 70000, 0.0]
    ]


def test_a_line_that_splits_brings_nothing_new():
    table = frame(
        ("c1", "a", "suite", "2024-01-01", "2025-01-01", 700.0),
        ("c2", "a", "basic", "2025-01-01", "2026-01-01", 600.0),
        ("c3", "a", "mini", "2025-01-01", "2026-01-01", 100.0),
    )
    data, money = learnt(table)
    assert sorted(data.future["subscription_id"].unique()) == ["c1", "c3"]
    assert money.renewals[["outcome", "before"]].values.tolist() == [["flat", 70000]]
    assert not money.cross_sales["hit"].any()


def test_signals_are_read_from_the_account_that_held_the_contract():
    table = frame(
        ("a1", "old", "core", "2024-01-01", "2025-01-01", 1000.0),
        ("b1", "new", "core", "2025-01-01", "2026-01-01", 1000.0),
        previous_contract_id=["", "a1"],
    )
    accounts = pd.DataFrame({"account_id": ["new", "old"]})
    metrics = pd.DataFrame(
        {"account_id": ["old"] * 12 + ["new"] * 6, "metric": "uptime",
         "month": pd.date_range("2024-01-01", periods=18, freq="MS"),
         "value": [1.0] * 12 + [2.0] * 6}
    )  # fmt: skip
    book = book_from_frames({"accounts": accounts, "contracts": table, "metrics": metrics})
    data = hazard_data(book, DataSpecification(as_of="2025-07-01", observed_from="2024-01-01"))
    read = data.rows.set_index("read_month")["metric: uptime"]
    january = month_number(pd.Timestamp("2025-01-01"))
    assert (read[read.index <= january] == 1.0).all()
    assert (read[read.index > january + 1] == 2.0).all()
    assert (data.future["metric: uptime"] == 2.0).all()
    assert data.rows["account_id"].unique().tolist() == ["new"]


def late_months() -> pd.DataFrame:
    """Return thirty customers, of whom some left, came, renewed or changed in June 2025."""
    rows = [
        (f"c{n}", f"A{n}", "p", f"2023-{n % 12 + 1:02d}-01", f"2026-{n % 12 + 1:02d}-01", 1000.0)
        for n in range(1, 31)
    ]
    rows += [
        ("n1", "NEW", "p", "2025-06-05", "2026-06-05", 5000.0),
        ("r1", "R", "p", "2024-06-03", "2025-06-03", 100.0),
        ("r2", "R", "p", "2025-06-03", "2026-06-03", 250.0),
        ("s1", "S", "p", "2024-06-10", "2025-06-10", 300.0),
        ("s2", "S", "q", "2025-06-10", "2026-06-10", 400.0),
        ("f1", "F", "p", "2024-06-20", "2025-06-20", 70.0),
    ]
    ended = ["2024-05-10", "2024-11-10", "2025-06-10", *[None] * (len(rows) - 3)]
    return frame(*rows, ended_on=ended)


@pytest.mark.parametrize("day", ["2025-06-01", "2025-06-04", "2025-06-15", "2025-06-30"])
def test_history_and_forecast_meet_to_the_cent_on_any_day(day):
    data = hazard_data(book_of(late_months()), DataSpecification(as_of=day, horizon_months=3))
    last = last_known_month(data.as_of)
    history = bridge(movements(lines(data.subscriptions, last)), last - 1, last)
    opens = data.future.loc[data.future["horizon"] == 1, "arr"].sum()
    assert history["closing"].iloc[-1] == round(opens * 100)


def test_the_days_before_the_as_of_date_are_in_the_history():
    data = hazard_data(
        book_of(late_months()), DataSpecification(as_of="2025-06-15", horizon_months=3)
    )
    last = last_known_month(data.as_of)
    june = bridge(movements(lines(data.subscriptions, last)), last, last).iloc[0]
    assert month_label(last) == "2025-06"
    assert (june["new"], june["churn"]) == (500_000, -100_000)
    assert june["expansion"] + june["contraction"] == 25_000
    renewed = data.future[(data.future["account_id"] == "R") & (data.future["horizon"] == 1)]
    assert renewed["months_to_term_end"].tolist() == [12]
