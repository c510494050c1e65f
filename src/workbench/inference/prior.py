"""Priors read aloud, drawn from and evaluated: what was believed before the book was read."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.intervals import interval
from workbench.features.design import Design
from workbench.inference.run import Sampling, sample
from workbench.models.cohort import build_cohorts, name_cohorts
from workbench.models.hazard.model import build_hazard, name_effects
from workbench.models.priors.cohort import CohortPriors
from workbench.models.priors.hazard import HazardPriors, hazard_priors
from workbench.models.priors.prior import Prior

DRAWN = 20_000


def prior_table(
    priors: Iterable[Prior] | None = None, prob: float = 0.9, seed: int = 0
) -> pd.DataFrame:
    """Say what each prior means in customers, from draws of it.

    Parameters
    ----------
    priors : iterable of Prior, optional
        Those of the hazard model if left out.
    prob : float
        Probability inside the interval that the meaning states.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        parameter, prior, meaning, reason, source.
    """
    lines = []
    for prior in priors or hazard_priors():
        rng = np.random.default_rng(seed)
        # Evenly spread rather than by chance: the ends are then those of the distribution.
        drawn = prior.distribution.in_scipy.ppf((np.arange(DRAWN) + 0.5) / DRAWN)
        low, high = interval(prior.counted(drawn, rng), prob)
        meaning = prior.meaning.format(low=low, high=high)
        lines.append((prior.parameter, prior.text, meaning, prior.reason, prior.source))
    return pd.DataFrame(lines, columns=["parameter", "prior", "meaning", "reason", "source"])


def draw_prior(
    design: Design, draws: int, seed: int, priors: HazardPriors | None = None
) -> xr.Dataset:
    """Draw from the prior by the model's own graph.

    Parameters
    ----------
    design : Design
        Whose coding lays out the effects; its events are not looked at.
    draws : int
        At least 1.
    seed : int
        Of the draws.
    priors : HazardPriors, optional

    Returns
    -------
    Dataset
        Named effects, as a fit's posterior has them, in one chain.
    """
    how = Sampling(draws=draws, chains=1, seed=seed, mock=True)
    return name_effects(sample(build_hazard(design, priors), how).posterior, design, priors)


def draw_cohort_prior(
    alive: xr.DataArray,
    distribution: str,
    draws: int,
    seed: int,
    priors: CohortPriors | None = None,
) -> xr.Dataset:
    """Draw from the prior of a cohort model by its own graph.

    Parameters
    ----------
    alive : DataArray, dimensions cohort and period
        Names the cohorts; who left is not looked at.
    distribution : str
        One of `workbench.core.cohort_names.DISTRIBUTIONS`.
    draws : int
        At least 1.
    seed : int
        Of the draws.
    priors : CohortPriors, optional

    Returns
    -------
    Dataset
        alpha, beta and shape, as a fit's posterior has them, in one chain.
    """
    how = Sampling(draws=draws, chains=1, seed=seed, mock=True)
    drawn = sample(build_cohorts(alive, distribution, priors), how).posterior
    return name_cohorts(drawn, alive, distribution, priors)


def log_prior(posterior: xr.Dataset, priors: HazardPriors | None = None) -> xr.Dataset:
    """Return the log-density of each prior in every draw.

    Parameters
    ----------
    posterior : Dataset
        Named effects, dimensions chain and draw.
    priors : HazardPriors, optional

    Returns
    -------
    Dataset
        One variable per prior, named by its parameter, dimensions chain and draw: the densities of
        all that it covers, added up. Parameters that the model does without have none.
    """
    found = {}
    for prior in hazard_priors(priors):
        values = posterior[prior.variable]
        if prior.labels:
            values = values.sel({values.dims[-1]: list(prior.labels)})
        if values.size and float(values.std()) > 0:
            flat = values.transpose("chain", "draw", ...).values
            density = prior.log_density(flat.reshape(*flat.shape[:2], -1))
            found[prior.parameter] = (("chain", "draw"), density)
    coords = {dim: posterior[dim].values for dim in ("chain", "draw")}
    return xr.Dataset(found).assign_coords(coords)
