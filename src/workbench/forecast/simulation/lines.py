"""Lines: the subscriptions that run on the as-of date, as arrays a forecast can follow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.names import MONTH_TO_MONTH, TERM_GROUPS
from workbench.features.design import Coding, Design
from workbench.forecast.simulation.random_numbers import key_of

_KINDS = (MONTH_TO_MONTH, *TERM_GROUPS)


@dataclass(frozen=True)
class Lines:
    """Running subscriptions, those of one account side by side.

    Parameters
    ----------
    subscription_id, account_id, product : ndarray of str, shape (line,)
    cents : ndarray of int64, shape (line,)
        Yearly revenue today.
    tenure_months, months_to_end, term_months : ndarray of int64, shape (line,)
        Since the start, and until the term's end, in the first month to come; 0 when the term ends
        in it. A month-to-month subscription has a term of 1.
    term_group : ndarray of int64, shape (line,)
        0 for month to month, else 1 to 4; see `core.names.TERM_GROUPS`.
    attribute_value : ndarray, shape (line, attribute)
    group_idx : ndarray of int, shape (line, grouping)
    signal_value : ndarray, shape (line, signal)
        Coded as the models' training rows were, read at the as-of date.
    """

    subscription_id: np.ndarray
    account_id: np.ndarray
    product: np.ndarray
    cents: np.ndarray
    tenure_months: np.ndarray
    months_to_end: np.ndarray
    term_months: np.ndarray
    term_group: np.ndarray
    attribute_value: np.ndarray
    group_idx: np.ndarray
    signal_value: np.ndarray

    def __len__(self) -> int:
        return len(self.cents)

    @property
    def key(self) -> np.ndarray:
        """The names of chance: one 64-bit key per line."""
        return key_of(self.subscription_id)

    @property
    def begin(self) -> np.ndarray:
        """Where the lines of each account begin, and the end: shape (account + 1,)."""
        new = np.flatnonzero(self.account_id[1:] != self.account_id[:-1]) + 1
        return np.concatenate([[0], new, [len(self)]]).astype("int64")

    @property
    def accounts(self) -> np.ndarray:
        """The accounts, in order."""
        return self.account_id[self.begin[:-1]]

    def take(self, which: np.ndarray | slice) -> Lines:
        """Return some of the lines; those of one account must stay side by side."""
        return Lines(**{name: getattr(self, name)[which] for name in self.__dataclass_fields__})

    def of_accounts(self, accounts: object) -> np.ndarray:
        """Return the positions of the lines of some accounts."""
        return np.flatnonzero(np.isin(self.account_id, np.asarray(accounts, dtype=object)))

    def with_terms(self, months_to_end: np.ndarray, term_months: np.ndarray) -> Lines:
        """Return the same lines under other terms."""
        return replace(
            self,
            months_to_end=months_to_end,
            term_months=term_months,
            term_group=term_groups(term_months, np.zeros(len(self), bool)),
        )


def term_groups(term_months: np.ndarray, month_to_month: np.ndarray) -> np.ndarray:
    """Return 0 for month to month, else 1 to 4 as the terms of `core.names.TERM_GROUPS`.

    >>> term_groups(np.array([1, 6, 12, 24, 36]), np.array([True] + [False] * 4)).tolist()
    [0, 1, 2, 3, 4]
    """
    months = np.asarray(term_months)
    group = 1 + (months >= 12) + (months > 12) + (months > 24)
    return np.where(month_to_month, 0, group).astype("int64")


def lines_of(future: pd.DataFrame, design: Design) -> Lines:
    """Take the lines from the months to come.

    Parameters
    ----------
    future : DataFrame
        The future rows, the same number of months for every subscription, in order.
    design : Design
        Built from them.

    Returns
    -------
    Lines
        In order of account and subscription.
    """
    first = np.flatnonzero(future["horizon"].to_numpy() == 1)
    rows = future.iloc[first]
    monthly = rows["month_to_month"].to_numpy(bool)
    order = np.lexsort((rows["subscription_id"].astype(str), rows["account_id"].astype(str)))
    column = {name: rows[name].to_numpy()[order] for name in rows.columns}
    return Lines(
        subscription_id=column["subscription_id"].astype(object),
        account_id=column["account_id"].astype(object),
        product=column["product"].astype(object),
        cents=np.rint(column["arr"].astype(float) * 100).astype("int64"),
        tenure_months=column["tenure_months"].astype("int64"),
        months_to_end=np.where(monthly[order], 0, column["months_to_term_end"]).astype("int64"),
        term_months=np.where(monthly[order], 1, column["term_months"]).astype("int64"),
        term_group=term_groups(column["term_months"].astype("int64"), monthly[order]),
        attribute_value=design.attribute_value[order],
        group_idx=design.group_idx[order],
        signal_value=design.signal_value[first][order],
    )


def coded_segments(coding: Coding, grouping: str, levels: np.ndarray) -> np.ndarray:
    """Return the flat position of levels of a grouping; the last position for unknown ones."""
    flat = pd.Index(coding.flat_levels)
    found = flat.get_indexer([f"{grouping}: {level}" for level in levels])
    return np.where(found < 0, len(flat), found)
