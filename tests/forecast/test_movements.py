"""One test for each kind of movement, and the identity that holds them together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.calendar import month_number, month_start
from workbench.core.errors import DataError
from workbench.data.contracts.currency import Rates
from workbench.data.contracts.subscriptions import Subscriptions, subscriptions
from workbench.forecast.growth.movements import KINDS, bridge, lines, movements

LAST = month_number(pd.Timestamp("2025-12-31"))


def contract(product: str, start: str, end: str | None, arr: float, **more) -> dict:
    return {
        "account_id": "a",
        "product": product,
        "start_on": start,
        "end_on": end,
        "arr": arr,
    } | more


def chained(*rows: dict, **settings) -> Subscriptions:
    table = pd.DataFrame(rows)
    table["contract_id"] = [f"c{number}" for number in range(len(table))]
    for name in {"start_on", "end_on", "ended_on"} & set(table):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return subscriptions(table, pd.Timestamp("2026-01-01"), **settings)


def moved(*rows: dict, **settings) -> list[tuple]:
    table = movements(lines(chained(*rows, **settings), LAST))
    months = [month_start(number).strftime("%Y-%m") for number in table["month"]]
    return list(zip(months, table["kind"], table["detail"], table["cents"], strict=True))


FIRST = contract("p", "2024-01-01", "2025-01-01", 100.0, entitlement=120.0)
START = ("2024-01", "new", "account", 10000)


def test_new_and_churn():
    assert moved(FIRST) == [START, ("2025-01", "churn", "account", -10000)]


def test_contract_that_ends_mid_april_leaves_the_book_of_april():
    assert moved(contract("p", "2025-01-20", "2025-04-15", 100.0))[1][0] == "2025-04"


def test_late_renewal_is_no_movement():
    assert moved(FIRST, contract("p", "2025-01-31", None, 100.0)) == [START]


def test_price_at_renewal():
    renewal = contract("p", "2025-01-01", None, 107.0, entitlement=10.0)
    assert moved(FIRST, renewal)[1] == ("2025-01", "price", "increase", 700)


def test_price_with_a_longer_term_compares_quantity_per_month():
    renewal = contract("p", "2025-01-01", "2027-01-01", 95.0, entitlement=240.0)
    assert moved(FIRST, renewal)[1] == ("2025-01", "price", "decrease", -500)


@pytest.mark.parametrize(("arr", "kind"), [(150.0, "expansion"), (80.0, "contraction")])
def test_quantity_at_renewal(arr, kind):
    renewal = contract("p", "2025-01-01", "2026-01-01", arr, entitlement=arr)
    assert moved(FIRST, renewal)[1][1:3] == (kind, "quantity")


def test_quantity_not_stated_is_never_price():
    renewal = contract("p", "2025-01-01", "2026-01-01", 150.0)
    assert moved(FIRST, renewal)[1][1:] == ("expansion", "unstated", 5000)


def test_amendment_mid_term():
    amendment = contract("p", "2024-06-10", "2025-01-01", 150.0, entitlement=200.0)
    assert moved(FIRST, amendment)[1] == ("2024-06", "expansion", "amendment", 5000)


def test_amendment_of_price_alone():
    amendment = contract("p", "2024-06-10", "2025-01-01", 150.0, entitlement=120.0)
    assert moved(FIRST, amendment)[1] == ("2024-06", "price", "increase", 5000)


def test_cross_sell():
    assert moved(FIRST, contract("q", "2024-06-10", None, 50.0))[1:] == [
        ("2024-06", "expansion", "cross_sell", 5000),
        ("2025-01", "churn", "product", -10000),
    ]


def test_two_products_at_once_are_both_new():
    kinds = moved(FIRST, contract("q", "2024-01-15", None, 50.0))[:2]
    assert [kind for _, kind, _, _ in kinds] == ["new", "new"]


def test_change_of_product_is_neither_churn_nor_cross_sell():
    assert moved(FIRST, contract("q", "2025-01-10", None, 130.0))[1:] == [
        ("2025-01", "contraction", "upgrade", -10000),
        ("2025-01", "expansion", "upgrade", 13000),
    ]


def test_reactivation_of_the_product():
    assert moved(FIRST, contract("p", "2025-06-01", None, 90.0))[2] == (
        "2025-06", "reactivation", "account", 9000,
    )  # fmt: skip


def test_reactivation_with_another_product():
    assert moved(FIRST, contract("q", "2025-06-01", None, 90.0))[2][1] == "reactivation"


def test_reactivation_of_one_product_of_a_customer():
    other = contract("q", "2024-01-01", None, 50.0)
    assert moved(FIRST, other, contract("p", "2025-06-01", None, 90.0))[-1] == (
        "2025-06", "reactivation", "product", 9000,
    )  # fmt: skip


def test_currency_change_is_no_movement():
    euros = contract("p", "2025-01-01", None, 80.0, currency="EUR")
    rates = Rates("USD", {"EUR": 1.25})
    assert moved(FIRST | {"currency": "USD"}, euros, rates=rates) == [START]


def test_book_in_several_currencies_is_refused():
    other = contract("q", "2025-01-01", None, 80.0, currency="EUR")
    with pytest.raises(DataError, match="found EUR, USD"):
        moved(FIRST | {"currency": "USD"}, other)


def test_bridge_keeps_the_money_of_a_missing_group():
    moves = movements(lines(chained(FIRST), LAST)).assign(owner=None)
    table = bridge(moves, LAST - 12, LAST, ["owner"])
    assert table["opening"].iloc[0] == 10000
    assert table[["churn", "closing"]].iloc[1].tolist() == [-10000, 0]


def test_bridge_without_a_movement_has_every_month():
    table = bridge(movements(lines(chained(FIRST), LAST)), LAST - 2, LAST)
    assert table["month"].tolist() == [LAST - 2, LAST - 1, LAST]
    assert (table.drop(columns="month") == 0).all(axis=None)


@st.composite
def books(draw) -> pd.DataFrame:
    size = draw(st.integers(1, 10))
    day = st.integers(0, 1400)
    rows = [
        {
            "contract_id": f"c{number}",
            "account_id": draw(st.sampled_from("abc")),
            "product": draw(st.sampled_from("pq")),
            "start_on": draw(day),
            "length": draw(st.sampled_from([np.nan, 31, 180, 365, 730])),
            "arr": draw(st.integers(0, 10**7)) / 1000,
            "entitlement": draw(st.sampled_from([None, 10.0, 20.0])),
            "auto_renew": draw(st.booleans()),
        }
        for number in range(size)
    ]
    book = pd.DataFrame(rows)
    book["start_on"] = pd.Timestamp("2022-01-01") + pd.to_timedelta(book["start_on"], unit="D")
    book["end_on"] = book["start_on"] + pd.to_timedelta(book.pop("length"), unit="D")
    return book


@given(books(), st.sampled_from([(), ("account_id",), ("product",), ("account_id", "product")]))
@settings(max_examples=15, deadline=None)
def test_opening_and_movements_make_the_closing_for_every_grouping(book, by):
    result = subscriptions(book, pd.Timestamp("2026-01-01"))
    table = bridge(movements(lines(result, LAST)), LAST - 23, LAST, by)
    closing = table["opening"] + table[list(KINDS)].sum(axis=1)
    pd.testing.assert_series_equal(table["closing"], closing, check_names=False)
    # The oracle looks at the last day of each month and adds up the steps that hold on it.
    found = {(*row[: len(by)], row[len(by)]): row[-1] for row in table.itertuples(index=False)}
    for (*group, month), cents in found.items():
        last_day = month_start(month + 1) - pd.Timedelta(days=1)
        expected = sum(
            round(step["arr"] * 100)
            for step in result.steps.to_dict("records")
            if [step[name] for name in by] == group
            and step["from_on"] <= last_day
            and not step["until_on"] <= last_day
        )
        assert cents == expected


@given(books())
@settings(max_examples=15, deadline=None)
def test_signs_and_kinds(book):
    table = movements(lines(subscriptions(book, pd.Timestamp("2026-01-01")), LAST))
    assert set(table["kind"]) <= set(KINDS)
    gains = table["kind"].isin(["new", "expansion", "reactivation"])
    assert (table.loc[gains, "cents"] > 0).all()
    assert (table.loc[table["kind"].isin(["contraction", "churn"]), "cents"] < 0).all()
    assert (table["cents"] != 0).all()
    assert not table.duplicated(["account_id", "product", "month"]).any()
    assert table[table["kind"] == "new"].groupby("account_id")["month"].nunique().le(1).all()
