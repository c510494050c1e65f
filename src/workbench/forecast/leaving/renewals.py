"""What the survival of subscriptions means for accounts and money."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.features.design import Design
from workbench.forecast.posterior.survival import Draws, survival


@dataclass(frozen=True)
class Outlook:
    """Survival of the book in every draw.

    Parameters
    ----------
    subscription : ndarray of float32, shape (draw, subscription, month)
        Probability that a subscription still runs after each month, given that it runs today.
    kept : ndarray of bool, shape (draw, subscription, month)
        One simulated course of events per draw: whether it still runs.
    book : DataFrame
        One row per subscription, in the arrays' order: subscription_id, account_id, product, arr.
    accounts : ndarray of str, shape (account,)
    account_idx : ndarray of int, shape (subscription,)
    months : ndarray of int, shape (month,)
        Month numbers.
    """

    subscription: np.ndarray
    kept: np.ndarray
    book: pd.DataFrame
    accounts: np.ndarray
    account_idx: np.ndarray
    months: np.ndarray

    def today(self) -> dict[str, float]:
        """Return how many accounts there are and what they are worth a year: accounts, arr."""
        return {"accounts": len(self.accounts), "arr": float(self.book["arr"].sum())}

    def account(self) -> np.ndarray:
        """Return the probability that an account still has any subscription.

        Its subscriptions share the pooled effects and the shocks of a draw; given those they leave
        independently.

        Returns
        -------
        ndarray, shape (draw, account, month)
        """
        log_gone = np.log1p(-np.minimum(self.subscription, 1 - 1e-7))
        order = np.argsort(self.account_idx, kind="stable")
        first = np.searchsorted(self.account_idx[order], np.arange(len(self.accounts)))
        return -np.expm1(np.add.reduceat(log_gone[:, order], first, axis=1))

    def of_subscriptions(self, survival: np.ndarray) -> Outlook:
        """Return the same book with other probabilities of its subscriptions.

        Parameters
        ----------
        survival : ndarray, shape (draw, subscription, month)
            What became of them in each draw is left as it is.
        """
        return replace(self, subscription=survival)

    def until(self, months: int) -> Outlook:
        """Return the same outlook for the first so many months only.

        Parameters
        ----------
        months : int
            How many to keep, from 1; more than there are keeps all.
        """
        return replace(
            self,
            subscription=self.subscription[:, :, :months],
            kept=self.kept[:, :, :months],
            months=self.months[:months],
        )


def look_ahead(
    draws: Draws, past: Design, future: Design, rows: pd.DataFrame, seed: int
) -> Outlook:
    """Forecast a book.

    Parameters
    ----------
    draws : Draws
    past, future : Design
    rows : DataFrame
        The future rows that `future` was built from; those that are ``certain`` are survived, and
        those that are ``gone`` are not.
    seed : int
        The same seed gives the same shocks and exits, whatever else changes (common random
        numbers).

    Returns
    -------
    Outlook
    """
    shocks, exits = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    alive = survival(draws, past, future, shocks, *known_ahead(rows))
    months = alive.shape[2]
    # One uniform number per subscription and draw: it leaves when its survival falls below it.
    uniform = exits.random((alive.shape[0], alive.shape[1], 1), dtype="float32")
    book = rows.iloc[::months][["subscription_id", "account_id", "product", "arr"]]
    codes, accounts = pd.factorize(book["account_id"], sort=True)
    return Outlook(
        subscription=alive,
        kept=uniform < alive,
        book=book.reset_index(drop=True),
        accounts=np.asarray(accounts, dtype=object),
        account_idx=codes,
        months=rows["month"].to_numpy()[:months],
    )


def known_ahead(rows: pd.DataFrame) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return which rows are sure to be survived, and which are sure not to be.

    Parameters
    ----------
    rows : DataFrame
        Months to come; ``certain`` and ``gone`` may be absent.

    Returns
    -------
    tuple of ndarray of bool or None
        None where nothing says so.
    """
    certain, gone = (
        rows[name].to_numpy(bool) if name in rows else None for name in ("certain", "gone")
    )
    return certain, gone


