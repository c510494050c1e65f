"""Rolling origins: past days from which the future is forecast as it could have been then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label, month_number, month_start
from workbench.core.errors import DataError, Problem
from workbench.features.design import build_design
from workbench.features.hazard_data import HazardData
from workbench.forecast.backtest.forecast_record import (
    ForecastRecord,
    in_currency,
    record_growth,
    record_outlook,
    simulated_exits,
    trailing_renewal_rate,
)
from workbench.forecast.backtest.outcomes import final_month_of
from workbench.forecast.growth import forecast as growth_forecast
from workbench.forecast.growth import levels, movements
from workbench.forecast.growth.committed import book_lines
from workbench.forecast.growth.holdings import Holdings
from workbench.forecast.growth.line_simulation import simulate_lines
from workbench.forecast.growth.naive import naive_forecast
from workbench.forecast.growth.setup import OpenOpportunities, hold
from workbench.forecast.leaving import renewals
from workbench.forecast.posterior.revenue import RevenueDraws
from workbench.forecast.posterior.survival import Draws
from workbench.forecast.simulation.coming import is_coming
from workbench.forecast.simulation.inputs import ForecastInputs

# A model needs endings to learn from; less than a year of them has not seen every month.
LEAST_MONTHS = 12
ACCOUNTS_AT_ONCE = 500


@dataclass(frozen=True)
class OriginPlan:
    """Which origins are forecast, and which are not.

    Parameters
    ----------
    days : tuple of str
        ISO dates, the earliest first.
    final_month : int
        Number of the last month whose outcomes are settled.
    left_out : tuple of str
        Why an origin or a horizon is not there, in words.
    """

    days: tuple[str, ...]
    final_month: int
    left_out: tuple[str, ...]


def plan_origins(
    as_of: pd.Timestamp, first_recorded: int, count: int, step_months: int, horizons: Sequence[int]
) -> OriginPlan:
    """Lay out the origins, backwards from the last month whose outcomes are settled.

    Parameters
    ----------
    as_of : Timestamp
        Until when it is known what happened.
    first_recorded : int
        Month number from which endings are on record.
    count : int
        Origins wanted.
    step_months : int
        Months between them.
    horizons : sequence of int
        Months ahead that are scored.

    Returns
    -------
    OriginPlan
        With at least one day; what had to be left out is told in words.

    Raises
    ------
    DataError
        When no origin has a year of endings before it and the shortest horizon after it.
    """
    final_month = final_month_of(as_of)
    firsts = [final_month + 1 - step_months * number for number in range(count, 0, -1)]
    early = [month for month in firsts if month - first_recorded < LEAST_MONTHS]
    late = [m for m in firsts if final_month + 1 - m < min(horizons)]
    kept = [month for month in firsts if month not in early and month not in late]
    if not kept:
        have = final_month + 1 - first_recorded
        problem = Problem(
            "no origin is possible",
            "origins, step_months, horizons",
            f"{LEAST_MONTHS} months with endings before an origin, {min(horizons)} after it",
            f"{have} settled months on record from {month_label(first_recorded)} on",
            "Take shorter horizons or fewer months between the origins, or set observed_from.",
        )
        raise DataError("Nothing can be backtested.", [problem])
    omissions = []
    if early:
        omissions.append(
            f"{len(early)} of {count} origins before {month_label(kept[0])} are left out: "
            f"endings are on record from {month_label(first_recorded)} on, and a model needs "
            f"{LEAST_MONTHS} months of them"
        )
    for horizon in horizons:
        short = sum(final_month + 1 - month < horizon for month in kept)
        if short:
            omissions.append(
                f"{short} of {len(kept)} origins are not scored {horizon} months ahead: what "
                f"happened is settled until {month_label(final_month)} only"
            )
    days = tuple(month_start(month).date().isoformat() for month in kept)
    return OriginPlan(days, final_month, tuple(omissions))


def coded_as(data: HazardData, learnt: HazardData) -> HazardData:
    """Return the data of an origin coded as the rows of an earlier one, whose fit is used again.

    Parameters
    ----------
    data : HazardData
        Of the origin; where it is `learnt` itself it is returned as it is.
    learnt : HazardData
        What the fit was made from: its levels, means and scales are used.
    """
    if data is learnt:
        return data
    coding = learnt.coding
    return replace(
        data,
        design=build_design(data.rows, coding),
        future_design=build_design(data.future, coding),
        coming_design=build_design(data.coming, coding) if len(data.coming) else None,
    )


def later(revenue: RevenueDraws, months: int) -> RevenueDraws:
    """Return draws whose first month to come lies some months later than the fit's as-of date.

    Parameters
    ----------
    revenue : RevenueDraws
        Its new business must reach beyond these months.
    months : int, 0 or more
        From the fit's as-of date to that of the forecast.
    """
    return replace(revenue, new=replace(revenue.new, rate=revenue.new.rate[:, :, months:]))


@dataclass(frozen=True)
class Origin:
    """What was forecast at an origin.

    Parameters
    ----------
    stays, revenue : ForecastRecord
        Who stays; and the revenue of the whole book.
    exits : ndarray of bool, shape (draw, renewal due)
        In which draws each renewal due is survived, in the order of `stays.lines`.
    gone : ndarray, shape (subscription, month)
        Probability of having left by the end of each month.
    accounts : ndarray of str, shape (account,)
    worth : ndarray, shape (draw, account, horizon)
        Yearly revenue of today's customers at the horizons, in the currency's units.
    horizons : tuple of int
    """

    stays: ForecastRecord
    revenue: ForecastRecord
    exits: np.ndarray
    gone: np.ndarray
    accounts: np.ndarray
    worth: np.ndarray
    horizons: tuple[int, ...]

    @property
    def day(self) -> str:
        """The origin as an ISO date."""
        return self.stays.as_of.date().isoformat()


def forecast_origin(
    data: HazardData,
    hazard: Draws,
    revenue: RevenueDraws,
    horizons: Sequence[int],
    seed: int,
    opportunities: OpenOpportunities | None = None,
) -> Origin:
    """Forecast a book from an origin.

    Parameters
    ----------
    data : HazardData
        As of the origin, coded as the rows that the draws were fitted to.
    hazard : Draws
    revenue : RevenueDraws
        From the first month after the origin on.
    horizons : sequence of int
        Months ahead, at most the data's horizon.
    seed : int
        Fixes every random number.
    opportunities : OpenOpportunities, optional
        Open at the origin; left out, new customers are counted only.

    Returns
    -------
    Origin
    """
    first = month_number(data.as_of)
    months = max(horizons)
    last = movements.last_known_month(data.as_of)
    moved = movements.movements(movements.lines(data.subscriptions, last))
    outlook = renewals.look_ahead(hazard, data.design, data.future_design, data.future, seed)
    rate = trailing_renewal_rate(data.rows, first)
    stays = record_outlook(outlook, data.future, data.as_of, rate)
    coming = replace(revenue.new, rate=revenue.new.rate[:, :, :months])
    revenue = replace(revenue, new=coming)
    inputs = ForecastInputs(hazard, revenue, data.coding, first, months, seed)
    lines = book_lines(data)
    whole = levels.levels_of(lines, data.accounts, (), revenue.new.source)
    holdings = hold(data, inputs, lines, whole, opportunities)
    ahead = growth_forecast.forecast_book(inputs, holdings)
    today = replace(holdings, lines=lines.take(~is_coming(lines)))
    naive = naive_forecast(moved, first, months, data.window.first_month)
    return Origin(
        stays=stays,
        revenue=record_growth(ahead, data.future, data.as_of, naive),
        exits=simulated_exits(outlook, stays.lines),
        gone=1 - outlook.subscription.mean(axis=0),
        accounts=today.lines.accounts,
        worth=_worth(inputs, today, horizons),
        horizons=tuple(horizons),
    )


def _worth(inputs: ForecastInputs, holdings: Holdings, horizons: Sequence[int]) -> np.ndarray:
    """Follow accounts block by block, and keep their revenue at the horizons only."""
    lines, begin = holdings.lines, holdings.lines.begin
    at = np.asarray(horizons) - 1
    parts = []
    for start in range(0, len(begin) - 1, ACCOUNTS_AT_ONCE):
        stop = min(start + ACCOUNTS_AT_ONCE, len(begin) - 1)
        some = lines.take(slice(begin[start], begin[stop]))
        simulated = simulate_lines(inputs, some, holdings.past.of(inputs, some))
        parts.append(simulated.account[:, :, at])
    return in_currency(np.concatenate(parts, axis=1))
