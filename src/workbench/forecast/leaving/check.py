"""Does the model describe the past it was fitted to? Observed endings beside replicated ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from arviz_stats.base.array import array_stats
from scipy.special import logsumexp, softmax
from scipy.stats import norm

from workbench.features.design import Design
from workbench.forecast.posterior.frailty import log_conditional_survival
from workbench.forecast.posterior.survival import Draws, row_hazard


def month_probability(draws: Draws, design: Design) -> np.ndarray:
    """Return the probability of ending in each row, given that the subscription reached it.

    Parameters
    ----------
    draws : Draws
    design : Design
        At-risk rows, those of one subscription side by side and in order of time.

    Returns
    -------
    ndarray of float32, shape (draw, row)
        1 - S(after) / S(before), with the frailty's distribution among those who reached the row.
    """
    out = np.empty((len(draws), len(design.cell_idx)), dtype="float32")
    starts = np.repeat(design.row_start, design.row_end - design.row_start)
    for d in range(len(draws)):
        one = draws.take(slice(d, d + 1))
        hazard = row_hazard(one, design)[0]
        total = np.concatenate([[0.0], np.cumsum(hazard)])
        before = total[:-1] - total[starts]
        out[d] = -np.expm1(log_conditional_survival(before, hazard, one.frailty[0]))
    return out


@dataclass(frozen=True)
class LeftOut:
    """What the model says of each subscription when it has not seen it.

    Parameters
    ----------
    chance : ndarray, shape (row,)
        Probability of ending in each row, predicted without the row's own subscription.
    elpd : float
        Expected log predictive density of the subscriptions, PSIS-LOO (Vehtari, Gelman & Gabry
        2017, Statistics and Computing 27, 1413-1432).
    elpd_se : float
        Its standard error.
    by_subscription : ndarray, shape (subscription,)
        What each adds to the elpd.
    p_loo : float
        Effective number of parameters: by how much subscriptions are foretold better when they
        have been seen.
    pareto_k : ndarray, shape (subscription,)
        Above 0.7 the estimate for that subscription cannot be trusted.
    """

    chance: np.ndarray
    elpd: float
    elpd_se: float
    by_subscription: np.ndarray
    p_loo: float
    pareto_k: np.ndarray


def leave_one_out(chance: np.ndarray, design: Design, rows: pd.DataFrame) -> LeftOut:
    """Weigh the draws as if each subscription in turn had been left out.

    Parameters
    ----------
    chance : ndarray, shape (draw, row)
        From `month_probability`.
    design : Design
    rows : DataFrame
        The at-risk rows that the design was built from.

    Returns
    -------
    LeftOut
    """
    by_subscription = log_likelihood(chance, design, rows)
    log_weight, pareto_k = _smoothed_weights(by_subscription.T)
    weight = softmax(log_weight, axis=1).T
    size = design.row_end - design.row_start
    left_out = np.einsum("dr,dr->r", np.repeat(weight, size, axis=1), chance)
    # As in `arviz_stats.loo`, which takes as long again as the weights: it goes one by one.
    elpd = logsumexp(by_subscription + log_weight.T, axis=0)
    seen = logsumexp(by_subscription, axis=0) - np.log(len(chance))
    total, error, p_loo, _ = map(float, array_stats.loo_summary(elpd, seen - elpd))
    return LeftOut(left_out, total, error, elpd, p_loo, np.asarray(pareto_k))


def _smoothed_weights(log_lik: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return PSIS log-weights, shape (subscription, draw), and the k of each subscription.

    Where the largest weights are all the same there is no tail to smooth: the weights stand as
    they are. If all draws agree, k is 0; if only the worst do, at a probability that is as good
    as none, nothing says how much worse it could be, and k is infinite.
    """
    try:
        # Takes log-likelihoods and turns their sign itself.
        weight, pareto_k = array_stats.psislw(log_lik)
        return np.asarray(weight), np.asarray(pareto_k)
    except ValueError:
        weight, pareto_k = -log_lik, np.zeros(len(log_lik))
    for position, one in enumerate(log_lik):
        try:
            weight[position], pareto_k[position] = array_stats.psislw(one)
        except ValueError:
            weight[position] -= logsumexp(weight[position])
            pareto_k[position] = 0.0 if np.ptp(one) == 0 else np.inf
    return weight, pareto_k


def log_likelihood(chance: np.ndarray, design: Design, rows: pd.DataFrame) -> np.ndarray:
    """Return the log-likelihood of each subscription in each draw, shape (draw, subscription).

    Parameters
    ----------
    chance : ndarray, shape (draw, row)
        From `month_probability`.
    design : Design
    rows : DataFrame
        The at-risk rows that the design was built from: ``observed`` (counts in the likelihood) and
        ``event`` (ends in the row).
    """
    observed = rows["observed"].to_numpy(bool)
    event = rows["event"].to_numpy(bool) & observed
    inside = np.clip(chance, 1e-12, 1 - 1e-7).astype(float)
    by_row = np.log1p(-inside)
    by_row[:, ~observed] = 0.0
    by_row[:, event] = np.log(inside[:, event])
    return np.add.reduceat(by_row, design.row_start, axis=1)


def endings_check(
    chance: np.ndarray, left_out: LeftOut, rows: pd.DataFrame, prob: float
) -> pd.DataFrame:
    """Compare observed endings with those expected, in ten groups of rising risk.

    Groups and expectations use predictions that have not seen the subscription: ordered by fitted
    risk, even a right model would look too timid. The groups are cut so that each expects about
    the same number of endings.

    Parameters
    ----------
    chance : ndarray, shape (draw, row)
        From `month_probability`.
    left_out : LeftOut
        From `leave_one_out`.
    rows : DataFrame
        The at-risk rows that the design was built from.
    prob : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        group (1 to 10, safest first), rows, risk (mean monthly probability), observed, expected,
        low, high (normal interval: the chance of each row, and what the draws disagree on),
        inside.
    """
    observed = rows["observed"].to_numpy(bool)
    event = rows["event"].to_numpy(bool)
    risk = np.where(observed, left_out.chance, 0.0)
    order = np.argsort(risk, kind="stable")
    reached = np.cumsum(risk[order]) / risk.sum()
    group = np.empty(len(risk), dtype="int64")
    group[order] = np.minimum((reached * 10).astype("int64"), 9)
    group[~observed] = -1
    reach = norm.ppf((1 + prob) / 2)
    table = []
    for g in range(10):
        member = group == g
        expected = risk[member].sum()
        sd = np.sqrt((risk * (1 - risk))[member].sum() + chance[:, member].sum(axis=1).var())
        low, high = max(expected - reach * sd, 0.0), expected + reach * sd
        seen = int(event[member].sum())
        table.append((g + 1, int(member.sum()), risk[member].mean(), seen, expected, low, high))
    columns = ["group", "rows", "risk", "observed", "expected", "low", "high"]
    check = pd.DataFrame(table, columns=columns)
    check["inside"] = check["observed"].between(check["low"], check["high"])
    return check