def account_table(outlook: Outlook, accounts: pd.DataFrame, prob: float) -> pd.DataFrame:
    """Tell for each account and horizon how likely it is still a customer.

    Parameters
    ----------
    outlook : Outlook
    accounts : DataFrame
        With account_id and name.
    prob : float
        Probability inside each equal-tailed interval.

    Returns
    -------
    DataFrame
        account_id, name, month (YYYY-MM), horizon_months, probability (mean), low, high; the
        interval is that of the probability, not of the yes-or-no outcome.
    """
    values = outlook.account()
    low, high = interval(values, prob)
    n, months = len(outlook.accounts), len(outlook.months)
    table = pd.DataFrame(
        {
            "account_id": np.repeat(outlook.accounts, months),
            "month": np.tile([month_label(m) for m in outlook.months], n),
            "horizon_months": np.tile(np.arange(1, months + 1), n),
            "probability": values.mean(axis=0).ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )
    names = accounts.set_index("account_id")["name"]
    table.insert(1, "name", table["account_id"].map(names).fillna(table["account_id"]))
    return table


def book_table(outlook: Outlook, prob: float) -> pd.DataFrame:
    """Tell how many accounts and how much of today's revenue are left after each month.

    Parameters
    ----------
    outlook : Outlook
    prob : float, between 0 and 1
        Inside the intervals, equal tails.

    Returns
    -------
    DataFrame
        month, horizon_months, then accounts and arr, each with low and high: expectations, and
        predictive intervals, which hold the shared shocks and the chance of each account as well
        as what the model does not know.
    """
    alive = np.zeros((outlook.kept.shape[0], len(outlook.accounts), len(outlook.months)), bool)
    for column, account in enumerate(outlook.account_idx):
        alive[:, account] |= outlook.kept[:, column]
    counts = alive.sum(axis=1)
    arr = outlook.book["arr"].to_numpy()
    money = np.einsum("dsm,s->dm", outlook.kept, arr, optimize=True)
    table = pd.DataFrame(
        {
            "month": [month_label(m) for m in outlook.months],
            "horizon_months": np.arange(1, len(outlook.months) + 1),
        }
    )
    expected = {
        "accounts": outlook.account().mean(axis=0).sum(axis=0),
        "arr": arr @ outlook.subscription.mean(axis=0),
    }
    for name, values in (("accounts", counts), ("arr", money)):
        low, high = interval(values, prob)
        table[name], table[f"{name}_low"], table[f"{name}_high"] = expected[name], low, high
    return table


def group_table(
    outlook: Outlook, accounts: pd.DataFrame, grouping: str, prob: float
) -> pd.DataFrame:
    """Tell for each level of a grouping what share of its customers is left after each month.

    Parameters
    ----------
    outlook : Outlook
    accounts : DataFrame
        With account_id and the grouping as a column.
    grouping : str
        Such as segment; accounts without a level are left out.
    prob : float, between 0 and 1
        Inside the intervals of the expected share, equal tails.

    Returns
    -------
    DataFrame
        level, accounts (today), month (YYYY-MM), horizon_months, probability, low, high; the
        largest level first.
    """
    named = accounts.set_index("account_id")[grouping].reindex(outlook.accounts)
    stays = outlook.account()
    tables = []
    for level, count in named.value_counts().items():
        share = stays[:, (named == level).to_numpy()].mean(axis=1)
        low, high = interval(share, prob)
        own = {"level": str(level), "accounts": int(count)}
        tables.append(_by_month(outlook.months, own, share.mean(axis=0), low, high))
    columns = ["level", "accounts", "month", "horizon_months", "probability", "low", "high"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _by_month(
    months: np.ndarray, own: dict[str, object], mean: np.ndarray, low: np.ndarray, high: np.ndarray
) -> pd.DataFrame:
    return pd.DataFrame(
        own
        | {"month": [month_label(m) for m in months], "horizon_months": np.arange(len(months)) + 1}
        | {"probability": mean, "low": low, "high": high}
    )
