"""Plans against things as they stand: chances, revenue, what moved, and what an hour is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.forecast.growth.movements import KINDS
from workbench.plans.evaluate.outcome import Outcome, by_month, money_table


@dataclass(frozen=True)
class Comparison:
    """A baseline and plans for the same accounts.

    Parameters
    ----------
    summary : DataFrame
        One row per plan, the baseline first: plan, renews (probability of still being a customer
        after the next renewal; the mean over accounts), renews_low, renews_high, stays (at the
        horizon), stays_low, stays_high, arr (expected at the horizon), arr_low, arr_high, nrr,
        nrr_low, nrr_high, gain (expected ARR at the horizon against the baseline), gain_low,
        gain_high, better, same, worse (shares of draws), hours, cost, gain_per_hour,
        gain_per_cost, revenue_gain (over all months of the horizon).
    monthly : DataFrame
        See `workbench.plans.evaluate.outcome.money_table`.
    bridge : DataFrame
        Per plan: opening, each kind of movement up to the horizon, closing; means over the draws.
    """

    summary: pd.DataFrame
    monthly: pd.DataFrame
    bridge: pd.DataFrame


@dataclass(frozen=True)
class ComparedBaseline:
    """What a comparison says of things as they stand, whatever the plans are.

    Parameters
    ----------
    baseline : Outcome
    prob : float
        Probability inside the intervals.
    summary, bridge : dict
        Its rows of `Comparison`.
    monthly : dict of str to ndarray
        Its columns of `workbench.plans.evaluate.outcome.money_table`.
    """

    baseline: Outcome
    prob: float
    summary: dict[str, object]
    bridge: dict[str, object]
    monthly: dict[str, np.ndarray]


def compared_baseline(baseline: Outcome, prob: float = 0.9) -> ComparedBaseline:
    """Prepare things as they stand for being compared with one plan after the other.

    Parameters
    ----------
    baseline : Outcome
    prob : float
        Probability inside the intervals, between 0 and 1.

    Returns
    -------
    ComparedBaseline
        For `compare_with`: while a lever is dragged, half of a comparison stays as it is.
    """
    summary = _summary(baseline, baseline, prob)
    return ComparedBaseline(baseline, prob, summary, _bridge(baseline), by_month(baseline, prob))


def compare(
    baseline: Outcome, outcomes: Sequence[Outcome], months: list[str], prob: float = 0.9
) -> Comparison:
    """Compare plans with things as they stand, draw by draw.

    Parameters
    ----------
    baseline : Outcome
    outcomes : sequence of Outcome
        Of the same accounts and draws.
    months : list of str
        See `workbench.plans.planbook.book.Planbook.months`.
    prob : float
        Probability inside the intervals, between 0 and 1.

    Returns
    -------
    Comparison
    """
    return compare_with(compared_baseline(baseline, prob), outcomes, months)


def compare_with(
    known: ComparedBaseline, outcomes: Sequence[Outcome], months: list[str]
) -> Comparison:
    """Compare plans with things as they stand, of which all is known already; see `compare`.

    Parameters
    ----------
    known : ComparedBaseline
    outcomes, months
        As there.

    Returns
    -------
    Comparison
    """
    baseline, prob = known.baseline, known.prob
    rows = [known.monthly, *(by_month(one, prob) for one in outcomes)]
    names = [baseline.name, *(one.name for one in outcomes)]
    return Comparison(
        summary=_table([known.summary, *(_summary(baseline, one, prob) for one in outcomes)]),
        monthly=money_table(names, rows, months),
        bridge=_table([known.bridge, *map(_bridge, outcomes)]),
    )


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    # From columns, which pandas takes as they are: it looks at each row's keys otherwise.
    return pd.DataFrame({name: [row[name] for row in rows] for name in rows[0]})


def _summary(baseline: Outcome, one: Outcome, prob: float) -> dict[str, object]:
    gain = (one.arr - baseline.arr) / 100
    at_end, opening = one.arr[:, -1], one.opening
    mean = float(gain[:, -1].mean())
    return {
        "plan": one.name,
        **_mean_and_interval("renews", one.renews, prob),
        **_mean_and_interval("stays", one.stays[:, -1], prob),
        **_mean_and_interval("arr", at_end / 100, prob),
        **_mean_and_interval("nrr", at_end / (opening or np.nan), prob),
        **_mean_and_interval("gain", gain[:, -1], prob),
        "better": float((gain[:, -1] > 0).mean()),
        "same": float((gain[:, -1] == 0).mean()),
        "worse": float((gain[:, -1] < 0).mean()),
        "hours": one.hours,
        "cost": one.cost,
        "gain_per_hour": mean / one.hours if one.hours else np.nan,
        "gain_per_cost": mean / one.cost if one.cost else np.nan,
        "revenue_gain": float(gain.mean(axis=0).sum() / 12),
    }


def _mean_and_interval(name: str, values: np.ndarray, prob: float) -> dict[str, float]:
    low, high = interval(values, prob)
    return {name: float(values.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}


def _bridge(one: Outcome) -> dict[str, object]:
    moved = one.flow.sum(axis=1).mean(axis=0) / 100
    return {
        "plan": one.name,
        "opening": one.opening / 100,
        **dict(zip(KINDS, moved.tolist(), strict=True)),
        "closing": float(one.arr[:, -1].mean() / 100),
    }
