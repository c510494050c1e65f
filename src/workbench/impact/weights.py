"""Who was acted upon, and what that means for the comparison: weights.

Accounts without an action stand in for those with one in proportion to the odds of being acted
upon, p / (1 - p), given what was known that day: the average is then over the accounts that were
treated. Who is acted upon later is censored; the months that remain are weighted by the inverse of
the probability of remaining, stabilised by what the first day tells (Robins, Hernan & Brumback
2000, Epidemiology 11, 550-560), and cut at `MOST` and its inverse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.impact.trials import Trials

MOST = 10.0  # largest weight against censoring
_RIDGE = 1.0  # prior precision of each standardised coefficient
_STEPS = 30


@dataclass(frozen=True)
class Propensity:
    """Probability of being acted upon, given what was known that day.

    Parameters
    ----------
    coefficients : ndarray, shape (1 + covariate,)
        The intercept first.
    names : tuple of str
    probability : ndarray, shape (trial,)
        Of being acted upon in the trial's own month.
    """

    coefficients: np.ndarray
    names: tuple[str, ...]
    probability: np.ndarray

    @property
    def odds(self) -> np.ndarray:
        """Weight of a trial without an action, shape (trial,)."""
        return self.probability / (1 - self.probability)


def logistic(design: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return the penalised maximum of a logistic likelihood, by Newton's method.

    Parameters
    ----------
    design : ndarray, shape (row, column)
        The first column is the intercept, which is not penalised.
    outcome : ndarray of bool, shape (row,)

    Returns
    -------
    ndarray, shape (column,)
    """
    penalty = np.r_[1e-6, np.full(design.shape[1] - 1, _RIDGE)]
    beta = np.zeros(design.shape[1])
    share = np.clip(outcome.mean(), 1e-6, 1 - 1e-6)
    beta[0] = np.log(share / (1 - share))
    for _ in range(_STEPS):
        prob = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (outcome - prob) - penalty * beta
        curvature = design.T @ (design * (prob * (1 - prob))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    return beta


def with_intercept(covariates: np.ndarray) -> np.ndarray:
    """Return covariates behind a column of ones.

    Parameters
    ----------
    covariates : ndarray, shape (row, covariate)
    """
    return np.column_stack([np.ones(len(covariates)), covariates])


def propensity(trials: Trials) -> Propensity:
    """Fit who is acted upon.

    Parameters
    ----------
    trials : Trials

    Returns
    -------
    Propensity
        Of every trial.
    """
    design = with_intercept(trials.covariates)
    beta = logistic(design, trials.any_treated)
    return Propensity(beta, trials.names, 1 / (1 + np.exp(-design @ beta)))


def with_censoring(trials: Trials, months: Trials) -> Trials:
    """Fill in how likely each month of follow-up was to be reached without another action.

    Parameters
    ----------
    trials : Trials
    months : Trials
        Every month at risk, from which it is learnt who is acted upon again.

    Returns
    -------
    Trials
        With `Trials.left_out`, stabilised.
    """
    later = propensity(months)
    keys = ["subscription_id", "month"]
    known = months.table[keys].assign(prob=later.probability)
    first = trials.table[keys].merge(known, on=keys, how="left")["prob"].to_numpy()
    stay = np.log1p(-np.clip(np.nan_to_num(first), 0, 0.95))
    total = np.zeros(trials.seen.shape)
    for step in range(1, trials.horizon_months):
        shifted = trials.table[keys].assign(month=trials.table["month"] + step)
        prob = shifted.merge(known, on=keys, how="left")["prob"].to_numpy()
        risk = np.log1p(-np.clip(np.where(np.isnan(prob), np.nan_to_num(first), prob), 0, 0.95))
        total[:, step] = total[:, step - 1] + risk - stay
    return replace(trials, left_out=total)


def censoring_weights(trials: Trials) -> np.ndarray:
    """Return the weight of every month of follow-up against informative censoring.

    Parameters
    ----------
    trials : Trials
        With `Trials.left_out`.

    Returns
    -------
    ndarray, shape (trial, month)
        Between 1 / `MOST` and `MOST`; 0 where not seen.
    """
    weight = np.exp(np.clip(-trials.left_out, -np.log(MOST), np.log(MOST)))
    return np.where(trials.seen, weight, 0.0)


def balance(trials: Trials, odds: np.ndarray, kind: int | None = None) -> pd.DataFrame:
    """Compare what was known of treated and untreated trials, before and after weighting.

    Parameters
    ----------
    trials : Trials
    odds : ndarray, shape (trial,)
        Weights of the untreated; see `Propensity.odds`.
    kind : int, optional
        Position of a kind of action; left out, all kinds together.

    Returns
    -------
    DataFrame
        covariate, treated, untreated, before, after: means of standardised values, and the
        standardised mean difference, by the spread among the treated (Austin 2009, Statistics in
        Medicine 28, 3083-3107).
    """
    chosen = trials.any_treated if kind is None else trials.treated[:, kind]
    idle = ~trials.any_treated
    values = trials.covariates
    mean, spread = values[chosen].mean(axis=0), values[chosen].std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    plain = values[idle].mean(axis=0)
    weighted = np.average(values[idle], axis=0, weights=odds[idle])
    return pd.DataFrame(
        {
            "covariate": list(trials.names),
            "treated": mean,
            "untreated": plain,
            "before": (mean - plain) / spread,
            "after": (mean - weighted) / spread,
        }
    )
