"""What happened after a forecast, as far as the contracts known today tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number, month_start
from workbench.data.contracts.subscriptions import Subscriptions
from workbench.forecast.backtest import forecast_record as names
from workbench.forecast.backtest.forecast_record import ForecastRecord, renewed_until
from workbench.forecast.growth.movements import lines, standing

GRACE_DAYS = (
    30  # so long a renewal may be late; see `workbench.data.contracts.subscriptions.subscriptions`
)
SAME_BOOK = 0.9
_SAME_MONEY = 0.005


@dataclass(frozen=True)
class KnownContracts:
    """The contracts as known today.

    Parameters
    ----------
    subscriptions : Subscriptions
    as_of : Timestamp
        Nothing known on or after it is used.
    """

    subscriptions: Subscriptions
    as_of: pd.Timestamp

    @property
    def final_month(self) -> int:
        """Number of the last month whose outcomes are settled: a later renewal may still come."""
        return final_month_of(self.as_of)

    @cached_property
    def line_table(self) -> pd.DataFrame:
        """What each account and product is worth; needs a book in one currency."""
        return lines(self.subscriptions, month_number(self.as_of) - 1)

    def left(self, subscription_id: pd.Series) -> pd.DataFrame:
        """Return found (it is on record) and left (month number; missing while it runs).

        Parameters
        ----------
        subscription_id : Series of str
            As named when the forecast was made.
        """
        spans = self.subscriptions.spans.set_index("subscription_id")
        today = self.today(subscription_id)
        ended = today.map(month_number(spans["ended_on"])).astype("Int64")
        return pd.DataFrame(
            {"found": today.notna(), "left": ended.where(ended <= self.final_month)}
        )

    def today(self, subscription_id: pd.Series) -> pd.Series:
        """Return what each subscription has become by today's contracts; missing if not on record.

        What stood alone at an earlier date may have turned out to continue another one since, or
        have merged into one.

        Parameters
        ----------
        subscription_id : Series of str
            As named when the forecast was made; the result has its index.
        """
        spans = self.subscriptions.spans.set_index("subscription_id")
        steps = self.subscriptions.steps.drop_duplicates("contract_id")
        found = subscription_id.map(steps.set_index("contract_id")["subscription_id"])
        while True:
            into = found.map(spans["merged_into"]).fillna("")
            if (into == "").all():
                return found
            found = found.mask(into != "", into)

    def accounts(self, lines: pd.DataFrame) -> np.ndarray:
        """Return the accounts that hold some subscriptions today, or held them when last seen.

        Parameters
        ----------
        lines : DataFrame
            With subscription_id and account_id, as when the forecast was made.
        """
        spans = self.subscriptions.spans.set_index("subscription_id")
        holder = self.today(lines["subscription_id"]).map(spans["account_id"])
        return holder.fillna(lines["account_id"]).unique()

    def revenue(self, month: int) -> pd.Series:
        """Return each account's yearly revenue at a month's end, in the currency's units.

        Parameters
        ----------
        month : int
            Month number; until `final_month`, no late renewal can still change the figure.
        """
        return standing(self.line_table, month).groupby("account_id")["cents"].sum() / 100


def final_month_of(as_of: pd.Timestamp) -> int:
    """Return the last month in which a term's end can no longer be followed by a late renewal.

    Parameters
    ----------
    as_of : Timestamp
        Nothing known on or after it is used.

    Examples
    --------
    >>> final_month_of(pd.Timestamp("2026-01-01")) - month_number(pd.Timestamp("2025-11-01"))
    0
    """
    month = month_number(as_of) - 1
    while month_start(month + 1) + pd.Timedelta(days=GRACE_DAYS) > as_of:
        month -= 1
    return month


def likeness(forecast: ForecastRecord, known: KnownContracts) -> float:
    """Return the share of the forecast's revenue that today's contracts confirm.

    Revenue counts where today's contracts say that the subscription ran in the month before the
    forecast at the same price. Another company's book, or another simulated one, has almost none.

    Parameters
    ----------
    forecast : ForecastRecord
    known : KnownContracts
        As of a later day than the forecast's.
    """
    steps = known.subscriptions.steps
    last_day = month_start(forecast.first_month) - pd.Timedelta(days=1)
    there = (steps["from_on"] <= last_day) & ~(steps["until_on"] <= last_day)
    then = steps[there].drop_duplicates("subscription_id").set_index("subscription_id")["arr"]
    stated = forecast.lines["arr"].to_numpy(float)
    found = known.today(forecast.lines["subscription_id"]).map(then).to_numpy(float)
    same = np.abs(found - stated) <= _SAME_MONEY * np.maximum(stated, 1)
    return float(stated[same].sum() / max(stated.sum(), 1e-9))


def outcomes(forecast: ForecastRecord, known: KnownContracts) -> dict[str, np.ndarray]:
    """Return what became of each quantity that was forecast.

    Parameters
    ----------
    forecast : ForecastRecord
    known : KnownContracts

    Returns
    -------
    dict of ndarray, shape (month,)
        Missing after the last settled month.
    """
    first, months = forecast.first_month, forecast.months
    arr = forecast.lines["arr"].to_numpy(float)
    then = known.left(forecast.lines["subscription_id"])
    # What the contracts no longer know brings no revenue, and is no customer.
    gone = np.where(then["found"], then["left"].to_numpy(float, na_value=np.inf), 0.0)
    account, _ = pd.factorize(forecast.lines["account_id"])
    result = {name: np.full(months, np.nan) for name in forecast.book}
    accounts = known.accounts(forecast.lines)
    for at in range(min(months, known.final_month - first + 1)):
        runs = gone > first + at
        if names.KEPT in result:
            result[names.KEPT][at] = arr[runs].sum()
        if names.ACCOUNTS in result:
            result[names.ACCOUNTS][at] = len(np.unique(account[runs]))
        if names.REVENUE in result or names.CUSTOMERS in result:
            paid = known.revenue(first + at)
            worth = {names.REVENUE: paid.sum(), names.CUSTOMERS: paid.index.isin(accounts).sum()}
            for name in set(worth) & set(result):
                result[name][at] = worth[name]
    if names.RENEWED in result:
        due = renewals(forecast, known)
        renewed = due["renewed"].mask(~due["found"] & (due["due"] <= known.final_month), False)
        stays = renewed.to_numpy(float, na_value=np.nan)
        result[names.RENEWED] = renewed_until(stays[None], forecast.lines, first, months)[0]
    return result


def renewals(forecast: ForecastRecord, known: KnownContracts) -> pd.DataFrame:
    """Return the renewals that the forecast saw coming, with what became of them.

    Parameters
    ----------
    forecast : ForecastRecord
    known : KnownContracts
        As of a later day than the forecast's.

    Returns
    -------
    DataFrame
        The lines with a renewal due, and horizon_months (1: the first month to come), found, left
        (month number) and renewed (runs on after the month of the renewal; missing while it is not
        settled, or where the contracts no longer know the subscription).
    """
    due = forecast.lines[forecast.lines["due"].notna()].reset_index(drop=True)
    then = known.left(due["subscription_id"])
    is_final = (due["due"] <= known.final_month) & then["found"]
    stays = ~(then["left"] <= due["due"]).fillna(False).astype(bool)
    renewed = stays.astype("boolean").where(is_final.astype(bool))
    horizon = due["due"].astype("int64") - forecast.first_month + 1
    return due.assign(horizon_months=horizon, **then, renewed=renewed)
