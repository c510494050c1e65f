"""Actions by account and month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number


@dataclass(frozen=True)
class ActedMonths:
    """Which accounts were acted upon when.

    Parameters
    ----------
    account_id : Index of str
    first_month : int
        Month number of the first column.
    kinds : tuple of str
    acted : ndarray of bool, shape (account, month, kind)
    """

    account_id: pd.Index
    first_month: int
    kinds: tuple[str, ...]
    acted: np.ndarray

    @property
    def any(self) -> np.ndarray:
        """Whether anything was done, shape (account, month)."""
        return self.acted.any(axis=2)

    def months_since(self) -> np.ndarray:
        """Return the months since the last action before each month; a thousand without one."""
        position = np.arange(self.acted.shape[1])
        last = np.maximum.accumulate(np.where(self.any, position, -1000), axis=1)
        before = np.concatenate([np.full((len(last), 1), -1000), last[:, :-1]], axis=1)
        return position - before

    def months_until(self) -> np.ndarray:
        """Return the months until the next action after each month; a thousand without one."""
        position = np.arange(self.acted.shape[1])
        following = np.where(self.any, position, 10_000)[:, ::-1]
        following = np.minimum.accumulate(following, axis=1)[:, ::-1]
        after = np.concatenate([following[:, 1:], np.full((len(following), 1), 10_000)], axis=1)
        return np.minimum(after - position, 1000)


def acted_months(actions: pd.DataFrame, accounts: pd.Series, first: int, last: int) -> ActedMonths:
    """Lay out actions by account and month.

    Parameters
    ----------
    actions : DataFrame
        The canonical table.
    accounts : Series of str
        Keys of all accounts.
    first, last : int
        Month numbers, both inclusive.

    Returns
    -------
    ActedMonths
        Kinds in the order of their names.
    """
    month = month_number(actions["done_on"]).to_numpy("int64")
    kinds = tuple(sorted(actions["kind"].astype("str").unique()))
    index = pd.Index(accounts.astype("str"))
    account = index.get_indexer(actions["account_id"].astype("str"))
    kind = pd.Index(kinds).get_indexer(actions["kind"].astype("str"))
    inside = (month >= first) & (month <= last) & (account >= 0)
    acted = np.zeros((len(index), last - first + 1, len(kinds)), dtype=bool)
    acted[account[inside], month[inside] - first, kind[inside]] = True
    return ActedMonths(index, first, kinds, acted)


def actions_a_month(actions: pd.DataFrame, as_of: pd.Timestamp) -> float:
    """Return how many actions were done in a month of the year before the as-of date.

    Parameters
    ----------
    actions : DataFrame
        The canonical table.
    as_of : Timestamp
        Up to which they count.
    """
    recent = actions["done_on"] >= pd.Timestamp(as_of) - pd.DateOffset(months=12)
    return float(recent.sum()) / 12
