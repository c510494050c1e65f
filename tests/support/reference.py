"""The hazard likelihood twice more: by the plain graph, and by numerical integration."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt
from scipy.integrate import quad
from scipy.stats import gamma

from workbench.features.design import Design
from workbench.models.compiled.hazard import ROW_DATA
from workbench.models.hazard import graph


def graph_log_likelihood(*inputs, frailty: bool = True) -> list[pt.TensorVariable]:
    """Take what the compiled likelihood takes; return the same sum as a graph."""
    latent, scale, fade, persistence, *values = inputs
    data = dict(zip(ROW_DATA, values, strict=True))
    effect = graph.effects((latent, scale, persistence), data, data["block_end"])
    eta = graph.log_hazard(effect, fade, data)
    return [graph.log_likelihood(eta, scale[-1] if frailty else None, data)]


def integrated_log_likelihood(hazard: np.ndarray, design: Design, theta: float) -> float:
    """Integrate the frailty out of every subscription's likelihood by quadrature.

    Parameters
    ----------
    hazard : ndarray, shape (row,)
        exp(eta) of each row.
    theta : float
        Variance of the gamma frailty; above 0.
    """
    total = 0.0
    for i, (start, end) in enumerate(zip(design.row_start, design.row_end, strict=True)):
        entry = hazard[start : design.entry_end[i]].sum()
        survived = hazard[start : end - design.event[i]].sum()
        last = hazard[end - 1]

        def lived(z, survived=survived, last=last, event=design.event[i]):
            chance = -np.expm1(-z * last) if event else 1.0
            return np.exp(-z * survived) * chance

        seen = _expectation(lived, theta)
        entered = _expectation(lambda z, entry=entry: np.exp(-z * entry), theta)
        total += np.log(seen) - np.log(entered)
    return total


def _expectation(of, theta: float) -> float:
    frailty = gamma(1 / theta, scale=theta)
    return quad(lambda u: of(frailty.ppf(u)), 0, 1, epsabs=1e-11, epsrel=1e-9, limit=200)[0]
