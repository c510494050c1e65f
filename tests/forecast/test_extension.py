"""The next contract: its closed form against the course, and parts that add up to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hand_made import NoPast, forecast_inputs, holdings_of, lines_for

from workbench.core.processes import REVENUE_PROCESSES
from workbench.features.encode import EncodedColumn, Encoder
from workbench.forecast.growth.holdings import Holdings
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.posterior.revenue import Reversion
from workbench.forecast.revenue.contract_value import NextContract, expected_ratio
from workbench.forecast.revenue.next_contracts import NextContracts, next_contracts
from workbench.forecast.revenue.predictor_position import average_position
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines

SUPPORT = {"consumption": (0.2, 1.4), "tickets": (0.0, 4.0), "unheard of": (0.0, 1.0)}


def with_signals(
    inputs: ForecastInputs, lines: Lines, seed: int = 3
) -> tuple[ForecastInputs, Lines]:
    """Give a hand-made scene one attribute and two signals that matter."""
    rng = np.random.default_rng(seed)
    effects = {
        "leave": ([0.3], [-0.5, 0.4]),
        "contract": ([0.1], [-0.4, 0.3]),
        "expand": ([0.2], [0.5, 0.0]),
        "amend": ([0.0], [0.3, 0.1]),
        "cross_sell": ([0.0], [0.2, 0.0]),
    }
    drawn = {
        name: {
            "attribute": rng.normal(a, 0.05, (len(inputs), 1)),
            "signal": rng.normal(s, 0.05, (len(inputs), 2)),
            "term": rng.normal([0.6, -0.3, 0.0, -0.2, -0.1], 0.1, (len(inputs), 5)),
            "loading": rng.normal(1.5, 0.1, len(inputs)),
        }
        for name, (a, s) in effects.items()
    }
    leave = {name: drawn["leave"][name] for name in ("attribute", "signal")}
    hazard = replace(inputs.hazard, **leave)
    parts = {p: replace(getattr(inputs.revenue, p), **drawn[p]) for p in REVENUE_PROCESSES}
    coding = replace(
        inputs.coding,
        signals=Encoder(
            (
                EncodedColumn("consumption", "consumption", "number", 0.8, 0.25),
                EncodedColumn("tickets", "tickets", "number", 2.0, 1.5),
            )
        ),
        attributes=Encoder((EncodedColumn("age", "age", "number", 0.0),)),
    )
    groups = rng.normal(0, 0.1, inputs.revenue.size_group.shape)
    kinds = rng.normal([0.3, -0.2, 0.0, 0.1, -0.2], 0.1, (4, len(inputs), 5))
    down = np.tile([0.6, 0.1, 0.2, 0.1, 0.3], (len(inputs), 1))
    usual = np.full(len(inputs.coding.flat_levels) + 1, np.log(lines.cents / 100).mean())
    slopes = np.array([0.3, -0.3, 0.4])[:, None], np.full((4, 1), 0.1)
    reversion = Reversion(*(rng.normal(s, 0.05, (len(s), len(inputs))) for s in slopes), usual)
    sizes = {"size_group": groups, "size_term": kinds, "reversion": reversion}
    revenue = replace(inputs.revenue, **parts, **sizes, amend_down=down)
    richer = replace(
        lines,
        attribute_value=rng.normal(size=(len(lines), 1)),
        signal_value=rng.normal(size=(len(lines.accounts), 2))[
            np.repeat(np.arange(len(lines.accounts)), np.diff(lines.begin))
        ],
    )
    return replace(inputs, hazard=hazard, revenue=revenue, coding=coding), richer


@pytest.fixture(scope="module")
def case() -> tuple[ForecastInputs, Lines, NextContracts]:
    inputs, lines = with_signals(forecast_inputs(1500, 12), lines_for(25))
    holdings = Holdings(lines, NoPast(), holdings_of(lines).levels)
    return inputs, lines, next_contracts(inputs, holdings, SUPPORT, 0.9)


def test_the_closed_form_is_the_mean_of_the_course(case) -> None:
    inputs, lines, found = case
    simulated = simulate_lines(inputs, lines, np.zeros((len(inputs), len(lines)))).line
    at = lines.months_to_end[None, :, None]
    after = np.take_along_axis(simulated, at, axis=2)[:, :, 0] / 100
    by_account = np.add.reduceat(after, lines.begin[:-1], axis=1)
    table = found.accounts.set_index("account_id").loc[lines.accounts]
    error = by_account.std(axis=0) / np.sqrt(len(inputs))
    off = (by_account.mean(axis=0) - table["expected"]) / error
    assert np.abs(off).max() < 4
    assert np.abs(off.mean()) < 0.6
    # The negative control: the same test sees a closed form that forgets prices and amendments.
    bare = np.add.reduceat(lines.cents / 100, lines.begin[:-1]) * table["renews"]
    assert np.abs((by_account.mean(axis=0) - bare) / error).max() > 6
    low, high = np.quantile(by_account, [0.05, 0.95], axis=0)
    np.testing.assert_allclose(table["low"], low)
    np.testing.assert_allclose(table["high"], high)


def test_what_is_renewed_is_worth_more_than_what_may_leave(case) -> None:
    table = case[2].accounts
    assert (table["if_renewed"] > table["expected"]).all()
    assert (table["if_renewed_low"] >= table["low"]).all()
    assert table["renews"].between(0, 1).all()
    assert table["arr"].is_monotonic_decreasing


def test_factors_add_up_to_the_difference_from_the_average(case) -> None:
    _, _, found = case
    table = found.accounts.set_index("account_id")
    total = found.factors.groupby("account_id")["contribution"].sum()
    gap = (table["expected"] - table["average"]).loc[total.index]
    np.testing.assert_allclose(total, gap, atol=2e-6 * table["arr"].max())
    assert set(found.factors["driver"]) == {"age", "segment", "consumption", "tickets"}


def test_slopes_are_those_of_differences(case) -> None:
    inputs, lines, _ = case
    own = replace(inputs, hazard=inputs.hazard.take(slice(None)), months=24)
    group = own.group(lines, np.zeros((len(inputs), len(lines))), np.zeros((len(lines), 1), int))
    contract = NextContract(own, group)
    at = contract.standing
    slope = contract.worth(at).slope
    for name in ("own", "strength", "size"):
        for which in range(len(getattr(at, name))):
            ends = []
            for step in (-1e-4, 1e-4):
                values = getattr(at, name).copy()
                values[which] += step
                ends.append(contract.worth(replace(at, **{name: values})).value)
            expected = (ends[1] - ends[0]) / 2e-4
            np.testing.assert_allclose(getattr(slope, name)[which], expected, atol=1e-6)


def test_an_average_customer_owes_nothing_to_any_driver() -> None:
    inputs, lines = with_signals(forecast_inputs(50, 12), lines_for(6))
    same = replace(
        lines,
        attribute_value=np.zeros_like(lines.attribute_value),
        group_idx=np.zeros_like(lines.group_idx),
        signal_value=np.full_like(lines.signal_value, 0.5),
    )
    found = next_contracts(inputs, Holdings(same, NoPast(), holdings_of(same).levels), {}, 0.9)
    np.testing.assert_allclose(found.factors["contribution"], 0, atol=1e-6)
    np.testing.assert_allclose(found.accounts["expected"], found.accounts["average"], rtol=1e-6)
    assert found.levers.empty


def test_levers_stay_within_what_was_seen_and_raise_the_value(case) -> None:
    _, _, found = case
    levers = found.levers
    assert set(levers["signal"]) == {"consumption", "tickets"}
    assert (levers["gain"] > 0).all()
    for name, low, high in (("consumption", 0.2, 1.4), ("tickets", 0.0, 4.0)):
        own = levers[levers["signal"] == name]
        inside = own["now"].between(low, high)
        assert own.loc[inside, "then"].between(low - 1e-9, high + 1e-9).all()
    more = levers[levers["signal"] == "consumption"]
    assert (more["then"] > more["now"]).mean() > 0.9
    step = (more["then"] - more["now"]).abs()
    assert step.max() <= 0.25 + 1e-9


def test_a_lever_moves_a_number_along_its_curve() -> None:
    """A curve that is half its line adds half of its coefficient to the line's: oracle by hand."""
    inputs, lines = with_signals(forecast_inputs(100, 6), lines_for(8))
    number, tickets = inputs.coding.signals.columns
    bow = replace(
        number, name="consumption: curve 1", kind="curve", knots=(-1, 0, 1), heights=(-0.5, 0, 0.5)
    )
    bent = replace(inputs.coding, signals=Encoder((number, tickets, bow)))
    effect = np.random.default_rng(5).normal(-0.6, 0.1, (len(inputs), 1))
    flat, hazard = np.zeros_like(effect), inputs.hazard
    seen = replace(inputs, coding=bent, hazard=_joined(hazard, effect))
    for process in REVENUE_PROCESSES:
        part = _joined(getattr(seen.revenue, process), flat)
        seen = replace(seen, revenue=replace(seen.revenue, **{process: part}))
    column = np.column_stack([lines.signal_value, 0.5 * lines.signal_value[:, 0]])
    along = np.column_stack([hazard.signal[:, 0] + 0.5 * effect[:, 0], hazard.signal[:, 1]])
    straight = replace(inputs, hazard=replace(hazard, signal=along))
    found = [
        next_contracts(given, Holdings(of, NoPast(), holdings_of(of).levels), SUPPORT, 0.9).levers
        for given, of in ((seen, replace(lines, signal_value=column)), (straight, lines))
    ]
    pd.testing.assert_frame_equal(*found, rtol=1e-4)


