"""Rows of the revenue model: renewals, amendments, further products, some quiet months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.core.revenue_names import OUTCOMES, PLAN_CHANGES

# What a fit reads at most. With twenty quiet rows to a hit, the others would narrow an interval by
# some 2 in a hundred, and cost minutes.
MOST_RENEWALS = 20_000
MOST_HITS = 5_000
QUIET_ROWS = 4_000
QUIET_PER_HIT = 20


def at_renewal(rows: pd.DataFrame, terms: pd.DataFrame) -> np.ndarray:
    """Flag the months in which a term follows a fixed one: on time, early or late.

    Parameters
    ----------
    rows : DataFrame
        Subscription-months.
    terms : DataFrame
        See `data.contracts.subscriptions.Subscriptions`.

    Returns
    -------
    ndarray of bool, shape (row,)
    """
    before = terms.groupby("subscription_id")["month_to_month"].shift()
    follows = terms.loc[before.eq(False), ["subscription_id", "start_on"]]
    follows = pd.MultiIndex.from_arrays(
        [follows["subscription_id"], month_number(follows["start_on"]).astype("int64")]
    )
    return pd.MultiIndex.from_frame(rows[["subscription_id", "month"]]).isin(follows)


def renewal_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the renewals and what became of each.

    Parameters
    ----------
    rows : DataFrame
        Subscription-months with kind, cents and before, see `features.revenue_data.revenue_data`.

    Returns
    -------
    DataFrame
        row, subscription_id, account_id, month, outcome (one of
        `core.revenue_names.OUTCOMES`), priced, log_ratio and before.
    """
    rows = rows[rows["kind"].isin(["none", "price", *OUTCOMES])]
    outcome = rows["kind"].where(rows["kind"].isin(OUTCOMES), OUTCOMES[0])
    table = rows[["row", "subscription_id", "account_id", "month"]].assign(
        outcome=outcome,
        priced=rows["kind"] == "price",
        log_ratio=log_ratio(rows),
        before=rows["before"],
    )
    return table.reset_index(drop=True)


def amendment_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the months within a term, and the changes in them.

    Parameters
    ----------
    rows : DataFrame
        Subscription-months with kind, cents and before, see `features.revenue_data.revenue_data`.

    Returns
    -------
    DataFrame
        row, account_id, month, hit, log_ratio (0 without a hit) and before.
    """
    hit = rows["kind"].isin(OUTCOMES)
    table = rows[["row", "account_id", "month"]].assign(
        hit=hit, log_ratio=log_ratio(rows).where(hit, 0.0), before=rows["before"]
    )
    return table.reset_index(drop=True)


def cross_sale_rows(survived: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Return account-months; a product that takes another's place is no further one.

    Parameters
    ----------
    survived : DataFrame
        Months that an account has lived through.
    moved : DataFrame
        Movements, see `forecast.growth.movements`.

    Returns
    -------
    DataFrame
        row, account_id, month, before, hit and log_ratio (missing without a hit).
    """
    months = survived.drop_duplicates(["account_id", "month"])
    months = months[["row", "account_id", "month"]]
    begun = moved[(moved["kind"] == "expansion") & (moved["before"] == 0)]
    begun = begun[~begun["detail"].isin(PLAN_CHANGES)]
    sold = begun.groupby(["account_id", "month"], as_index=False)["cents"].sum()
    changes = moved.groupby(["account_id", "month"], as_index=False)["cents"].sum()
    held = changes.groupby("account_id")["cents"].cumsum() - changes["cents"]
    sold = sold.merge(changes.assign(before=held).drop(columns="cents"))
    table = months.merge(sold, on=["account_id", "month"], how="left")
    hit = table["cents"].notna()
    hit &= (table["before"] > 0) & (table["cents"] > 0)
    ratio = np.log((table["cents"] / table["before"]).where(hit, 1.0))
    kept = table[["row", "account_id", "month", "before"]]
    return kept.assign(hit=hit, log_ratio=ratio)


def from_or_to_nothing(rows: pd.DataFrame) -> pd.Series:
    """Flag lines that began or ceased to cost anything while they ran: no size tells that.

    Parameters
    ----------
    rows : DataFrame
        Subscription-months with kind, cents and before, see `features.revenue_data.revenue_data`.

    Returns
    -------
    Series of bool
    """
    after = rows["before"] + rows["cents"]
    return rows["cents"].notna() & ((rows["before"] <= 0) | (after <= 0))


def some_renewals(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return a table, or `MOST_RENEWALS` of its rows drawn at random.

    Parameters
    ----------
    table : DataFrame
        Of renewals.
    rng : Generator

    Returns
    -------
    DataFrame
        In the same order.
    """
    if len(table) <= MOST_RENEWALS:
        return table
    chosen = np.sort(rng.choice(len(table), MOST_RENEWALS, replace=False))
    return table.iloc[chosen].reset_index(drop=True)


def thinned_rows(
    table: pd.DataFrame, rng: np.random.Generator, quiet_rows: int, quiet_per_hit: int
) -> pd.DataFrame:
    """Keep some quiet rows and weigh them; of very many hits keep a share of all rows.

    Parameters
    ----------
    table : DataFrame
        With hit.
    rng : Generator
    quiet_rows, quiet_per_hit : int
        Quiet rows kept at least, and for each hit.

    Returns
    -------
    DataFrame
        With weight, 1 or more.
    """
    hit = table["hit"].to_numpy(bool)
    if hit.sum() > MOST_HITS:
        table = table[rng.random(len(table)) < MOST_HITS / hit.sum()]
        hit = table["hit"].to_numpy(bool)
    quiet = int((~hit).sum())
    wanted = max(quiet_rows, quiet_per_hit * int(hit.sum()))
    share = min(1.0, wanted / max(quiet, 1))
    kept = hit | (rng.random(len(table)) < share)
    weight = np.where(hit, 1.0, 1.0 / share)
    return table.assign(weight=weight)[kept].reset_index(drop=True)


def log_ratio(rows: pd.DataFrame) -> pd.Series:
    """Return the logarithm of revenue after over before; 0 where nothing changed.

    Parameters
    ----------
    rows : DataFrame
        Subscription-months with kind, cents and before, see `features.revenue_data.revenue_data`.

    Returns
    -------
    Series of float
    """
    changed = rows["cents"].notna()
    return np.log(((rows["before"] + rows["cents"]) / rows["before"]).where(changed, 1.0))
