"""Renewals that fall due: they stand here by themselves, and stay until they are decided."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.health.scores import Scored

COLUMNS = [
    "account_id", "name", "owner", "subscription_id", "product", "ends_on", "notice_by", "overdue",
    "arr", "probability", "expected", "csat", "csat_change", "unhappy", "days_since_contact",
]  # fmt: skip
UNHAPPY_CSAT = 60.0  # points of 100


def renewals_due(
    scored: Scored, health: pd.DataFrame, terms: pd.DataFrame, as_of: pd.Timestamp, months: int
) -> pd.DataFrame:
    """List the renewals that are to be decided, the day that comes first at the top.

    Parameters
    ----------
    scored : Scored
    health : DataFrame
        From `workbench.health.overview.health_table`.
    terms : DataFrame
        Of `workbench.data.contracts.subscriptions.Subscriptions`.
    as_of : Timestamp
        Today.
    months : int
        How far ahead to look, 1 or more, at most the outlook's months.

    Returns
    -------
    DataFrame
        account_id, name, owner, subscription_id, product, ends_on, notice_by (the day that counts:
        until then it can be said), overdue (the term has run out and nothing is signed), arr,
        probability (of running on after that month), expected (arr times probability), csat and
        csat_change (points), unhappy (csat low or falling), days_since_contact. A renewal that is
        signed or declined by a notice is decided and not among them, nor is what runs from month to
        month.
    """
    lines = scored.lines
    risk = lines.at_risk
    reach = min(months, len(scored.outlook.months))
    own = np.flatnonzero(
        (risk.term_group > 0) & (risk.months_to_end < reach) & (lines.gone_from < 0)
    )
    position = pd.Index(scored.outlook.book["subscription_id"]).get_indexer(
        lines.subscription_id[own]
    )
    chance = scored.outlook.subscription[:, position, risk.months_to_end[own]].mean(axis=0)
    last = terms.groupby("subscription_id").last().reindex(lines.subscription_id[own])
    facts = health.set_index("account_id").reindex(lines.account_id[own])
    csat, change = facts["csat"].to_numpy(float), facts["csat_change"].to_numpy(float)
    ends = last["planned_end_on"].to_numpy()
    arr = lines.cents[own] / 100
    table = pd.DataFrame(
        {
            "account_id": lines.account_id[own],
            "name": facts["name"].to_numpy(),
            "owner": facts["owner"].to_numpy(),
            "subscription_id": lines.subscription_id[own],
            "product": lines.product[own],
            "ends_on": ends,
            "notice_by": last["notice_by"].to_numpy(),
            "overdue": ends < np.datetime64(as_of),
            "arr": arr,
            "probability": chance,
            "expected": arr * chance,
            "csat": csat,
            "csat_change": change,
            "unhappy": (csat < UNHAPPY_CSAT) | (change < 0),
            "days_since_contact": facts["days_since_contact"].to_numpy(float),
        },
        columns=COLUMNS,
    )
    day = table["notice_by"].fillna(table["ends_on"])
    return table.iloc[np.argsort(day.to_numpy(), kind="stable")].reset_index(drop=True)
