"""A parent's view: which of its branches are customers, who speaks for us, who may come."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.features.design import Coding
from workbench.forecast.posterior.survival import Draws

COLUMNS = ["account_id", "name", "standing", "arr", "strength", "advocate"]
CUSTOMER, LEFT, PROSPECT = "customer", "has left", "prospect"


def branch_table(
    accounts: pd.DataFrame, health: pd.DataFrame, served: set[str], parent: str
) -> pd.DataFrame:
    """List the branches of a parent, the strongest customer first.

    Parameters
    ----------
    accounts : DataFrame
        account_id, name and parent (or parent_id), every account on record.
    health : DataFrame
        From `workbench.health.overview.health_table`.
    served : set of str
        Accounts that have been customers by the day.
    parent : str
        Its key.

    Returns
    -------
    DataFrame
        account_id, name, standing (customer, has left, prospect), arr, strength and advocate (the
        strongest customer: the one to ask for a word), customers first.
    """
    column = "parent" if "parent" in accounts else "parent_id"
    own = accounts.loc[accounts[column] == parent, ["account_id", "name"]]
    scores = health.set_index("account_id")
    table = own.assign(
        name=own["name"].fillna(own["account_id"]),
        standing=[
            CUSTOMER if key in scores.index else LEFT if key in served else PROSPECT
            for key in own["account_id"]
        ],
        arr=own["account_id"].map(scores["arr"]),
        strength=own["account_id"].map(scores["strength"]),
    )
    table = table.sort_values("strength", ascending=False, ignore_index=True)
    table["advocate"] = (table.index == 0) & (table["standing"] == CUSTOMER)
    return table[COLUMNS]


def parent_effect(draws: Draws, coding: Coding, parent: str) -> float | None:
    """Return how often branches of a parent leave, beside those of an average one.

    Parameters
    ----------
    draws : Draws
    coding : Coding
        Of the rows that the model was fitted to.
    parent : str
        Its key.

    Returns
    -------
    float or None
        Mean ratio over the draws; None where the model does not pool by parent.
    """
    level = f"parent: {parent}"
    if level not in coding.flat_levels:
        return None
    return float(np.exp(draws.group[:, coding.flat_levels.index(level)]).mean())
