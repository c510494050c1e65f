"""The course of customers with hand-made draws: identities, closed forms, chance by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.names import EXIT_KINDS
from workbench.features.design import Coding
from workbench.features.encode import Encoder
from workbench.forecast import course, growth
from workbench.forecast.change import Change
from workbench.forecast.growth import Holdings, Past, follow_lines, forecast_book
from workbench.forecast.levels import levels_of
from workbench.forecast.lines import Lines, term_groups
from workbench.forecast.revenue_draws import Effects, NewBusiness, RevenueDraws
from workbench.forecast.scene import Scene
from workbench.forecast.survival import Draws, conditional_survival

JANUARY = 2026 * 12
SEGMENTS = ("Large", "Small")
CODING = Coding(
    signals=Encoder(()),
    attributes=Encoder(()),
    groupings=("segment",),
    group_levels=(SEGMENTS,),
    quarters=(),
    max_tenure_months=24,
)


def effects(draws: int, base: float) -> Effects:
    return Effects(
        base=np.full(draws, base),
        attribute=np.zeros((draws, 0)),
        group=np.tile([0.1, -0.1, 0.0], (draws, 1)),
        signal=np.zeros((draws, 0)),
        fade=np.full(draws, 0.9),
    )


def scene_of(draws: int = 200, months: int = 18, seed: int = 1, **given: float) -> Scene:
    rng = np.random.default_rng(seed)
    hazard = Draws(
        exit=np.full((draws, len(EXIT_KINDS)), given.get("leave", -3.0)),
        tenure=np.zeros((draws, 25)),
        shock=np.zeros((draws, 1)),
        attribute=np.zeros((draws, 0)),
        group=np.tile([0.2, -0.2, 0.0], (draws, 1)),
        signal=np.zeros((draws, 0)),
        shock_sd=np.full(draws, given.get("shock_sd", 0.2)),
        fade=np.full(draws, 0.9),
        frailty=np.full(draws, given.get("frailty", 0.4)),
    )
    new = NewBusiness(
        source=(*SEGMENTS, "(returning)"),
        returning=np.array([False, False, True]),
        rate=np.full((draws, 3, months), given.get("arrivals", 1.5)),
        dispersion=rng.uniform(1, 4, (draws, 3)),
        size_mean=np.full((draws, 3), 9.0),
        size_sd=np.full((draws, 3), 0.5),
        term_share=np.tile([0.2, 0.5, 0.3], (3, 1)),
        term_months=np.array([1, 12, 24]),
        month_to_month=np.array([True, False, False]),
    )
    revenue = RevenueDraws(
        contract=effects(draws, given.get("contract", -1.5)),
        expand=effects(draws, given.get("expand", -1.0)),
        amend=effects(draws, given.get("amend", -3.5)),
        cross_sell=effects(draws, given.get("cross_sell", -4.0)),
        size_mean=np.full((4, draws), -1.6),
        size_sd=np.full((4, draws), given.get("size_sd", 0.4)),
        size_group=np.zeros((4, draws, 3)),
        amend_down=np.full(draws, 0.2),
        price_share=np.full(draws, given.get("price_share", 0.7)),
        price_mean=np.full(draws, 0.04),
        price_sd=np.full(draws, given.get("price_sd", 0.01)),
        new=new,
    )
    return Scene(hazard, revenue, CODING, JANUARY, months, seed)


def lines_for(accounts: int = 40, seed: int = 0) -> Lines:
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(accounts), rng.integers(1, 4, accounts))
    n = len(of)
    term = rng.choice([1, 12, 24], n)
    return Lines(
        subscription_id=np.array([f"s{i:04d}" for i in range(n)], dtype=object),
        account_id=np.array([f"a{i:04d}" for i in of], dtype=object),
        product=rng.choice(np.array(["Core", "Insights"], dtype=object), n),
        cents=rng.integers(1, 10**7, n),
        tenure_months=rng.integers(1, 40, n),
        months_to_end=np.where(term == 1, 0, rng.integers(0, 12, n)),
        term_months=term,
        term_group=term_groups(term, term == 1),
        attribute_value=np.zeros((n, 0)),
        group_idx=rng.integers(0, 3, (n, 1)),
        signal_value=np.zeros((n, 0)),
    )


class NoPast(Past):
    """Nobody has survived anything yet."""

    def __init__(self) -> None:
        """Hold nothing."""

    def of(self, scene: Scene, lines: Lines) -> np.ndarray:
        return np.zeros((len(scene), len(lines)), dtype="float32")

    def part(self, lines: Lines) -> Past:
        return self


def accounts_of(lines: Lines) -> pd.DataFrame:
    segment = np.where(np.arange(len(lines.accounts)) % 3, "Small", "Large")
    return pd.DataFrame({"account_id": lines.accounts, "segment": segment})


def holdings_of(lines: Lines) -> Holdings:
    levels = levels_of(
        lines, accounts_of(lines), ("segment", "product", "owner"), (*SEGMENTS, "(returning)")
    )
    return Holdings(lines, NoPast(), levels)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), leave=st.floats(-6, 0), amend=st.floats(-6, -1))
def test_opening_and_movements_make_closing(seed: int, leave: float, amend: float) -> None:
    scene = scene_of(20, 15, seed, leave=leave, amend=amend)
    holdings = holdings_of(lines_for(25, seed))
    ahead = forecast_book(scene, holdings)
    change = ahead.total.sum(axis=3).cumsum(axis=2)
    np.testing.assert_array_equal(
        ahead.opening[0] + change[:, 0], ahead.closing + ahead.won_closing
    )
    for grouping in ("segment", "product"):
        at = np.flatnonzero(ahead.levels["grouping"] == grouping)
        np.testing.assert_array_equal(ahead.total[:, at].sum(axis=1), ahead.total[:, 0])
        assert ahead.opening[at].sum() == ahead.opening[0]
    assert (ahead.total[..., course.CHURN] <= 0).all()
    assert (ahead.total[..., course.CONTRACTION] <= 0).all()
    assert (ahead.total[..., course.EXPANSION] >= 0).all()
    assert (ahead.total[..., [course.NEW, course.REACTIVATION]] >= 0).all()


def test_what_was_kept_agrees_with_the_accounts() -> None:
    scene, lines = scene_of(50), lines_for(30)
    ahead = forecast_book(scene, holdings_of(lines))
    full = follow_lines(scene, lines, np.zeros((50, len(lines))))
    opening = np.add.reduceat(lines.cents, lines.begin[:-1])
    gross = np.minimum(full.account, opening[:, None]).sum(axis=1)
    np.testing.assert_array_equal(
        ahead.opening[0] + ahead.kept[:, 0, :, course.ACCOUNT_GROSS], gross
    )
    lost = (full.account == 0).sum(axis=1)
    np.testing.assert_array_equal(ahead.kept[:, 0, :, course.ACCOUNTS_LOST], lost)
    line_gross = np.minimum(full.line, lines.cents[:, None]).sum(axis=1)
    np.testing.assert_array_equal(
        ahead.opening[0] + ahead.kept[:, 0, :, course.LINE_GROSS], line_gross
    )
    due = np.where(lines.term_group == 0, 0, lines.months_to_end)
    eligible = due[:, None] <= np.arange(scene.months)
    np.testing.assert_array_equal(ahead.eligible[0], (lines.cents[:, None] * eligible).sum(axis=0))
    net = (full.line * eligible).sum(axis=1)
    np.testing.assert_array_equal(ahead.eligible[0] + ahead.kept[:, 0, :, course.ELIGIBLE_NET], net)
    np.testing.assert_array_equal(ahead.closing, full.account.sum(axis=1))


def test_survival_is_the_closed_form() -> None:
    scene, lines = scene_of(4000, 12, shock_sd=0.0, leave=-2.5), lines_for(3)
    survived = np.full((4000, len(lines)), 0.7)
    full = follow_lines(scene, lines, survived)
    effect = np.array([0.2, -0.2, 0.0])[lines.group_idx[:, 0]]
    hazard = np.exp(-2.5 + effect)[:, None] * np.arange(1, 13)
    exact = conditional_survival(np.array(0.7), hazard, np.array(0.4))
    np.testing.assert_allclose(full.alive[0], exact, rtol=1e-5)
    share = (full.line > 0).mean(axis=0)
    error = np.sqrt(exact * (1 - exact) / 4000)
    assert (np.abs(share - exact) < 4.5 * error).all()


def test_renewals_come_out_as_the_logits_say() -> None:
    quiet = {"leave": -40.0, "amend": -40.0, "cross_sell": -40.0, "size_sd": 0.0, "price_sd": 0.0}
    scene, lines = scene_of(5000, 1, **quiet), lines_for(40)
    lines = replace(lines.take(slice(0, 1)), months_to_end=np.array([0]), term_group=np.array([2]))
    after = follow_lines(scene, lines, np.zeros((5000, 1))).line[:, 0, 0]
    group = np.array([0.1, -0.1, 0.0])[lines.group_idx[0, 0]]
    down, up = np.exp(-1.5 + group), np.exp(-1.0 + group)
    size = np.exp(-1.6)
    worth = lines.cents[0] * np.exp([-size, size, 0.04, 0.0])
    flat = 1 / (1 + down + up)
    expected = [down * flat, up * flat, 0.7 * flat, 0.3 * flat]
    share = [(after == round(value)).mean() for value in worth]
    assert sum(share) == 1
    assert np.allclose(share, expected, atol=4 * np.sqrt(0.25 / 5000))


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_blocks_change_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scene, holdings = scene_of(20), holdings_of(lines_for(30))
    whole = forecast_book(scene, holdings)
    monkeypatch.setattr(growth, "LINES_AT_ONCE", size)
    blocks = forecast_book(scene, holdings)
    np.testing.assert_array_equal(whole.total, blocks.total)
    np.testing.assert_array_equal(whole.kept, blocks.kept)
    np.testing.assert_array_equal(whole.top, blocks.top)
    pd.testing.assert_frame_equal(whole.accounts, blocks.accounts)


def test_a_line_has_the_same_luck_alone() -> None:
    scene, lines = scene_of(50), lines_for(30)
    full = follow_lines(scene, lines, np.zeros((50, len(lines))))
    own = lines.of_accounts(["a0007"])
    alone = follow_lines(scene, lines.take(own), np.zeros((50, len(own))))
    np.testing.assert_array_equal(full.line[:, own], alone.line)
    np.testing.assert_array_equal(full.account[:, 7], alone.account[:, 0])


def test_common_luck_makes_differences_precise() -> None:
    """A slightly higher hazard: the difference varies far less than between independent runs."""
    lines = lines_for(30)
    push = Change(tilt=np.array([0.1, 0, 0, 0, 0], "float32")[:, None, None, None])
    survived = np.zeros((400, len(lines)))
    base, other = (
        follow_lines(scene_of(400, seed=seed), lines, survived).account[:, :, -1].sum(axis=1)
        for seed in (1, 2)
    )
    pushed = follow_lines(scene_of(400, seed=1), lines, survived, push).account
    paired = (pushed[:, :, -1].sum(axis=1) - base).var()
    assert paired < 0.35 * (pushed[:, :, -1].sum(axis=1) - other).var()


def test_a_plan_moves_price_quantity_and_products() -> None:
    quiet = {
        "leave": -40.0,
        "amend": -40.0,
        "cross_sell": -40.0,
        "contract": -40.0,
        "expand": -40.0,
        "price_share": 0.0,
    }
    scene, lines = scene_of(3, 12, **quiet), lines_for(1, 3)
    lines = replace(
        lines.take(slice(0, 1)),
        months_to_end=np.array([4]),
        term_group=np.array([2]),
        term_months=np.array([12]),
        cents=np.array([100_000]),
    )
    month = np.arange(12)
    change = Change(
        renewal_price=np.full((1, 1), np.log(1.1)),
        amend=np.where(month == 6, np.log(2.0), 0.0)[None, None],
        sale_cents=np.where(month == 8, 5_000, 0)[None, None],
    )
    got = follow_lines(scene, lines, np.zeros((3, 1)), change)
    expected = [100_000] * 4 + [110_000] * 2 + [220_000] * 2 + [225_000] * 4
    assert got.account[0, 0].tolist() == expected
    assert got.flow[0, 0, :, course.PRICE].tolist() == [0] * 4 + [10_000] + [0] * 7
    assert got.flow[0, 0, :, course.EXPANSION].sum() == 115_000
    assert (got.account == got.account[0]).all()


def test_fewer_arrivals_never_bring_more() -> None:
    scene, holdings = scene_of(100), holdings_of(lines_for(10))
    usual = forecast_book(scene, holdings)
    frozen = forecast_book(scene, holdings, Change(arrivals=np.full(18, 0.5)))
    brought, fewer = (ahead.won[:, 0, :, course.NEW] for ahead in (usual, frozen))
    assert (fewer.sum(axis=1) <= brought.sum(axis=1)).all()
    assert 0.4 < fewer.sum() / brought.sum() < 0.6
    np.testing.assert_array_equal(usual.flow, frozen.flow)
