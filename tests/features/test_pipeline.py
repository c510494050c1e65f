"""The pipeline as of a date: stages, months, outcomes, and nothing known later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from workbench.core.calendar import month_number
from workbench.data.book import Book
from workbench.data.load import book_from_frames
from workbench.data.simulate import simulate
from workbench.features.asof import cut
from workbench.features.pipeline import NO_PIPELINE, pipeline_data

AS_OF = pd.Timestamp("2025-06-01")
FIRST = month_number(pd.Timestamp("2025-01-01"))


def book_of(opportunities: list[tuple], stages: list[tuple] | None = None) -> Book:
    columns = ["opportunity_id", "account_id", "kind", "opened_on", "closed_on", "won", "amount"]
    table = pd.DataFrame(opportunities, columns=columns).assign(stage="whatever it is today")
    tables = {
        "accounts": pd.DataFrame({"account_id": ["a"]}),
        "contracts": pd.DataFrame(
            {
                "contract_id": ["c"],
                "account_id": ["a"],
                "product": ["p"],
                "start_on": ["2024-01-01"],
                "arr": [1.0],
            }
        ),
        "opportunities": table,
    }
    if stages is not None:
        names = ["opportunity_id", "stage", "entered_on"]
        tables["opportunity_stages"] = pd.DataFrame(stages, columns=names)
    return book_from_frames(tables)


OPPORTUNITIES = [
    ("o1", "x", "new_logo", "2025-01-10", "2025-04-20", True, 100.0),
    ("o2", "y", "new_logo", "2025-02-15", None, None, 50.0),
    ("o3", "a", "cross_sell", "2025-03-01", "2025-03-20", False, 9.0),
    ("o4", "a", "renewal", "2025-03-01", None, None, 9.0),
    ("o5", "z", "new_logo", "2025-05-20", "2025-06-10", True, None),
    ("o6", "z", "new_logo", "2025-06-02", None, None, 1.0),
]
STAGES = [
    ("o1", "first", "2025-01-10"),
    ("o1", "second", "2025-03-05"),
    ("o1", "closed", "2025-04-20"),
    ("o2", "first", "2025-02-15"),
    ("o2", "second", "2025-06-01"),
    ("o5", "first", "2025-05-20"),
]


def test_an_offer_is_seen_on_the_first_of_each_month_in_the_stage_it_was_in() -> None:
    found = pipeline_data(book_of(OPPORTUNITIES, STAGES), AS_OF, FIRST)
    assert found.stages == ("first", "second")
    assert found.kinds == ("new_logo", "customer")
    moves = found.moves.set_index(["stage_idx", "age_idx", "to_idx"])["opportunities"]
    # o1: February and March first, to second; April second, to won. o2: March to May, staying.
    assert moves.to_dict() == {(0, 0, 0): 2, (0, 1, 1): 1, (0, 1, 0): 2, (1, 1, 2): 1}
    now = found.open.set_index("opportunity_id")
    # What happened on the as-of date or later is not known: o2 is in its first stage, o5 open.
    assert now["stage"].to_dict() == {"o2": "first", "o5": "first"}
    assert now["age_months"].to_dict() == {"o2": 4, "o5": 1}
    assert now["amount"].isna().to_dict() == {"o2": False, "o5": True}
    assert found.decided["stage"].tolist() == ["second", "first"]
    assert found.decided["days"].tolist() == [100, 19]
    # o1 was in both stages before it was won, o3 in the first only before it was lost.
    visits = found.visits.sort_values("days")
    assert visits["stage"].tolist() == ["first", "second", "first"]
    assert visits["days"].tolist() == [19, 46, 100]
    assert visits["won"].tolist() == [False, True, True]
    assert (found.decided["month"] - FIRST).tolist() == [3, 2]
    assert found.lag_count[3] == found.lag_count.sum() == 1


def test_a_young_record_does_not_pass_for_fast_sales() -> None:
    """Every offer takes eight months or one; on record are those opened since January."""
    months = pd.date_range("2024-01-10", "2025-05-10", freq="MS") + pd.Timedelta(days=9)
    rows = [
        (f"o{i}{lag}", "x", "new_logo", opened, opened + pd.DateOffset(months=lag), True, 1.0)
        for i, opened in enumerate(months)
        for lag in (1, 8)
    ]
    found = pipeline_data(book_of(rows), AS_OF, month_number(pd.Timestamp("2023-01-01")))
    # In the later half of the record each month but its first has a quick win and a slow one.
    assert found.lag_count[1] - found.lag_count[8] in (0, 1)
    assert found.lag_count.sum() == found.lag_count[[1, 8]].sum() > 10
    whole = pd.DataFrame(rows).iloc[:, 4].lt(AS_OF)
    assert whole[1::2].sum() < 0.7 * whole[::2].sum()


def test_without_a_history_every_open_offer_is_in_one_stage() -> None:
    found = pipeline_data(book_of(OPPORTUNITIES), AS_OF, FIRST)
    assert found.stages == ("open",)
    assert set(found.open["stage"]) == {"open"}
    assert found.moves["opportunities"].sum() == 6


@pytest.mark.parametrize(
    ("opportunities", "moves"),
    [
        (["2025-01-10", "2025-04-20"], 3),
        (["2025-01-10", "2025-01-20"], 0),  # decided before the first of a month
    ],
)
def test_offers_may_all_be_decided(opportunities: list[str], moves: int) -> None:
    decided = [("o1", "x", "new_logo", *opportunities, True, 100.0)]
    found = pipeline_data(book_of(decided, STAGES[:2]), AS_OF, FIRST)
    assert found.open.empty
    assert len(found.decided) == 1
    assert found.moves["opportunities"].sum() == moves


def test_a_book_without_offers_has_no_pipeline() -> None:
    renewals = [("o1", "a", "renewal", "2025-01-10", "2025-04-20", True, 100.0)]
    assert pipeline_data(book_of(renewals), AS_OF, FIRST) is NO_PIPELINE


def test_cutting_the_tables_at_the_date_changes_nothing() -> None:
    tables = simulate(accounts=60, months=24, seed=3, texts=False).tables
    day = pd.Timestamp("2025-07-01")
    first = month_number(day) - 12
    names = ("accounts", "contracts", "opportunities", "opportunity_stages")
    whole = {name: tables[name] for name in names}
    earlier = whole | cut({name: whole[name] for name in names[2:]}, day)
    found, again = (pipeline_data(book_from_frames(t), day, first) for t in (whole, earlier))
    for name in ("moves", "open", "decided", "visits"):
        assert_frame_equal(getattr(found, name), getattr(again, name))
    assert found.lag_count.tolist() == again.lag_count.tolist()
    later = pipeline_data(book_from_frames(whole), day + pd.DateOffset(months=2), first)
    assert not later.moves.equals(found.moves)


def test_prospects_need_not_be_accounts_but_customers_must() -> None:
    book = book_of(OPPORTUNITIES)
    assert len(book.frame("opportunities")) == len(OPPORTUNITIES)
    with pytest.raises(Exception, match="unknown account"):
        book_of([("o1", "nobody", "cross_sell", "2025-01-10", "2025-02-10", True, 1.0)])


def test_moves_count_every_offer_month_once() -> None:
    tables = simulate(accounts=60, months=24, seed=3, texts=False).tables
    book = book_from_frames(
        {n: tables[n] for n in ("accounts", "contracts", "opportunities", "opportunity_stages")}
    )
    day = pd.Timestamp("2026-01-01")
    first = month_number(day) - 24
    found = pipeline_data(book, day, first)
    opportunities = tables["opportunities"].query("kind != 'renewal'")
    opened = month_number(opportunities["opened_on"]).to_numpy("int64")
    closed = month_number(opportunities["closed_on"]).fillna(first + 23).to_numpy("int64")
    months = np.maximum(np.minimum(closed, first + 23) - np.maximum(opened + 1, first) + 1, 0)
    assert found.moves["opportunities"].sum() == months.sum()
    won = found.moves.loc[found.moves["to_idx"] == len(found.stages), "opportunities"].sum()
    assert won == (opportunities["won"].fillna(False).astype(bool) & (months > 0)).sum()
