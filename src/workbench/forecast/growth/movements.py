"""Movements from history: how the book got from one month's end to the next, to the cent.

Money is whole cents here, so every sum is exact: each step's yearly revenue is rounded to the cent
once, and a movement is the difference of two such numbers. Only changes are stored, never a row
per month, so a book of a million contracts stays small.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.core.errors import DataError, Problem
from workbench.data.contracts.subscriptions import Subscriptions

KINDS = ("new", "expansion", "price", "contraction", "churn", "reactivation")
OPEN = 1_000_000  # a month number after every month: the line still runs
_SAME_QUANTITY = 0.005  # terms are rounded to whole months, so rates agree only nearly


def lines(book: Subscriptions, last_month: int) -> pd.DataFrame:
    """Say what each account and product is worth at the end of which months.

    Parameters
    ----------
    book : Subscriptions
        In one currency: give ``subscriptions`` a rate table when the contracts are in several.
    last_month : int
        Month number of the last month to look at; it must be over at the book's as-of date.

    Returns
    -------
    DataFrame
        ``account_id``, ``product``, ``from_month`` and ``until_month`` (exclusive; ``OPEN`` while
        it runs), ``cents``, ``entitlement``, ``per_month`` (entitlement per month), ``change``;
        in order of account, product and month, without steps that no month's end saw.

    Raises
    ------
    DataError
        When subscriptions are in several currencies: their sum would mean nothing.
    """
    currencies = sorted(set(book.spans["currency"]) - {""})
    if len(currencies) > 1:
        problem = Problem(
            "several currencies",
            "contracts.currency",
            "one",
            ", ".join(currencies),
            "Give a rate table.",
        )
        raise DataError("Revenue cannot be added up.", [problem])
    steps = book.steps
    begun = month_number(steps["from_on"]).astype("int64")
    until = month_number(steps["until_on"]).fillna(OPEN).astype("int64")
    table = steps[["account_id", "product", "entitlement", "change"]].assign(
        from_month=begun,
        until_month=until.where(until <= last_month, OPEN),
        cents=np.rint(steps["arr"].to_numpy() * 100).astype("int64"),
        per_month=steps["entitlement"] / steps["contract_months"],
    )
    table = table[(begun <= last_month) & (table["from_month"] < table["until_month"])]
    return table.sort_values(["account_id", "product", "from_month"], ignore_index=True)


def standing(line_table: pd.DataFrame, month: int) -> pd.DataFrame:
    """Return the cents of every account and product in the book at the end of a month."""
    there = (line_table["from_month"] <= month) & (line_table["until_month"] > month)
    return line_table.loc[there, ["account_id", "product", "cents"]].reset_index(drop=True)


def movements(line_table: pd.DataFrame) -> pd.DataFrame:
    """Name every change of the book.

    The kinds, for one account and product whose worth at two month ends goes from p to c:

    * p = 0: **reactivation** when the account had the product before, or was a customer before
      and is none now; **expansion** (cross-sell) when the account already has another product;
      else **new**.
    * c = 0: **churn**, of the ``account`` or of the ``product`` only.
    * both above 0: **price** when the quantity (entitlement per month) stays the same; else
      **expansion** or **contraction**. Without a stated quantity nothing is called price.
    * A product lost and another begun by one account in one month is a change of product: an
      **expansion** (upgrade or downgrade) and a **contraction**, neither churn nor cross-sell.

    Parameters
    ----------
    line_table : DataFrame
        As :func:`lines` returns it.

    Returns
    -------
    DataFrame
        ``account_id``, ``product``, ``month`` (number), ``kind``, ``detail``, ``cents`` (signed).
    """
    changes = _changes(line_table)
    account = changes["account_id"]
    before, after = _account_balances(changes)
    kind, detail = _resized(changes)
    starts = ((changes["previous"] == 0) & (changes["current"] > 0)).to_numpy()
    ends = ((changes["previous"] > 0) & (changes["current"] == 0)).to_numpy()
    was_account = changes.groupby("account_id")["month"].transform("min").lt(changes["month"])
    was_product = changes.duplicated(["account_id", "product"]).to_numpy()
    swaps = _swapped(account, changes["month"], starts, ends)
    grown = np.where(after >= before, "upgrade", "downgrade")
    stays = before > 0
    cases = [
        (starts & swaps & ~was_product, "expansion", grown),
        (starts & was_product & stays, "reactivation", "product"),
        (starts & stays, "expansion", "cross_sell"),
        (starts & was_account.to_numpy(), "reactivation", "account"),
        (starts, "new", "account"),
        (ends & swaps, "contraction", grown),
        (ends & (after > 0), "churn", "product"),
        (ends, "churn", "account"),
    ]
    where = [case for case, _, _ in cases]
    named = changes[["account_id", "product", "month"]].assign(
        kind=pd.Series(np.select(where, [kind for _, kind, _ in cases], kind), dtype="str"),
        detail=pd.Series(np.select(where, [text for _, _, text in cases], detail), dtype="str"),
        cents=changes["current"] - changes["previous"],
    )
    return named.sort_values(["month", "account_id", "product"], ignore_index=True)


def _changes(line_table: pd.DataFrame) -> pd.DataFrame:
    """Return every month in which an account and product is worth something else than before."""
    line = line_table.groupby(["account_id", "product"]).ngroup().to_numpy()
    begun, until = line_table["from_month"].to_numpy(), line_table["until_month"].to_numpy()
    cents = line_table["cents"].to_numpy()
    joined = np.append(False, (line[1:] == line[:-1]) & (begun[1:] == until[:-1]))[: len(line)]
    followed = np.append(joined[1:], False)[: len(line)]
    columns = ["account_id", "product", "entitlement", "per_month", "change"]
    begins = line_table[columns].assign(
        month=begun,
        previous=np.where(joined, np.append(0, cents[:-1])[: len(cents)], 0),
        current=cents,
        entitlement_before=line_table["entitlement"].shift(),
        per_month_before=line_table["per_month"].shift(),
    )
    stops = ~followed & (until < OPEN)
    gone = line_table.loc[stops, columns].assign(
        month=until[stops], previous=cents[stops], current=0
    )
    both = pd.concat([begins, gone], ignore_index=True)
    both = both[both["previous"] != both["current"]]
    return both.sort_values(["account_id", "product", "month"], ignore_index=True)


def _account_balances(changes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what each change's whole account was worth at the month ends before and after it."""
    delta = changes["current"] - changes["previous"]
    monthly = delta.groupby([changes["account_id"], changes["month"]]).sum()
    balance = monthly.groupby(level=0).cumsum()
    at = pd.MultiIndex.from_frame(changes[["account_id", "month"]])
    place = balance.index.get_indexer(at)
    after = balance.to_numpy()[place]
    return after - monthly.to_numpy()[place], after


