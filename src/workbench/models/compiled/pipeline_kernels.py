"""The pipeline's log-likelihood with its exact gradient, as one compiled pass over cells.

Of an opportunity in cell c the log-odds of going to t against staying are the sum over effects j of
carries_ctj (centre_j + latent_j). A cell's counts by where its opportunities went are multinomial.
"""

from __future__ import annotations

import numpy as np

from workbench.core.compiled import jit

_jit = jit(error_model="numpy", nogil=True)


@_jit
def moves(latent, spread, fade, centre, carries, count):
    """Return the log-likelihood and its gradient by latent; spread and fade have no part in it.

    Parameters
    ----------
    latent : ndarray, shape (effect,)
        Standard normal under the prior.
    spread, fade : ndarray
        Not read.
    centre, carries, count : ndarray
        See `workbench.models.revenue.pipeline.PipelineMap`.

    Returns
    -------
    (float, ndarray, ndarray, ndarray)
        The value, and its gradient by latent, spread and fade.
    """
    effect = centre + latent
    total = 0.0
    gradient = np.zeros_like(latent)
    eta = np.empty(carries.shape[1])
    for c in range(len(count)):
        opportunities = 0.0
        for t in range(len(eta)):
            eta[t] = 0.0
            for j in range(len(latent)):
                eta[t] += carries[c, t, j] * effect[j]
            opportunities += count[c, t]
        top = eta.max()
        norm = top + np.log(np.exp(eta - top).sum())
        for t in range(len(eta)):
            total += count[c, t] * (eta[t] - norm)
            slope = count[c, t] - opportunities * np.exp(eta[t] - norm)
            for j in range(len(latent)):
                gradient[j] += carries[c, t, j] * slope
    return np.asarray(total), gradient, np.zeros_like(spread), np.zeros_like(fade)
