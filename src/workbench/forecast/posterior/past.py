"""Hazards of the months that are past, in every draw."""

from __future__ import annotations

import numpy as np

from workbench.core.compiled import jit
from workbench.features.design import Design
from workbench.forecast.posterior.survival import Draws


def past_hazard(draws: Draws, design: Design) -> np.ndarray:
    """Return the cumulative hazard that each subscription has survived, entry included.

    The sum of `row_hazard` over the rows of each, without the array of all rows and draws.

    Parameters
    ----------
    draws : Draws
    design : Design
        At-risk rows, those of one subscription side by side.

    Returns
    -------
    ndarray, shape (draw, subscription)
    """
    used, cell_idx = np.unique(design.cell_idx, return_inverse=True)
    cell = (
        draws.exit[:, design.cell_exit_idx[used]]
        + draws.tenure[:, design.cell_tenure[used]]
        + draws.shock[:, design.cell_level[used], design.cell_quarter_idx[used]]
    )
    own = draws.attribute @ design.attribute_value.T
    for column in design.group_idx.T:
        own += draws.group[:, column]
    longest = int(design.lead_months.max(initial=0))
    fade = draws.fade[:, None] ** np.arange(longest + 1)
    signal = np.ascontiguousarray(design.signal_value), np.ascontiguousarray(draws.signal)
    return _past(cell, own, *signal, fade, cell_idx, design.lead_months, design.row_end)


@jit(error_model="numpy", nogil=True, fastmath={"reassoc", "contract"})
def _past(cell, own, value, effect, fade, cell_idx, lead, row_end):
    out = np.empty(own.shape)
    for d in range(own.shape[0]):
        row = 0
        for s in range(own.shape[1]):
            total = 0.0
            while row < row_end[s]:
                strength = 0.0
                for k in range(value.shape[1]):
                    strength += value[row, k] * effect[d, k]
                eta = cell[d, cell_idx[row]] + own[d, s] + strength * fade[d, lead[row]]
                total += np.exp(eta)
                row += 1
            out[d, s] = total
    return out
