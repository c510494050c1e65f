"""A forecast as it was made, kept so that it can be scored once the future has come.

The same form serves the backtest, which scores at once, and the ledger, which waits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.forecast.growth.bridge import closing_draws
from workbench.forecast.growth.forecast import CENTS, Growth
from workbench.forecast.leaving.due import renewals_due
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.simulation.measures import ACCOUNTS_LOST

# What can be forecast of a book, and scored.
REVENUE = "revenue"  # of the whole book at a month's end, whoever came or grew counted
KEPT = "kept"  # of that day's subscriptions that still run, at that day's revenue
RENEWED = "renewed"  # of the renewals due until then, what runs on after its month, likewise
ACCOUNTS = "accounts"  # with one of that day's subscriptions still running
CUSTOMERS = "customers"  # of that day's, with any revenue left
MONEY = (REVENUE, KEPT, RENEWED)

POINTS = 200
RECENT_MONTHS = 36


@dataclass(frozen=True)
class ForecastRecord:
    """A forecast of a book.

    Parameters
    ----------
    as_of : Timestamp
        Nothing known on or after it was used.
    lines : DataFrame
        One row per subscription that was running: subscription_id, account_id, arr, due (month
        number; missing without a renewal within the horizon), probability (of running on after that
        month) and naive (what the trailing rate says), both missing where nothing is due.
    months : int
        Horizon.
    book : dict of ndarray, shape (draw, month)
        Equally likely values by quantity, at the end of each month to come.
    naive : dict of ndarray, shape (month,)
        The naive forecast of the quantities that have one.
    """

    as_of: pd.Timestamp
    lines: pd.DataFrame
    months: int
    book: dict[str, np.ndarray]
    naive: dict[str, np.ndarray]

    @property
    def first_month(self) -> int:
        """Number of the first month to come."""
        return month_number(self.as_of)

    @property
    def opening(self) -> float:
        """Yearly revenue on the as-of date."""
        return float(self.lines["arr"].sum())

    def thinned(self) -> ForecastRecord:
        """Return the same with 200 points in place of draws, at evenly spaced probabilities.

        The points are values that were drawn, so a count stays a count.
        """
        at = (np.arange(POINTS) + 0.5) / POINTS
        book = {
            name: np.quantile(draws, at, axis=0, method="inverted_cdf")
            for name, draws in self.book.items()
        }
        return ForecastRecord(self.as_of, self.lines, self.months, book, self.naive)


def record_outlook(
    outlook: Outlook, rows: pd.DataFrame, as_of: pd.Timestamp, rate: float
) -> ForecastRecord:
    """Freeze the forecast of who stays.

    Parameters
    ----------
    outlook : Outlook
    rows : DataFrame
        The future rows that it was made from.
    as_of : Timestamp
        The month that contains it is the first of the forecast.
    rate : float
        The trailing renewal rate, see `trailing_renewal_rate`.

    Returns
    -------
    ForecastRecord
        Of `KEPT`, `RENEWED` and `ACCOUNTS`.
    """
    months = len(outlook.months)
    names = pd.DataFrame({"account_id": outlook.accounts, "name": outlook.accounts})
    due = renewals_due(outlook, rows, names, months, 0.9).set_index("subscription_id")
    lines = outlook.book[["subscription_id", "account_id", "arr"]].reset_index(drop=True)
    when = pd.to_datetime(lines["subscription_id"].map(due["due"]), format="%Y-%m")
    lines["due"] = month_number(when)
    lines["probability"] = lines["subscription_id"].map(due["probability"]).astype(float)
    lines["naive"] = np.where(lines["due"].notna(), rate, np.nan)
    arr = lines["arr"].to_numpy(float)
    runs = np.zeros((outlook.kept.shape[0], len(outlook.accounts), months), bool)
    for line, account in enumerate(outlook.account_idx):
        runs[:, account] |= outlook.kept[:, line]
    book = {
        KEPT: np.einsum("dsm,s->dm", outlook.kept, arr, optimize=True),
        RENEWED: renewed_until(simulated_exits(outlook, lines), lines, month_number(as_of), months),
        ACCOUNTS: runs.sum(axis=1).astype(float),
    }
    return ForecastRecord(as_of, lines, months, book, {})


def simulated_exits(outlook: Outlook, lines: pd.DataFrame) -> np.ndarray:
    """Return in which draws each renewal due is survived, shape (draw, renewal due).

    Parameters
    ----------
    outlook : Outlook
        Its subscriptions in the order of the lines.
    lines : DataFrame
        As in `ForecastRecord`; ``due`` (month number) within the outlook's months, or missing.
    """
    which = np.flatnonzero(lines["due"].notna())
    month = lines["due"].iloc[which].to_numpy("int64") - int(outlook.months[0])
    return outlook.kept[:, which, month]


def renewed_until(
    survived: np.ndarray, lines: pd.DataFrame, first_month: int, months: int
) -> np.ndarray:
    """Add up the revenue of renewals survived, by the month until which they fall due.

    Parameters
    ----------
    survived : ndarray, shape (draw, renewal due)
        Yes or no, or a probability.
    lines : DataFrame
        See `ForecastRecord`.
    first_month, months : int
        Month number of the first month to come, and how many of them there are.

    Returns
    -------
    ndarray, shape (draw, month)
    """
    due = lines[lines["due"].notna()]
    at = due["due"].to_numpy("int64") - first_month
    monthly = np.zeros((len(survived), months))
    worth = survived * due["arr"].to_numpy(float)
    for month in range(months):
        monthly[:, month] = worth[:, at == month].sum(axis=1)
    return monthly.cumsum(axis=1)


def record_growth(
    ahead: Growth, future: pd.DataFrame, as_of: pd.Timestamp, naive: pd.DataFrame
) -> ForecastRecord:
    """Freeze the forecast of revenue.

    Parameters
    ----------
    ahead : Growth
    future : DataFrame
        The future rows of the same book.
    as_of : Timestamp
        The month that contains it is the first of the forecast.
    naive : DataFrame
        From `workbench.forecast.growth.naive.naive_forecast`.

    Returns
    -------
    ForecastRecord
        Of `REVENUE` and `CUSTOMERS`.
    """
    first = future[future["horizon"] == 1]
    lines = first[["subscription_id", "account_id", "arr"]].reset_index(drop=True)
    nothing = pd.Series(pd.NA, index=lines.index, dtype="Int64")
    lines = lines.assign(due=nothing, probability=np.nan, naive=np.nan)
    lost = ahead.kept[:, 0, :, ACCOUNTS_LOST]
    book = {
        REVENUE: closing_draws(ahead),
        CUSTOMERS: (ahead.opening_accounts[0] - lost).astype(float),
    }
    return ForecastRecord(
        as_of, lines, len(ahead.months), book, {REVENUE: naive["closing"].to_numpy()}
    )


def trailing_renewal_rate(rows: pd.DataFrame, first_month: int) -> float:
    """Return the share of renewals survived over the last 36 months, or as many as there are.

    Parameters
    ----------
    rows : DataFrame
        At-risk rows of the past.
    first_month : int
        Number of the first month to come.
    """
    ends = rows["observed"] & rows["at_renewal"] & ~rows["month_to_month"].astype(bool)
    recent = rows[ends & (rows["month"] >= first_month - RECENT_MONTHS)]
    # One imaginary renewal each way, so that a young book is not certain of anything.
    return float((len(recent) - recent["event"].sum() + 1) / (len(recent) + 2))


def in_currency(cents: np.ndarray) -> np.ndarray:
    """Return whole cents as amounts.

    Parameters
    ----------
    cents : ndarray of int, any shape
    """
    return np.asarray(cents, float) / CENTS
