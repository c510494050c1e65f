"""Open offers in the forecast: won at the rates of their draws, and counted once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hand_made import JANUARY, accounts_of, forecast_inputs, holdings_of, lines_for

from workbench.core.calendar import month_label
from workbench.features.pipeline import MOST_LAG, NO_PIPELINE, Pipeline
from workbench.forecast.growth.bridge import bridge_table
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.levels import NEWCOMERS
from workbench.forecast.growth.movements import KINDS
from workbench.forecast.pipeline.new_logos import (
    NewLogos,
    new_logo_arrivals,
    open_new_logos,
    share_covered,
)
from workbench.forecast.pipeline.opportunities import NEVER, PipelineDraws, simulate_opportunities
from workbench.forecast.pipeline.tables import new_customer_table, stage_table
from workbench.forecast.simulation.measures import NEW
from workbench.forecast.simulation.scenario import Scenario, change_of

WIN, LOSE = 0.2, 0.3


def chances(draws: int, stages: int = 1) -> PipelineDraws:
    """Every month one in five is won and three in ten are lost, whatever the stage and age."""
    stay = 1 - WIN - LOSE
    return PipelineDraws(
        move=np.full((draws, stages, stages), -40.0),
        base=np.tile(np.log([WIN / stay, LOSE / stay]), (draws, 1)),
        stage=np.zeros((draws, stages, 2)),
        kind=np.zeros((draws, 2, 2)),
        age=np.zeros((draws, 5, 2)),
    )


def opportunities(count: int, kind: str = "new_logo") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{i:04d}" for i in range(count)],
            "account_id": [f"x{i}" for i in range(count)],
            "kind": kind,
            "stage": "open",
            "kind_idx": 0,
            "stage_idx": 0,
            "age_months": 1,
            "amount": 1000.0 + np.arange(count),
        }
    )


def test_fates_follow_the_closed_form() -> None:
    won, lost = simulate_opportunities(chances(4000), opportunities(5), 12, 1)
    month = np.arange(12)
    expected = WIN * (1 - WIN - LOSE) ** month
    found = np.array([(won == h).mean() for h in month])
    np.testing.assert_allclose(found, expected, atol=4 * np.sqrt(WIN / won.size))
    assert (won >= 0).mean() == pytest.approx(WIN / (WIN + LOSE), abs=0.02)
    assert not ((won >= 0) & (lost >= 0)).any()


def test_stages_are_passed_through() -> None:
    """Nothing is won in the first stage; every offer moves on after a month or so."""
    two = chances(2000, stages=2)
    move = two.move.copy()
    move[:, 0, 1] = 40.0
    stage = two.stage.copy()
    stage[:, 0] = -60.0
    won, _ = simulate_opportunities(replace(two, move=move, stage=stage), opportunities(3), 6, 1)
    assert not (won == 0).any()
    assert (won == 1).mean() == pytest.approx(WIN, abs=0.03)


def test_luck_goes_by_the_offers_name() -> None:
    many, _ = simulate_opportunities(chances(200), opportunities(120), 12, 5)
    few, _ = simulate_opportunities(chances(200), opportunities(120).iloc[[7, 110]], 12, 5)
    assert (few == many[:, [7, 110]]).all()


def lag_of(months: int) -> np.ndarray:
    return np.bincount([months], minlength=MOST_LAG).astype("int64") * 10**6


def seen(count: int, lag: int) -> Pipeline:
    return replace(
        NO_PIPELINE,
        stages=("open",),
        kinds=("new_logo",),
        open=opportunities(count),
        lag_count=lag_of(lag),
    )


def test_those_whose_offer_is_open_leave_the_count() -> None:
    """Offers take two months: who signs in the next two months has an offer on the table."""
    inputs = forecast_inputs(50, 6)
    pipeline = seen(3, 2)
    won = np.full((50, 3), NEVER)
    new = inputs.revenue.new
    whole, half = (
        open_new_logos(pipeline, won, new, opportunities(0), covered, 1) for covered in (1.0, 0.5)
    )
    assert whole.later.mean(axis=0) == pytest.approx([0, 0, 1, 1, 1, 1], abs=1e-4)
    assert half.later.mean(axis=0) == pytest.approx([0.5, 0.5, 1, 1, 1, 1], abs=1e-4)


def decided_in(months: range, won: bool = True) -> pd.DataFrame:
    table = pd.DataFrame({"kind": "new_logo", "month": list(months)})
    return table.assign(stage="open", won=won, days=30)


def test_what_came_before_the_first_offer_on_record_says_nothing_of_its_cover() -> None:
    """Two customers a month for two years; one of them by an offer since the CRM began."""
    came, months = np.full((2, 24), 1), np.arange(JANUARY - 24, JANUARY)
    last_year = decided_in(range(JANUARY - 12, JANUARY))
    cover = replace(seen(3, 2), decided=last_year)
    assert share_covered(cover, months, came) == 0.5
    # Lost offers are on record too, and tell that another customer came without one.
    lost = decided_in(range(JANUARY - 18, JANUARY - 12), won=False)
    longer = replace(cover, decided=pd.concat([lost, last_year]))
    assert share_covered(longer, months, came) == pytest.approx(12 / 36)
    # Offers won before the count begins are no part of it.
    older = pd.concat([decided_in(range(JANUARY - 60, JANUARY - 24)), last_year])
    assert share_covered(replace(cover, decided=older), months, came) == 0.25
    assert share_covered(replace(cover, decided=older[:36]), months, came) == 0.0
    assert share_covered(cover, months[:0], came[:, :0]) == 0.0


def test_an_average_pipeline_leaves_the_count_as_it_is() -> None:
    """Of offers that take a month to be won, as many are open as are counted next month."""
    inputs = forecast_inputs(1000, 6, arrivals=2.0)
    rng = np.random.default_rng(2)
    won = np.where(rng.random((1000, 8)) < 0.5, 0, NEVER)  # 8 offers, 4 won in the first month
    new_logos = open_new_logos(seen(8, 1), won, inputs.revenue.new, opportunities(0), 1.0, 1)
    table = new_customer_table(new_logos, inputs, 0.9)
    np.testing.assert_allclose(table["together"], table["counted"], rtol=0.03)
    # The negative control: with the count left whole the first month would be counted twice.
    twice = table["from_pipeline"] + table["counted"]
    assert twice.iloc[0] > 1.9 * table["counted"].iloc[0]
    assert table["month"].iloc[0] == month_label(JANUARY)


def test_a_book_with_deals_adds_up_and_wins_them_at_their_amount() -> None:
    inputs, lines = forecast_inputs(80, 12, arrivals=0.0), lines_for(20)
    held = holdings_of(lines)
    won = np.full((80, 2), NEVER)
    won[:, 0] = 3
    new_logos = NewLogos(
        opportunity_id=np.array(["o1", "o2"], dtype=object),
        segment=np.array(["Small", ""], dtype=object),
        win_month=won,
        log_amount=np.log([5000.0, 7000.0]),
        later=np.ones((80, 12)),
    )
    ahead = forecast_book(inputs, replace(held, new_logos=new_logos))
    assert (ahead.won[:, 0, 3, NEW] == 500_000).all()
    assert not ahead.won[:, 0, :3].any()
    for grouping in ("book", "segment", "product"):
        table = bridge_table(ahead, 0.9, grouping)
        parts = table["opening"] + table[list(KINDS)].sum(axis=1)
        np.testing.assert_allclose(parts, table["closing"], atol=0.01)
    change = ahead.total[:, 0].sum(axis=2).cumsum(axis=1)
    assert (ahead.opening[0] + change == ahead.closing + ahead.won_closing).all()
    by_segment = bridge_table(ahead, 0.9, "segment").set_index(["level", "horizon_months"])["new"]
    assert by_segment["Small", 4] == pytest.approx(5000.0)


def test_a_deal_of_which_nothing_is_stated_is_worth_the_newcomers_mean() -> None:
    """Ten small customers of 1,000 come for each large one of 100,000; so does the offer."""
    inputs = forecast_inputs(50, 6)
    usual = inputs.revenue.new
    new = replace(
        usual,
        rate=np.broadcast_to(np.array([0.1, 1.0, 0.3])[:, None], usual.rate.shape),
        size_mean=np.tile(np.log([100_000.0, 1000.0, 10.0]), (50, 1)),
        size_sd=np.zeros((50, 3)),
    )
    new_logos = NewLogos(
        opportunity_id=np.array(["o1", "o2", "o3"], dtype=object),
        segment=np.array(["", "Small", ""], dtype=object),
        win_month=np.array([[0, 1, 2]] * 50),
        log_amount=np.array([np.nan, np.nan, np.log(5.0)]),
        later=np.ones((50, 6)),
    )
    expected = [110_000 / 11, 1000.0, 5.0]
    table = new_customer_table(
        new_logos, replace(inputs, revenue=replace(inputs.revenue, new=new)), 0.9
    )
    np.testing.assert_allclose(table["pipeline_revenue"], [*expected, 0, 0, 0])
    _, coming = new_logo_arrivals(new_logos, new, slice(None))
    drawn = np.exp(coming.size_mean + coming.size_sd**2 / 2)
    np.testing.assert_allclose(drawn, np.tile(expected, (50, 1)))


def won_at_once(segment: str, later: np.ndarray) -> NewLogos:
    """One offer of 5,000, won in the first month of 40 draws."""
    return NewLogos(
        opportunity_id=np.array(["o1"], dtype=object),
        segment=np.array([segment], dtype=object),
        win_month=np.zeros((40, 1), int),
        log_amount=np.log([5000.0]),
        later=later,
    )


def test_a_deal_without_a_segment_counts_as_a_new_customer_of_the_grouping() -> None:
    inputs, lines = forecast_inputs(40, 3, arrivals=0.0), lines_for(20)
    new_logos = won_at_once("", np.ones((40, 3)))
    table = bridge_table(
        forecast_book(inputs, replace(holdings_of(lines), new_logos=new_logos)), 0.9, "segment"
    )
    came = table[table["horizon_months"] == 1].set_index("level")["new"]
    assert came[NEWCOMERS] == pytest.approx(5000.0)
    assert not came.drop(NEWCOMERS).any()


def test_a_world_without_new_business_still_wins_its_open_offers() -> None:
    inputs, lines = forecast_inputs(40, 3, arrivals=3.0), lines_for(20)
    new_logos = won_at_once("Small", np.full((40, 3), 0.5))
    nothing = Scenario(new_business=0.0)
    change = change_of(nothing, lines, accounts_of(lines), 3)
    ahead = forecast_book(inputs, replace(holdings_of(lines), new_logos=new_logos), change)
    assert (ahead.won[:, 0, 0, NEW] == 500_000).all()
    assert not ahead.won[:, 0, 1:, NEW].any()
    assert "offers that are open today are won as ever" in nothing.text()


def test_stages_tell_what_was_decided_and_what_is_expected() -> None:
    decided = pd.DataFrame(
        {"kind": "new_logo", "stage": "open", "won": [True, False, False], "days": [30, 9, 9]}
    )
    won = np.array([[0, NEVER], [2, NEVER]])
    table = stage_table(replace(seen(2, 1), visits=decided), won)
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["won"], row["lost"], row["won_per_lost"], row["open"]) == (1, 2, 0.5, 2)
    assert row["days_to_win"] == 30 and row["win"] == 0.5 and row["expected"] == 1000.0
    assert stage_table(NO_PIPELINE, np.zeros((1, 0))).empty
