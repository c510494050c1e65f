"""Scenarios of the world: who is hit, by how much, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hand_made import accounts_of, forecast_inputs, holdings_of, lines_for

from workbench.core.errors import ParameterError
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.simulation import measures
from workbench.forecast.simulation.scenario import Scenario, change_of


def explained(scenario: Scenario):
    lines = lines_for(40)
    return change_of(scenario, lines, accounts_of(lines), 18)


def test_the_usual_world_changes_nothing() -> None:
    inputs, holdings = forecast_inputs(30), holdings_of(lines_for(40))
    assert Scenario().is_usual and Scenario().text() == "the world as it was"
    usual, same = (
        forecast_book(inputs, holdings, change) for change in (explained(Scenario()),) * 2
    )
    bare = forecast_book(inputs, holdings)
    for ahead in (usual, same):
        np.testing.assert_array_equal(ahead.total, bare.total)


def test_a_shock_hits_whom_it_names_while_it_lasts() -> None:
    inputs, holdings = forecast_inputs(200), holdings_of(lines_for(40))
    scenario = Scenario("segment: Large", 2.0, shock_from_month=3, shock_months=6)
    usual, hit = (
        forecast_book(inputs, holdings, change)
        for change in (explained(Scenario()), explained(scenario))
    )
    levels = usual.levels
    large, small = (
        int(np.flatnonzero((levels["grouping"] == "segment") & (levels["level"] == name))[0])
        for name in ("Large", "Small")
    )
    np.testing.assert_array_equal(usual.flow[:, small], hit.flow[:, small])
    np.testing.assert_array_equal(usual.flow[:, large, :2], hit.flow[:, large, :2])
    lost, more = (-a.flow[:, large, 2:8, measures.CHURN].sum() for a in (usual, hit))
    assert 1.4 < more / lost < 2.1
    text = scenario.text()
    assert "segment: Large is hit from month 3 for 6 months: churn and the odds" in text
    assert "× 2, growth ÷ 2" in text


def test_a_shock_to_all_hits_customers_to_come_as_well() -> None:
    inputs, holdings = forecast_inputs(200), holdings_of(lines_for(5))
    usual, everybody, some = (
        forecast_book(
            inputs, holdings, change_of(what, holdings.lines, accounts_of(holdings.lines), 18)
        )
        for what in (
            Scenario(),
            Scenario("all", 3.0, shock_months=18),
            Scenario("segment: Large", 3.0, shock_months=18),
        )
    )
    left, more, same = (-ahead.won[..., measures.CHURN].sum() for ahead in (usual, everybody, some))
    assert 1.5 < more / left < 3.0
    assert same == left
    np.testing.assert_array_equal(usual.won[..., measures.NEW], everybody.won[..., measures.NEW])


def test_a_price_rise_raises_prices_and_loses_customers() -> None:
    inputs, holdings = forecast_inputs(300, price_share=0.0), holdings_of(lines_for(40))
    free = forecast_book(inputs, holdings, explained(Scenario(price_rise=0.1)))
    paid = forecast_book(
        inputs, holdings, explained(Scenario(price_rise=0.1, price_hazard_ratio=1.5))
    )
    usual = forecast_book(inputs, holdings, explained(Scenario()))
    assert usual.flow[..., measures.PRICE].sum() == 0
    assert free.flow[:, 0, :, measures.PRICE].sum() > 0
    np.testing.assert_array_equal(
        free.kept[..., measures.LINES_LOST], usual.kept[..., measures.LINES_LOST]
    )
    assert (paid.kept[..., measures.LINES_LOST] >= usual.kept[..., measures.LINES_LOST]).all()
    assert paid.kept[..., measures.LINES_LOST].sum() > usual.kept[..., measures.LINES_LOST].sum()


@pytest.mark.parametrize(
    ("where", "expected"),
    [("sector: Airlines", "the book has no sector"), ("segment: Larg", "segment Larg")],
)
def test_who_does_not_exist_cannot_be_hit(where: str, expected: str) -> None:
    with pytest.raises(ParameterError, match=expected):
        explained(Scenario(where, 2.0))
