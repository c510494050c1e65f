"""The log-likelihood of endings after actions with its exact gradient, as one compiled pass.

With the log of the cumulative hazard of month i

    eta_i = log_rate_i + sum over j of carries_ij size_j latent_j,

size_j the learnt scale of j's block or a stated one, a month adds to the log-likelihood
weight_i log(1 - exp(-exp(eta_i))) where it saw an ending, and -weight_i exp(eta_i) elsewhere.
"""

from __future__ import annotations

import numpy as np

from workbench.core.compiled import jit
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood

_jit = jit(error_model="numpy", nogil=True)
_MOST = 5.0  # log of a month's cumulative hazard; beyond it an ending is certain


@_jit
def endings(  # noqa: PLR0913
    latent, scale, fade, log_rate, carries, scale_idx, prior_sd, weight, event
):
    """Return the log-likelihood and its gradient by latent and scale; fade has no part in it.

    Parameters
    ----------
    latent : ndarray, shape (effect,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
    fade : ndarray
        Not read.
    log_rate, carries, scale_idx, prior_sd, weight, event : ndarray
        See `workbench.models.action_effects.EffectLayout`.

    Returns
    -------
    (float, ndarray, ndarray, ndarray)
        The value, and its gradient by latent, scale and fade.
    """
    size = prior_sd.copy()
    for j in range(len(latent)):
        if scale_idx[j] >= 0:
            size[j] = scale[scale_idx[j]]
    by_effect = np.zeros_like(latent)
    total = 0.0
    for i in range(len(log_rate)):
        eta = log_rate[i]
        for j in range(len(latent)):
            eta += carries[i, j] * size[j] * latent[j]
        rate = np.exp(min(eta, _MOST))
        if event[i] > 0:
            total += weight[i] * np.log(-np.expm1(-rate))
            slope = weight[i] * rate / np.expm1(rate)
        else:
            total -= weight[i] * rate
            slope = -weight[i] * rate
        for j in range(len(latent)):
            by_effect[j] += slope * carries[i, j]
    by_scale = np.zeros_like(scale)
    for j in range(len(latent)):
        if scale_idx[j] >= 0:
            by_scale[scale_idx[j]] += by_effect[j] * latent[j]
    return np.asarray(total), by_effect * size, by_scale, np.zeros_like(fade)


class EndingLogLikelihood(CompiledLogLikelihood):
    """Log-likelihood of endings after actions, with its gradient as further outputs."""

    data = ("log_rate", "carries", "scale_idx", "prior_sd", "weight", "event")
    kernel = staticmethod(endings)


ending_log_likelihood = EndingLogLikelihood()
