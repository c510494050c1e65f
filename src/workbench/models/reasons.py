"""Why customers leave, given that they do: a categorical model of the reasons on record.

For an ending with levels l_1 ... l_G (the way of leaving, then the report's groupings)

    P(reason = k | leaving) = softmax_k(base_k + sum_g effect[l_g, k])

Every vector over reasons sums to zero, so that no reason is the reference and the prior treats all
alike; effects of the levels of a grouping are centred and share a learnt spread. With few endings
the spread shrinks to nothing, and every customer gets the book's shares. Cause-specific hazards
are the hazard of leaving times these shares (Kalbfleisch & Prentice 2002, section 8.2), so the
incidences of all reasons sum to churn whatever the draws are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from scipy.linalg import helmert

from workbench.core import reason_names as names
from workbench.features.reason_data import ReasonData
from workbench.models.levels import centred_levels


@dataclass(frozen=True)
class ReasonPriors:
    """Priors of the model of reasons; every scale is on the logit.

    Parameters
    ----------
    base_sd : float
        Of the shares in the book: 1.0 lets one reason be given up to sixteen times as often as
        another (95 %).
    exit_sd : float
        Scale of the half-normal prior on the spread between ways of leaving. Who leaves early
        often must (budget, takeover), who leaves at a renewal chooses: 0.5 lets the odds of two
        reasons differ by a factor 2 as a matter of course.
    group_sd : float
        The same for the levels of each grouping; the hazard's own, since two owners that differ
        by more are as unusual here.
    """

    base_sd: float = 1.0
    exit_sd: float = 0.5
    group_sd: float = 0.3


def build_reasons(data: ReasonData, priors: ReasonPriors | None = None) -> pm.Model:
    """Build the graph of the model of reasons; nothing is sampled here.

    Parameters
    ----------
    data : ReasonData
    priors : ReasonPriors, optional

    Returns
    -------
    pm.Model
        Its variables are `latent` (the base, then one row per level; one column per contrast
        between reasons) and `scale`; `name_reasons` turns their draws into named effects.
    """
    priors = priors or ReasonPriors()
    contrast = _contrast(data)
    prior = [priors.exit_sd, *[priors.group_sd] * (len(data.groupings) - 1)]
    coords = {names.GROUPING: list(data.groupings)}
    with pm.Model(coords=coords) as model:
        latent: Any = pm.Normal("latent", shape=(1 + len(data.levels), len(contrast)))
        scale: Any = pm.HalfNormal("scale", np.array(prior), dims=names.GROUPING)
        spread = scale[data.level_grouping]
        base = priors.base_sd * latent[0]
        # Sums over levels come before reasons: there are fewer contrasts than reasons.
        effect = centred_levels(data.level_grouping).T @ (spread[:, None] * latent[1:])
        level_idx, count = pm.Data("level_idx", data.level_idx), pm.Data("count", data.count)
        logit = (base + effect[level_idx].sum(axis=1)) @ contrast
        share = pm.math.softmax(logit, axis=1)
        pm.Multinomial("reasons given", n=count.sum(axis=1), p=share, observed=count)
    return model


def name_reasons(
    posterior: xr.Dataset, data: ReasonData, priors: ReasonPriors | None = None
) -> xr.Dataset:
    """Turn the sampled vectors into the named variables that forecasts read.

    Parameters
    ----------
    posterior : Dataset
        Draws of a model from `build_reasons`, dimensions chain and draw.
    data : ReasonData
        What the model was built from.
    priors : ReasonPriors, optional
        Those it was built with.

    Returns
    -------
    Dataset
        Variables of `workbench.core.reason_names`.
    """
    priors = priors or ReasonPriors()
    latent = posterior["latent"].transpose("chain", "draw", ...).values
    scale = posterior["scale"].transpose("chain", "draw", names.GROUPING)
    centring = centred_levels(data.level_grouping)[:, :-1]
    spread = scale.values[..., data.level_grouping]
    contrast = _contrast(data)
    effect = centring.T @ (spread[..., None] * latent[:, :, 1:]) @ contrast
    base = priors.base_sd * latent[:, :, 0] @ contrast
    reasons = np.asarray(data.reasons, dtype=object)
    levels = np.asarray(data.levels, dtype=object)
    return xr.Dataset(
        {
            names.BASE: (("chain", "draw", names.REASON), base),
            names.EFFECT: (("chain", "draw", names.LEVEL, names.REASON), effect),
            names.SPREAD: (("chain", "draw", names.GROUPING), scale.values),
        },
        coords={
            "chain": posterior["chain"].values,
            "draw": posterior["draw"].values,
            names.REASON: reasons,
            names.LEVEL: levels,
            names.GROUPING: np.asarray(data.groupings, dtype=object),
        },
    )


def _contrast(data: ReasonData) -> np.ndarray:
    """Return orthonormal contrasts between reasons: their combinations sum to zero."""
    return helmert(len(data.reasons))
