"""Revenue at risk: one rule, each line at its own next renewal, the same wherever it is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hand_made import NoPast, accounts_of, forecast_inputs, holdings_of, lines_for

from workbench.forecast.growth.bridge import concentration
from workbench.forecast.growth.forecast import forecast_book
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.leaving.due import renewals_due
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.leaving.risk import account_risk, at_risk, stays_after_renewal
from workbench.forecast.revenue.next_contracts import next_contracts
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines

DRAWS, MONTHS = 200, 24


@pytest.fixture(scope="module")
def inputs() -> ForecastInputs:
    return forecast_inputs(DRAWS, MONTHS)


@pytest.fixture(scope="module")
def lines() -> Lines:
    return lines_for(20)


@pytest.fixture(scope="module")
def stays(inputs: ForecastInputs, lines: Lines) -> np.ndarray:
    return stays_after_renewal(inputs, lines, NoPast().of(inputs, lines))


def several(lines: Lines) -> np.ndarray:
    """Tell which accounts have more than one line."""
    return np.diff(lines.begin) > 1


def test_a_line_counts_at_its_own_next_renewal(inputs, lines, stays) -> None:
    alive = simulate_lines(inputs, lines, NoPast().of(inputs, lines)).alive
    inside = np.flatnonzero(lines.months_to_end < MONTHS)
    assert len(inside)
    simulated = alive[:, inside, lines.months_to_end[inside]]
    np.testing.assert_allclose(stays[:, inside], simulated, rtol=1e-4)


def test_a_renewal_beyond_the_forecast_counts_all_the_same(lines, stays) -> None:
    short = forecast_inputs(DRAWS, 2)
    assert (lines.months_to_end > 2).any()
    # Shocks of later quarters are drawn by name, so a longer forecast meets the same ones.
    found = stays_after_renewal(short, lines, NoPast().of(short, lines))
    np.testing.assert_allclose(found, stays)


def test_lines_are_added_up(lines, stays) -> None:
    table = account_risk(lines, stays.mean(axis=0))
    by_line = pd.Series(at_risk(lines.cents, stays.mean(axis=0))).groupby(lines.account_id).sum()
    np.testing.assert_allclose(table["at_risk"], by_line.loc[table["account_id"]])
    np.testing.assert_allclose(table["worth"] * (1 - table["renews"]), table["at_risk"])


def test_any_line_that_stays_is_another_question(lines, stays) -> None:
    """The rule that the planner's list once had tells less of whoever has several products."""
    table = account_risk(lines, stays.mean(axis=0))
    gone = np.multiply.reduceat(1 - stays, lines.begin[:-1], axis=1).mean(axis=0)
    any_line = table["worth"] * gone
    many = several(lines)
    assert many.any() and not many.all()
    np.testing.assert_allclose(table["at_risk"][~many], any_line[~many])
    assert (table["at_risk"][many] > 1.5 * any_line[many]).all()


def test_an_account_that_pays_nothing_has_nothing_at_risk(lines, stays) -> None:
    free = replace(lines, cents=np.zeros(len(lines), "int64"))
    table = account_risk(free, stays.mean(axis=0))
    assert (table["at_risk"] == 0).all() and table["renews"].between(0, 1).all()


def test_the_renewals_report_tells_the_same(lines, stays) -> None:
    """With the same survival, renewals due add up to the account's revenue at risk."""
    fixed = lines.take(np.flatnonzero((lines.term_group > 0) & (lines.months_to_end < MONTHS)))
    own = np.isin(lines.subscription_id, fixed.subscription_id)
    alive = np.repeat(stays[:, own, None], MONTHS, axis=2).astype("float32")
    codes, accounts = pd.factorize(pd.Series(fixed.account_id))
    book = pd.DataFrame({"subscription_id": fixed.subscription_id, "account_id": fixed.account_id,
                         "product": fixed.product, "arr": fixed.cents / 100})  # fmt: skip
    outlook = Outlook(alive, alive > 0.5, book, np.asarray(accounts, object), codes,
                      np.arange(MONTHS) + 24300)  # fmt: skip
    rows = book.loc[book.index.repeat(MONTHS)].reset_index(drop=True)
    rows["month"] = np.tile(outlook.months, len(book))
    rows["horizon"] = np.tile(np.arange(1, MONTHS + 1), len(book))
    end = np.repeat(fixed.months_to_end, MONTHS) - rows["horizon"] + 1
    rows = rows.assign(months_to_term_end=end, month_to_month=False)
    due = renewals_due(outlook, rows, accounts_of(lines).assign(name="x"), MONTHS, 0.9)
    table = account_risk(fixed, stays[:, own].mean(axis=0)).set_index("account_id")
    found = due.groupby("account_id")["at_risk"].sum()
    np.testing.assert_allclose(found, table["at_risk"].loc[found.index] / 100, rtol=1e-5)


def test_the_revenue_report_tells_the_same(inputs, lines, stays) -> None:
    table = account_risk(lines, stays.mean(axis=0)).set_index("account_id")
    found = next_contracts(inputs, holdings_of(lines), {}, 0.9).accounts.set_index("account_id")
    np.testing.assert_allclose(found["at_risk"], table["at_risk"].loc[found.index] / 100)
    np.testing.assert_allclose(found["renews"], table["renews"].loc[found.index])


def test_the_net_growth_report_tells_the_same(inputs, lines, stays) -> None:
    table = account_risk(lines, stays.mean(axis=0)).set_index("account_id")
    holdings = holdings_of(lines)
    ahead = forecast_book(inputs, holdings)
    top = concentration(ahead, inputs, holdings, accounts_of(lines).assign(name="x"), 0.9)
    found = top.iloc[:-1].set_index("account_id")
    np.testing.assert_allclose(found["at_risk"], table["at_risk"].loc[found.index] / 100)
