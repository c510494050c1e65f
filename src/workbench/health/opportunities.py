"""Where there is more to sell, and where what was sold is not used.

Consumption is held against the share of the term that has gone by: at or over it, or unusually
high for the account, an amendment is due; far below it, value is at risk. A sound customer who
adopts and lacks products that others have may take one more. How likely such an offer is to close
is what this book's own opportunities of the kind have come to.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t

from workbench.core.intervals import share_interval
from workbench.health.scores import HIGH
from workbench.health.signs.panel import Panel

AMENDMENT, CROSS_SELL, AT_RISK = "amendment", "cross_sell", "at risk"
USED_UP, UNDERUSED, WHITE, ADOPTING = 1.0, 0.7, 0.3, 0.7
UNUSUAL = 0.02  # probability of a quarter as high by the account's own past
LAGS = range(3, 37, 3)  # earlier quarters, that share no month with this one
COLUMNS = ["account_id", "kind", "closes", "closes_low", "closes_high", "amount", "at_stake", "why"]


def opportunity_table(
    health: pd.DataFrame, panel: Panel, opportunities: pd.DataFrame | None, prob: float
) -> pd.DataFrame:
    """List what may be sold to whom, and whose use is far below what they pay for.

    Parameters
    ----------
    health : DataFrame
        From `workbench.health.overview.health_table`.
    panel : Panel
        With consumption_to_date, consumption_3m and white_space, as far as the book has them.
    opportunities : DataFrame, optional
        The canonical table of opportunities, as known on the day.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        account_id, kind (amendment, cross_sell or at risk), closes (probability that such an offer
        is won, from those decided so far), closes_low, closes_high, amount (the median of those
        won, a share of the account's revenue for amendments), at_stake (amount times closes; of at
        risk, the revenue that is expected to be gone), why; most money first.
    """
    at = pd.Index(panel.accounts).get_indexer(health["account_id"])
    used = _now(panel, "consumption_to_date", at)
    recent, white = _now(panel, "consumption_3m", at), _now(panel, "white_space", at)
    chance = unusual(panel, "consumption_3m")[at]
    rows = []
    for position, row in enumerate(health.to_dict("records")):
        kind, why = _kind(
            row["band"], used[position], recent[position], white[position], chance[position]
        )
        if kind == AT_RISK:
            rows.append((row["account_id"], kind, *[np.nan] * 4, row["at_risk"], why))
        elif kind:
            closes, amount = (
                _past(opportunities, kind, prob),
                _amount(opportunities, kind, row["arr"]),
            )
            rows.append((row["account_id"], kind, *closes, amount, amount * closes[0], why))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values("at_stake", ascending=False, kind="stable", ignore_index=True)


def unusual(panel: Panel, name: str) -> np.ndarray:
    """Return how probable a value as high as today's is by each account's own earlier quarters.

    Student's t of the next value of a normal sample of unknown mean and spread; missing with fewer
    than four quarters or no spread.

    Parameters
    ----------
    panel : Panel
    name : str
        A signal over three months.

    Returns
    -------
    ndarray, shape (account,)
    """
    values = panel.signals.get(name)
    if values is None:
        return np.full(len(panel.accounts), np.nan)
    lags = [lag for lag in LAGS if lag < values.shape[1]]
    past = np.stack([values[:, -1 - lag] for lag in lags], axis=1) if lags else values[:, :0]
    known = ~np.isnan(past)
    count = known.sum(axis=1)
    n = np.maximum(count, 2)
    mean = np.nansum(past, axis=1) / n
    spread = np.sqrt(np.nansum((past - mean[:, None]) ** 2, axis=1) / (n - 1))
    enough = (count >= 4) & (spread > 0)
    score = (values[:, -1] - mean) / np.where(enough, spread * np.sqrt(1 + 1 / n), np.nan)
    return t.sf(score, n - 1)


def _now(panel: Panel, name: str, at: np.ndarray) -> np.ndarray:
    values = panel.signals.get(name)
    return np.full(len(at), np.nan) if values is None else values[at, -1]


def _kind(band: str, used: float, recent: float, white: float, chance: float) -> tuple[str, str]:
    if used >= USED_UP:
        return AMENDMENT, f"has used {used:.0%} of what the contract gives until today"
    if chance < UNUSUAL:
        return AMENDMENT, (
            f"uses {recent:.0%} of the contract in this quarter; by its own past a quarter as high "
            f"comes with {chance:.1%}"
        )
    if used < UNDERUSED:
        return AT_RISK, f"has used {used:.0%} of what the contract gives until today: ROI analysis"
    if band == HIGH and recent >= ADOPTING and white >= WHITE:
        return CROSS_SELL, f"sound, uses {recent:.0%}, lacks {white:.0%} of the products sold"
    return "", ""


def _decided(opportunities: pd.DataFrame | None, kind: str) -> pd.DataFrame:
    if opportunities is None:
        return pd.DataFrame({"won": [], "amount": []})
    own = opportunities[
        (opportunities["kind"] == kind)
        & opportunities["closed_on"].notna()
        & opportunities["won"].notna()
    ]
    return own.assign(won=own["won"].astype(bool))


def _past(opportunities: pd.DataFrame | None, kind: str, prob: float) -> tuple[float, float, float]:
    """Return the share won of the opportunities decided so far, with Jeffreys' interval."""
    won = _decided(opportunities, kind)["won"]
    hits, cases = int(won.sum()), len(won)
    return (hits + 0.5) / (cases + 1), *share_interval(hits, cases, prob)


def _amount(opportunities: pd.DataFrame | None, kind: str, arr: float) -> float:
    """Return what an opportunity of the kind usually brings: the median of those won."""
    decided = _decided(opportunities, kind)
    amounts = decided.loc[decided["won"].astype(bool), "amount"].dropna()
    return min(float(amounts.median()), arr) if len(amounts) else np.nan
