"""Of each band, what was forecast and what happened, with counts and intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.intervals import share_interval
from workbench.health.scores import HIGH, LOW, MIDDLE, STAYS_MONTHS, Bands
from workbench.health.signs.panel import Panel
from workbench.health.track.origins import Origins

COLUMNS = ["number", "band", "cases", "forecast", "happened", "low", "high", "within"]
RENEWS, STAYS = "renews at its term's end", "a customer twelve months later"


def calibration_table(origins: Origins, panel: Panel, bands: Bands, prob: float) -> pd.DataFrame:
    """Hold both numbers against what happened, band by band.

    The strength is held against the renewals that fell due in the month of its score, each once;
    staying against the customers of a month, a year later, of months a year apart.

    Parameters
    ----------
    origins : Origins
    panel : Panel
        Tells who left when.
    bands : Bands
        Of the strength; those of staying are cut at the same places.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        number, band, cases, forecast (mean probability), happened (share), low and high (of the
        share, after Jeffreys), within (the forecast lies between them; missing without cases).
        No rows on renewals where none was scored.
    """
    due = origins.renewals.dropna(subset=["renewed"])
    renewed = due["renewed"].to_numpy(bool)
    # Where no contract has a term, no renewal falls due.
    strength = due["strength"].to_numpy(float)
    rows = _by_band(RENEWS, strength, renewed, bands, prob) if len(due) else []
    then = _a_year_apart(origins)
    left = pd.Series(panel.left, index=panel.accounts)
    gone = then["account_id"].map(left).to_numpy()
    stayed = (gone < 0) | (gone >= then["month"].to_numpy() + STAYS_MONTHS)
    rows += _by_band(STAYS, then["stays"].to_numpy(float), stayed, bands, prob)
    return pd.DataFrame(rows, columns=COLUMNS)


def _a_year_apart(origins: Origins) -> pd.DataFrame:
    months = origins.months[origins.months + STAYS_MONTHS - 1 <= origins.final_month]
    chosen = months[(months - months[:1].sum()) % STAYS_MONTHS == 0]
    return origins.accounts[origins.accounts["month"].isin(chosen)]


def _by_band(
    number: str, forecast: np.ndarray, outcome: np.ndarray, bands: Bands, prob: float
) -> list[tuple[object, ...]]:
    band = bands.of(forecast)
    rows = []
    for name in (LOW, MIDDLE, HIGH):
        own = band == name
        cases, hits = int(own.sum()), int(outcome[own].sum())
        if not cases:
            rows.append((number, name, 0, *[np.nan] * 4, None))
            continue
        low, high = share_interval(hits, cases, prob)
        mean = float(forecast[own].mean())
        rows.append((number, name, cases, mean, hits / cases, low, high, bool(low <= mean <= high)))
    return rows
