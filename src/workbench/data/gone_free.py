"""Customers who pay nothing any more, and are still on record as customers."""

from __future__ import annotations

import pandas as pd


def gone_free_finding(spans: pd.DataFrame, steps: pd.DataFrame) -> list[str]:
    """Name customers who went from paying to a free contract.

    Parameters
    ----------
    spans, steps : DataFrame
        Of `workbench.data.contracts.subscriptions.Subscriptions`.

    Returns
    -------
    list of str
        One sentence; none where nobody who paid runs on for nothing.

    Examples
    --------
    >>> spans = pd.DataFrame({"account_id": ["a"], "arr": [0.0], "ended_on": [pd.NaT]})
    >>> steps = pd.DataFrame({"account_id": ["a", "a"], "arr": [100.0, 0.0]})
    >>> len(gone_free_finding(spans, steps)), gone_free_finding(spans, steps.tail(1))
    (1, [])
    """
    running = spans[spans["ended_on"].isna()].groupby("account_id")["arr"].max()
    paid = steps.groupby("account_id")["arr"].max().reindex(running.index)
    free = running[(running == 0) & (paid > 0)]
    if free.empty:
        return []
    return [
        f"{len(free):,} of {len(running):,} customers paid and are now on a free contract (first: "
        f"{free.index[0]}). Revenue counts them as churn, the model of leaving as customers who "
        "stay. If free means gone, leave those contracts out: in a mapping, drop_when: [{column: "
        "..., equals: 0}] with the column of arr."
    ]
