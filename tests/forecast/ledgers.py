"""A company whose renewals follow one rate, and forecasts of it by that rate."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.calendar import month_number, month_starts
from workbench.data.contracts.subscriptions import subscriptions
from workbench.forecast.backtest.archive_file import ArchiveEntry
from workbench.forecast.backtest.forecast_record import (
    ACCOUNTS,
    KEPT,
    RENEWED,
    ForecastRecord,
    renewed_until,
)

BEGUN = month_number(pd.Timestamp("2021-01-01"))
SEEN = month_number(pd.Timestamp("2027-01-01"))
MONTHS = 12


def company(seed: int, rate: float = 0.85, changed: float | None = None) -> pd.DataFrame:
    """Write contracts of twelve months, renewed with a chance; another one from 2025 on."""
    rng = np.random.default_rng(seed)
    rows = []
    turn = month_number(pd.Timestamp("2025-01-01"))
    for account in range(500):
        start, arr = BEGUN + int(rng.integers(0, 24)), float(rng.integers(1_000, 50_000))
        while start < SEEN:
            rows.append((f"a{account:04d}", start, arr))
            start += 12
            if rng.random() > (rate if changed is None or start < turn else changed):
                break
    table = pd.DataFrame(rows, columns=["account_id", "start", "arr"])
    return pd.DataFrame(
        {
            "contract_id": [f"c{at:05d}" for at in range(len(table))],
            "account_id": table["account_id"],
            "product": "p",
            "start_on": month_starts(table["start"]),
            "end_on": month_starts(table["start"] + 12),
            "arr": table["arr"],
        }
    )


def forecast_of(
    contracts: pd.DataFrame, day: str, rate: float = 0.85, seed: int = 0
) -> ForecastRecord:
    """Forecast as of a day by a rate, chance and a little doubt about the rate."""
    rng = np.random.default_rng([seed, month_number(pd.Timestamp(day))])
    book = subscriptions(contracts, pd.Timestamp(day))
    running = book.spans[book.spans["ended_on"].isna()]
    terms = book.terms.drop_duplicates("subscription_id", keep="last")
    terms = terms.set_index("subscription_id").reindex(running["subscription_id"])
    first = month_number(pd.Timestamp(day))
    due = np.maximum(month_number(terms["planned_end_on"]).to_numpy("int64"), first)
    lines = pd.DataFrame(
        {
            "subscription_id": running["subscription_id"].to_numpy(),
            "account_id": running["account_id"].to_numpy(),
            "arr": terms["arr"].to_numpy(float),
            "due": pd.array(due, dtype="Int64"),
            "probability": rate,
            "naive": rate,
        }
    )
    rates = np.clip(rng.normal(rate, 0.015, (1000, 1)), 0, 1)
    stays = rng.random((1000, len(lines))) < rates
    runs = stays[:, :, None] | (due[None, :, None] > first + np.arange(MONTHS))
    book_draws = {
        KEPT: np.einsum("dlm,l->dm", runs, lines["arr"].to_numpy()),
        ACCOUNTS: runs.sum(axis=1).astype(float),
        RENEWED: renewed_until(stays, lines, first, MONTHS),
    }
    return ForecastRecord(pd.Timestamp(day), lines, MONTHS, book_draws, {}).thinned()


def entries_of(contracts: pd.DataFrame, days: list[str], seed: int = 0) -> list[ArchiveEntry]:
    return [
        ArchiveEntry("renewals", f"{day.replace('-', '')}T060000Z-0{at:05d}", made, {})
        for at, day in enumerate(days)
        if (made := forecast_of(contracts, day, seed=seed))
    ]
