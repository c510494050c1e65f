"""One test for each way in which a contract of another product, or account, takes one's place."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import DataError
from workbench.data.contracts.subscriptions import Subscriptions, subscriptions

AS_OF = "2025-07-01"
DATES = ("start_on", "end_on", "ended_on", "signed_on")


def contract(name: str, product: str, start: str, end: str | None, **more) -> dict:
    row = {"contract_id": name, "account_id": "a", "product": product, "arr": 600.0}
    return row | {"start_on": start, "end_on": end} | more


def chained(*rows: dict, as_of: str = AS_OF, **settings) -> Subscriptions:
    table = pd.DataFrame(rows)
    for name in set(DATES) & set(table):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return subscriptions(table, pd.Timestamp(as_of), **settings)


def spans(result: Subscriptions) -> list[tuple]:
    """Return (first contract, product, end) of each subscription, the end '' while it runs."""
    ended = result.spans["ended_on"].dt.strftime("%Y-%m-%d").fillna("")
    return list(zip(result.spans["subscription_id"], result.spans["product"], ended, strict=True))


BASIC = contract("c1", "basic", "2024-01-01", "2025-01-01")
PRO = contract("c2", "pro", "2025-01-01", "2026-01-01", arr=1200.0)


@pytest.mark.parametrize("previous", ["", "c1"])
def test_another_product_from_the_same_day_is_a_renewal(previous):
    result = chained(BASIC, PRO | {"previous_contract_id": previous})
    assert spans(result) == [("c1", "pro", "")]
    assert result.steps["change"].tolist() == ["start", "renewal"]
    assert result.steps["product"].tolist() == ["basic", "pro"]
    assert result.terms["arr"].tolist() == [600.0, 1200.0]


def test_a_hole_is_bridged_into_another_product_as_into_the_same():
    late = PRO | {"start_on": "2025-01-31"}
    assert spans(chained(BASIC, late)) == [("c1", "pro", "")]
    later = PRO | {"start_on": "2025-02-01"}
    assert spans(chained(BASIC, later)) == [("c1", "basic", "2025-01-01"), ("c2", "pro", "")]
    linked = later | {"previous_contract_id": "c1"}
    assert spans(chained(BASIC, linked)) == [("c1", "basic", "2025-01-01"), ("c2", "pro", "")]


def test_a_change_over_the_end_of_a_month_leaves_no_hole():
    early = BASIC | {"ended_on": "2024-08-31"}
    pro = contract("c2", "pro", "2024-09-01", "2025-09-01", previous_contract_id="c1")
    result = chained(early, pro)
    assert spans(result) == [("c1", "pro", "")]
    assert result.steps["until_on"].iloc[0] == pd.Timestamp("2024-09-01")


def test_a_linked_contract_of_another_product_cuts_the_running_one():
    pro = contract("c2", "pro", "2024-09-01", "2025-09-01", previous_contract_id="c1")
    result = chained(BASIC, pro)
    assert spans(result) == [("c1", "pro", "")]
    assert result.terms["planned_end_on"].iloc[0] == pd.Timestamp("2025-01-01")
    open_ended = BASIC | {"end_on": None}
    assert spans(chained(open_ended, pro)) == [("c1", "pro", "")]


def test_a_change_with_the_same_end_is_an_amendment_into_another_product():
    pro = contract("c2", "pro", "2024-09-01", "2025-01-01", previous_contract_id="c1", arr=900.0)
    result = chained(BASIC, pro, as_of="2024-12-01")
    assert result.steps["change"].tolist() == ["start", "amendment"]
    assert result.terms[["arr_at_start", "arr"]].values.tolist() == [[600.0, 900.0]]


def test_an_unlinked_product_beside_the_running_one_is_another_subscription():
    beside = PRO | {"start_on": "2024-12-20"}
    assert spans(chained(BASIC, beside)) == [("c1", "basic", "2025-01-01"), ("c2", "pro", "")]
    itself = BASIC | {"auto_renew": True}
    assert spans(chained(itself, PRO)) == [("c1", "basic", ""), ("c2", "pro", "")]


def test_within_one_month_the_new_product_may_begin_before_the_old_one_ends():
    stopped = BASIC | {"ended_on": "2024-06-20"}
    pro = contract("c2", "pro", "2024-06-10", None)
    assert spans(chained(stopped, pro)) == [("c1", "pro", "")]
    # Before that end is known they are two.
    assert len(spans(chained(stopped, pro, as_of="2024-06-15"))) == 2


def test_a_product_that_is_renewed_was_not_changed():
    again = contract("c3", "basic", "2025-01-01", "2026-01-01")
    assert spans(chained(BASIC, again, PRO)) == [("c1", "basic", ""), ("c2", "pro", "")]
    late = again | {"start_on": "2025-01-20"}
    assert spans(chained(BASIC, late, PRO)) == [("c1", "basic", ""), ("c2", "pro", "")]


def test_a_link_to_a_product_that_goes_on_is_told():
    again = contract("c3", "basic", "2025-01-01", "2026-01-01")
    add_on = contract("c2", "extra", "2024-09-01", "2025-09-01", previous_contract_id="c1")
    result = chained(BASIC, again, add_on)
    assert spans(result) == [("c1", "basic", ""), ("c2", "extra", "")]
    assert result.problems.values.tolist() == [
        ["c2", "its previous contract, of another product, goes on, so both count"]
    ]


def test_back_and_forth_is_one_subscription():
    rows = [
        contract(f"c{n}", ("basic", "pro")[n % 2], f"202{n}-01-01", f"202{n + 1}-01-01")
        for n in range(1, 6)
    ]
    assert spans(chained(*rows)) == [("c1", "pro", "")]


def test_one_month_of_another_product_is_not_held_beside_a_late_renewal():
    rows = [
        contract("c1", "basic", "2025-01-01", "2025-02-01"),
        contract("c2", "pro", "2025-02-01", "2025-03-01"),
        contract("c3", "basic", "2025-03-01", "2025-08-01"),
    ]
    result = chained(*rows)
    assert spans(result) == [("c1", "basic", "")]
    assert result.steps["product"].tolist() == ["basic", "pro", "basic"]


def test_of_two_candidates_the_linked_one_continues_else_the_nearest_in_revenue():
    small = contract("c3", "mini", "2025-01-01", "2026-01-01", arr=590.0)
    chains = chained(BASIC, PRO, small)
    assert spans(chains) == [("c1", "mini", ""), ("c2", "pro", "")]
    assert chains.spans["split_from"].tolist() == ["", "c1"]
    linked = chained(BASIC, PRO | {"previous_contract_id": "c1"}, small)
    assert spans(linked) == [("c1", "pro", ""), ("c3", "mini", "")]
    assert linked.spans["split_from"].tolist() == ["", "c1"]


def test_two_products_that_become_one_are_both_no_loss():
    other = contract("c0", "mini", "2024-01-01", "2025-01-01", arr=100.0)
    result = chained(BASIC, other, PRO)
    assert spans(result) == [("c1", "pro", ""), ("c0", "mini", "2025-01-01")]
    assert result.spans["merged_into"].tolist() == ["", "c1"]


def test_a_product_merges_into_the_running_one_that_names_it():
    other = contract("c0", "mini", "2024-01-01", "2025-01-01", arr=100.0)
    again = contract("c3", "basic", "2025-01-01", "2026-01-01", previous_contract_id="c0")
    result = chained(BASIC, other, again)
    assert result.spans.set_index("subscription_id")["merged_into"].to_dict() == {
        "c1": "", "c0": "c1",
    }  # fmt: skip


def test_one_end_is_continued_once():
    """A second product a week later is a further one: the first has taken the place."""
    later = contract("c3", "mini", "2025-01-08", "2026-01-08")
    result = chained(BASIC, PRO, later)
    assert spans(result) == [("c1", "pro", ""), ("c3", "mini", "")]
    assert result.spans["split_from"].tolist() == ["", ""]


def test_a_signed_change_to_come_leaves_the_product_of_today():
    result = chained(BASIC, PRO | {"signed_on": "2024-11-20"}, as_of="2024-12-01")
    assert spans(result) == [("c1", "basic", "")]
    assert len(result.terms) == 2


def test_a_contract_that_continues_under_another_account_is_followed():
    moved = PRO | {"account_id": "b", "product": "basic", "previous_contract_id": "c1"}
    result = chained(BASIC, moved)
    assert spans(result) == [("c1", "basic", "")]
    assert result.spans["account_id"].tolist() == ["b"]
    assert result.steps["held_by"].tolist() == ["a", "b"]
    assert result.problems.values.tolist() == [
        ["c2", "continues a contract of another account, and is followed as one subscription"]
    ]
    before = chained(BASIC, moved, as_of="2024-12-01")
    assert before.spans["account_id"].tolist() == ["a"]


@pytest.mark.parametrize("more", [{"end_on": "2025-06-01"}, {"end_on": None}])
def test_another_accounts_running_contract_is_not_cut(more):
    moved = PRO | {"account_id": "b", "previous_contract_id": "c1"}
    result = chained(BASIC | more, moved)
    assert result.spans["account_id"].tolist() == ["a", "b"]
    assert result.problems["reason"].tolist() == [
        "its previous contract belongs to another account"
    ]


def test_customers_who_merge_keep_the_same_product_twice():
    own = contract("n1", "basic", "2024-03-01", "2026-03-01", account_id="b", arr=50.0)
    moved = PRO | {"account_id": "b", "product": "basic", "previous_contract_id": "c1"}
    again = contract("c4", "basic", "2026-01-01", None, account_id="b", previous_contract_id="c2")
    result = chained(BASIC, own, moved, again, as_of="2026-02-01")
    assert spans(result) == [("c1", "basic", ""), ("n1", "basic", "")]
    assert result.spans["account_id"].tolist() == ["b", "b"]
    running = result.steps[result.steps["until_on"].isna()]
    assert sorted(running["arr"]) == [50.0, 600.0]


@pytest.mark.parametrize("own", [[], [contract("n2", "basic", "2025-01-01", None, account_id="z")]])
def test_customers_who_merge_on_one_day_keep_what_each_had(own):
    old = [contract(f"{a}1", "basic", "2024-01-01", "2025-01-01", account_id=a) for a in "ab"]
    new = [
        contract(f"{a}2", "basic", "2025-01-01", None, account_id="z", previous_contract_id=f"{a}1")
        for a in "ab"
    ]
    result = chained(*old, *new, *own)
    assert result.spans["account_id"].tolist() == ["z"] * (2 + len(own))
    assert result.spans["ended_on"].isna().all()
    assert set(result.problems["reason"]) == {
        "continues a contract of another account, and is followed as one subscription"
    }


def test_a_change_of_product_and_currency_is_refused():
    with pytest.raises(DataError, match="found EUR, USD"):
        chained(BASIC | {"currency": "EUR"}, PRO | {"currency": "USD"})


def test_a_line_that_comes_back_to_its_last_product_is_reactivated():
    back = contract("c3", "pro", "2026-06-01", None)
    result = chained(BASIC, PRO, back, as_of="2027-01-01")
    assert result.spans["line_id"].tolist() == ["c1", "c1"]
    assert result.spans["reactivated"].tolist() == [False, True]
    first = contract("c3", "basic", "2026-06-01", None)
    assert chained(BASIC, PRO, first, as_of="2027-01-01").spans["line_id"].tolist() == ["c1", "c3"]
