"""The hazard likelihood twice more: as a PyTensor graph, and by numerical integration."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt
from scipy.integrate import quad
from scipy.stats import gamma

from workbench.features.design import Design
from workbench.models.compiled.hazard import ROW_DATA as DATA
from workbench.models.compiled.log_likelihood import PARAMETERS


def graph_log_likelihood(*inputs, frailty: bool = True) -> list[pt.TensorVariable]:
    """Take what the compiled likelihood takes; return the same sum as a graph."""
    value = dict(zip((*PARAMETERS, *DATA), inputs, strict=True))
    ends, scale_idx = value["block_end"], value["scale_idx"]
    with_one = pt.concatenate([pt.ones(1), value["scale"]])
    effect = value["centre"] + (value["latent"] * with_one[scale_idx]) @ value["effect_matrix"]
    exit_, tenure, shock, attribute, group, signal = (
        effect[(0 if i == 0 else ends[i - 1]) : ends[i]] for i in range(6)
    )
    cell = exit_[value["cell_exit_idx"]] + tenure[value["cell_tenure"]]
    cell += shock[value["cell_quarter_idx"]]
    own = value["attribute_value"] @ attribute + group[value["group_idx"]].sum(axis=1)
    row_end, entry_end = value["row_end"], value["entry_end"]
    start = pt.concatenate([pt.zeros(1, dtype="int64"), row_end[:-1]])
    subscription = pt.repeat(pt.arange(row_end.shape[0]), row_end - start)
    faded = (value["signal_value"] @ signal) * value["fade"] ** value["lead_months"]
    total = pt.cumsum(pt.exp(cell[value["cell_idx"]] + own[subscription] + faded))
    total = pt.concatenate([pt.zeros(1), total])
    before = total[start]
    entry, last, end = (total[at] - before for at in (entry_end, row_end - 1, row_end))
    theta = value["scale"][-1] if frailty else None
    f_entry, f_last, f_end = (_log_survival(hazard, theta) for hazard in (entry, last, end))
    ended = f_last - f_entry + pt.log(-pt.expm1(f_end - f_last))
    running = f_end - f_entry
    # The logarithm's gradient at 0 is not a number even where it is not used.
    ended = pt.switch(value["event"] > 0, ended, 0.0)
    return [pt.sum(pt.switch(value["event"] > 0, ended, running))]


def _log_survival(hazard: pt.TensorVariable, theta: pt.TensorVariable | None):
    return -hazard if theta is None else -pt.log1p(theta * hazard) / theta


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
