"""Lines: subscriptions that run on the as-of date or are signed by it, as arrays to follow."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from workbench.core.names import MONTH_TO_MONTH, TERM_GROUPS
from workbench.features.design import Coding, Design
from workbench.forecast.simulation.random_numbers import key_of

_KINDS = (MONTH_TO_MONTH, *TERM_GROUPS)
# Columns of what is signed: the month to come in which it begins (NEVER where a line has fewer
# steps than another); whether the line is sure to live until then; cents of yearly revenue from
# then on; whether the change is one of price alone; the movement if the line is worth nothing
# before; months until the term's end in the month after; months of the term, LEAVES where the line
# ends, and its group.
BEGINS, SURE, WORTH, PRICED, ENTRY, TO_END, TERM, TERM_GROUP = range(8)
N_SIGNED, NEVER, LEAVES = 8, -1, -1


@dataclass(frozen=True)
class Lines:
    """Running and signed subscriptions, those of one account side by side.

    Parameters
    ----------
    subscription_id, account_id, product : ndarray of str, shape (line,)
    cents : ndarray of int64, shape (line,)
        Yearly revenue today; 0 before a subscription has begun.
    tenure_months, months_to_end, term_months : ndarray of int64, shape (line,)
        Since the start, and until the term's end, in the first month to come; 0 when the term ends
        in it. A month-to-month subscription has a term of 1. Of one that has not begun: since its
        start, so 0 or less, and the terms that it begins with.
    term_group : ndarray of int64, shape (line,)
        0 for month to month, else 1 to 4; see `core.names.TERM_GROUPS`.
    attribute_value : ndarray, shape (line, attribute)
    group_idx : ndarray of int, shape (line, grouping)
    signal_value : ndarray, shape (line, signal)
        Coded as the models' training rows were, read at the as-of date.
    signed : ndarray of int64, shape (line, step, 8)
        What is signed and has not begun, in order; its columns are named in this module.
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
    signed: np.ndarray = field(default_factory=lambda: np.empty((0, 0, N_SIGNED), "int64"))

    def __post_init__(self) -> None:
        if not len(self.signed):
            object.__setattr__(self, "signed", np.empty((len(self), 0, N_SIGNED), "int64"))

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

    @property
    def sure_until(self) -> np.ndarray:
        """The last month to come that each line is sure to see, -1 where none is: shape (line,).

        A renewal in it or before is no matter of chance.
        """
        return sure_until(self.signed)

    @property
    def gone_from(self) -> np.ndarray:
        """The month to come in which each line is sure to have left, -1 where none is: (line,)."""
        if not self.signed.shape[1]:
            return np.full(len(self), NEVER)
        last = self.signed[np.arange(len(self)), (self.signed[:, :, BEGINS] >= 0).sum(axis=1) - 1]
        return np.where((last[:, BEGINS] >= 0) & (last[:, TERM] == LEAVES), last[:, BEGINS], NEVER)

    def cents_by_month(self, months: int) -> np.ndarray:
        """Return what each line is worth at each month's end, by what is signed: (line, month).

        Parameters
        ----------
        months : int, 1 or more
            Months to come.
        """
        return signed_worth(self.signed, self.cents, months)

    @property
    def at_risk(self) -> Lines:
        """The same lines by their next renewal that is not signed, and the terms from then on."""
        if not self.signed.shape[1]:
            return self
        until = self.sure_until
        last = np.argmax(self.signed[:, :, BEGINS] == until[:, None], axis=1)
        step = self.signed[np.arange(len(self)), last]
        known = (until >= 0) & (step[:, TERM] != LEAVES)
        due = until + 1 + step[:, TO_END]
        group = np.where(known, step[:, TERM_GROUP], self.term_group)
        return replace(
            self,
            months_to_end=np.where(known & (group > 0), due, self.months_to_end * (group > 0)),
            term_months=np.where(known, step[:, TERM], self.term_months),
            term_group=group,
        )

    def take(self, which: np.ndarray | slice) -> Lines:
        """Return some of the lines; those of one account must stay side by side.

        Parameters
        ----------
        which : ndarray or slice
            Positions, or a flag for each line.
        """
        return Lines(**{name: getattr(self, name)[which] for name in self.__dataclass_fields__})

    def of_accounts(self, accounts: object) -> np.ndarray:
        """Return the positions of the lines of some accounts.

        Parameters
        ----------
        accounts : sequence of str
            Account ids; those without a line are passed over.
        """
        return np.flatnonzero(np.isin(self.account_id, np.asarray(accounts, dtype=object)))

    def with_terms(self, months_to_end: np.ndarray, term_months: np.ndarray) -> Lines:
        """Return the same lines under other terms.

        Parameters
        ----------
        months_to_end : ndarray of int64, shape (line,)
            Until the term's end, in the first month to come.
        term_months : ndarray of int64, shape (line,)
            Fixed terms: none of these lines runs from month to month afterwards.
        """
        return replace(
            self,
            months_to_end=months_to_end,
            term_months=term_months,
            term_group=term_groups(term_months, np.zeros(len(self), bool)),
        )


