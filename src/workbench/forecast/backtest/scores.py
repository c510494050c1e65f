"""Scores of forecasts against what happened: CRPS, coverage, PIT, Brier, calibration, C.

A forecast is an ensemble of equally likely values (posterior-predictive draws, or points that stand
for them) or a probability; an outcome is a number or yes and no. docs/backtest.md says how to read
each score.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from workbench.core.intervals import interval


def crps(draws: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Score ensembles by the continuous ranked probability score; 0 is perfect.

    Parameters
    ----------
    draws : ndarray, shape (draw, case)
        One draw makes it the absolute error, so a forecast without spread is scored alike.
    outcome : ndarray, shape (case,)

    Returns
    -------
    ndarray, shape (case,)
        In the outcome's unit: E|X - y| - E|X - X'| / 2 (Gneiting & Raftery 2007, JASA 102,
        359-378, equation 21), the second mean from the sorted draws: half of it is the sum of
        (2i - n - 1) x_(i) / n**2.

    Examples
    --------
    >>> crps(np.array([[0.0], [2.0]]), np.array([1.0]))
    array([0.5])
    """
    values = np.sort(np.asarray(draws, float), axis=0)
    count = len(values)
    weight = (2 * np.arange(1, count + 1) - count - 1) / count**2
    # The weights sum to zero; measured from the outcome, large amounts keep their digits.
    values = values - np.asarray(outcome, float)
    return np.abs(values).mean(axis=0) - weight @ values


def covered(draws: np.ndarray, outcome: np.ndarray, prob: float) -> np.ndarray:
    """Tell whether each outcome lies in the ensemble's equal-tailed interval.

    Parameters
    ----------
    draws : ndarray, shape (draw, case)
    outcome : ndarray, shape (case,)
    prob : float
        Probability inside the interval, 0 to 1.

    Returns
    -------
    ndarray of bool, shape (case,)
    """
    low, high = interval(draws, prob)
    return (outcome >= low) & (outcome <= high)


