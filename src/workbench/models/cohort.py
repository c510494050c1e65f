"""Retention of whole cohorts: shifted-beta-geometric (sBG) and beta-discrete-Weibull (BdW).

Each customer of a cohort leaves at a renewal with a chance of its own, beta distributed over the
cohort; the survivors of many renewals are the loyal ones, so that retention rises though nobody
changes. The BdW lets each customer's own chance move with time as well, by a shape: above 1 it
rises, below 1 it falls, at 1 the BdW is the sBG.

    S(t) = B(alpha, beta + t**shape) / B(alpha, beta)

Fader & Hardie 2007, J. Interactive Marketing 21(1), 76-90; Fader, Hardie, Liu, Davin & Steenburgh
2018, J. Interactive Marketing 43, 1-16.

The model speaks of three quantities that hardly depend on each other in the posterior: the log-odds
of leaving in the first period, log(alpha / beta); how alike the customers are, log(alpha + beta);
and log shape. Cohorts share a centre and a spread for each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from scipy.special import expit

from workbench.core import cohort_names as names
from workbench.models.compiled.cohort import cohort_log_likelihood
from workbench.models.priors.cohort import QUANTITIES, CohortPriors, cohort_priors
from workbench.models.priors.distribution import LogNormal, Normal
from workbench.models.priors.prior import distribution_of


@dataclass(frozen=True)
class CohortCounts:
    """Who was lost when, as the likelihood reads it.

    Parameters
    ----------
    lost : ndarray, shape (cohort, period)
        Customers lost in periods 1, 2, ...; 0 past the last observed one.
    left : ndarray, shape (cohort,)
        Customers there after the last observed period.
    observed : ndarray of int, shape (cohort,)
    """

    lost: np.ndarray
    left: np.ndarray
    observed: np.ndarray


def count_lost(alive: np.ndarray) -> CohortCounts:
    """Return the counts of customers lost from those of customers there.

    Parameters
    ----------
    alive : ndarray, shape (cohort, period)
        Customers there in periods 0, 1, ...; NaN past a cohort's last observed period.

    Examples
    --------
    >>> count_lost(np.array([[10.0, 7.0, 6.0], [8.0, 8.0, np.nan]])).lost
    array([[3., 1.],
           [0., 0.]])
    """
    observed = np.isfinite(alive).sum(axis=1) - 1
    left = alive[np.arange(len(alive)), observed]
    return CohortCounts(np.nan_to_num(alive[:, :-1] - alive[:, 1:]), left, observed)


def build_cohorts(
    alive: xr.DataArray, distribution: str, priors: CohortPriors | None = None
) -> pm.Model:
    """Build a cohort model's graph; nothing is sampled here.

    Parameters
    ----------
    alive : DataArray, dimensions cohort and period
        Customers there; NaN past a cohort's last observed period.
    distribution : str
        One of `workbench.core.cohort_names.DISTRIBUTIONS`.
    priors : CohortPriors, optional

    Returns
    -------
    pm.Model
        Its variables are `centre` and, for several cohorts, `log_spread` and `latent`;
        `name_cohorts` turns their draws into alpha, beta and shape.
    """
    priors = priors or CohortPriors()
    counts = count_lost(alive.values)
    mean, sd = _prior_columns(priors)
    coords = {"quantity": QUANTITIES, names.COHORT: alive[names.COHORT].values.tolist()}
    with pm.Model(coords=coords) as model:
        centre = pm.Normal("centre", 0.0, 1.0, dims="quantity")
        quantity = mean + sd * centre[:, None]
        if len(counts.left) > 1:
            spread = distribution_of(LogNormal, cohort_priors(priors), "log_spread")
            log_spread = spread.log.variable("log_spread", dims="quantity")[:, None]
            dims = ("quantity", names.COHORT)
            own = pm.Data("own_weight", _own_weight(counts, distribution), dims=dims)
            latent = pm.Normal("latent", own * quantity, pt.exp(own * log_spread), dims=dims)
            quantity = quantity + pt.exp((1 - own) * log_spread) * (latent - own * quantity)
        # Both share one graph, and so one compilation; the sBG leaves the log shape idle.
        acts = pm.Data("acts", np.array([1.0, 1.0, float(distribution == names.BDW)]))
        data = [pm.Data(name, getattr(counts, name)) for name in ("lost", "left", "observed")]
        likelihood = cohort_log_likelihood.make_node(quantity * acts[:, None], *data)
        pm.Potential("log_likelihood", likelihood.outputs[0])
    return model


def name_cohorts(
    posterior: xr.Dataset,
    alive: xr.DataArray,
    distribution: str,
    priors: CohortPriors | None = None,
) -> xr.Dataset:
    """Turn the sampled variables into the ones that forecasts read.

    Parameters
    ----------
    posterior : Dataset
        Draws of a model from `build_cohorts`, dimensions chain and draw.
    alive, distribution, priors
        What the model was built from.

    Returns
    -------
    Dataset
        alpha, beta and shape, dimensions chain, draw and cohort; and shared_alpha, shared_beta and
        shared_shape, those of a cohort at the centre. A shape is 1 under the sBG.
    """
    priors = priors or CohortPriors()
    mean, sd = _prior_columns(priors)
    shape = ("chain", "draw", "quantity", ...)
    centre = mean + sd * posterior["centre"].transpose(*shape).values[..., None]
    quantity = centre
    if "latent" in posterior:
        own = _own_weight(count_lost(alive.values), distribution)
        spread = posterior["log_spread"].transpose(*shape).values[..., None]
        latent = posterior["latent"].transpose(*shape).values
        quantity = centre + np.exp((1 - own) * spread) * (latent - own * centre)
    coords = {name: posterior[name].values for name in ("chain", "draw")}
    coords[names.COHORT] = alive[names.COHORT].values.astype(object)
    dims = ("chain", "draw", names.COHORT)
    each = zip(
        (names.ALPHA, names.BETA, names.SHAPE), _parameters(quantity, distribution), strict=True
    )
    of_centre = (names.SHARED_ALPHA, names.SHARED_BETA, names.SHARED_SHAPE)
    shared = zip(of_centre, _parameters(centre[..., 0], distribution), strict=True)
    variables = {name: (dims, value) for name, value in each}
    return xr.Dataset(variables | {name: (dims[:2], value) for name, value in shared}, coords)


def _parameters(
    quantity: np.ndarray, distribution: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return alpha, beta and shape of quantities with shape (chain, draw, quantity, ...)."""
    likeness = np.exp(quantity[:, :, 1])
    shape = np.exp(quantity[:, :, 2]) if distribution == names.BDW else np.ones_like(likeness)
    return likeness * expit(quantity[:, :, 0]), likeness * expit(-quantity[:, :, 0]), shape


def _prior_columns(priors: CohortPriors) -> np.ndarray:
    """Return the means and the standard deviations of the quantities, each as a column."""
    rows = cohort_priors(priors)
    prior = distribution_of(Normal, rows, [f"centre[{quantity}]" for quantity in QUANTITIES])
    return np.array(prior.parameters)[:, :, None]


def _own_weight(counts: CohortCounts, distribution: str) -> np.ndarray:
    """Return how far each cohort's quantities are centred: 0 not at all, 1 fully.

    The posterior is the same for any; its geometry is not. A large cohort determines its own
    quantities (then centring suits NUTS), a small one leans on the others, and so does one that is
    too young: each quantity takes one more period to be seen. Half way is where the cohort's own
    information is about that of a spread of 0.3 between cohorts.
    """
    halfway = np.array([100.0, 500.0, 500.0])[:, None]
    seen = counts.observed >= np.array([1, 2, 3 if distribution == names.BDW else np.inf])[:, None]
    customers = (counts.lost.sum(axis=1) + counts.left) * seen
    return customers / (customers + halfway)
