"""Books as folders of tables, forecasts as tables of quantiles, and the truth as tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nrr.company import AS_OF, HISTORY, Company

HORIZONS = (3, 6, 12)  # months
LEVELS = (np.arange(40) + 0.5) / 40  # of quantiles: 0.0125 to 0.9875
QUANTITIES = ("nrr", "grr", "logo_retention")


def write_book(company: Company, folder: Path) -> None:
    """Write a book's tables as a method gets them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in company.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)


def truth_of(revenue: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what became of a book in each future, and who had left after the longest horizon."""
    rows, months = [], max(HORIZONS)
    for future, held in revenue.groupby("future"):
        for horizon in HORIZONS:
            found = retained(held[0].to_numpy(), held[horizon].to_numpy())
            rows += [(future, name, horizon, value) for name, value in found.items()]
    truth = pd.DataFrame(rows, columns=["future", "quantity", "months", "value"])
    left = (revenue[months] == 0).groupby(revenue["account_id"]).mean()
    return truth, left.rename("left").reset_index()


def retained(before: np.ndarray, after: np.ndarray) -> dict[str, float]:
    """Return NRR, GRR and the share of customers kept, of those who paid before."""
    paid = before > 0
    before, after = before[paid], after[paid]
    return {
        "nrr": after.sum() / before.sum(),
        "grr": np.minimum(after, before).sum() / before.sum(),
        "logo_retention": float((after > 0).mean()),
    }


def quantile_table(drawn: dict[tuple[str, int], np.ndarray]) -> pd.DataFrame:
    """Return quantity, months, level, value, from draws of each quantity and horizon."""
    parts = [
        pd.DataFrame({"quantity": name, "months": months, "level": LEVELS,
                      "value": np.quantile(values, LEVELS)})
        for (name, months), values in drawn.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def monthly_revenue(folder: Path) -> pd.DataFrame:
    """Return each account's yearly revenue at the ends of the past months, oldest first."""
    contracts = pd.read_csv(
        folder / "contracts.csv", parse_dates=["start_on", "end_on", "ended_on"]
    ).sort_values(["account_id", "start_on", "contract_id"])
    held = {}
    for back in range(HISTORY + 1, 0, -1):
        day = AS_OF - pd.DateOffset(months=back - 1) - pd.Timedelta(days=1)
        last = contracts[contracts["start_on"] <= day].groupby("account_id").tail(1)
        last = last[~(last["ended_on"] <= day)]
        held[1 - back] = last.set_index("account_id")["arr"]
    return pd.DataFrame(held).reindex(contracts["account_id"].unique()).fillna(0.0)
