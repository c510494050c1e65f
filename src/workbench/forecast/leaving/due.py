"""Renewals that fall due, and the revenue that is at risk when they do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.forecast.leaving.renewals import Outlook
from workbench.forecast.leaving.risk import at_risk


def renewals_due(
    outlook: Outlook, rows: pd.DataFrame, accounts: pd.DataFrame, due_months: int, prob: float
) -> pd.DataFrame:
    """List the renewals that fall due soon, most money at risk first.

    Parameters
    ----------
    outlook : Outlook
    rows : DataFrame
        The future rows.
    accounts : DataFrame
        With account_id and name.
    due_months : int
        How far ahead to look, at most the forecast's horizon.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        subscription_id, account_id, name, product, due (YYYY-MM), arr (per year), probability of
        still running after that month, low, high, at_risk (see `forecast.leaving.risk`).
        Month-to-month subscriptions have no renewal and are not listed, nor are renewals that are
        signed, nor customers who have given notice: nothing of theirs is at risk any more.
    """
    months = len(outlook.months)
    ends = (rows["months_to_term_end"] == 0) & ~rows["month_to_month"].astype(bool)
    for known in ("certain", "gone"):
        if known in rows:
            ends &= ~rows[known]
    due = rows.assign(position=np.arange(len(rows)) // months)[
        ends & (rows["horizon"] <= min(due_months, months))
    ].drop_duplicates("subscription_id")
    alive = outlook.subscription[:, due["position"], due["horizon"] - 1]
    low, high = interval(alive, prob)
    names = accounts.set_index("account_id")["name"]
    table = pd.DataFrame(
        {
            "subscription_id": due["subscription_id"].to_numpy(),
            "account_id": due["account_id"].to_numpy(),
            "name": due["account_id"].map(names).fillna(due["account_id"]).to_numpy(),
            "product": due["product"].to_numpy(),
            "due": [month_label(m) for m in due["month"]],
            "arr": due["arr"].to_numpy(),
            "probability": alive.mean(axis=0),
            "low": low,
            "high": high,
        }
    )
    table["at_risk"] = at_risk(table["arr"].to_numpy(), table["probability"].to_numpy())
    return table.sort_values(["at_risk", "subscription_id"], ascending=[False, True]).reset_index(
        drop=True
    )


def loss_when_due(outlook: Outlook, due: pd.DataFrame, prob: float) -> tuple[float, float, float]:
    """Tell how much revenue the renewals that fall due are expected to lose together.

    Parameters
    ----------
    outlook : Outlook
    due : DataFrame
        From `renewals_due`, of this outlook.
    prob : float, between 0 and 1
        Inside the interval, equal tails.

    Returns
    -------
    tuple of float
        Mean, low and high, a year; the interval holds the chance of each renewal and what all
        share, so it is that of the sum and not the sum of intervals.
    """
    if due.empty:
        return 0.0, 0.0, 0.0
    position = {name: at for at, name in enumerate(outlook.book["subscription_id"])}
    month = {month_label(number): at for at, number in enumerate(outlook.months)}
    rows = [position[name] for name in due["subscription_id"]]
    gone = ~outlook.kept[:, rows, [month[label] for label in due["due"]]]
    low, high = interval(gone @ due["arr"].to_numpy(float), prob)
    return float(due["at_risk"].sum()), float(low), float(high)