def sure_until(signed: np.ndarray) -> np.ndarray:
    """Return the last month that lines are sure to see; see `Lines.sure_until`.

    Parameters
    ----------
    signed : ndarray of int64, shape (line, step, 8)
        As in `Lines`.
    """
    until = np.full(len(signed), -1)
    known = np.ones(len(signed), bool)
    for step in np.moveaxis(signed, 1, 0):
        known &= step[:, SURE] > 0
        until = np.where(known, step[:, BEGINS], until)
    return until


def signed_worth(signed: np.ndarray, cents: np.ndarray, months: int) -> np.ndarray:
    """Return what lines are worth if nothing happens but what is signed, shape (line, month).

    Parameters
    ----------
    signed : ndarray of int64, shape (line, step, 8)
        As in `Lines`.
    cents : ndarray of int64, shape (line,)
        Yearly revenue today.
    months : int
        Months to come.
    """
    worth = np.repeat(cents[:, None], months, axis=1)
    for step in np.moveaxis(signed, 1, 0):
        begun = (step[:, [BEGINS]] >= 0) & (np.arange(months) >= step[:, [BEGINS]])
        worth = np.where(begun, step[:, [WORTH]], worth)
    return worth


def term_groups(term_months: np.ndarray, month_to_month: np.ndarray) -> np.ndarray:
    """Return 0 for month to month, else 1 to 4 as the terms of `core.names.TERM_GROUPS`.

    Parameters
    ----------
    term_months : ndarray of int, shape (term,)
    month_to_month : ndarray of bool, shape (term,)
        Goes before the months of the term.

    Examples
    --------
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


def joined(parts: list[Lines]) -> Lines:
    """Return the lines of several parts in order of account and subscription.

    Parameters
    ----------
    parts : list of Lines
        At least one; no line in two of them. Shorter rows of signed steps are filled up.
    """
    steps = max(part.signed.shape[1] for part in parts)
    padded = [replace(part, signed=_padded(part.signed, steps)) for part in parts]
    columns = {
        name: np.concatenate([getattr(part, name) for part in padded])
        for name in Lines.__dataclass_fields__
    }
    order = np.lexsort((columns["subscription_id"].astype(str), columns["account_id"].astype(str)))
    return Lines(**columns).take(order)


def _padded(signed: np.ndarray, steps: int) -> np.ndarray:
    out = np.zeros((len(signed), steps, N_SIGNED), "int64")
    out[:, :, BEGINS] = NEVER
    out[:, : signed.shape[1]] = signed
    return out


def coded_segments(coding: Coding, grouping: str, levels: np.ndarray) -> np.ndarray:
    """Return the flat position of levels of a grouping; the last position for unknown ones.

    Parameters
    ----------
    coding : Coding
        Of the rows that the models were fitted to.
    grouping : str
        Such as ``segment``.
    levels : ndarray of str
        As accounts have them, without the name of the grouping.
    """
    flat = pd.Index(coding.flat_levels)
    found = flat.get_indexer([f"{grouping}: {level}" for level in levels])
    return np.where(found < 0, len(flat), found)
