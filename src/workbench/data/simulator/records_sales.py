"""The table `opportunities`: what was offered, and what became of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.data.simulator.columns import NO_DAY, dates, flags, keys, labels, until
from workbench.data.simulator.observed_window import ObservedWindow
from workbench.data.simulator.true_process import PRODUCTS

STAGES = ("qualification", "proposal", "negotiation", "closed_won", "closed_lost")
_RENEWAL_DAYS = 90


def opportunities_table(
    observed: ObservedWindow, tables: dict[str, pd.DataFrame], rng: np.random.Generator
) -> pd.DataFrame:
    """Return renewals, first sales, second products, amendments, and what came to nothing.

    Parameters
    ----------
    observed : ObservedWindow
        The accounts and months that are shown.
    tables : dict of str to DataFrame
        Those made so far, contracts and accounts among them.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.
    """
    contracts = tables["contracts"]
    created_on = tables["accounts"].set_index("account_id").loc[:, "created_on"]
    created = created_on.reindex(contracts["account_id"]).set_axis(contracts.index)
    first = ~contracts.duplicated(["account_id", "product"])
    parts = [
        _renewals(contracts),
        _first_sales(contracts.loc[first], created.loc[first], rng),
        _amendments(contracts, rng),
        _unsuccessful(observed, rng),
    ]
    table = pd.concat(parts, ignore_index=True)
    limit = observed.end_day
    opened = _days(table["opened_on"])
    shown = (opened < limit) & (
        _days(table["closed_on"]) >= int(observed.span.day(observed.span.window))
    )
    table = table.loc[shown].sort_values(by=["opened_on", "account_id", "kind"], ignore_index=True)
    closed = until(_days(table["closed_on"]), limit)
    is_open = closed == NO_DAY
    age = limit - _days(table["opened_on"])
    stage = np.where(is_open, np.minimum(age // 40, 2), np.where(table.pop("won"), 3, 4))
    return pd.DataFrame(
        {
            "opportunity_id": keys("O", len(table), 7),
            "account_id": table["account_id"],
            "kind": table["kind"],
            "product": table["product"],
            "stage": labels(STAGES, stage),
            "amount": table["amount"],
            "opened_on": table["opened_on"],
            "closed_on": dates(closed),
            "won": flags(stage == 3, missing=is_open),
        }
    )


def _days(dates_: Any) -> np.ndarray:
    return dates_.to_numpy().astype("datetime64[D]").astype("int64")


def _part(
    rows: pd.DataFrame, kind: str, opened: Any, closed: Any, won: Any, amount: Any
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "kind": labels((kind,), np.zeros(len(rows))).array,
            "product": rows["product"],
            "amount": amount,
            "opened_on": opened,
            "closed_on": closed,
            "won": won,
        }
    )


def _renewals(contracts: pd.DataFrame) -> pd.DataFrame:
    """Return one per fixed term, opened 90 days before its end, decided on that day."""
    opened = contracts["end_on"] - pd.Timedelta(days=_RENEWAL_DAYS)
    # A contract that ran over its end has renewed itself on that day.
    decided = contracts["ended_on"].where(contracts["ended_on"] <= contracts["end_on"])
    replaced = decided.notna() & contracts["end_reason"].isin(["amended", "renewed"])
    offered = contracts["end_on"].notna() & ~(decided < opened)
    shown = offered & (contracts["end_reason"] != "amended")
    closed = decided.fillna(contracts["end_on"])
    won = decided.isna() | replaced
    rows = contracts.loc[shown]
    return _part(rows, "renewal", opened[shown], closed[shown], won[shown], rows["arr"])


def _first_sales(rows: pd.DataFrame, created: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Return the sale behind each product's first contract."""
    core = (rows["product"] == PRODUCTS[0]).to_numpy()
    lag = pd.to_timedelta(rng.integers(20, 90, len(rows)), unit="D")
    opened = (rows["signed_on"] - lag).where(~core, created)
    sale = _part(rows, "cross_sell", opened, rows["signed_on"], True, rows["arr"])
    sale.loc[core, "kind"] = "new_logo"
    return sale


def _amendments(contracts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the sale behind each amendment; its amount is what it added a year."""
    before = contracts.set_index("contract_id")[["arr", "end_reason"]]
    old = before.reindex(contracts["previous_contract_id"]).set_index(contracts.index)
    made = old["end_reason"] == "amended"
    rows = contracts.loc[made]
    lag = pd.to_timedelta(rng.integers(7, 50, len(rows)), unit="D")
    added = (rows["arr"] - old.loc[made, "arr"]).round(2)
    return _part(rows, "amendment", rows["signed_on"] - lag, rows["signed_on"], True, added)


def _unsuccessful(observed: ObservedWindow, rng: np.random.Generator) -> pd.DataFrame:
    """Return opportunities that were lost, or still are on the table when the window ends."""
    cell = np.flatnonzero(rng.random(len(observed.month)) < 0.008)
    opened = observed.days(rng, observed.month[cell])
    arr = observed.history.arr[observed.month[cell], observed.keep[observed.account[cell]]]
    second = rng.random(len(cell)) < 0.5
    rows = pd.DataFrame(
        {
            "account_id": labels(observed.account_key, observed.account[cell]),
            "product": labels(PRODUCTS, second.astype("int64")),
        }
    )
    closed = opened + rng.integers(20, 150, len(cell))
    amount = np.round(arr * rng.uniform(0.1, 0.4, len(cell)), -2)
    part = _part(rows, "up_sell", dates(opened), dates(closed), False, amount)
    part.loc[second, "kind"] = "cross_sell"
    return part
