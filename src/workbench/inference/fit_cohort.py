"""Fit a cohort model: the stored posterior if nothing has changed, else NUTS; or by likelihood."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from scipy.optimize import minimize

from workbench.core import cohort_names as names
from workbench.core.gates import Gate
from workbench.inference.fit import Fit, fit_once
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key
from workbench.models.cohort import build_cohorts, count_lost, name_cohorts
from workbench.models.compiled.cohort import value_and_gradient
from workbench.models.priors.cohort import CohortPriors

_EDGE = 9.0


@dataclass(frozen=True)
class Likeliest:
    """Maximum likelihood estimates of one curve.

    Parameters
    ----------
    alpha, beta, shape : float
        The shape is 1 under the sBG.
    log_likelihood : float
        Without the multinomial constant, as published.
    """

    alpha: float
    beta: float
    shape: float
    log_likelihood: float


def fit_cohorts(
    alive: xr.DataArray,
    distribution: str,
    how: Sampling,
    store: Path | None = None,
    priors: CohortPriors | None = None,
) -> Fit:
    """Fit a cohort model to a retention table.

    Parameters
    ----------
    alive : DataArray, dimensions cohort and period
        Customers there; NaN past a cohort's last observed period.
    distribution : str
        One of `workbench.core.cohort_names.DISTRIBUTIONS`.
    how : Sampling
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    priors : CohortPriors, optional

    Returns
    -------
    Fit
        Its posterior is that of `workbench.models.cohort.name_cohorts`.
    """
    chosen = priors or CohortPriors()
    cohorts = alive[names.COHORT].values.astype(object)
    key = fit_key(
        [alive.values, cohorts, distribution, replace(how, progress=False), chosen], __name__
    )

    def named(drawn: xr.Dataset) -> xr.Dataset:
        return name_cohorts(drawn, alive, distribution, chosen)

    def make() -> tuple[xr.Dataset, dict[str, Any]]:
        sampled = sample(build_cohorts(alive, distribution, chosen), how, judged=named)
        return named(sampled.posterior), sampled.facts

    return fit_once("cohorts", key, how, store, make)


def most_likely(alive: np.ndarray, distribution: str) -> Likeliest:
    """Return the maximum likelihood estimates of one curve, to compare with published ones.

    Parameters
    ----------
    alive : ndarray, shape (period,) or (cohort, period)
        Customers there after 0, 1, ... periods; NaN past a cohort's last observed one. Several
        cohorts are taken to follow one curve.
    distribution : str
        One of `workbench.core.cohort_names.DISTRIBUTIONS`.

    Examples
    --------
    >>> fit = most_likely(np.array([1000, 869, 743, 653, 593]), "BdW")
    >>> round(fit.alpha, 3), round(fit.beta, 2), round(fit.shape, 2), round(fit.log_likelihood, 2)
    (0.259, 1.72, 1.58, -1222.75)
    """
    counts = count_lost(np.atleast_2d(np.asarray(alive, dtype=float)))
    free = 3 if distribution == names.BDW else 2
    data = (counts.lost, counts.left, counts.observed)
    # Customers all alike, or none lost, have no finite maximum: stop at the edge.
    found = minimize(
        _loss,
        np.array([-1.4, 1.1, 0.0])[:free],
        data,
        "L-BFGS-B",
        jac=True,
        bounds=[(-_EDGE, _EDGE)] * free,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )
    log_odds, likeness, shape = np.append(found.x, [0.0] * (3 - free))
    alpha = np.exp(likeness) / (1 + np.exp(-log_odds))
    best = _alike(np.array([log_odds, likeness, shape]), counts.left)
    log_likelihood, _ = value_and_gradient(best, *data)
    return Likeliest(
        float(alpha),
        float(np.exp(likeness) - alpha),
        float(np.exp(shape)),
        float(log_likelihood),
    )


def _alike(quantity: np.ndarray, left: np.ndarray) -> np.ndarray:
    return np.repeat(quantity[:, None], len(left), axis=1)


def _loss(quantity, lost, left, observed):
    """Return the loss per customer, so that its size does not depend on how many there are."""
    full = _alike(np.append(quantity, np.zeros(3 - len(quantity))), left)
    value, gradient = value_and_gradient(full, lost, left, observed)
    customers = lost.sum() + left.sum()
    return -float(value) / customers, -gradient[: len(quantity)].sum(axis=1) / customers


def predictive_gate(prob: float, limit: float) -> Gate:
    """Judge a posterior-predictive probability: the model must be able to produce such data.

    Parameters
    ----------
    prob : float
        See `workbench.forecast.cohort.predictive_prob`.
    limit : float
        The smallest allowed.

    Returns
    -------
    Gate
        Named after what it judges, with advice for when it fails.
    """
    advice = (
        "The distribution cannot bend that way: look at the figure, and at who is in the cohort. "
        "Of a table in percent, see that cohort_size is the real one."
    )
    return Gate("posterior predictive", prob, limit, prob >= limit, "all cohorts", advice)
