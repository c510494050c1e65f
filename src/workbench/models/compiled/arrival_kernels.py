"""The log-likelihood of how many come each month, with its exact gradient, as one compiled pass.

    log mean[s, m] = centre_s + level_sd * level_s + growth_sd * growth * since_m
                     + loading_sd * loading * shock_m + season of m,
    count[s, m] ~ NegativeBinomial(mean, variance = mean + excess_s * mean**2)

Latents are the levels of the segments, growth, the loading of the shocks of leaving, and twelve
months of the year; scales are the spread of the months of the year, and each segment's excess.
Months of the year are centred.
"""

from __future__ import annotations

import math

import numpy as np

from workbench.core.compiled import jit

YEAR = 12
LEAST_EXCESS = 1e-4  # indistinguishable from Poisson, and no division by zero

_jit = jit(error_model="numpy", nogil=True)


@_jit
def counts(  # noqa: PLR0913
    latent, scale, fade, centre, scale_idx, prior_sd, since, shock, month_idx, count
):
    """Return the log-likelihood and its gradient; the fade has no part.

    What `scale_idx` says, whose scale is whose, the formula above knows: the sampler reads it.

    Parameters
    ----------
    latent : ndarray, shape (segment + 2 + 12,)
        Levels of the segments, growth, loading, months of the year.
    scale : ndarray, shape (1 + segment,)
        Spread of the months of the year, then each segment's excess.
    fade : ndarray, scalar
        Not read.
    centre : ndarray, shape (segment,)
        Log of a usual number of arrivals in a month.
    scale_idx : ndarray of int, shape (latent,)
        Not read here, as said above.
    prior_sd : ndarray, shape (3,)
        Of the levels, of the growth per month, and of the loading.
    since : ndarray, shape (month,)
        Months from the last one on record: 0 there, negative before.
    shock : ndarray, shape (month,)
        Of all customers, on the log-hazard of leaving.
    month_idx : ndarray of int, shape (month,)
        Month of the year, from 0 for January.
    count : ndarray of int, shape (segment, month)
        New accounts.

    Returns
    -------
    (float, ndarray, ndarray, ndarray)
        The value, and its gradient by latent, scale and fade.
    """
    segments = len(centre)
    level_sd, growth_sd, loading_sd = prior_sd
    season = latent[segments + 2 :] - latent[segments + 2 :].mean()
    g_latent, g_scale, g_season = np.zeros_like(latent), np.zeros_like(scale), np.zeros(YEAR)
    total = 0.0
    for s in range(segments):
        excess = scale[1 + s] + LEAST_EXCESS
        total += _rising(count[s], excess, g_scale[1 + s : 2 + s])
        for m in range(len(since)):
            k, at = count[s, m], month_idx[m]
            eta = centre[s] + level_sd * latent[s] + growth_sd * latent[segments] * since[m]
            eta += loading_sd * latent[segments + 1] * shock[m] + season[at] * scale[0]
            mean = math.exp(eta)
            log_1p = math.log1p(mean * excess)
            total += k * eta - (k + 1 / excess) * log_1p - math.lgamma(k + 1.0)
            slope = (k - mean) / (1 + mean * excess)
            g_latent[s] += slope * level_sd
            g_latent[segments] += slope * growth_sd * since[m]
            g_latent[segments + 1] += slope * loading_sd * shock[m]
            g_season[at] += slope
            g_scale[1 + s] += log_1p / excess**2 - (k + 1 / excess) * mean / (1 + mean * excess)
    g_latent[segments + 2 :] = (g_season - g_season.mean()) * scale[0]
    g_scale[0] = (g_season * season).sum()
    return np.asarray(total), g_latent, g_scale, np.zeros_like(fade)


@_jit
def _rising(count, excess, slope):
    """Return the sum over months of log(gamma(k + 1 / e) / gamma(1 / e)) + k log(e), by factors.

    Months with more than i customers share the factor 1 + i e, so the work is that of the largest
    count, not of the sum.
    """
    most = 0
    for k in count:
        most = max(most, int(k))
    above = np.zeros(most + 1)
    for k in count:
        above[int(k)] += 1.0
    total, months = 0.0, 0.0
    for i in range(most - 1, -1, -1):
        months += above[i + 1]
        total += months * math.log1p(i * excess)
        slope[0] += months * i / (1 + i * excess)
    return total
