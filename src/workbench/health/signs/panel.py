"""Signals of every account and month side by side, and who was a customer when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.data.book import Book
from workbench.features.hazard_data import HazardData
from workbench.features.signals.catalogue import SIGNALS
from workbench.features.signals.table import signal_table

USUAL_FROM, USUAL_TO = 3, 12  # months back, both inclusive: what is usual for an account


@dataclass(frozen=True)
class Panel:
    """The history of a book, month by month.

    Parameters
    ----------
    accounts : ndarray of str, shape (account,)
        Whoever was a customer in one of the months.
    months : ndarray of int, shape (month,)
        Month numbers without a hole; signals are read on their first days. The last is today.
    customer : ndarray of bool, shape (account, month)
        At risk in that month; today, a customer.
    left : ndarray of int, shape (account,)
        Month number in which the account left altogether; -1 for customers of today.
    signals : dict of ndarray, shape (account, month)
        By name, missing where nothing is known; only those that the book has tables for.
    """

    accounts: np.ndarray
    months: np.ndarray
    customer: np.ndarray
    left: np.ndarray
    signals: dict[str, np.ndarray]

    def usual(self, name: str) -> np.ndarray:
        """Return the account's own mean in the months `USUAL_FROM` to `USUAL_TO` before.

        Parameters
        ----------
        name : str
            A signal of the panel.

        Returns
        -------
        ndarray, shape (account, month)
            Missing before the first value is known.
        """
        values = self.signals[name]
        total, count = np.zeros(values.shape), np.zeros(values.shape)
        for lag in range(USUAL_FROM, min(USUAL_TO, values.shape[1] - 1) + 1):
            earlier = values[:, :-lag]
            total[:, lag:] += np.nan_to_num(earlier)
            count[:, lag:] += ~np.isnan(earlier)
        return np.divide(total, count, out=np.full(values.shape, np.nan), where=count > 0)


def panel_of(book: Book, data: HazardData, names: Iterable[str]) -> Panel:
    """Read signals for every month in which endings are on record, and for today.

    Parameters
    ----------
    book : Book
    data : HazardData
        Of the same book.
    names : iterable of str
        Signals wanted; those of tables that the book lacks are left out.

    Returns
    -------
    Panel
    """
    today = month_number(data.as_of)
    months = np.arange(data.window.first_month, today + 1)
    seen = data.rows.loc[data.rows["observed"], ["account_id", "month"]]
    now = pd.DataFrame({"account_id": data.future["account_id"].unique(), "month": today})
    there = pd.concat([seen, now]).drop_duplicates()
    accounts = np.array(sorted(there["account_id"].unique()), dtype=object)
    customer = np.zeros((len(accounts), len(months)), bool)
    customer[_place(there["account_id"], accounts), there["month"] - months[0]] = True
    wanted = [signal for signal in SIGNALS if signal.name in set(names)]
    table = signal_table(book, months.tolist(), wanted)
    row = pd.Index(accounts).get_indexer(table["account_id"])
    own = row >= 0
    position = row[own], (table["read_month"].to_numpy() - months[0])[own]
    signals = {}
    for name in table.columns[2:]:
        signals[name] = np.full(customer.shape, np.nan)
        signals[name][position] = table[name].to_numpy(float)[own]
    return Panel(accounts, months, customer, _left(data, accounts), signals)


def _place(account_id: pd.Series, accounts: np.ndarray) -> np.ndarray:
    return pd.Index(accounts).get_indexer(account_id)


def _left(data: HazardData, accounts: np.ndarray) -> np.ndarray:
    """Return the month in which each account's last subscription was left."""
    rows = data.rows[data.rows["observed"]]
    ended = rows[rows["event"]].groupby("account_id")["month"].max()
    last = rows.groupby("account_id")["month"].max()
    gone = ended.index.difference(data.future["account_id"])
    gone = gone[(ended[gone] == last[gone]).to_numpy()]
    left = np.full(len(accounts), -1)
    left[pd.Index(accounts).get_indexer(gone)] = ended[gone].to_numpy()
    return left
