"""Contracts beside each other for one account and product: what adding them up would say."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.core.calendar import month_start
from workbench.forecast.growth.definitions import Pack, retention

LINE = ["account_id", "product"]


@dataclass(frozen=True)
class Overlaps:
    """A book added up, beside the same book with one contract speaking for a product.

    Parameters
    ----------
    lines, doubled : int
        Accounts' products with a running contract, and those with several of them.
    contracts : int
        Running contracts of all.
    added, spoken : float
        Yearly revenue of all running contracts, and of those that speak, in the currency's units.
    nrr_added : float
        Net retention, were all added up; missing where nothing was there at the opening.
    nrr : dict of str to float
        By definition, with one contract speaking.
    months : int
        Over which retention is taken.
    """

    lines: int
    doubled: int
    contracts: int
    added: float
    spoken: float
    nrr_added: float
    nrr: dict[str, float]
    months: int


def overlaps(
    contracts: pd.DataFrame, table: pd.DataFrame, opening_month: int, closing_month: int
) -> Overlaps:
    """Count contracts that run beside each other at the closing, and what they would add up to.

    Parameters
    ----------
    contracts : DataFrame
        Canonical contracts, in one currency. One that another takes over from
        (`previous_contract_id`) is not counted beside it.
    table : DataFrame
        From `workbench.forecast.growth.definitions.positions`, of the same months.
    opening_month, closing_month : int
        Month numbers; the balances are those at the end of each.

    Returns
    -------
    Overlaps
    """
    then, now = (_running(contracts, month) for month in (opening_month, closing_month))
    before = then.groupby("account_id")["arr"].sum()
    after = now.groupby("account_id")["arr"].sum().reindex(before.index).sum()
    count = now.groupby(LINE).size()
    packs = (Pack.ACCOUNT_LEVEL, Pack.LINE_LEVEL)
    return Overlaps(
        lines=len(count),
        doubled=int((count > 1).sum()),
        contracts=len(now),
        added=float(now["arr"].sum()),
        spoken=float(table["closing"].sum() / 100),
        nrr_added=float(after / before.sum()) if before.sum() else float("nan"),
        nrr={pack.value: float(retention(table, pack)["nrr"]) for pack in packs},
        months=closing_month - opening_month,
    )


def _running(contracts: pd.DataFrame, month: int) -> pd.DataFrame:
    """Return the contracts whose dates say that they run at a month's end."""
    day = month_start(month + 1)
    begun = contracts[contracts["start_on"] < day]
    stop = begun["ended_on"].fillna(begun["end_on"])
    taken_over = begun["contract_id"].isin(begun["previous_contract_id"].dropna())
    return begun[~(stop < day) & ~taken_over]
