"""What is signed and has not begun is in every draw as it was signed, and counted once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from committed_books import (
    AS_OF,
    FIRST,
    book_of,
    committed_inputs,
    data_of,
    forecast_of,
    hazard_draws,
    history,
    row,
)

from workbench.features.hazard_data import HazardData, default_as_of
from workbench.forecast.backtest.rolling import forecast_origin
from workbench.forecast.growth.bridge import bridge_table, retention_draws
from workbench.forecast.growth.committed import book_lines, committed_table
from workbench.forecast.growth.definitions import Pack
from workbench.forecast.growth.forecast import Growth
from workbench.forecast.growth.holdings import Past
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.growth.renewal_calendar import renewal_calendar
from workbench.forecast.leaving.due import renewals_due
from workbench.forecast.leaving.renewals import look_ahead
from workbench.forecast.revenue.next_contracts import next_contracts
from workbench.forecast.simulation.coming import signed_arrivals
from workbench.forecast.simulation.lines import lines_of
from workbench.forecast.simulation.measures import CHURN, EXPANSION, NEW, REACTIVATION

OCTOBER, JANUARY = 3, 6
CUSTOMERS = [
    row("n1", "2025-10-01", "2026-10-01", 50_000.0, "2025-06-10"),
    row("n2", "2025-10-01", "2026-01-01", 30_000.0, "2025-06-10"),
]
RENEWAL = row("a00", "2026-01-01", "2028-01-01", 2_000.0, "2025-06-01")
AMENDMENT = row("a01", "2025-09-01", "2026-02-01", 3_000.0, "2025-06-01")
FURTHER = row("a02", "2025-10-01", "2026-10-01", 500.0, "2025-06-02", product="extra")
RETURN = row("a03", "2025-12-01", "2026-12-01", 4_000.0, "2025-06-02")
EVERYTHING = [*CUSTOMERS, RENEWAL, AMENDMENT, FURTHER, RETURN]


@pytest.fixture(scope="module")
def full() -> HazardData:
    return data_of(*EVERYTHING)


@pytest.fixture(scope="module")
def ahead(full: HazardData) -> Growth:
    return forecast_of(full, arrivals=0.8)[2]


def simulate_account(data: HazardData, account: str, **given: float):
    inputs, lines = committed_inputs(data, **given), book_lines(data)
    own = lines.take(lines.of_accounts([account]))
    return own, simulate_lines(inputs, own, Past(data.design).of(inputs, own))


def test_what_is_signed_is_named_as_the_movement_that_it_will_be(full: HazardData) -> None:
    table = committed_table(full).set_index("account_id")
    kinds = {
        "n1": ("2025-10", "new", 0.0, 50_000.0),
        "n2": ("2025-10", "new", 0.0, 30_000.0),
        "a00": ("2026-01", "expansion", 1_000.0, 2_000.0),
        "a01": ("2025-09", "expansion", 2_000.0, 3_000.0),
        "a02": ("2025-10", "expansion", 0.0, 500.0),
        "a03": ("2025-12", "reactivation", 0.0, 4_000.0),
    }
    for account, stated in kinds.items():
        found = table.loc[account, ["begins", "kind", "arr_before", "arr"]]
        assert tuple(found) == stated, account
    assert (table["change"] == table["arr"] - table["arr_before"]).all()


def test_parts_of_the_bridge_add_up_in_every_draw(ahead: Growth) -> None:
    for grouping in ("book", "segment", "product"):
        own = np.flatnonzero(ahead.levels["grouping"] == grouping)
        moved = ahead.total[:, own].sum(axis=3).cumsum(axis=2).sum(axis=1)
        closing = ahead.opening[own].sum() + moved
        np.testing.assert_array_equal(closing, ahead.closing + ahead.won_closing)


def test_new_customers_who_have_signed_come_in_every_draw(full: HazardData) -> None:
    ahead = forecast_of(full)[2]  # nobody else comes
    new = ahead.total[:, 0, :, NEW]
    assert (new[:, OCTOBER] == 80_000_00).all()
    assert (np.delete(new, OCTOBER, axis=1) == 0).all()
    back = ahead.total[:, 0, :, REACTIVATION]
    assert (back[:, 5] == 4_000_00).all() and (np.delete(back, 5, axis=1) == 0).all()


def test_committed_change_is_told_month_by_month(ahead: Growth) -> None:
    table = bridge_table(ahead, 0.9)
    committed = dict(zip(table["month"], table["committed"], strict=True))
    assert committed["2025-09"] == 1_000.0 and committed["2025-10"] == 80_500.0
    assert committed["2025-12"] == 4_000.0 and committed["2026-01"] == 1_000.0
    assert sum(committed.values()) == 86_500.0


@pytest.mark.parametrize(
    ("account", "month", "cents"), [("a00", JANUARY, 2_000_00), ("a01", 2, 3_000_00)]
)
def test_a_signed_renewal_or_amendment_cannot_be_lost(
    full: HazardData, account: str, month: int, cents: int
) -> None:
    _, simulated = simulate_account(full, account, leave=0.5)
    before = simulated.line[:, 0, :month]
    assert (before == before[0, 0]).all() and (simulated.alive[:, 0, : month + 1] == 1).all()
    assert (simulated.line[:, 0, month] == cents).all()
    # Afterwards chance has its way again: at this hazard nobody stays for long.
    assert (simulated.line[:, 0, -1] == 0).mean() > 0.8


def test_without_the_signature_it_is_a_matter_of_chance() -> None:
    later = RENEWAL | {"signed_on": "2025-07-01"}
    _, simulated = simulate_account(data_of(later), "a00", leave=0.5)
    assert (simulated.line[:, 0, JANUARY] == 0).mean() > 0.5


def test_the_next_renewal_at_risk_is_the_end_of_the_signed_term(full: HazardData) -> None:
    own, _ = simulate_account(full, "a00")
    assert own.months_to_end.tolist() == [JANUARY]  # the renewal that is signed
    assert own.at_risk.months_to_end.tolist() == [JANUARY + 24]
    short, simulated = simulate_account(full, "n2", leave=-9.0)
    assert short.at_risk.months_to_end.tolist() == [JANUARY]  # three months from October
    assert (simulated.line[:, 0, :OCTOBER] == 0).all()
    assert (simulated.line[:, 0, OCTOBER] == 30_000_00).all()


def test_a_further_product_that_is_signed_grows_its_customer(full: HazardData) -> None:
    ahead = forecast_of(full, leave=-30.0, amend=-40.0, cross_sell=-40.0)[2]
    assert (ahead.flow[:, 0, OCTOBER, EXPANSION] >= 500_00).all()
    assert (ahead.won[:, 0, :, EXPANSION].sum(axis=1) >= 0).all()
    by_line = retention_draws(ahead, Pack.LINE_LEVEL)["nrr"][:, OCTOBER]
    by_account = retention_draws(ahead, Pack.ACCOUNT_LEVEL)["nrr"][:, OCTOBER]
    # The product counts by account, not by line, and the new customers in neither.
    opening = ahead.opening[0] / 100
    np.testing.assert_allclose(by_account - by_line, 500 / opening)


def test_whoever_returns_counts_in_one_definition_alone(full: HazardData) -> None:
    ahead = forecast_of(full)[2]
    returning = retention_draws(ahead, Pack.WITH_RETURNING)["nrr"]
    account = retention_draws(ahead, Pack.ACCOUNT_LEVEL)["nrr"]
    gap = (returning - account) * ahead.opening[0]
    np.testing.assert_allclose(gap[:, :5], 0, atol=1e-6)
    np.testing.assert_allclose(gap[:, 5], 4_000_00)


def test_nobody_who_has_signed_comes_twice(full: HazardData) -> None:
    inputs, holdings, ahead = forecast_of(full, arrivals=0.8)
    source = inputs.revenue.new.source
    signed = signed_arrivals(holdings.lines, full.accounts, source, inputs.months)
    assert signed.sum() == 3
    expected = {"large": 1, "small": 1}
    assert {source[at]: n for at, n in enumerate(signed[:, OCTOBER])} == expected | {source[2]: 0}
    came = inputs.arrivals().count
    none = (came[:, :2, OCTOBER] <= 1).all(axis=1)
    # Where the count has one or none, those who have signed are all who come.
    assert (ahead.won[none, 0, OCTOBER, NEW] == 80_000_00).all()
    assert (ahead.won[~none, 0, OCTOBER, NEW] > 80_000_00).all() and 0 < none.mean() < 1


def test_with_nothing_signed_ahead_nothing_changes() -> None:
    plain = data_of()
    later = [one | {"signed_on": AS_OF} for one in EVERYTHING]
    accounts = plain.accounts["account_id"]
    signed = data_of(*later)
    assert signed.signed.empty and book_lines(signed).signed.shape[1] == 0
    for name, values in vars(lines_of(plain.future, plain.future_design)).items():
        if name not in ("attribute_value", "group_idx"):
            np.testing.assert_array_equal(vars(book_lines(signed))[name], values)
    one, other = (forecast_of(data, arrivals=0.8)[2] for data in (plain, signed))
    assert set(accounts) >= set(one.accounts["account_id"])
    for name in ("flow", "won", "returned", "kept", "closing", "won_closing", "top"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_start_without_signature_is_signed_in_todays_data_alone() -> None:
    unsigned = [one | {"signed_on": None} for one in CUSTOMERS]
    past = {"ended_on": "2025-05-28"}
    today = [row("z1", "2024-05-28", "2025-05-28", 10.0, None) | past, *unsigned]
    reach = default_as_of(book_of(*today, without="signed_on"))
    now, then = (
        data_of(*today, as_of=day, without="signed_on")
        for day in (reach.date().isoformat(), "2025-01-01")
    )
    ahead = [one["account_id"] for one in unsigned if pd.Timestamp(one["start_on"]) >= reach]
    table = committed_table(now)["account_id"].tolist()
    assert [account for account in table if account in {"n1", "n2"}] == ahead
    assert committed_table(then).empty  # of an earlier day nobody knows whether it was there


def test_the_renewals_report_does_not_list_what_is_signed(full: HazardData) -> None:
    draws = hazard_draws(full)
    outlook = look_ahead(draws, full.design, full.future_design, full.future, 1)
    due = renewals_due(outlook, full.future, full.accounts, 12, 0.9)
    listed = set(due["account_id"])
    assert "a00" not in listed and {"a02", "a04"} <= listed
    plain = data_of()
    usual = look_ahead(draws, plain.design, plain.future_design, plain.future, 1)
    assert "a00" in set(renewals_due(usual, plain.future, plain.accounts, 12, 0.9)["account_id"])
    at = outlook.book["account_id"].tolist().index("a00")
    assert (outlook.subscription[:, at, : JANUARY + 1] == 1).all()
    assert outlook.kept[:, at, : JANUARY + 1].all()
    assert (outlook.subscription[:, at, JANUARY + 1] < 1).all()
    # Revenue is today's, not that of the amendment which has not begun.
    assert outlook.book.set_index("account_id").loc["a01", "arr"] == 2_000.0


def test_the_calendar_tells_what_of_it_is_signed(full: HazardData) -> None:
    inputs, holdings, _ = forecast_of(full)
    due = renewal_calendar(inputs, holdings, 8, 0.9).set_index("month")
    assert due.loc["2026-01", "signed"] == 1 and due.loc["2026-01", "signed_arr"] == 2_000.0
    assert due.loc["2026-01", "renewals"] == 2  # a00 and a12
    assert due["signed"].sum() == 1
    assert (due["signed_arr"] <= due["low"] + 1e-9).all()


def test_a_next_contract_that_is_signed_is_worth_what_was_signed(full: HazardData) -> None:
    inputs, holdings, _ = forecast_of(full)
    table = next_contracts(inputs, holdings, {}, 0.9)
    own = table.accounts.set_index("account_id")
    names = ["expected", "low", "high", "signed", "if_renewed", "average"]
    np.testing.assert_allclose(own.loc["a00", names].astype(float), 2_000.0)
    assert own.loc["a00", "renews"] == 1 and own.loc["a00", "arr"] == 1_000.0
    factors = table.factors[table.factors["account_id"] == "a00"]
    np.testing.assert_allclose(factors["contribution"], 0, atol=1e-9)
    assert "n1" not in own.index and own.loc["a04", "signed"] == 0
    # An amendment that is signed is sure until it begins, and the renewal after it is not.
    mean = own.loc["a01", "expected"]
    at = int(own.loc["a01", "due"] == "2026-02")
    _, simulated = simulate_account(full, "a01")
    drawn = simulated.line[:, 0, 7] / 100
    assert at and abs(drawn.mean() - mean) < 4 * drawn.std() / np.sqrt(len(drawn))


def test_after_a_hole_the_customer_is_there_again_whatever_happened() -> None:
    """a04's term ends in May 2026; another contract is signed for September."""
    again = row("a04", "2026-09-01", "2027-09-01", 9_000.0, "2025-06-02")
    data = data_of(again)
    own, simulated = simulate_account(data, "a04", leave=-2.5, cross_sell=-40.0)
    assert len(own) == 1 and own.at_risk.months_to_end.tolist() == [10]
    left = simulated.line[:, 0, 13] == 0
    assert 0 < left.mean() < 1  # at the end of the running term it is a matter of chance
    assert (simulated.line[:, 0, 14] == 9_000_00).all()
    assert (simulated.flow[left, 0, 14, REACTIVATION] == 9_000_00).all()
    assert (simulated.flow[~left, 0, 14, REACTIVATION] == 0).all()
    assert (simulated.flow[~left, 0, :, CHURN][:, :15] == 0).all()
    ahead = forecast_of(data)[2]
    total = ahead.opening[0] + ahead.total[:, 0].sum(axis=2).cumsum(axis=1)
    np.testing.assert_array_equal(total, ahead.closing + ahead.won_closing)


