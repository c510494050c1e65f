"""Who came: new customers and returning ones by segment and month, their first revenue and term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.core.names import MISSING
from workbench.core.revenue_names import WHOLE_BOOK
from workbench.features.hazard_data import HazardData

MOST_MONTHS = 60  # older months say little about the trend
MOST_SEGMENTS = 12
MOST_TERMS = 6


@dataclass(frozen=True)
class NewBusiness:
    """Arrivals on record.

    Parameters
    ----------
    segments : tuple of str
    months : ndarray of int, shape (month,)
        Month numbers; none when arrivals are not on record, as in a snapshot, which shows of those
        who came only who stayed.
    count : ndarray of int, shape (segment, month)
        New accounts.
    customers : DataFrame
        One row per new account: account_id, segment_idx, month, cents (first yearly revenue).
    returns : DataFrame
        One row per account or product that came back: month, cents.
    running_cents : ndarray of int
        Yearly revenue of the accounts at the as-of date: the scale where nobody came.
    term_months : ndarray of int, shape (term,)
        Lengths of first terms, most frequent first.
    month_to_month : ndarray of bool, shape (term,)
    term_share : ndarray, shape (segment, term)
        How likely each is; a segment with few arrivals leans on the whole book.
    shock : ndarray, shape (month,)
        What shocks of all customers added to the log-hazard of leaving; 0 before
        `workbench.features.revenue_shocks.with_shocks`.
    """

    segments: tuple[str, ...]
    months: np.ndarray
    count: np.ndarray
    customers: pd.DataFrame
    returns: pd.DataFrame
    running_cents: np.ndarray
    term_months: np.ndarray
    month_to_month: np.ndarray
    term_share: np.ndarray
    shock: np.ndarray


def new_business(data: HazardData, moved: pd.DataFrame) -> NewBusiness:
    """Count arrivals in the window.

    Parameters
    ----------
    data : HazardData
    moved : DataFrame
        All movements; see `workbench.forecast.growth.movements.movements`.

    Returns
    -------
    NewBusiness
        Counts by segment and month, sizes of what came, and returns.
    """
    segments, of_account = account_segments(data.accounts)
    first = max(data.window.first_month, data.window.last_month - MOST_MONTHS + 1)
    months = np.arange(first, data.window.last_month + 1) if not data.is_snapshot else np.arange(0)
    inside = moved[moved["month"].isin(months)]
    came = inside[inside["kind"] == "new"]
    customers = came.groupby(["account_id", "month"], as_index=False)["cents"].sum()
    customers = customers.assign(segment_idx=customers["account_id"].map(of_account))
    count = np.zeros((len(segments), len(months)), dtype="int64")
    np.add.at(count, (customers["segment_idx"], customers["month"] - first), 1)
    returns = inside.loc[inside["kind"] == "reactivation", ["month", "cents"]]
    running = moved.groupby("account_id")["cents"].sum()
    terms = _first_terms(data, customers)
    kinds = terms.value_counts(["term_months", "month_to_month"]).index[:MOST_TERMS]
    return NewBusiness(
        segments=segments,
        months=months,
        count=count,
        customers=customers,
        returns=returns.reset_index(drop=True),
        running_cents=running[running > 0].to_numpy("int64"),
        term_months=np.array([months for months, _ in kinds], dtype="int64"),
        month_to_month=np.array([monthly for _, monthly in kinds], dtype=bool),
        term_share=_shares(terms, kinds, len(segments)),
        shock=np.zeros(len(months)),
    )


def account_segments(accounts: pd.DataFrame) -> tuple[tuple[str, ...], pd.Series]:
    """Return the segments and, by account_id, the position of each account's.

    A book without segments, or with more than twelve, is one.

    Parameters
    ----------
    accounts : DataFrame
        With account_id and, it may be, segment.
    """
    keys = accounts["account_id"]
    named = accounts["segment"] if "segment" in accounts else pd.Series(pd.NA, keys.index)
    named = named.astype("object").where(named.notna(), MISSING).astype("str")
    levels = tuple(sorted(named.unique()))
    if not 1 < len(levels) <= MOST_SEGMENTS:
        return (WHOLE_BOOK,), pd.Series(0, index=keys.to_numpy())
    return levels, pd.Series(pd.Index(levels).get_indexer(named), index=keys.to_numpy())


def _first_terms(data: HazardData, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the first terms of new accounts; where nobody came, of all subscriptions."""
    spans, terms = data.subscriptions.spans, data.subscriptions.terms
    first = terms.loc[terms["term_idx"] == 0, ["subscription_id", "term_months", "month_to_month"]]
    begun = spans[["subscription_id", "account_id", "started_on"]].merge(first)
    begun["month"] = month_number(begun.pop("started_on")).astype("int64")
    new = begun.merge(customers[["account_id", "month", "segment_idx"]])
    if len(new):
        return new
    _, of_account = account_segments(data.accounts)
    return begun.assign(segment_idx=begun["account_id"].map(of_account))


def _shares(terms: pd.DataFrame, kinds: pd.Index, n_segments: int) -> np.ndarray:
    position = kinds.get_indexer(pd.MultiIndex.from_frame(terms[["term_months", "month_to_month"]]))
    kept = position >= 0
    count = np.zeros((n_segments, len(kinds)))
    np.add.at(count, (terms["segment_idx"].to_numpy()[kept], position[kept]), 1)
    pooled = count.sum(axis=0) / count.sum()
    whole = count + len(kinds) * pooled
    return whole / whole.sum(axis=1, keepdims=True)
