"""Effects from their centred values to the months in which they hold, and gradients back."""

from __future__ import annotations

import numpy as np

from workbench.core.compiled import jit

# Sums may be regrouped so that several columns of signals are taken at once; infinities stay.
# Chains are threads: a kernel must not hold the interpreter's lock.
jit_sums = jit(error_model="numpy", nogil=True, fastmath={"reassoc", "contract", "nsz"})
LEAST_NEW = 1e-12  # share of a shock's variance that is new, where rounding leaves none


@jit_sums
def spread_effects(latent, scale, centre, effect_matrix, scale_idx):
    """Return the effects: centre + (latent * scale) @ effect_matrix.

    Parameters
    ----------
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects; behind them, where there is one, the frailty variance.
    centre, effect_matrix, scale_idx : ndarray
        See `workbench.models.linear_map.LinearMap`.

    Returns
    -------
    ndarray, shape (effect,)
        On the log-hazard.
    """
    effect = centre.copy()
    for j in range(len(latent)):
        value = latent[j] * (scale[scale_idx[j] - 1] if scale_idx[j] > 0 else 1.0)
        for e in range(len(centre)):
            effect[e] += effect_matrix[j, e] * value
    return effect


@jit_sums
def carry(effect, block_end, persistence):
    """Turn what is new in each quarter into shocks that last, in place.

    The first quarter's shock is all new; then shock = persistence * shock of the quarter before
    + sqrt(1 - persistence^2) * new, which keeps the spread.

    Parameters
    ----------
    effect : ndarray, shape (effect,)
        In blocks, from `spread_effects`.
    block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    persistence : float
        From quarter to quarter, 0 to 1.
    """
    quarters = block_end[2] - block_end[1] - 1
    share = np.sqrt(max(1 - persistence * persistence, LEAST_NEW))
    for q in range(1, quarters):
        at = block_end[1] + q
        effect[at] = persistence * effect[at - 1] + share * effect[at]
        for at in range(block_end[5] + q, block_end[6] - 1, quarters):
            effect[at] = persistence * effect[at - 1] + share * effect[at]


@jit_sums
def carry_back(gradient, effect, block_end, persistence):
    """Turn the gradient by shocks into that by what was new, in place.

    Parameters
    ----------
    gradient : ndarray, shape (effect,)
        By the effects as `carry` left them.
    effect : ndarray, shape (effect,)
        As `carry` left them.
    block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    persistence : float
        From quarter to quarter, 0 to 1.

    Returns
    -------
    float
        Derivative by the persistence.
    """
    quarters = block_end[2] - block_end[1] - 1
    rest = max(1 - persistence * persistence, LEAST_NEW)
    share, by_persistence = np.sqrt(rest), 0.0
    for chain in range((block_end[6] - block_end[5] - 1) // max(quarters, 1) + 1):
        # The shocks of all, then those of each level.
        start = block_end[1] if chain == 0 else block_end[5] + (chain - 1) * quarters
        for at in range(start + quarters - 1, start, -1):
            new = (effect[at] - persistence * effect[at - 1]) / rest
            by_persistence += gradient[at] * (effect[at - 1] - persistence * new)
            gradient[at - 1] += persistence * gradient[at]
            gradient[at] *= share
    return by_persistence


@jit_sums
def cell_effects(
    effect, block_end, cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter
):
    """Return the sum of exit and tenure effect and of the shocks of each cell.

    Parameters
    ----------
    effect : ndarray, shape (effect,)
        In blocks, from `carry`.
    block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter : ndarray of int
        See `workbench.features.design.Design`.

    Returns
    -------
    ndarray, shape (cell,)
        On the log-hazard.
    """
    tenure_0, shock_0, n_quarters = block_end[0], block_end[1], block_end[2] - block_end[1]
    cell = np.empty(len(cell_exit_idx))
    for c in range(len(cell)):
        shock = shock_0 + cell_quarter_idx[c] % n_quarters
        own = effect[block_end[5] + cell_level_quarter[c]]
        cell[c] = effect[cell_exit_idx[c]] + effect[tenure_0 + cell_tenure[c]] + effect[shock] + own
    return cell


@jit_sums
def own_effect(i, effect, block_end, attribute_value, group_idx):
    """Return the sum of attribute and group effects of subscription i.

    Parameters
    ----------
    i : int
        Position of the subscription.
    effect : ndarray, shape (effect,)
        In blocks, from `spread_effects`.
    block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    attribute_value, group_idx : ndarray
        See `workbench.features.design.Design`.

    Returns
    -------
    float
        On the log-hazard.
    """
    own = 0.0
    for a in range(block_end[3] - block_end[2]):
        own += attribute_value[i, a] * effect[block_end[2] + a]
    for g in range(group_idx.shape[1]):
        own += effect[block_end[3] + group_idx[i, g]]
    return own


@jit_sums
def add_own(i, slope, gradient, block_end, attribute_value, group_idx):
    """Add the derivative by a subscription's own effect to those of its attributes and groups.

    Parameters
    ----------
    i : int
        Position of the subscription.
    slope : float
        Derivative of the log-likelihood by the subscription's own effect.
    gradient : ndarray, shape (effect,)
        Is added to.
    block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    attribute_value, group_idx : ndarray
        See `workbench.features.design.Design`.
    """
    for a in range(block_end[3] - block_end[2]):
        gradient[block_end[2] + a] += slope * attribute_value[i, a]
    for g in range(group_idx.shape[1]):
        gradient[block_end[3] + group_idx[i, g]] += slope
