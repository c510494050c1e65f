"""Since when customers really are customers who were there before the contracts on record begin.

Without it, long tenure and the first years on record are the same rows, and whoever was a customer
already counts as new: as frail as one who has survived nothing, and as young.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number, month_starts

LONGEST_MONTHS = 120  # before the first contract on record; older customers hardly differ
_FEWEST_NEW = 10  # accounts whose first contract is on record, to tell how long selling takes


def customer_since(spans: pd.DataFrame, accounts: pd.DataFrame, first_month: int) -> pd.Series:
    """Return the month since which each subscription has been at risk.

    That is the month in which it started, but for the first subscriptions of accounts that were
    customers before the window begins: of those `created_on` tells, less the time that usually
    passes from an account's creation to its first contract, as the accounts show that came later.

    Parameters
    ----------
    spans : DataFrame
        See `workbench.data.contracts.subscriptions.subscriptions`.
    accounts : DataFrame
        account_id, and created_on where it is known.
    first_month : int
        Month number: endings are on record from it on.

    Returns
    -------
    Series of int
        Month numbers by subscription_id, at most `LONGEST_MONTHS` before the start.
    """
    started = pd.Series(month_number(spans["started_on"]).to_numpy("int64"), spans.index)
    if "created_on" in accounts:
        days = accounts.set_index("account_id")["created_on"]
        created = spans["account_id"].map(month_number(days).astype("Float64")).astype(float)
        first = started.groupby(spans["account_id"]).transform("min")
        came = ~spans["account_id"].duplicated() & (first >= first_month)
        took = (first - created)[came].dropna().clip(lower=0)
        selling = round(float(took.median())) if len(took) >= _FEWEST_NEW else 0
        old = (first < first_month) & (started == first)
        since = (created + selling).where(old & created.notna(), started)
        since = since.clip(lower=started - LONGEST_MONTHS, upper=started)
        started = since.astype("int64")
    return started.set_axis(spans["subscription_id"])


def with_earlier_terms(terms: pd.DataFrame, since: pd.Series) -> pd.DataFrame:
    """Put before the first term on record terms like it, back to when a customer began.

    Parameters
    ----------
    terms : DataFrame
        One row per term of a subscription, with subscription_id, term_idx, start_on,
        planned_end_on, term_months and month_to_month.
    since : Series of int
        Month numbers by subscription_id, from `customer_since`.

    Returns
    -------
    DataFrame
        Numbered from 0, in the order of the subscriptions' terms.
    """
    first = terms[terms["term_idx"] == 0]
    start = month_number(first["start_on"]).to_numpy("int64")
    back = start - first["subscription_id"].map(since).to_numpy("int64")
    length = np.where(first["month_to_month"], np.maximum(back, 1), first["term_months"])
    count = -(-back // length)
    if not count.any():
        return terms
    which = np.repeat(np.arange(len(first)), count)
    earlier = first.iloc[which].copy()
    nth = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    begins = start[which] - (count[which] - nth) * length[which]
    earlier["start_on"] = month_starts(begins).to_numpy()
    earlier["planned_end_on"] = month_starts(begins + length[which]).to_numpy()
    earlier["planned_end_on"] = earlier["planned_end_on"].mask(earlier["month_to_month"])
    earlier["term_idx"] = nth
    shift = pd.Series(count, first["subscription_id"])
    later = terms.assign(term_idx=terms["term_idx"] + terms["subscription_id"].map(shift))
    whole = pd.concat([earlier, later], ignore_index=True)
    return whole.sort_values(["subscription_id", "term_idx"], kind="stable", ignore_index=True)