def _joined(part, effect: np.ndarray):
    return replace(part, signal=np.column_stack([part.signal, effect]))


def test_quadrature_against_drawing() -> None:
    rng = np.random.default_rng(1)
    z = rng.normal(size=400_000)
    for sign in (-1, 1):
        drawn = np.exp(sign * np.minimum(np.exp(-1.6 + 0.6 * z), 3.0))
        found, _ = expected_ratio(np.full((1, 1), -1.6), np.full(1, 0.6), sign)
        assert float(found[0, 0]) == pytest.approx(drawn.mean(), rel=2e-3)


def test_the_average_customer_is_the_mean_of_the_lines(case) -> None:
    inputs, lines, _ = case
    group = inputs.group(lines, np.zeros((len(inputs), len(lines))), np.zeros((len(lines), 1), int))
    average = average_position(inputs, lines)
    np.testing.assert_allclose(average.own[:, :, 0], group.own[:4].mean(axis=2), atol=1e-5)
    np.testing.assert_allclose(average.size[:, :, 0], group.size_own[:3].mean(axis=2), atol=1e-5)


def test_the_tables_are_the_same_however_the_book_is_cut(case) -> None:
    inputs, lines, found = case
    holdings = Holdings(lines, NoPast(), holdings_of(lines).levels)
    other = next_contracts(inputs, holdings, SUPPORT, 0.9, lines_at_once=7)
    pd.testing.assert_frame_equal(other.accounts, found.accounts)
