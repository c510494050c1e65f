"""Committed business: what is signed on the as-of date and begins on it or later.

It is no forecast: whatever a model says of leaving, of renewals or of new customers, a contract
that is signed will begin, at the price and for the term that it states.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number
from workbench.core.names import LEAVING
from workbench.data.contracts.subscriptions import Subscriptions


def signed_steps(book: Subscriptions, as_of: pd.Timestamp) -> pd.DataFrame:
    """List the signed changes that have not begun, in order of subscription and month.

    Parameters
    ----------
    book : Subscriptions
        As known on the as-of date.
    as_of : Timestamp
        What begins on this day or later has not begun.

    Returns
    -------
    DataFrame
        One row per subscription and month in which a signed contract takes over (of several in one
        month the last): subscription_id, account_id, product, contract_id, month (number), change
        (start, renewal or amendment), arr (per year, from then on), arr_before (that it takes the
        place of; 0 at a start), runs (the subscription runs on the as-of date), term_months,
        month_to_month, term_end_month (number; missing when open-ended) of the term then in force.
    """
    steps = book.steps.assign(month=month_number(book.steps["from_on"]).astype("int64"))
    steps["ahead"] = steps["from_on"] >= as_of
    own = steps.groupby("subscription_id")["ahead"]
    steps["runs"] = ~own.transform("all")
    steps = steps[own.transform("any") & _open(book, steps["subscription_id"])]
    steps = steps.sort_values(["subscription_id", "from_on"], kind="stable")
    # What was in force on the as-of date stands for itself, whatever else began in its month.
    steps = steps.drop_duplicates(["subscription_id", "month", "ahead"], keep="last")
    before = steps.groupby("subscription_id")["arr"].shift().fillna(0.0)
    found = steps.assign(arr_before=before)[steps["ahead"]]
    keys = ["subscription_id", "account_id", "product", "contract_id", "month", "change"]
    found = found[[*keys, "arr", "arr_before", "runs", "from_on"]].reset_index(drop=True)
    return _with_terms(found, book.terms)


def _open(book: Subscriptions, subscription_id: pd.Series) -> pd.Series:
    """Flag subscriptions that have not ended: a later start cannot follow a known end."""
    spans = book.spans
    return subscription_id.isin(spans.loc[spans["ended_on"].isna(), "subscription_id"])


def _with_terms(steps: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    columns = ["subscription_id", "start_on", "term_months", "month_to_month", "planned_end_on"]
    known = terms.loc[terms["subscription_id"].isin(steps["subscription_id"]), columns]
    joined = pd.merge_asof(
        steps.assign(position=np.arange(len(steps))).sort_values("from_on", kind="stable"),
        known.sort_values("start_on", kind="stable"),
        left_on="from_on",
        right_on="start_on",
        by="subscription_id",
    ).sort_values("position", ignore_index=True)
    joined["term_end_month"] = month_number(joined["planned_end_on"]).astype("Int64")
    return joined.drop(columns=["position", "start_on", "from_on", "planned_end_on"])


def with_certainty(future: pd.DataFrame, signed: pd.DataFrame) -> pd.DataFrame:
    """Say in which months to come a running subscription cannot be lost, and what it is worth.

    Parameters
    ----------
    future : DataFrame
        From `workbench.features.at_risk.future_rows`.
    signed : DataFrame
        From `signed_steps`.

    Returns
    -------
    DataFrame
        With ``certain``: something signed begins in that month or later, so that the subscription
        lives to see it; and ``gone``: notice was given, and it has left by then. ``arr`` of a
        subscription with something signed is that in force when the month begins, not that of the
        term's last day.
    """
    running = signed[signed["runs"]]
    if running.empty:
        return future.assign(certain=False, gone=False)
    last = future["subscription_id"].map(running.groupby("subscription_id")["month"].max())
    certain = (future["month"] <= last).to_numpy(bool, na_value=False)
    first = running.drop_duplicates("subscription_id")
    today = future["subscription_id"].map(first.set_index("subscription_id")["arr_before"])
    ordered = future[["subscription_id", "month"]].assign(position=np.arange(len(future)))
    begun = pd.merge_asof(
        ordered.sort_values("month", kind="stable"),
        # From the month after the one in which it begins.
        running.assign(month=running["month"] + 1)[["subscription_id", "month", "arr"]].sort_values(
            "month", kind="stable"
        ),
        on="month",
        by="subscription_id",
    ).sort_values("position")
    arr = pd.Series(begun["arr"].to_numpy(), future.index).fillna(today).fillna(future["arr"])
    leaves = running[running["change"] == LEAVING].set_index("subscription_id")["month"]
    gone = (future["month"] >= future["subscription_id"].map(leaves)).to_numpy(bool, na_value=False)
    return future.assign(certain=certain & ~gone, gone=gone, arr=arr.where(~gone, today))
