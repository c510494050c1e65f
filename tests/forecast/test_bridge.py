"""The forecast as tables: what is told agrees with the draws, and with history's own functions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hand_made import JANUARY, accounts_of, forecast_inputs, holdings_of, lines_for

from workbench.forecast.growth.bridge import (
    bridge_table,
    closing_draws,
    concentration,
    retention_draws,
    retention_table,
    total_bridge,
)
from workbench.forecast.growth.definitions import Pack, retention
from workbench.forecast.growth.forecast import Growth, forecast_book
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.growth.movements import KINDS
from workbench.forecast.growth.naive import naive_forecast
from workbench.forecast.leaving.risk import stays_after_renewal


@pytest.fixture(scope="module")
def ahead() -> Growth:
    return forecast_book(forecast_inputs(60), holdings_of(lines_for(30)))


def test_each_month_opens_where_the_last_one_closed(ahead: Growth) -> None:
    for grouping in ("book", "segment", "product"):
        table = bridge_table(ahead, 0.9, grouping)
        for _, one in table.groupby("level"):
            parts = one["opening"] + one[list(KINDS)].sum(axis=1)
            np.testing.assert_allclose(parts, one["closing"], atol=0.01)
            np.testing.assert_allclose(one["opening"].iloc[1:], one["closing"].iloc[:-1], atol=0.01)
    whole = total_bridge(ahead, 0.9).set_index("part")
    book = bridge_table(ahead, 0.9)
    assert whole.loc["closing", "mean"] == pytest.approx(book["closing"].iloc[-1])
    assert whole.loc["churn", "mean"] == pytest.approx(book["churn"].sum())
    assert (closing_draws(ahead) * 100).round() == pytest.approx(ahead.closing + ahead.won_closing)


def test_retention_is_that_of_history(ahead: Growth) -> None:
    """One draw's book at the horizon, through the functions that read it from contracts."""
    lines, draw = lines_for(30), 17
    full = simulate_lines(forecast_inputs(60), lines, np.zeros((60, len(lines))))
    due = np.where(lines.term_group == 0, 0, lines.months_to_end)
    table = pd.DataFrame(
        {
            "account_id": lines.account_id,
            "product": lines.subscription_id,
            "opening": lines.cents,
            "closing": full.line[draw, :, -1],
            "eligible": due < 18,
        }
    )
    more = full.account[draw, :, -1] - np.add.reduceat(full.line[draw, :, -1], lines.begin[:-1])
    sold = pd.DataFrame(
        {
            "account_id": lines.accounts,
            "product": "sold later",
            "opening": 0,
            "closing": more,
            "eligible": False,
        }
    )
    table = pd.concat([table, sold[sold["closing"] > 0]], ignore_index=True)
    for pack in set(Pack) - {Pack.WITH_RETURNING}:  # others come back as well, in the forecast
        ours, history = retention_draws(ahead, pack), retention(table, pack)
        for name in ("nrr", "grr", "logo_retention"):
            assert ours[name][draw, -1] == pytest.approx(history[name]), (pack, name)


def test_retention_table_holds_every_definition(ahead: Growth) -> None:
    table = retention_table(ahead, 0.9, "segment")
    ours = {pack.value for pack in Pack} - {"with-returning"}  # whose segment nobody knows
    assert set(table["definition"]) == ours
    assert set(retention_table(ahead, 0.9)["definition"]) == {pack.value for pack in Pack}
    known = table.dropna()
    assert (known["grr"] <= np.minimum(known["nrr"], 1) + 1e-12).all()
    assert (known["nrr_low"] <= known["nrr"]).all() and (known["nrr"] <= known["nrr_high"]).all()
    assert "account-level" not in set(retention_table(ahead, 0.9, "product")["definition"])


def test_the_largest_accounts_add_up_by_draw(ahead: Growth) -> None:
    lines = lines_for(30)
    names = accounts_of(lines).assign(name=lambda table: table["account_id"].str.upper())
    table = concentration(ahead, forecast_inputs(60), holdings_of(lines), names, 0.9)
    worth = np.sort(np.add.reduceat(lines.cents, lines.begin[:-1]))[::-1] / 100
    assert table["arr"].iloc[:10].tolist() == worth[:10].tolist()
    assert table["arr"].iloc[10] == pytest.approx(worth[:10].sum())
    assert table["at_risk"].iloc[10] == pytest.approx(table["at_risk"].iloc[:10].sum())
    width = (table["high"] - table["low"]).to_numpy()
    assert width[10] < width[:10].sum()


def test_what_the_largest_accounts_lose_is_what_is_at_risk() -> None:
    inputs, lines = forecast_inputs(600), lines_for(30)
    ahead = forecast_book(inputs, holdings_of(lines))
    names = accounts_of(lines).assign(name="x")
    table = concentration(ahead, inputs, holdings_of(lines), names, 0.9)
    whole = table.iloc[-1]
    assert whole["low"] < whole["at_risk"] < whole["high"]
    stays = stays_after_renewal(inputs, lines, holdings_of(lines).past.of(inputs, lines))
    own = np.isin(lines.account_id, ahead.top_accounts)
    expected = (lines.cents * (1 - stays.mean(axis=0)))[own].sum() / 100
    assert whole["at_risk"] == pytest.approx(expected)


def test_naive_forecast_carries_rates_forward() -> None:
    """1,000 a year for two years, of which 1 % is lost each month and 30 come new."""
    rows, worth = [("a", JANUARY - 30, "new", 100_000)], 100_000.0
    for month in range(JANUARY - 24, JANUARY):
        lost = round(worth * 0.01)
        rows += [("a", month, "churn", -lost), ("b", month, "new", 3_000)]
        worth += 3_000 - lost
    moved = pd.DataFrame(rows, columns=["account_id", "month", "kind", "cents"])
    naive = naive_forecast(moved, JANUARY, 12, JANUARY - 24)
    assert naive["kept"].iloc[11] == pytest.approx(worth / 100 * 0.99**12, rel=1e-4)
    expected = worth / 100
    for _ in range(12):
        expected = expected * 0.99 + 30
    assert naive["closing"].iloc[11] == pytest.approx(expected, rel=1e-4)
