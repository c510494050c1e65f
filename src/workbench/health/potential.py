"""Growth potential beside what was bought: each account's facts, its class, and disagreement."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import pandas as pd

from workbench.health.classes import AccountClasses
from workbench.health.opportunities import AT_RISK
from workbench.health.signs.panel import Panel

SIGNALS = ("white_space", "arr_change_12m")  # that it reads
GREW, HIGH_SHARE = 0.1, 1 / 3  # growth worth the name; whose potential is called high
UNTAPPED, USED_UP = "potential and no growth", "growth and no potential left"
POTENTIAL_COLUMNS = [
    "account_id", "name", "class", "arr", "employees", "tenure_years", "potential", "white_space",
    "branches", "arr_change_12m", "disagree",
]  # fmt: skip
_DAYS_A_YEAR = 365.25


def potential_table(
    health: pd.DataFrame,
    panel: Panel,
    opportunities: pd.DataFrame,
    about: pd.DataFrame,
    classes: AccountClasses,
) -> pd.DataFrame:
    """Tell each account's growth potential, its class, and where history says otherwise.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    panel : Panel
        With the signals white_space and arr_change_12m where the book has them.
    opportunities : DataFrame
        From `workbench.health.opportunities.opportunity_table`.
    about : DataFrame
        From `account_facts`.
    classes : AccountClasses

    Returns
    -------
    DataFrame
        One row per customer: account_id, name, class, arr, employees, tenure_years, potential
        (money a year that its offers may be expected to bring: likelihood times amount; 0 where
        nothing suggests one), white_space, branches, arr_change_12m, disagree (a sentence; empty
        where potential and history agree or are not known); most potential first.
    """
    table = health[["account_id", "name", "arr"]].copy()
    offers = opportunities[opportunities["kind"] != AT_RISK].groupby("account_id")["at_stake"].sum()
    table["potential"] = table["account_id"].map(offers).astype("float64").fillna(0.0)
    at = pd.Index(panel.accounts).get_indexer(table["account_id"])
    for signal in SIGNALS:
        values = panel.signals.get(signal)
        table[signal] = np.nan if values is None else values[at, -1]
    facts = about.reindex(table["account_id"])
    for name in ("employees", "tenure_years", "branches"):
        table[name] = facts[name].to_numpy("float64")
    table["class"] = classes.of(table)
    table["disagree"] = _disagree(table)
    order = ["potential", "account_id"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)[POTENTIAL_COLUMNS]


def account_facts(
    accounts: pd.DataFrame, contracts: pd.DataFrame, served: Set[str], as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return facts of accounts that no signal tells.

    Parameters
    ----------
    accounts, contracts : DataFrame
        Canonical tables as known on the day.
    served : set of str
        Accounts that have been customers by the day.
    as_of : Timestamp
        Today.

    Returns
    -------
    DataFrame
        By account_id: employees (missing where not on record), tenure_years (since the first
        contract began) and branches (others of its parent that were never customers; 0 without a
        parent).
    """
    table = accounts.drop_duplicates("account_id").set_index("account_id")
    table = table.reindex(columns=["employees", "parent_id"])
    began = contracts.groupby("account_id")["start_on"].min().reindex(table.index)
    table["tenure_years"] = (as_of - began).dt.days / _DAYS_A_YEAR
    new = ~table.index.isin(list(served))
    by_parent = pd.Series(new, table.index).groupby(table["parent_id"]).sum()
    others = table["parent_id"].map(by_parent).astype("float64").fillna(0.0)
    table["branches"] = (others - (new & table["parent_id"].notna())).clip(lower=0)
    return table.drop(columns="parent_id")


def _disagree(table: pd.DataFrame) -> np.ndarray:
    potential, change = table["potential"], table["arr_change_12m"]
    some = potential[potential > 0]
    high = potential >= some.quantile(1 - HIGH_SHARE) if len(some) else potential > 0
    untapped = high & (potential > 0) & (change <= 0)
    return np.select(
        [untapped, (change >= GREW) & (potential == 0)], [UNTAPPED, USED_UP], ""
    ).astype(object)
