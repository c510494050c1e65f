"""Forecasts of the past beside what then happened, and what was missed in money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.calendar import month_label, month_number
from workbench.core.intervals import interval
from workbench.forecast.backtest import scores
from workbench.forecast.backtest.forecast_record import (
    ACCOUNTS,
    KEPT,
    RENEWED,
    REVENUE,
    renewed_until,
)
from workbench.forecast.backtest.outcomes import KnownContracts, outcomes, renewals
from workbench.forecast.backtest.rolling import Origin

MODEL = "model"
NAIVE = "trailing rate"
DEFAULT = "70 % default"
HUMAN = "human forecast"
FORECASTS = (MODEL, NAIVE, DEFAULT, HUMAN)
DEFAULT_RATE = 0.7
QUANTITIES = (REVENUE, KEPT, RENEWED, ACCOUNTS)


@dataclass(frozen=True)
class Judged:
    """An origin's forecast with what happened.

    Parameters
    ----------
    origin : Origin
    renewals : DataFrame
        From `forecast.backtest.outcomes.renewals`, those whose outcome is known; with ``default``
        and ``human`` (probabilities; missing where nobody forecast).
    exits : ndarray of bool, shape (draw, renewal)
        Of these.
    outcome : dict of ndarray, shape (month,)
        From `forecast.backtest.outcomes.outcomes`.
    worth : ndarray, shape (account, horizon)
        What today's customers were worth; missing where it is not settled.
    left : DataFrame
        found and left of every line; see `forecast.backtest.outcomes.KnownContracts.left`.
    """

    origin: Origin
    renewals: pd.DataFrame
    exits: np.ndarray
    outcome: dict[str, np.ndarray]
    worth: np.ndarray
    left: pd.DataFrame


def judge(origin: Origin, known: KnownContracts, human: pd.Series) -> Judged:
    """Put what happened beside an origin's forecast.

    Parameters
    ----------
    origin : Origin
    known : KnownContracts
        The contracts as known today.
    human : Series
        Probability of renewal by account_id, as forecast by people at the origin; may be empty.

    Returns
    -------
    Judged
        The renewals whose outcome is settled alone; money of all months, missing where not settled.
    """
    due = renewals(origin.stays, known)
    decided = due["renewed"].notna().to_numpy()
    people = due["account_id"].map(human).astype(float)
    due = due.assign(default=DEFAULT_RATE, human=people)[decided].reset_index(drop=True)
    worth = np.full((len(origin.accounts), len(origin.horizons)), np.nan)
    first = month_number(origin.stays.as_of)
    for at, horizon in enumerate(origin.horizons):
        if first + horizon - 1 <= known.final_month:
            then = known.revenue(first + horizon - 1)
            worth[:, at] = then.reindex(origin.accounts).fillna(0.0)
    return Judged(
        origin=origin,
        renewals=due,
        exits=origin.exits[:, decided],
        outcome=outcomes(origin.stays, known) | outcomes(origin.revenue, known),
        worth=worth,
        left=known.left(origin.stays.lines["subscription_id"]),
    )


def money_cases(judged: Iterable[Judged], prob: float) -> pd.DataFrame:
    """Score every quantity at every origin and horizon, by every forecast that has it.

    Parameters
    ----------
    judged : iterable of Judged
        One per origin.
    prob : float, between 0 and 1
        Inside the interval ``low`` to ``high``, equal tails.

    Returns
    -------
    DataFrame
        origin, horizon_months, month, quantity, forecast, expected, low, high, happened, opening
        (yearly revenue, or accounts, at the origin), crps, error (expected less happened), covered
        and pit (of the model alone).
    """
    rng = np.random.default_rng(0)
    rows = []
    for one in judged:
        for horizon in one.origin.horizons:
            for name in QUANTITIES:
                seen = one.outcome[name][horizon - 1]
                if not np.isnan(seen):
                    rows += _cases(one, name, horizon, seen, prob, rng)
    return pd.DataFrame(rows)


def _cases(
    one: Judged, name: str, horizon: int, seen: float, prob: float, rng: np.random.Generator
) -> list[dict[str, object]]:
    stays = one.origin.stays
    frozen = one.origin.revenue if name == REVENUE else stays
    draws = frozen.book[name][:, [horizon - 1]]
    if name == RENEWED:
        # Of the renewals that the rivals are asked about: those that the contracts still know.
        until = renewed_until(one.exits, one.renewals, stays.first_month, horizon)
        draws = until[:, [-1]]
    truth = np.array([seen])
    low, high = interval(draws[:, 0], prob)
    accounts = stays.lines["account_id"].nunique()
    about = {
        "origin": one.origin.day,
        "horizon_months": horizon,
        "month": month_label(stays.first_month + horizon - 1),
        "quantity": name,
        "happened": seen,
        "opening": accounts if name == ACCOUNTS else stays.opening,
    }
    model = about | {
        "forecast": MODEL,
        "expected": float(draws.mean()),
        "low": float(low),
        "high": float(high),
        "crps": float(scores.crps(draws, truth)[0]),
        "error": float(draws.mean() - seen),
        "covered": bool(scores.covered(draws, truth, prob)[0]),
        "pit": float(scores.pit(draws, truth, rng)[0]),
    }
    points = _points(one, name, horizon)
    return [model] + [
        about
        | {"forecast": rival, "expected": value, "crps": abs(value - seen), "error": value - seen}
        for rival, value in points.items()
    ]


def _points(one: Judged, name: str, horizon: int) -> dict[str, float]:
    """Return what forecasts without spread say."""
    if name == REVENUE:
        return {NAIVE: float(one.origin.revenue.naive[REVENUE][horizon - 1])}
    if name != RENEWED:
        return {}
    known = one.renewals
    chances = {NAIVE: known["naive"], DEFAULT: known["default"]}
    if known["human"].notna().any():
        # Where nobody forecast, the trailing rate stands in, so that the sums are of one size.
        chances[HUMAN] = known["human"].fillna(known["naive"])
    first = one.origin.stays.first_month
    return {
        rival: float(renewed_until(values.to_numpy(float)[None], known, first, horizon)[0, -1])
        for rival, values in chances.items()
    }


def money_table(cases: pd.DataFrame) -> pd.DataFrame:
    """Sum up the scores by quantity, horizon and forecast.

    Parameters
    ----------
    cases : DataFrame
        From `money_cases`.

    Returns
    -------
    DataFrame
        quantity, horizon_months, forecast, origins, crps, skill (against the trailing rate),
        error and absolute_error as shares of the opening, covered (share; of the model alone).
    """
    keys = ["quantity", "horizon_months", "forecast"]
    shared = cases.assign(
        share=cases["error"] / cases["opening"],
        size=cases["error"].abs() / cases["opening"],
        covered=cases["covered"].astype(float),
    )
    table = (
        shared.groupby(keys, sort=False)
        .agg(
            origins=("origin", "nunique"),
            crps=("crps", "mean"),
            error=("share", "mean"),
            absolute_error=("size", "mean"),
            covered=("covered", "mean"),
        )
        .reset_index()
    )
    plain = table[table["forecast"] == NAIVE].set_index(keys[:2])["crps"]
    reference = plain.reindex(pd.MultiIndex.from_frame(table[keys[:2]])).to_numpy()
    table.insert(5, "skill", 1 - table["crps"] / np.where(reference > 0, reference, np.nan))
    order = {name: at for at, name in enumerate((*QUANTITIES, *FORECASTS))}
    return table.sort_values(
        keys, key=lambda column: column.map(order).fillna(column), ignore_index=True
    )
