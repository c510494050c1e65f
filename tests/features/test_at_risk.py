"""Months at risk, at the boundaries where month arithmetic goes wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.calendar import month_number
from workbench.data.contracts.subscriptions import subscriptions
from workbench.features.at_risk import (
    Window,
    at_risk_rows,
    draw_leads,
    future_rows,
    observation_window,
)


def month(text: str) -> int:
    return month_number(pd.Timestamp(f"{text}-01"))


def contract(key: str, start: str, end: str | None = None, **more) -> dict:
    return {
        "contract_id": key,
        "account_id": "a",
        "product": "p",
        "arr": 100.0,
        "start_on": pd.Timestamp(start),
        "end_on": pd.Timestamp(end) if end else pd.NaT,
        "ended_on": pd.NaT,
        "signed_on": pd.NaT,
        **{k: pd.Timestamp(v) if k.endswith("_on") else v for k, v in more.items()},
    }


def laid_out(*contracts: dict, as_of: str, since: str = "2020-01") -> pd.DataFrame:
    """At-risk rows of contracts, indexed by month as text."""
    day = pd.Timestamp(as_of)
    chains = subscriptions(pd.DataFrame(list(contracts)), day)
    window = Window(month(since), month_number(day) - 1)
    return labelled(at_risk_rows(chains.spans, chains.terms, window))


def ahead(*contracts: dict, as_of: str, months: int = 14) -> pd.DataFrame:
    day = pd.Timestamp(as_of)
    chains = subscriptions(pd.DataFrame(list(contracts)), day)
    return labelled(future_rows(chains.spans, chains.terms, day, months))


def labelled(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_index(pd.Index([f"{m // 12}-{m % 12 + 1:02d}" for m in rows["month"]]))


def at_renewal(rows: pd.DataFrame) -> list[str]:
    return list(rows.index[rows["at_renewal"]])


@pytest.mark.parametrize("day", ["2024-04-01", "2024-04-15", "2024-04-30"])
def test_an_end_on_any_day_of_april_is_april_s_event(day) -> None:
    rows = laid_out(contract("c", "2023-04-01", day, ended_on=day), as_of="2024-09-01")
    assert rows.index[0] == "2023-05" and rows.index[-1] == "2024-04"
    assert list(rows.index[rows["event"]]) == ["2024-04"]


def test_the_month_of_the_term_s_end_is_the_renewal_month() -> None:
    first, second = ("c1", "2023-04-01", "2024-04-01"), ("c2", "2024-04-01", "2025-04-01")
    rows = laid_out(contract(*first), contract(*second), as_of="2024-09-01")
    assert at_renewal(rows) == ["2024-04"]
    assert rows.loc["2024-04", ["months_to_term_end", "term_months"]].tolist() == [0, 12]
    assert rows.loc["2024-05", "months_to_term_end"] == 11
    assert rows["tenure_months"].tolist() == list(range(1, 17))
    assert not rows["event"].any()


def test_early_termination_is_no_renewal() -> None:
    rows = laid_out(
        contract("c", "2023-04-01", "2024-04-01", ended_on="2023-11-20"), as_of="2024-09-01"
    )
    last = rows.iloc[-1]
    assert rows.index[-1] == "2023-11" and last["event"] and not last["at_renewal"]
    assert last["exit_kind"] == "early, 12 months"


def test_an_ending_that_is_not_yet_known_is_still_at_risk() -> None:
    ends = contract("c", "2023-04-01", "2024-04-01", ended_on="2023-11-20")
    rows = laid_out(ends, as_of="2023-11-01")
    assert rows.index[-1] == "2023-10" and not rows["event"].any()


def test_a_lapse_is_an_event_once_the_grace_days_have_passed() -> None:
    term = contract("c", "2023-04-01", "2024-04-01")
    assert laid_out(term, as_of="2024-06-01")["event"].tolist()[-1]
    pending = ahead(term, as_of="2024-04-15", months=13)
    assert at_renewal(pending) == ["2024-04", "2025-04"]


def test_month_to_month_may_leave_every_month() -> None:
    rows = laid_out(contract("c", "2023-04-10"), as_of="2023-09-01")
    assert rows["at_renewal"].all() and set(rows["exit_kind"]) == {"month to month"}
    future = ahead(contract("c", "2023-04-10"), as_of="2023-09-01")
    assert future["at_renewal"].all() and (future["months_to_term_end"] == 0).all()


def test_late_entry_keeps_the_survived_months_and_marks_them() -> None:
    rows = laid_out(contract("c", "2022-01-01", "2025-01-01"), as_of="2024-04-01", since="2024-01")
    assert rows.index[~rows["observed"]][-1] == "2023-12"
    assert rows["observed"].sum() == 3 and rows["tenure_months"].iloc[-1] == 26


def test_who_left_before_the_window_teaches_nothing() -> None:
    gone = contract("c", "2022-01-01", "2023-01-01", ended_on="2023-01-01")
    assert laid_out(gone, as_of="2024-04-01", since="2023-02").empty
    assert len(laid_out(gone, as_of="2024-04-01", since="2023-01")) == 12


def test_the_forecast_s_first_month_is_the_as_of_month() -> None:
    future = ahead(contract("c", "2023-04-01", "2024-04-01"), as_of="2024-02-01")
    assert future.index[0] == "2024-02" and len(future) == 14
    assert future["horizon"].tolist() == list(range(1, 15))
    assert future["tenure_months"].iloc[0] == 10
    assert at_renewal(future) == ["2024-04"]
    assert at_renewal(ahead(contract("c", "2023-04-01", "2024-04-01"), as_of="2024-04-01")) == [
        "2024-04",
        "2025-04",
    ]


def test_each_term_is_renewed_for_as_long() -> None:
    future = ahead(contract("c", "2023-04-01", "2023-10-01", auto_renew=True), as_of="2023-09-01")
    assert at_renewal(future) == ["2023-10", "2024-04", "2024-10"]
    assert set(future["exit_kind"]) == {"renewal, under 12 months", "early, under 12 months"}


def test_a_renewal_already_signed_is_not_at_risk_when_the_old_term_ends() -> None:
    old = contract("c1", "2023-04-01", "2024-04-01")
    new = contract("c2", "2024-04-01", "2025-04-01", signed_on="2024-01-15")
    assert at_renewal(ahead(old, new, as_of="2024-02-01", months=15)) == ["2025-04"]
    assert at_renewal(ahead(old, new, as_of="2024-01-15", months=16)) == ["2024-04", "2025-04"]


def test_nothing_is_forecast_for_who_has_not_begun_or_has_left() -> None:
    coming = contract("c", "2024-06-01", "2025-06-01", signed_on="2024-01-01")
    left = contract("d", "2022-01-01", "2023-01-01", ended_on="2023-01-01", product="q")
    assert ahead(coming, left, as_of="2024-02-01").empty


def test_the_window_opens_with_the_first_account_that_left_altogether() -> None:
    spans = pd.DataFrame(
        {
            "account_id": ["a", "a", "b", "c"],
            "started_on": pd.to_datetime(["2019-01-01", "2019-01-01", "2020-01-01", "2020-01-01"]),
            "ended_on": pd.to_datetime(["2020-05-01", None, "2021-03-10", "2022-08-01"]),
        }
    )
    window = observation_window(spans, pd.Timestamp("2023-02-01"))
    assert (window.first_month, window.last_month) == (month("2021-03"), month("2023-01"))


def test_a_snapshot_is_read_from_the_start() -> None:
    spans = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "started_on": pd.to_datetime(["2019-01-01", "2020-01-01", "2020-01-01"]),
            "ended_on": pd.to_datetime(["2023-01-05", None, "2023-01-09"]),
        }
    )
    assert observation_window(spans, pd.Timestamp("2023-02-01")).first_month == month("2019-02")


def test_signals_are_read_up_to_a_year_early_but_not_before_the_window() -> None:
    rows = pd.DataFrame({"month": np.repeat([1200, 1203, 1250], 4000), "tenure_months": 40})
    drawn = draw_leads(rows, Window(1200, 1260), np.random.default_rng(0))
    leads = drawn.groupby("month")["lead_months"].agg(["min", "max"])
    assert leads.values.tolist() == [[0, 0], [0, 3], [0, 12]]
    assert (drawn["read_month"] == drawn["month"] - drawn["lead_months"]).all()


def test_a_late_renewal_already_signed_is_not_at_risk_either() -> None:
    old = contract("c1", "2023-04-01", "2024-04-01")
    late = contract("c2", "2024-05-01", "2025-05-01", signed_on="2024-01-15")
    assert at_renewal(ahead(old, late, as_of="2024-02-01", months=16)) == ["2025-05"]


def test_who_began_in_the_month_of_an_as_of_date_amid_it_is_in_the_forecast() -> None:
    future = ahead(contract("c", "2024-02-10", "2025-02-10"), as_of="2024-02-15")
    assert future.index[0] == "2024-02" and at_renewal(future) == ["2025-02"]
    assert future["term_months"].eq(12).all() and future["exit_kind"].notna().all()
