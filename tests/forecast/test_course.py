"""The course of customers with hand-made draws: identities, closed forms, chance by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hand_made import accounts_of, forecast_inputs, holdings_of, lines_for
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.processes import LEAVE_IDX
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.posterior.frailty import conditional_survival
from workbench.forecast.simulation import measures
from workbench.forecast.simulation.intervention import Intervention


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), leave=st.floats(-6, 0), amend=st.floats(-6, -1))
def test_opening_and_movements_make_closing(seed: int, leave: float, amend: float) -> None:
    inputs = forecast_inputs(20, 15, seed, leave=leave, amend=amend)
    holdings = holdings_of(lines_for(25, seed))
    ahead = forecast_book(inputs, holdings)
    change = ahead.total.sum(axis=3).cumsum(axis=2)
    np.testing.assert_array_equal(
        ahead.opening[0] + change[:, 0], ahead.closing + ahead.won_closing
    )
    for grouping in ("segment", "owner", "parent", "product"):
        at = np.flatnonzero(ahead.levels["grouping"] == grouping)
        np.testing.assert_array_equal(ahead.total[:, at].sum(axis=1), ahead.total[:, 0])
        assert ahead.opening[at].sum() == ahead.opening[0]
    assert (ahead.total[..., measures.CHURN] <= 0).all()
    assert (ahead.total[..., measures.CONTRACTION] <= 0).all()
    assert (ahead.total[..., measures.EXPANSION] >= 0).all()
    assert (ahead.total[..., [measures.NEW, measures.REACTIVATION]] >= 0).all()


def test_every_part_of_the_book_closes_on_its_own_accounts_in_every_draw() -> None:
    """Opening and movements of each level against its accounts, followed one by one."""
    inputs, lines = forecast_inputs(40), lines_for(30)
    ahead = forecast_book(inputs, holdings_of(lines))
    each = simulate_lines(inputs, lines, np.zeros((40, len(lines)))).account
    facts = accounts_of(lines)
    for grouping in ("segment", "owner", "parent"):
        for at in np.flatnonzero(ahead.levels["grouping"] == grouping):
            level = ahead.levels["level"].iloc[at]
            own = facts[grouping].fillna("(missing)") == level
            moved = ahead.flow[:, at].sum(axis=2).cumsum(axis=1)
            np.testing.assert_array_equal(
                ahead.opening[at] + moved, each[:, own.to_numpy()].sum(axis=1), err_msg=level
            )


def test_customers_who_come_may_grow_shrink_and_leave_within_the_horizon() -> None:
    inputs, holdings = forecast_inputs(300, 18, arrivals=4.0), holdings_of(lines_for(3))
    came = forecast_book(inputs, holdings).won[:, 0]
    gained = came[..., [measures.NEW, measures.REACTIVATION]].sum()
    for kind, sign in ((measures.EXPANSION, 1), (measures.CONTRACTION, -1), (measures.CHURN, -1)):
        assert 0.005 < sign * came[..., kind].sum() / gained < 0.5
    # A term of a year ends at the earliest in the thirteenth month; amendments come before.
    assert came[:, 1:12, measures.EXPANSION].any()
    assert not came[:, :12, measures.PRICE].any() and came[:, 12:, measures.PRICE].any()
    never = forecast_book(forecast_inputs(300, 18, arrivals=0.0), holdings).won
    assert not never.any()


def test_what_was_kept_agrees_with_the_accounts() -> None:
    inputs, lines = forecast_inputs(50), lines_for(30)
    ahead = forecast_book(inputs, holdings_of(lines))
    full = simulate_lines(inputs, lines, np.zeros((50, len(lines))))
    opening = np.add.reduceat(lines.cents, lines.begin[:-1])
    gross = np.minimum(full.account, opening[:, None]).sum(axis=1)
    np.testing.assert_array_equal(
        ahead.opening[0] + ahead.kept[:, 0, :, measures.ACCOUNT_GROSS], gross
    )
    lost = (full.account == 0).sum(axis=1)
    np.testing.assert_array_equal(ahead.kept[:, 0, :, measures.ACCOUNTS_LOST], lost)
    line_gross = np.minimum(full.line, lines.cents[:, None]).sum(axis=1)
    np.testing.assert_array_equal(
        ahead.opening[0] + ahead.kept[:, 0, :, measures.LINE_GROSS], line_gross
    )
    due = np.where(lines.term_group == 0, 0, lines.months_to_end)
    eligible = due[:, None] <= np.arange(inputs.months)
    np.testing.assert_array_equal(ahead.eligible[0], (lines.cents[:, None] * eligible).sum(axis=0))
    net = (full.line * eligible).sum(axis=1)
    np.testing.assert_array_equal(
        ahead.eligible[0] + ahead.kept[:, 0, :, measures.ELIGIBLE_NET], net
    )
    np.testing.assert_array_equal(ahead.closing, full.account.sum(axis=1))


def test_survival_is_the_closed_form() -> None:
    inputs, lines = forecast_inputs(4000, 12, shock_sd=0.0, leave=-2.5), lines_for(3)
    survived = np.full((4000, len(lines)), 0.7)
    full = simulate_lines(inputs, lines, survived)
    effect = np.array([0.2, -0.2, 0.0])[lines.group_idx[:, 0]]
    hazard = np.exp(-2.5 + effect)[:, None] * np.arange(1, 13)
    exact = conditional_survival(np.array(0.7), hazard, np.array(0.4))
    np.testing.assert_allclose(full.alive[0], exact, rtol=1e-5)
    share = (full.line > 0).mean(axis=0)
    error = np.sqrt(exact * (1 - exact) / 4000)
    assert (np.abs(share - exact) < 4.5 * error).all()


def test_renewals_come_out_as_the_logits_say() -> None:
    quiet = {"leave": -40.0, "amend": -40.0, "cross_sell": -40.0, "size_sd": 0.0, "price_sd": 0.0}
    inputs, lines = forecast_inputs(5000, 1, **quiet), lines_for(40)
    lines = replace(lines.take(slice(0, 1)), months_to_end=np.array([0]), term_group=np.array([2]))
    after = simulate_lines(inputs, lines, np.zeros((5000, 1))).line[:, 0, 0]
    group = np.array([0.1, -0.1, 0.0])[lines.group_idx[0, 0]]
    down, up = np.exp(-1.5 + group), np.exp(-1.0 + group)
    size = np.exp(-1.6)
    worth = lines.cents[0] * np.exp([-size, size, 0.04, 0.0])
    flat = 1 / (1 + down + up)
    expected = [down * flat, up * flat, 0.7 * flat, 0.3 * flat]
    share = [(after == round(value)).mean() for value in worth]
    assert sum(share) == 1
    assert np.allclose(share, expected, atol=4 * np.sqrt(0.25 / 5000))


def test_amendments_go_by_the_kind_of_contract() -> None:
    """From month to month often and mostly down, within a term seldom and up, by another size."""
    still = {"leave": -40.0, "cross_sell": -40.0, "size_sd": 0.0, "amend": -3.5}
    inputs, lines = forecast_inputs(4000, 1, **still), lines_for(40)
    revenue = inputs.revenue
    term = np.tile([1.5, 0.0, -1.5, 0.0, 0.0], (4000, 1))
    size = np.zeros((4, 4000, 5))
    size[2, :, 0] = 0.5
    down = np.tile([0.8, 0.5, 0.1, 0.5, 0.5], (4000, 1))
    amend = replace(revenue.amend, term=term)
    revenue = replace(revenue, amend=amend, size_term=size, amend_down=down)
    inputs = replace(inputs, revenue=revenue)
    pair = replace(
        lines.take(slice(0, 2)), months_to_end=np.array([6, 6]), term_group=np.array([0, 2])
    )
    after = simulate_lines(inputs, pair, np.zeros((4000, 2))).line[:, :, 0]
    group = np.array([0.1, -0.1, 0.0])[pair.group_idx[:, 0]]
    for at, (kind, step) in enumerate(((0, np.exp(-1.1)), (2, np.exp(-1.6)))):
        chance = -np.expm1(-np.exp(-3.5 + group[at] + term[0, kind]))
        for sign, share in ((-1, down[0, kind]), (1, 1 - down[0, kind])):
            found = (after[:, at] == round(pair.cents[at] * np.exp(sign * step))).mean()
            expected = chance * share
            assert found == pytest.approx(expected, abs=4 * np.sqrt(expected / 4000) + 1e-9)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_blocks_change_nothing(size: int) -> None:
    inputs, holdings = forecast_inputs(20), holdings_of(lines_for(30))
    whole = forecast_book(inputs, holdings)
    blocks = forecast_book(inputs, holdings, lines_at_once=size)
    np.testing.assert_array_equal(whole.total, blocks.total)
    np.testing.assert_array_equal(whole.kept, blocks.kept)
    np.testing.assert_array_equal(whole.top, blocks.top)
    pd.testing.assert_frame_equal(whole.accounts, blocks.accounts)


def test_a_line_has_the_same_luck_alone() -> None:
    inputs, lines = forecast_inputs(50), lines_for(30)
    full = simulate_lines(inputs, lines, np.zeros((50, len(lines))))
    own = lines.of_accounts(["a0007"])
    alone = simulate_lines(inputs, lines.take(own), np.zeros((50, len(own))))
    np.testing.assert_array_equal(full.line[:, own], alone.line)
    np.testing.assert_array_equal(full.account[:, 7], alone.account[:, 0])


def test_common_luck_makes_differences_precise() -> None:
    """A slightly higher hazard: the difference varies far less than between independent runs."""
    lines = lines_for(30)
    arrays = Intervention(
        log_rate_shift=np.array([0.1, 0, 0, 0, 0], "float32")[:, None, None, None]
    )
    survived = np.zeros((400, len(lines)))
    base, other = (
        simulate_lines(forecast_inputs(400, seed=seed), lines, survived)
        .account[:, :, -1]
        .sum(axis=1)
        for seed in (1, 2)
    )
    shifted = simulate_lines(forecast_inputs(400, seed=1), lines, survived, arrays).account
    paired = (shifted[:, :, -1].sum(axis=1) - base).var()
    assert paired < 0.35 * (shifted[:, :, -1].sum(axis=1) - other).var()


def test_a_plan_moves_price_quantity_and_products() -> None:
    quiet = {
        "leave": -40.0,
        "amend": -40.0,
        "cross_sell": -40.0,
        "contract": -40.0,
        "expand": -40.0,
        "price_share": 0.0,
    }
    inputs, lines = forecast_inputs(3, 12, **quiet), lines_for(1, 3)
    lines = replace(
        lines.take(slice(0, 1)),
        months_to_end=np.array([4]),
        term_group=np.array([2]),
        term_months=np.array([12]),
        cents=np.array([100_000]),
    )
    month = np.arange(12)
    change = Intervention(
        renewal_price=np.full((1, 1), np.log(1.1)),
        amend=np.where(month == 6, np.log(2.0), 0.0)[None, None],
        sale_cents=np.where(month == 8, 5_000, 0)[None, None],
    )
    got = simulate_lines(inputs, lines, np.zeros((3, 1)), change)
    expected = [100_000] * 4 + [110_000] * 2 + [220_000] * 2 + [225_000] * 4
    assert got.account[0, 0].tolist() == expected
    assert got.flow[0, 0, :, measures.PRICE].tolist() == [0] * 4 + [10_000] + [0] * 7
    assert got.flow[0, 0, :, measures.EXPANSION].sum() == 115_000
    assert (got.account == got.account[0]).all()


def test_a_new_price_meets_smaller_and_larger_renewals_too() -> None:
    """Half of the renewals shrink and half grow: a price list 10 % dearer raises all by 10 %."""
    quiet = {"leave": -40.0, "amend": -40.0, "cross_sell": -40.0, "contract": 8.0, "expand": 8.0}
    inputs, lines = forecast_inputs(400, 1, **quiet), lines_for(1, 3)
    lines = replace(lines.take(slice(0, 1)), months_to_end=np.array([0]), term_group=np.array([2]))
    change = Intervention(renewal_price=np.full((1, 1), np.log(1.1)))
    usual, dearer = (
        simulate_lines(inputs, lines, np.zeros((400, 1)), what) for what in (Intervention(), change)
    )
    np.testing.assert_allclose(dearer.account, usual.account * 1.1, atol=0.51)
    kinds = [measures.EXPANSION, measures.CONTRACTION]
    np.testing.assert_array_equal(dearer.flow[..., kinds], usual.flow[..., kinds])
    gained = (dearer.account - usual.account)[:, 0, 0]
    np.testing.assert_array_equal(dearer.flow[:, 0, 0, measures.PRICE], gained)


def test_what_costs_nothing_is_neither_kept_nor_lost() -> None:
    """A free line beside a paid one, and a free account: retention is that of who pays."""
    inputs, lines = forecast_inputs(30), lines_for(12)
    paid = forecast_book(inputs, holdings_of(lines))
    free = lines.of_accounts(["a0003", "a0005"])
    cents = lines.cents.copy()
    cents[free] = 0
    some = forecast_book(inputs, holdings_of(replace(lines, cents=cents)))
    assert paid.opening_lines[0] - some.opening_lines[0] == len(free)
    assert paid.opening_accounts[0] - some.opening_accounts[0] == 2
    rest = lines.take(np.setdiff1d(np.arange(len(lines)), free))
    alone = forecast_book(inputs, holdings_of(rest))
    for name in ("opening", "opening_lines", "opening_accounts", "eligible", "eligible_lines"):
        np.testing.assert_array_equal(getattr(some, name)[0], getattr(alone, name)[0])
    np.testing.assert_array_equal(some.kept[:, 0], alone.kept[:, 0])


def test_fewer_arrivals_never_bring_more() -> None:
    inputs, holdings = forecast_inputs(100), holdings_of(lines_for(10))
    usual = forecast_book(inputs, holdings)
    frozen = forecast_book(inputs, holdings, Intervention(arrivals=np.full(18, 0.5)))
    brought, fewer = (ahead.won[:, 0, :, measures.NEW] for ahead in (usual, frozen))
    assert (fewer.sum(axis=1) <= brought.sum(axis=1)).all()
    assert 0.4 < fewer.sum() / brought.sum() < 0.6
    np.testing.assert_array_equal(usual.flow, frozen.flow)


def test_what_goes_along_with_shocks_of_leaving_does_so_ahead() -> None:
    """In a bad quarter more renewals are smaller and fewer come; without loading, as many."""
    inputs = forecast_inputs(600, 3, shock_sd=0.6, leave=-9.0, arrivals=8.0)
    draws = len(inputs)
    lines = lines_for(60)
    lines = replace(lines, months_to_end=np.ones_like(lines.months_to_end))
    loads = {"contract": np.full(draws, 1.5), "expand": np.full(draws, -1.5)}
    revenue = replace(
        inputs.revenue,
        new=replace(inputs.revenue.new, loading=np.full(draws, -1.0)),
        **{name: replace(getattr(inputs.revenue, name), loading=v) for name, v in loads.items()},
    )
    leave = inputs.shared.shock[LEAVE_IDX, :, -1]
    for own, sign in ((inputs, 0), (replace(inputs, revenue=revenue), 1)):
        assert (own.shared.shock[LEAVE_IDX, :, -1] == leave).all()
        found = forecast_book(own, holdings_of(lines))
        kinds = [found.flow[:, 0, 1, getattr(measures, n)] for n in ("CONTRACTION", "EXPANSION")]
        came = own.arrivals().count[:, :2].sum(axis=(1, 2))
        related = [np.corrcoef(leave[:, at], y)[0, 1] for at, y in ((1, kinds[0]), (1, kinds[1]))]
        related.append(np.corrcoef(leave.mean(axis=1), came)[0, 1])
        assert (np.abs(related) < 0.12).all() if not sign else (np.array(related) < -0.3).all()
