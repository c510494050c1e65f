"""What the model would have forecast on past days, set against what happened since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom

from workbench.core.calendar import month_number
from workbench.core.gates import Gate
from workbench.core.intervals import interval
from workbench.forecast.backtest.forecast_record import ACCOUNTS, KEPT, ForecastRecord
from workbench.forecast.backtest.outcomes import KnownContracts, outcomes
from workbench.forecast.growth.definitions import Pack, positions, retention

COLUMNS = (
    "origin", "horizon_months", "quantity", "opening",
    "expected", "low", "high", "happened", "held",
)  # fmt: skip
NET_RETENTION = "net revenue retention"
QUANTITIES = {ACCOUNTS: "customers", KEPT: "revenue"}
# Fewer past forecasts tell nothing: of three at 90 %, one in four series has a miss.
FEWEST_ORIGINS = 4
LEAST_CHANCE = 0.005  # of so few that hold, by either quantity
_NEAR = 1 / 3


@dataclass(frozen=True)
class Hindsight:
    """Past forecasts and what became of them.

    Parameters
    ----------
    table : DataFrame
        One row per origin (ISO date) and quantity (customers who are left; revenue, at the prices
        of the origin, of contracts that are left; net revenue retention, where revenue is forecast,
        with an opening of 1): opening, expected, low, high, happened, held.
    prob : float
        Probability inside each interval.
    trusted : bool
        The approximation gives today's forecast as the fit itself does.
    """

    table: pd.DataFrame
    prob: float
    trusted: bool = True

    @property
    def counts(self) -> pd.DataFrame:
        """How many forecasts there were of each quantity, and how many held: made, held."""
        held = self.table.groupby("quantity", sort=False)["held"]
        return pd.DataFrame({"made": held.size(), "held": held.sum().astype(int)})

    @property
    def text(self) -> str:
        """Of the last N forecasts that this model would have made, how many held."""
        if not self.trusted:
            return (
                "Past forecasts of this model are not judged here: fitted in a hurry, it would not "
                "forecast as it does. The report `backtest` fits it anew for each past day."
            )
        if self.table.empty:
            return (
                "No past forecast of this model can be judged yet: that takes a year of endings "
                "before a day and three settled months after it."
            )
        counts = self.counts
        made, months = int(counts["made"].iloc[0]), int(self.table["horizon_months"].iloc[0])
        *parts, last = [f"{held} for {name}" for name, held in counts["held"].items()]
        return (
            f"Of the last {made} forecasts that this model would have made {months} months ahead, "
            f"{', '.join(parts)} and {last} held ({self.prob:.0%} intervals)."
        )

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Whether so few would hold by chance; none while the forecasts are too few to tell."""
        counts = self.counts
        if counts.empty or counts["made"].min() < FEWEST_ORIGINS:
            return ()
        chance = binom.cdf(counts["held"], counts["made"], self.prob)
        worst = int(np.argmin(chance))
        row = counts.iloc[worst]
        return (
            Gate(
                "past forecasts that held, chance of so few",
                float(chance[worst]),
                LEAST_CHANCE,
                bool(chance[worst] >= LEAST_CHANCE),
                f"{counts.index[worst]}: {row['held']} of {row['made']}",
                "The model would have been surer than it should: see the table hindsight for when. "
                "Something happened that it does not know; the report `backtest` shows more.",
            ),
        )


def alike(one: ForecastRecord, other: ForecastRecord) -> bool:
    """Tell whether two forecasts of who stays, and of what revenue, are the same for a reader.

    Parameters
    ----------
    one, other : ForecastRecord
        Of the same book and months; see `workbench.forecast.backtest.forecast_record`.

    Returns
    -------
    bool
        Means lie within a third of a standard deviation, and standard deviations within a third.
    """
    for name in QUANTITIES:
        first, second = (record.book[name][:, -1] for record in (one, other))
        sd = max(float(first.std()), 1e-9)
        if abs(first.mean() - second.mean()) > _NEAR * sd:
            return False
        if abs(np.log(max(float(second.std()), 1e-9) / sd)) > _NEAR:
            return False
    return True


def hindsight_rows(record: ForecastRecord, known: KnownContracts, prob: float) -> pd.DataFrame:
    """Set one past forecast against what happened by its last month.

    Parameters
    ----------
    record : ForecastRecord
        Of who stays, see `workbench.forecast.backtest.forecast_record.record_outlook`.
    known : KnownContracts
        The contracts as known today; the record's last month is settled.
    prob : float, between 0 and 1
        Inside each interval, equal tails.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per quantity.
    """
    happened = outcomes(record, known)
    opening = {ACCOUNTS: record.lines["account_id"].nunique(), KEPT: record.opening}
    rows = []
    for name, label in QUANTITIES.items():
        # Amounts are sums in floating point: a cent is no miss.
        draws, real = record.book[name][:, -1], happened[name][-1]
        found = _judged(float(opening[name]), draws, real, prob, 0.01)
        rows.append((record.as_of.date().isoformat(), record.months, label, *found))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def retention_row(
    nrr: np.ndarray, as_of: pd.Timestamp, months: int, known: KnownContracts, prob: float
) -> pd.DataFrame:
    """Set a past forecast of net revenue retention against what happened.

    Parameters
    ----------
    nrr : ndarray, shape (draw,)
        After so many months, by account.
    as_of : Timestamp
        The month that contains it is the first of the forecast.
    months : int
        Ahead, at least 1.
    known : KnownContracts
        The contracts as known today; the last month is settled.
    prob : float, between 0 and 1
        Inside the interval, equal tails.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row; the opening is 1.
    """
    before = month_number(as_of) - 1
    ends = positions(known.line_table, known.subscriptions, before, before + months)
    real = float(retention(ends, Pack.ACCOUNT_LEVEL)["nrr"])
    row = as_of.date().isoformat(), months, NET_RETENTION, *_judged(1.0, nrr, real, prob, 1e-9)
    return pd.DataFrame([row], columns=list(COLUMNS))


def _judged(
    opening: float, draws: np.ndarray, real: float, prob: float, slack: float
) -> tuple[float, float, float, float, float, bool]:
    low, high = interval(draws, prob)
    held = bool(low - slack <= real <= high + slack)
    return opening, float(draws.mean()), float(low), float(high), float(real), held
