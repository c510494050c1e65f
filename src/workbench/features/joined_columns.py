"""What stands beside the rows at risk: columns of accounts, revenue at entry, signals read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.data.book import Book
from workbench.data.contracts.subscriptions import Subscriptions
from workbench.data.leaks import EMPLOYEES
from workbench.data.schema import ATTRIBUTE_PREFIX

REVENUE = "annual revenue (log)"
_GROUPS = {"parent_id": "parent"}
_TEXTS = ("industry", "segment", "region", "owner", "parent_id")


def account_columns(book: Book) -> pd.DataFrame:
    """Return accounts with the columns that can serve as attributes and groups.

    A parent counts as a group where it has at least two accounts.

    Parameters
    ----------
    book : Book
        Further columns of its accounts stand under a prefix, which they lose.
    """
    accounts = book.frame("accounts")
    renamed = {
        c: c.removeprefix(ATTRIBUTE_PREFIX) for c in accounts if c.startswith(ATTRIBUTE_PREFIX)
    }
    # A copy, since hundreds of columns that stand each for itself are slow to add to.
    accounts = accounts.rename(columns={**renamed, **_GROUPS}).copy()
    family = accounts.groupby("parent")["account_id"].transform("size")
    accounts["parent"] = accounts["parent"].where(family > 1)
    accounts[EMPLOYEES] = np.log1p(accounts["employees"])
    return accounts


def with_columns(tables: Sequence[pd.DataFrame], accounts: pd.DataFrame) -> list[pd.DataFrame]:
    """Join what is known of accounts, and the revenue at entry.

    Parameters
    ----------
    tables : sequence of DataFrame
        The rows at risk, of which those ``observed`` can tell the revenue at entry, then tables of
        rows ahead, all of which can; each with ``subscription_id``, ``account_id`` and ``arr``.
    accounts : DataFrame
        As `account_columns` returns them, one row per account.

    Returns
    -------
    list of DataFrame
        The tables in their order, with the columns of accounts and `REVENUE`: log(1 + annual
        revenue) in the subscription's first row that can tell it, missing where there is none.
    """
    entry = _revenue_at_entry(*tables)
    return [_with_accounts(table, accounts, entry) for table in tables]


def _revenue_at_entry(rows: pd.DataFrame, *ahead: pd.DataFrame) -> pd.Series:
    seen = pd.concat([rows.loc[rows["observed"]], *ahead])[["subscription_id", "arr"]]
    return np.log1p(seen.drop_duplicates("subscription_id").set_index("subscription_id")["arr"])


def _with_accounts(table: pd.DataFrame, accounts: pd.DataFrame, entry: pd.Series) -> pd.DataFrame:
    joined = table.merge(
        accounts.drop(columns=REVENUE, errors="ignore"), on="account_id", how="left"
    )
    revenue = joined["subscription_id"].map(entry).rename(REVENUE)
    return pd.concat([joined, revenue], axis=1)


def with_signals(rows: pd.DataFrame, signals: pd.DataFrame, chains: Subscriptions) -> pd.DataFrame:
    """Join what was read, from the account that held the subscription when it was read.

    Parameters
    ----------
    rows : DataFrame
        With ``subscription_id``, ``account_id`` and ``read_month`` (month number).
    signals : DataFrame
        One row per ``account_id`` and ``read_month``, one further column per signal.
    chains : Subscriptions
        Whose ``steps`` tell which account held a subscription when.

    Returns
    -------
    DataFrame
        The rows in their order, with the signals; missing where nothing was read.
    """
    keys = ["account_id", "read_month"]
    held = _held_by(rows, chains)
    if held is None:
        return rows.merge(signals, on=keys, how="left")
    renamed = signals.rename(columns={"account_id": "held_by"})
    joined = rows.assign(held_by=held).merge(renamed, on=["held_by", "read_month"], how="left")
    return joined.drop(columns="held_by")


def _held_by(rows: pd.DataFrame, chains: Subscriptions) -> np.ndarray | None:
    """Return the account that each row's signals are to be read from; None where all stayed put."""
    steps = chains.steps
    moved = steps.loc[steps["held_by"] != steps["account_id"], "subscription_id"]
    if moved.empty:
        return None
    moves = steps[steps["subscription_id"].isin(moved)]
    moves = moves.assign(month=month_number(moves["from_on"]).astype("int64"))
    # On the first of the month in which it moved a subscription is still with the old account.
    ordered = rows[["subscription_id", "read_month", "account_id"]].assign(at=np.arange(len(rows)))
    ordered = ordered.sort_values("read_month", kind="stable")
    found = pd.merge_asof(
        ordered,
        moves.sort_values("month", kind="stable")[["subscription_id", "month", "held_by"]],
        left_on="read_month",
        right_on="month",
        by="subscription_id",
        allow_exact_matches=False,
    )
    held = found["held_by"].fillna(found["account_id"])
    return held.to_numpy()[np.argsort(found["at"].to_numpy())]


def attribute_names(accounts: pd.DataFrame) -> list[str]:
    """Return the columns of accounts that are neither keys nor groups.

    Parameters
    ----------
    accounts : DataFrame
        As `account_columns` returns them.
    """
    known = {"account_id", "name", "parent", "created_on", "employees", *_TEXTS}
    return [column for column in accounts.columns if column not in known]
