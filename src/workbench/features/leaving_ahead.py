"""Customers who have given notice: they stay until a day that is known, and not longer."""

from __future__ import annotations

import pandas as pd

from workbench.core.calendar import month_number
from workbench.core.names import LEAVING
from workbench.data.book import Book
from workbench.data.contracts.notices import is_notice
from workbench.data.contracts.subscriptions import Subscriptions


def with_notices(
    signed: pd.DataFrame, book: Book, contracts: pd.DataFrame, chains: Subscriptions
) -> pd.DataFrame:
    """Add the endings that today's data announce to what is signed.

    A day in the past had not heard of them, as far as the data tell: to its forecast they are not
    known. Something signed that begins on the announced day or later outweighs the notice.

    Parameters
    ----------
    signed : DataFrame
        From `workbench.features.committed.signed_steps`.
    book : Book
        From whose tables the end of the data is read.
    contracts : DataFrame
        Canonical contracts of the book.
    chains : Subscriptions
        As known on the as-of date.

    Returns
    -------
    DataFrame
        As `signed`, with a row per running subscription that is known to end: change is
        ``leaving``, month the first in which it is gone, arr 0.
    """
    as_of = chains.as_of
    ahead = contracts[contracts["ended_on"] >= as_of]
    if ahead.empty or as_of < book.reach.as_of:
        return signed
    known = ahead.loc[is_notice(ahead, book.reach.last_on), ["contract_id", "ended_on"]]
    spans = chains.spans
    running = spans.loc[spans["ended_on"].isna() & (spans["started_on"] < as_of), "subscription_id"]
    last = chains.steps.drop_duplicates("subscription_id", keep="last")
    last = last[last["subscription_id"].isin(running)]
    found = last.merge(known, on="contract_id")
    found["month"] = month_number(found["ended_on"]).astype("int64")
    begins = found["subscription_id"].map(signed.groupby("subscription_id")["month"].max())
    found = found[found["month"] > begins.astype("float64").fillna(-1.0)]
    rows = pd.DataFrame(
        {
            **{name: found[name] for name in ("subscription_id", "account_id", "product")},
            "contract_id": found["contract_id"],
            "month": found["month"],
            "change": LEAVING,
            "arr": 0.0,
            "arr_before": found["arr"],
            "runs": True,
            "term_months": 0,
            "month_to_month": False,
            "term_end_month": pd.Series(pd.NA, found.index, "Int64"),
        },
        columns=signed.columns,
    )
    whole = pd.concat([signed, rows.astype(signed.dtypes)])
    return whole.sort_values(["subscription_id", "month"], kind="stable", ignore_index=True)