def test_two_signed_terms_follow_each_other_without_chance_between() -> None:
    steps = [
        row("n1", "2025-08-01", "2026-08-01", 10_000.0, "2025-06-10"),
        row("n1", "2026-08-01", "2027-08-01", 15_000.0, "2025-06-10"),
    ]
    _, simulated = simulate_account(data_of(*steps), "n1", leave=0.5)
    assert (simulated.line[:, 0, 1:13] == 10_000_00).all()
    assert (simulated.line[:, 0, 13] == 15_000_00).all()


def test_history_knows_nothing_of_what_has_not_begun(full: HazardData) -> None:
    """The rows that the models are fitted to are those of the book without it."""
    plain = data_of()
    names = ["subscription_id", "month", "event", "exit_kind", "at_renewal", "tenure_months"]
    pd.testing.assert_frame_equal(full.rows[names], plain.rows[names])
    assert len(history()) and full.future["month"].min() == FIRST


def test_a_forecast_of_the_past_knows_it_too_and_is_judged_by_its_day(full: HazardData) -> None:
    inputs = committed_inputs(full, arrivals=0.1)
    origin = forecast_origin(full, inputs.hazard, inputs.revenue, (3, 6), 3)
    plain = data_of()
    usual = committed_inputs(plain, arrivals=0.1)
    without = forecast_origin(plain, usual.hazard, usual.revenue, (3, 6), 3)
    np.testing.assert_array_equal(origin.accounts, without.accounts)  # customers of that day
    gained = (origin.revenue.book["revenue"] - without.revenue.book["revenue"]).mean(axis=0)
    assert gained[OCTOBER] > 60_000 > 10_000 > gained[OCTOBER - 1]
