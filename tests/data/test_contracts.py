"""One test for each way in which contracts of one account and product can follow each other."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import DataError, ParameterError
from workbench.data.contracts.currency import Rates
from workbench.data.contracts.subscriptions import Subscriptions, subscriptions

AS_OF = "2026-01-01"
DATES = ("start_on", "end_on", "ended_on", "signed_on")


def contract(name: str, start: str, end: str | None = None, arr: float = 1200.0, **more) -> dict:
    row = {"contract_id": name, "account_id": "acme", "product": "core"}
    return row | {"start_on": start, "end_on": end, "arr": arr} | more


def chained(*rows: dict, as_of: str = AS_OF, **settings) -> Subscriptions:
    table = pd.DataFrame(rows)
    for name in set(DATES) & set(table):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return subscriptions(table, pd.Timestamp(as_of), **settings)


def terms(result: Subscriptions) -> list[tuple]:
    """Return (start, end, months) of each term, dates as text, '' when open."""
    shown = result.terms[["start_on", "end_on"]].apply(lambda day: day.dt.strftime("%Y-%m-%d"))
    columns = (shown["start_on"], shown["end_on"].fillna(""), result.terms["term_months"])
    return list(zip(*columns, strict=True))


def ends(result: Subscriptions) -> list[str]:
    return result.spans["ended_on"].dt.strftime("%Y-%m-%d").fillna("").tolist()


FIRST = contract("c1", "2024-03-01", "2025-03-01")


def test_renewal_with_previous_contract_id():
    renewal = contract("c2", "2025-03-01", "2026-03-01", 1500.0, previous_contract_id="c1")
    result = chained(FIRST, renewal)
    assert terms(result) == [("2024-03-01", "2025-03-01", 12), ("2025-03-01", "2026-03-01", 12)]
    assert result.terms["subscription_id"].unique().tolist() == ["c1"]
    assert result.steps["change"].tolist() == ["start", "renewal"]
    assert result.terms["arr"].tolist() == [1200.0, 1500.0]
    assert ends(result) == [""]


def test_renewal_without_previous_contract_id():
    linked = chained(FIRST, contract("c2", "2025-03-01", "2026-03-01", previous_contract_id="c1"))
    unlinked = chained(FIRST, contract("c2", "2025-03-01", "2026-03-01"))
    pd.testing.assert_frame_equal(linked.terms, unlinked.terms)
    pd.testing.assert_frame_equal(linked.spans, unlinked.spans)


@pytest.mark.parametrize("previous", ["c1", ""])
def test_early_renewal_truncates_the_old_term(previous):
    renewal = contract("c2", "2025-01-15", "2026-01-15", previous_contract_id=previous)
    result = chained(FIRST, renewal)
    assert terms(result) == [("2024-03-01", "2025-01-15", 12), ("2025-01-15", "2026-01-15", 12)]
    assert result.terms["planned_end_on"].iloc[0] == pd.Timestamp("2025-03-01")


def test_overlap_the_contract_that_started_last_speaks():
    result = chained(FIRST, contract("c2", "2024-12-01", "2025-12-01", 900.0))
    assert result.steps["arr"].tolist() == [1200.0, 900.0]
    assert result.steps["until_on"].iloc[0] == pd.Timestamp("2024-12-01")


def test_overlap_inside_a_longer_term_returns_to_it():
    long = contract("c1", "2024-03-01", "2027-03-01")
    result = chained(long, contract("c2", "2024-06-01", "2024-09-01", 2000.0))
    assert result.steps["arr"].tolist() == [1200.0, 2000.0, 1200.0]
    assert result.steps["change"].tolist() == ["start", "amendment", "amendment"]
    assert terms(result) == [("2024-03-01", "2027-03-01", 36)]


def test_overlap_with_a_linked_shorter_contract_replaces_the_longer_one():
    long = contract("c1", "2024-03-01", "2027-03-01")
    result = chained(
        long, contract("c2", "2024-06-01", "2025-06-01", 900.0, previous_contract_id="c1")
    )
    assert terms(result) == [("2024-03-01", "2024-06-01", 36), ("2024-06-01", "2025-06-01", 12)]
    assert ends(result) == ["2025-06-01"]


def test_co_terming_moves_a_contract_to_the_end_of_the_other():
    second = contract("c2", "2024-09-01", "2025-09-01")
    co_termed = contract("c3", "2025-03-01", "2025-09-01", 3000.0)
    result = chained(FIRST, second, co_termed)
    assert terms(result) == [("2024-03-01", "2024-09-01", 12), ("2024-09-01", "2025-09-01", 12)]
    assert result.terms[["arr_at_start", "arr"]].values.tolist() == [[1200, 1200], [1200, 3000]]


@pytest.mark.parametrize("previous", ["c1", ""])
def test_amendment_mid_term_keeps_the_terms_end(previous):
    amendment = contract(
        "c2", "2024-08-01", "2025-03-01", 1800.0, previous_contract_id=previous, end_reason=""
    )
    result = chained(FIRST, amendment, as_of="2025-01-01")
    assert terms(result) == [("2024-03-01", "2025-03-01", 12)]
    assert result.terms[["arr_at_start", "arr"]].values.tolist() == [[1200.0, 1800.0]]
    assert result.steps["change"].tolist() == ["start", "amendment"]


def test_amendment_of_a_term_that_renewed_itself():
    first = FIRST | {"auto_renew": True}
    amendment = contract("c2", "2025-08-01", "2026-03-01", 1800.0, auto_renew=True)
    again = contract("c3", "2026-08-01", "2027-03-01", 2400.0, auto_renew=True)
    result = chained(first, amendment, again, as_of="2028-01-01")
    assert result.steps["change"].tolist() == ["start", "amendment", "amendment"]
    assert [end for _, end, _ in terms(result)] == [f"{year}-03-01" for year in range(2025, 2029)]
    assert result.terms["term_months"].unique().tolist() == [12]


def test_amendment_unlinked_and_terminated_does_not_revive_the_old_contract():
    amendment = contract("c2", "2024-08-01", "2025-03-01", ended_on="2024-11-01")
    assert ends(chained(FIRST, amendment, as_of="2025-01-01")) == ["2024-11-01"]


def test_gap_of_gap_days_is_a_late_renewal():
    result = chained(FIRST, contract("c2", "2025-03-31", "2026-03-31"))
    assert result.spans["n_terms"].tolist() == [2]
    assert terms(result)[0][1] == "2025-03-01"
    assert result.steps["until_on"].iloc[0] == pd.Timestamp("2025-03-31")


def test_gap_beyond_gap_days_is_churn_and_reactivation():
    result = chained(FIRST, contract("c2", "2025-04-01", "2026-04-01"))
    assert ends(result) == ["2025-03-01", ""]
    assert result.spans["reactivated"].tolist() == [False, True]
    assert result.spans["subscription_id"].tolist() == ["c1", "c2"]
    assert result.spans["n_terms"].tolist() == [1, 1]


def test_gap_days_below_zero_are_refused():
    with pytest.raises(ParameterError, match="gap_days: negative; expected 0 or more; found -1"):
        chained(FIRST, gap_days=-1)


def test_month_to_month():
    monthly = contract("c1", "2025-10-15", "2025-11-15", auto_renew=True)
    result = chained(monthly)
    assert [start for start, _, _ in terms(result)] == ["2025-10-15", "2025-11-15", "2025-12-15"]
    assert result.terms["month_to_month"].all()
    assert result.terms["implied"].tolist() == [False, True, True]


def test_month_to_month_keeps_the_last_day_of_the_month():
    monthly = contract("c1", "2023-12-31", "2024-01-31", auto_renew=True)
    result = chained(monthly, as_of="2024-04-15")
    assert [end for _, end, _ in terms(result)] == [
        "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-01-31", "2024-02-29", ["02-29", "03-31", "04-30", "05-31", "06-30", "07-31"]),
        ("2024-01-30", "2024-02-29", ["02-29", "03-30", "04-30", "05-30", "06-30", "07-30"]),
        ("2024-01-29", "2024-02-29", ["02-29", "03-29", "04-29", "05-29", "06-29", "07-29"]),
        ("2024-04-30", "2024-05-31", ["05-31", "06-30", "07-31"]),
        ("2023-11-30", "2024-02-29", ["02-29", "05-30", "08-30"]),
    ],
)
def test_terms_step_from_the_day_on_which_the_contract_began(start, end, expected):
    itself = contract("c1", start, end, auto_renew=True, notice_days=10)
    result = chained(itself, as_of="2024-07-15")
    assert [end[5:] for _, end, _ in terms(result)] == expected
    notice = result.terms["end_on"] - result.terms["notice_by"]
    assert (notice == pd.Timedelta(days=10)).all()


def test_terms_step_from_the_day_on_which_the_subscription_began():
    first = contract("c1", "2024-01-31", "2024-02-29")
    second = contract("c2", "2024-02-29", "2024-04-30", auto_renew=True)
    result = chained(first, second, as_of="2024-07-15")
    assert [end for _, end, _ in terms(result)] == ["2024-02-29", "2024-04-30", "2024-06-30",
                                                    "2024-08-31"]  # fmt: skip


def test_a_yearly_term_from_the_leap_day_returns_to_it():
    itself = contract("c1", "2024-02-29", "2025-02-28", auto_renew=True)
    result = chained(itself, as_of="2028-01-01")
    assert [end for _, end, _ in terms(result)][-2:] == ["2027-02-28", "2028-02-29"]


def test_open_ended():
    result = chained(contract("c1", "2022-05-01"))
    assert terms(result) == [("2022-05-01", "", 1)]
    assert result.terms["month_to_month"].tolist() == [True]
    assert ends(result) == [""]


def test_open_ended_price_change_is_an_amendment():
    result = chained(contract("c1", "2022-05-01"), contract("c2", "2023-05-01", arr=1300.0))
    assert terms(result) == [("2022-05-01", "", 1)]
    assert result.steps["change"].tolist() == ["start", "amendment"]


def test_open_ended_converted_to_a_term():
    annual = contract("c2", "2025-06-01", "2026-06-01", previous_contract_id="c1")
    result = chained(contract("c1", "2022-05-01"), annual)
    assert terms(result) == [("2022-05-01", "2025-06-01", 1), ("2025-06-01", "2026-06-01", 12)]


def test_early_termination():
    result = chained(FIRST | {"ended_on": "2024-07-10", "end_reason": "price"})
    assert ends(result) == ["2024-07-10"]
    assert result.spans["end_reason"].tolist() == ["price"]
    assert terms(result) == [("2024-03-01", "2025-03-01", 12)]


def test_auto_renew_continues_in_terms_of_equal_length():
    result = chained(FIRST | {"auto_renew": True}, as_of="2027-01-01")
    assert terms(result) == [
        ("2024-03-01", "2025-03-01", 12),
        ("2025-03-01", "2026-03-01", 12),
        ("2026-03-01", "2027-03-01", 12),
    ]
    assert ends(result) == [""]


def test_auto_renew_is_not_known_on_the_day_the_term_ends():
    assert len(chained(FIRST | {"auto_renew": True}, as_of="2025-03-01").terms) == 1
    assert len(chained(FIRST | {"auto_renew": True}, as_of="2025-03-02").terms) == 2


def test_auto_renew_past_the_last_written_contract():
    second = contract("c2", "2025-03-01", "2025-09-01", auto_renew=True)
    result = chained(FIRST, second, as_of="2026-04-01")
    assert terms(result)[1:] == [
        ("2025-03-01", "2025-09-01", 6),
        ("2025-09-01", "2026-03-01", 6),
        ("2026-03-01", "2026-09-01", 6),
    ]


def test_auto_renew_until_a_successor_is_written():
    first = contract("c1", "2022-03-01", "2023-03-01", auto_renew=True)
    result = chained(first, contract("c2", "2024-07-01", "2025-07-01"), as_of="2025-01-01")
    assert terms(result) == [
        ("2022-03-01", "2023-03-01", 12),
        ("2023-03-01", "2024-03-01", 12),
        ("2024-03-01", "2024-07-01", 12),
        ("2024-07-01", "2025-07-01", 12),
    ]


def test_auto_renew_stopped_in_a_further_term():
    result = chained(FIRST | {"auto_renew": True, "ended_on": "2025-06-01"})
    assert ends(result) == ["2025-06-01"]
    assert terms(result)[-1] == ("2025-03-01", "2026-03-01", 12)


def test_lapse_ends_at_the_written_end():
    result = chained(FIRST, as_of="2025-04-01")
    assert ends(result) == ["2025-03-01"]
    assert result.spans["end_reason"].tolist() == [""]


def test_lapse_within_gap_days_is_pending():
    assert ends(chained(FIRST, as_of="2025-03-31")) == [""]


def test_notice_date():
    result = chained(FIRST | {"notice_days": 60}, contract("c2", "2025-03-01", "2026-03-01"))
    assert result.terms["notice_by"].iloc[0] == pd.Timestamp("2024-12-31")
    assert result.terms["notice_by"].isna().tolist() == [False, True]


def test_notice_given_for_a_later_end_is_not_known():
    assert ends(chained(FIRST | {"ended_on": "2025-02-01"}, as_of="2025-02-01")) == [""]
    assert ends(chained(FIRST | {"ended_on": "2025-02-01"}, as_of="2025-02-02")) == ["2025-02-01"]


def test_several_products_per_account_are_several_subscriptions():
    other = contract("c2", "2025-02-01", "2026-02-01") | {"product": "extra"}
    result = chained(FIRST, other, as_of="2025-07-01")
    assert result.spans["product"].tolist() == ["core", "extra"]
    assert result.spans["reactivated"].tolist() == [False, False]
    assert ends(result) == ["2025-03-01", ""]


def test_several_currencies_in_one_chain_are_refused():
    second = contract("c2", "2025-03-01", "2026-03-01", currency="EUR")
    with pytest.raises(DataError, match=r"contracts, acme core.*found EUR, USD.*State fixed rates"):
        chained(FIRST | {"currency": "USD"}, second)


def test_several_currencies_with_a_rate_table():
    second = contract("c2", "2025-03-01", "2026-03-01", 1000.0, currency="EUR")
    result = chained(FIRST | {"currency": "USD"}, second, rates=Rates("USD", {"EUR": 1.2}))
    assert result.terms["arr"].tolist() == [1200.0, 1200.0]
    assert result.spans["currency"].tolist() == ["USD"]


def test_several_currencies_without_a_rate():
    with pytest.raises(DataError, match=r"no rate for this currency.*found EURO.*Did you mean EUR"):
        chained(FIRST | {"currency": "EURO"}, rates=Rates("USD", {"EUR": 1.2}))


def test_ended_on_after_end_on_ran_over_month_to_month():
    result = chained(FIRST | {"ended_on": "2025-06-10"})
    assert ends(result) == ["2025-06-10"]
    assert terms(result) == [("2024-03-01", "2025-03-01", 12), ("2025-03-01", "", 1)]
    assert result.terms["month_to_month"].tolist() == [False, True]


def test_ended_on_exactly_end_on_is_a_non_renewal():
    result = chained(FIRST | {"ended_on": "2025-03-01", "end_reason": "budget"}, as_of="2025-03-02")
    assert ends(result) == ["2025-03-01"]
    assert terms(result) == [("2024-03-01", "2025-03-01", 12)]
    assert result.spans["end_reason"].tolist() == ["budget"]


def test_signed_renewal_of_the_future_is_known():
    renewal = contract("c2", "2025-03-01", "2026-03-01", signed_on="2025-01-20")
    assert len(chained(FIRST, renewal, as_of="2025-02-01").terms) == 2
    assert len(chained(FIRST, renewal, as_of="2025-01-20").terms) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start_on": None}, "no start date"),
        ({"end_on": "2024-03-01"}, "its end is not after its start"),
        ({"ended_on": "2024-03-01"}, "it stopped on or before its start, so it never ran"),
        ({"arr": None}, "no yearly revenue"),
    ],
)
def test_contract_that_cannot_be_placed(change, reason):
    result = chained(FIRST | change, contract("c2", "2025-03-01", "2026-03-01"))
    assert result.problems.values.tolist() == [["c1", reason]]
    assert result.spans["subscription_id"].tolist() == ["c2"]


def test_contract_named_twice():
    result = chained(FIRST, contract("c1", "2025-03-01", "2026-03-01"))
    assert result.problems["contract_id"].tolist() == ["c1", "c1"]
    assert result.spans.empty


def test_contract_replaced_on_its_first_day():
    result = chained(FIRST, contract("c2", "2024-03-01", "2026-03-01", 900.0))
    assert result.spans["subscription_id"].tolist() == ["c2"]
    assert result.problems["reason"].tolist() == [
        "another contract replaces it on the day it starts"
    ]


def test_link_to_a_contract_of_another_account_or_none_is_ignored():
    stranger = contract("x1", "2024-05-01", previous_contract_id="c1") | {"account_id": "other"}
    lost = contract("x2", "2024-06-01", previous_contract_id="gone") | {"account_id": "third"}
    result = chained(FIRST, stranger, lost, as_of="2025-01-01")
    assert ends(result) == ["", "", ""]
    assert result.problems["reason"].tolist() == [
        "its previous contract belongs to another account",
        "its previous contract is not in the table",
    ]


def test_a_loop_of_links_makes_no_account_vanish():
    one = contract("x1", "2024-01-01", "2026-01-01", 1200.0, previous_contract_id="x2")
    two = contract("x2", "2024-01-01", "2026-01-01", 1500.0, previous_contract_id="x1")
    result = chained(one, two, as_of="2025-01-01")
    assert result.steps["arr"].tolist() == [1500.0]
    loop = "its previous contracts lead back to it"
    assert (result.problems["reason"] == loop).sum() == 2


def test_a_contract_that_follows_itself_or_a_later_one_stays():
    itself = contract("x1", "2024-01-01", previous_contract_id="x1")
    early = FIRST | {"contract_id": "x2", "account_id": "other", "previous_contract_id": "x3"}
    late = contract("x3", "2025-03-01") | {"account_id": "other"}
    result = chained(itself, early, late)
    assert result.spans["subscription_id"].tolist() == ["x1", "x2"]
    assert result.problems["reason"].tolist() == [
        "its previous contracts lead back to it",
        "its previous contract starts later",
    ]


def test_no_contracts_at_all():
    result = chained(FIRST, as_of="2020-01-01")
    assert [len(table) for table in (result.spans, result.terms, result.steps)] == [0, 0, 0]
    assert result.spans["ended_on"].dtype == "datetime64[us]"