def pit(draws: np.ndarray, outcome: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the probability integral transform: where in its forecast each outcome lies.

    Parameters
    ----------
    draws : ndarray, shape (draw, case)
    outcome : ndarray, shape (case,)
    rng : Generator
        Breaks ties: counts and revenue that may be nothing at all share values with the draws
        (Czado, Gneiting & Held 2009, Biometrics 65, 1254-1261).

    Returns
    -------
    ndarray, shape (case,)
        Uniform on 0 to 1, exactly, where outcome and draws come from one distribution.
    """
    below = (draws < outcome).sum(axis=0)
    ties = (draws == outcome).sum(axis=0)
    return (below + rng.random(np.shape(outcome)) * (ties + 1)) / (len(draws) + 1)


def brier(probability: np.ndarray, outcome: np.ndarray) -> float:
    """Return the mean squared error of probabilities: 0 is perfect, 0.25 what saying 1/2 gives.

    Parameters
    ----------
    probability : ndarray, shape (case,)
        0 to 1. Without cases the score is missing.
    outcome : ndarray of bool, shape (case,)
    """
    gap = np.asarray(probability, float) - np.asarray(outcome, float)
    return float(np.mean(gap**2)) if len(gap) else float("nan")


def skill(score: float, reference: float) -> float:
    """Return the share by which a score (smaller is better) is below another forecast's.

    Parameters
    ----------
    score : float
        Mean score, smaller is better.
    reference : float
        The other forecast's, on the same cases; 0 leaves no skill to tell, so it is missing.

    Examples
    --------
    >>> skill(0.5, 1.0)
    0.5
    """
    return float(1 - score / reference) if reference else float("nan")


def concordance(months: np.ndarray, event: np.ndarray, risk: np.ndarray) -> float:
    """Return Harrell's C: how often of two the riskier one left first.

    Parameters
    ----------
    months : ndarray of int, shape (case,)
        When it left, or until when it was seen to stay.
    event : ndarray of bool, shape (case,)
        It left.
    risk : ndarray, shape (case,)
        Higher leaves sooner.

    Returns
    -------
    float
        0.5 is chance, equal risks count half; missing where no two can be compared. Who is seen to
        stay through a month outlasts those who left in it (Harrell, Lee & Mark 1996, Statistics in
        Medicine 15, 361-387).

    Examples
    --------
    >>> concordance(np.array([1, 2, 3]), np.array([True, True, False]), np.array([0.9, 0.1, 0.2]))
    0.6666666666666666
    """
    months, event, risk = np.asarray(months), np.asarray(event, bool), np.asarray(risk, float)
    right = pairs = 0.0
    for month in np.unique(months[event]):
        left = risk[event & (months == month)]
        outlasted = np.sort(risk[(months > month) | ((months == month) & ~event)])
        lower = np.searchsorted(outlasted, left, side="left")
        equal = np.searchsorted(outlasted, left, side="right") - lower
        right += float((lower + equal / 2).sum())
        pairs += len(left) * len(outlasted)
    return right / pairs if pairs else float("nan")


def apart(month: Sequence[int], least: int) -> list[int]:
    """Choose forecasts whose windows share no months, counted back from the latest.

    Parameters
    ----------
    month : sequence of int
        Number of each forecast's month, rising.
    least : int
        Months that a window is long.

    Returns
    -------
    list of int
        Places in `month`, rising.

    Examples
    --------
    >>> apart([0, 6, 12, 18], 12)
    [1, 3]
    """
    kept: list[int] = []
    for at in reversed(range(len(month))):
        if not kept or month[kept[0]] - month[at] >= least:
            kept.insert(0, at)
    return kept


def calibration(
    probability: np.ndarray, outcome: np.ndarray, exits: np.ndarray, groups: int, prob: float
) -> pd.DataFrame:
    """Compare forecast probabilities with what happened, in groups of rising probability.

    Parameters
    ----------
    probability : ndarray, shape (case,)
    outcome : ndarray of bool, shape (case,)
    exits : ndarray of bool, shape (draw, case)
        What happens in each draw: shocks that cases share make the interval as wide as it must be.
    groups : int
        At most so many groups of about equal size.
    prob : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        group, cases, forecast (mean probability), happened (share), low, high (where the share
        lies if the forecast is right), inside.
    """
    order = np.argsort(probability, kind="stable")
    table = []
    for number, member in enumerate(np.array_split(order, min(groups, max(len(order), 1))), 1):
        if not len(member):
            continue
        share = exits[:, member].mean(axis=1)
        low, high = interval(share, prob)
        seen = float(np.mean(outcome[member]))
        table.append((number, len(member), float(np.mean(probability[member])), seen, low, high))
    columns = ["group", "cases", "forecast", "happened", "low", "high"]
    compared = pd.DataFrame(table, columns=columns)
    return compared.assign(inside=compared["happened"].between(compared["low"], compared["high"]))


def brier_gain(
    ours: np.ndarray, other: np.ndarray, outcome: np.ndarray, unit: np.ndarray, prob: float
) -> tuple[float, float, float]:
    """Return by how much our Brier score is lower than another's, with an interval.

    Parameters
    ----------
    ours, other : ndarray, shape (case,)
        Probabilities.
    outcome : ndarray of bool, shape (case,)
    unit : ndarray, shape (case,)
        Cases of one unit (an account) hang together and are counted as one observation.
    prob : float
        Probability inside the interval.

    Returns
    -------
    tuple of float
        Mean difference (above 0: ours is better), low, high; the normal interval with a standard
        error that is robust to dependence within units (Liang & Zeger 1986, Biometrika 73, 13-22).
    """
    truth = np.asarray(outcome, float)
    gain = (np.asarray(other, float) - truth) ** 2 - (np.asarray(ours, float) - truth) ** 2
    mean = float(gain.mean())
    codes, units = pd.factorize(np.asarray(unit, dtype=object))
    sums = np.bincount(codes, gain - mean)
    few = len(units) / max(len(units) - 1, 1)
    reach = float(norm.ppf((1 + prob) / 2) * np.sqrt(few * (sums**2).sum()) / len(gain))
    return mean, mean - reach, mean + reach
