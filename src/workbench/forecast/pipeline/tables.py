"""The open pipeline as tables: by stage, and new customers month by month beside the count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core import revenue_names as names
from workbench.core.calendar import month_label
from workbench.core.intervals import interval
from workbench.features.pipeline import NO_PIPELINE, Pipeline
from workbench.forecast.pipeline.new_logos import NewLogos, expected_size, new_logo_sizes
from workbench.forecast.pipeline.opportunities import (
    NEVER,
    read_pipeline_draws,
    simulate_opportunities,
)
from workbench.forecast.simulation.inputs import ForecastInputs


def new_customer_table(
    new_logos: NewLogos | None, inputs: ForecastInputs, prob: float
) -> pd.DataFrame:
    """Set new customers by month side by side: by the count alone, and with the open pipeline.

    Parameters
    ----------
    new_logos : NewLogos, optional
        Left out, the count stands alone.
    inputs : ForecastInputs
    prob : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        month (YYYY-MM); counted, counted_revenue: expected by the count alone; from_pipeline,
        pipeline_revenue: of offers open today; opened_later, later_revenue: the count's share that
        is still to be opened; together, together_low, together_high: customers, chance included for
        opportunities only. Revenue is the first yearly one, in the currency's units.
    """
    new = inputs.revenue.new
    rate = new.rate[:, ~new.returning]
    new_logos = new_logos or _no_new_logos(len(rate), rate.shape[2])
    size = expected_size(new.size_mean[:, ~new.returning], new.size_sd[:, ~new.returning])
    wins = new_logos.win_month[:, :, None] == np.arange(rate.shape[2])
    amount = expected_size(*new_logo_sizes(new_logos, new))
    later = rate * new_logos.later[:, None]
    together = wins.sum(axis=1) + later.sum(axis=1)
    low, high = interval(together, prob)
    return pd.DataFrame(
        {
            "month": [month_label(inputs.first_month + h) for h in range(rate.shape[2])],
            "counted": rate.sum(axis=1).mean(axis=0),
            "counted_revenue": (rate * size[:, :, None]).sum(axis=1).mean(axis=0),
            "from_pipeline": wins.sum(axis=1).mean(axis=0),
            "pipeline_revenue": (wins * amount[:, :, None]).sum(axis=1).mean(axis=0),
            "opened_later": later.sum(axis=1).mean(axis=0),
            "later_revenue": (later * size[:, :, None]).sum(axis=1).mean(axis=0),
            "together": together.mean(axis=0),
            "together_low": low,
            "together_high": high,
        }
    )


def _no_new_logos(draws: int, months: int) -> NewLogos:
    none = np.empty(0, dtype=object)
    never = np.full((draws, 0), NEVER)
    return NewLogos(none, none, never, np.empty(0), np.ones((draws, months)))


def stage_outlook(seen: Pipeline, posterior: xr.Dataset, inputs: ForecastInputs) -> pd.DataFrame:
    """Follow the open offers and tell of them by stage; empty where no offers are on record.

    Parameters
    ----------
    seen : Pipeline
    posterior : Dataset
        Of revenue; without the pipeline's part the table is empty.
    inputs : ForecastInputs
        Its number of draws, months and seed are used.

    Returns
    -------
    DataFrame
        See `stage_table`.
    """
    if names.PIPELINE_BASE not in posterior:
        return stage_table(NO_PIPELINE, np.zeros((1, 0)))
    won, _ = simulate_opportunities(
        read_pipeline_draws(posterior, len(inputs)), seen.open, inputs.months, inputs.seed
    )
    return stage_table(seen, won)


def stage_table(seen: Pipeline, won: np.ndarray) -> pd.DataFrame:
    """Tell of each kind and stage what became of offers, and what is expected of the open ones.

    Parameters
    ----------
    seen : Pipeline
    won : ndarray of int, shape (draw, opportunity)
        Month to come in which each open offer is won, from 0; below 0 where it is not within the
        horizon.

    Returns
    -------
    DataFrame
        kind, stage; won, lost (of the opportunities decided so far that were ever in the stage),
        won_per_lost, days_to_win (median from entering the stage to winning); open (offers), amount
        (of those), win (mean chance to be won within the horizon), expected (amount times chance,
        opportunity by opportunity).
    """
    keys = ["kind", "stage"]
    decided = seen.visits.assign(lost=~seen.visits["won"].astype(bool))
    decided["stage"] = decided["stage"].astype("object")
    sums = decided.groupby(keys)[["won", "lost"]].sum()
    days = decided[decided["won"].astype(bool)].groupby(keys)["days"].median()
    chance = (won >= 0).mean(axis=0)
    now = seen.open.assign(win=chance, expected=chance * seen.open["amount"])
    ahead = now.groupby(keys)[["amount", "expected"]].sum()
    ahead.insert(0, "open", now.groupby(keys)["win"].size())
    ahead.insert(2, "win", now.groupby(keys)["win"].mean())
    table = pd.concat([sums, days.rename("days_to_win"), ahead], axis=1).reset_index()
    counts, sums = ["won", "lost", "open"], ["amount", "expected"]
    table[counts] = table[counts].fillna(0).astype("int64")
    table[sums] = table[sums].astype("float64").fillna(0.0)
    table.insert(4, "won_per_lost", table["won"] / table["lost"].where(table["lost"] > 0))
    order = pd.Index(seen.stages).get_indexer(pd.Index(table["stage"]))
    placed = table.iloc[np.lexsort((order, table["kind"].to_numpy(str)))]
    return placed.reset_index(drop=True)


def won_table(
    seen: Pipeline, won: np.ndarray, first_month: int, months: int, prob: float
) -> pd.DataFrame:
    """Add up what the open offers bring, up to each month to come.

    Parameters
    ----------
    seen : Pipeline
    won : ndarray of int, shape (draw, opportunity)
        See `stage_table`.
    first_month : int
        Month number of the first month to come.
    months : int
        How many are told, 1 or more.
    prob : float
        Probability inside the intervals, which hold both what is not known of the chances and luck.

    Returns
    -------
    DataFrame
        month (YYYY-MM); won, won_low, won_high (offers); amount, amount_low, amount_high (of those
        that state one).
    """
    by_then = (won[:, :, None] >= 0) & (won[:, :, None] <= np.arange(months))
    worth = np.nan_to_num(seen.open["amount"].to_numpy("float64"))
    table = pd.DataFrame({"month": [month_label(first_month + h) for h in range(months)]})
    sums = {"won": by_then.sum(axis=1), "amount": np.einsum("dom,o->dm", by_then, worth)}
    for name, values in sums.items():
        low, high = interval(values.astype("float64"), prob)
        table[name], table[f"{name}_low"], table[f"{name}_high"] = values.mean(axis=0), low, high
    return table