def _resized(changes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Name the changes of a line that was there before and still is."""
    now, then = changes["per_month"], changes["per_month_before"]
    same = (now - then).abs() <= _SAME_QUANTITY * then.abs()
    mid_term = changes["change"] == "amendment"
    same |= mid_term & (changes["entitlement"] == changes["entitlement_before"])
    grows = (changes["current"] > changes["previous"]).to_numpy()
    unstated = (now.isna() | then.isna()).to_numpy()
    kind = np.where(same, "price", np.where(grows, "expansion", "contraction"))
    sized = np.select([mid_term.to_numpy(), unstated], ["amendment", "unstated"], "quantity")
    return kind, np.where(same, np.where(grows, "increase", "decrease"), sized)


def _swapped(
    account: pd.Series, month: pd.Series, starts: np.ndarray, ends: np.ndarray
) -> np.ndarray:
    """Flag changes in the months in which an account both lost a product and began one."""
    flags = pd.DataFrame({"account": account, "month": month, "starts": starts, "ends": ends})
    both = flags.groupby(["account", "month"])[["starts", "ends"]].transform("any")
    return both.all(axis=1).to_numpy()


def bridge(
    moved: pd.DataFrame, first_month: int, last_month: int, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Add up movements by month: opening + movements = closing, exactly.

    Parameters
    ----------
    moved : DataFrame
        All movements since the book was empty, with any further columns to group by.
    first_month, last_month : int
        Month numbers, both included.
    by : sequence of str
        Columns of ``moved``.

    Returns
    -------
    DataFrame
        One row per group and month, without months missing: ``by``, ``month``, ``opening``, each
        of ``KINDS``, ``closing``; in cents.
    """
    keys = list(by)
    known = moved[moved["month"] <= last_month]
    group = np.zeros(len(known), dtype="int64")
    if keys:
        group = known.groupby(keys, dropna=False, observed=True).ngroup().to_numpy()
    of_group = known[keys].iloc[np.unique(group, return_index=True)[1]]
    count, months = len(of_group) if keys else 1, last_month - first_month + 1
    month, cents = known["month"].to_numpy() - first_month, known["cents"].to_numpy()
    kind = pd.Index(KINDS).get_indexer(pd.Index(known["kind"]))
    flows = np.zeros((count, months, len(KINDS)), dtype="int64")
    begun = np.zeros(count, dtype="int64")
    inside = month >= 0
    np.add.at(flows, (group[inside], month[inside], kind[inside]), cents[inside])
    np.add.at(begun, group[~inside], cents[~inside])
    change = flows.sum(axis=2)
    closing = begun[:, None] + change.cumsum(axis=1)
    table = of_group.loc[of_group.index.repeat(months)].reset_index(drop=True)
    return table.reindex(range(count * months)).assign(
        month=np.tile(np.arange(first_month, last_month + 1), count),
        opening=(closing - change).ravel(),
        **{name: flows[:, :, at].ravel() for at, name in enumerate(KINDS)},
        closing=closing.ravel(),
    )
