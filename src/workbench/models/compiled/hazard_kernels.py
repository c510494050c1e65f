"""The hazard model's log-likelihood and its exact gradient, as one compiled pass over the data.

Written in PyTensor's own operations, the same sum is some forty kernels and four matrix products,
each compiled by itself (minutes before the first draw on a cold cache), and several passes over the
rows for each gradient. The tests keep that form and hold the two together.

For subscription i with cumulative hazards L0 at entry, L1 before its last row, L2 at its end, and
f(L) = -log(1 + theta L) / theta (its limit -L at theta = 0), the log-likelihood is f(L2) - f(L0) if
it is still running and f(L1) - f(L0) + log(1 - exp(f(L2) - f(L1))) if it ended in its last row.
"""

from __future__ import annotations

import numpy as np

from workbench.models.compiled.effect_kernels import (
    add_own,
    carry,
    carry_back,
    cell_effects,
    jit_sums,
    own_effect,
    spread_effects,
)
from workbench.models.compiled.exit_kernels import subscription


@jit_sums
def gather(  # noqa: PLR0913
    gradient, g_cell, g_frailty, latent, scale, persistence, effect, effect_matrix, scale_idx,
    n_spreads, block_end, cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter,
):  # fmt: skip
    """Return the gradient by latent, scale and persistence from that by effects, cells and frailty.

    Parameters
    ----------
    gradient : ndarray, shape (effect,)
        By attributes, groups and signals so far; is completed.
    g_cell : ndarray, shape (cell,)
        Derivative by the effect of each cell.
    g_frailty : float
        Derivative by the frailty variance.
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects; behind them, where there is one, the frailty variance.
    persistence : float
        Of shocks, from quarter to quarter.
    effect : ndarray, shape (effect,)
        As `carry` left them.
    effect_matrix, scale_idx, n_spreads, block_end : ndarray
        See `workbench.models.hazard.effects.EffectMap`.
    cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter : ndarray of int
        See `workbench.features.design.Design`.

    Returns
    -------
    (ndarray, ndarray, float)
        Shapes (latent,) and (scale,); by the persistence.
    """
    tenure_0, shock_0, n_quarters = block_end[0], block_end[1], block_end[2] - block_end[1]
    for c in range(len(g_cell)):
        gradient[cell_exit_idx[c]] += g_cell[c]
        gradient[tenure_0 + cell_tenure[c]] += g_cell[c]
        gradient[shock_0 + cell_quarter_idx[c] % n_quarters] += g_cell[c]
        gradient[block_end[5] + cell_level_quarter[c]] += g_cell[c]
    g_persistence = carry_back(gradient, effect, block_end, persistence)
    g_latent, g_scale = np.zeros_like(latent), np.zeros_like(scale)
    for j in range(len(latent)):
        slope = 0.0
        for e in range(len(gradient)):
            slope += effect_matrix[j, e] * gradient[e]
        s = scale_idx[j] - 1
        g_latent[j] = slope * (scale[s] if s >= 0 else 1.0)
        if s >= 0:
            g_scale[s] += slope * latent[j]
    if len(scale) > n_spreads:
        g_scale[n_spreads] = g_frailty
    return g_latent, g_scale, g_persistence


@jit_sums
def by_rows(  # noqa: C901, PLR0913
    latent, scale, fade, persistence, centre, effect_matrix, scale_idx, n_spreads, block_end,
    cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter, cell_idx, attribute_value,
    group_idx, signal_value, lead_months, row_end, entry_end, event,
):  # fmt: skip
    """Return the log-likelihood and its gradient by each parameter, row by row.

    The scale after the `n_spreads` of effects, where there is one, is the frailty variance.

    Parameters
    ----------
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects; behind them, where there is one, the frailty variance.
    fade : ndarray, scalar
        Share of a signal's effect that is left after a month, 0 to 1.
    persistence : ndarray, scalar
        Share of a shock that is left after a quarter, 0 to 1.
    centre, effect_matrix, scale_idx, n_spreads, block_end : ndarray
        See `workbench.models.hazard.effects.EffectMap`.
    cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter, cell_idx : ndarray of int
        See `workbench.features.design.Design`.
    attribute_value, group_idx, signal_value, lead_months : ndarray
        See `workbench.features.design.Design`.
    row_end, entry_end, event : ndarray
        See `workbench.features.design.Design`.

    Returns
    -------
    (float, ndarray, ndarray, ndarray, ndarray)
        The value, and its gradient by latent, scale, fade and persistence.
    """
    theta, rho = scale[n_spreads.item()] if len(scale) > n_spreads.item() else 0.0, fade.item()
    effect = spread_effects(latent, scale, centre, effect_matrix, scale_idx)
    carry(effect, block_end, persistence.item())
    cell = cell_effects(
        effect, block_end, cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter
    )
    signal_0, n_signals = block_end[4], block_end[5] - block_end[4]
    gradient, g_cell = np.zeros_like(effect), np.zeros_like(cell)
    g_fade, g_frailty, total = 0.0, 0.0, 0.0
    # A lead is one of a dozen whole months: raise the fade to each once, not once per row.
    longest_lead = lead_months.max()
    power, power_slope = np.empty(longest_lead + 1), np.empty(longest_lead + 1)
    for lead in range(longest_lead + 1):
        power[lead] = rho**lead
        power_slope[lead] = lead * rho ** (lead - 1) if lead > 0 else 0.0
    longest, start = 1, 0
    for i in range(len(row_end)):
        longest = max(longest, row_end[i] - start)
        start = row_end[i]
    hazard, strength = np.empty(longest), np.empty(longest)
    beta, g_beta = effect[signal_0 : signal_0 + n_signals].copy(), np.zeros(n_signals)
    start = 0
    for i in range(len(row_end)):
        end, entry = row_end[i], entry_end[i]
        own = own_effect(i, effect, block_end, attribute_value, group_idx)
        at_entry, at_last, at_end = 0.0, 0.0, 0.0
        for r in range(start, end):
            dot = 0.0
            if r >= entry:  # before the window no signal was read
                for k in range(n_signals):
                    dot += signal_value[r, k] * beta[k]
            strength[r - start] = dot
            h = np.exp(cell[cell_idx[r]] + own + dot * power[lead_months[r]])
            hazard[r - start] = h
            at_last = at_end
            at_end += h
            if r < entry:
                at_entry = at_end
        value, d_entry, d_last, d_end, d_theta = subscription(
            at_entry, at_last, at_end, event[i], theta
        )
        total += value
        g_frailty += d_theta
        own_slope = 0.0
        for r in range(start, end):
            w = d_end
            if r < end - 1:
                w += d_last
            if r < entry:
                w += d_entry
            w *= hazard[r - start]
            g_cell[cell_idx[r]] += w
            own_slope += w
            g_fade += w * strength[r - start] * power_slope[lead_months[r]]
            if r >= entry:
                w *= power[lead_months[r]]
                for k in range(n_signals):
                    g_beta[k] += w * signal_value[r, k]
        add_own(i, own_slope, gradient, block_end, attribute_value, group_idx)
        start = end
    for k in range(n_signals):
        gradient[signal_0 + k] = g_beta[k]
    g_latent, g_scale, g_persistence = gather(
        gradient, g_cell, g_frailty, latent, scale, persistence.item(), effect, effect_matrix,
        scale_idx, n_spreads.item(), block_end, cell_exit_idx, cell_tenure, cell_quarter_idx,
        cell_level_quarter,
    )  # fmt: skip
    return np.asarray(total), g_latent, g_scale, np.asarray(g_fade), np.asarray(g_persistence)


@jit_sums
def by_paths(  # noqa: PLR0913
    latent, scale, fade, persistence, centre, effect_matrix, scale_idx, n_spreads, block_end,
    cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter, attribute_value, group_idx,
    node_parent, node_cell, end_node, last_node, entry_node, event,
):  # fmt: skip
    """Return the same where there are no signals: sums over shared ways instead of rows.

    Parameters
    ----------
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects; behind them, where there is one, the frailty variance.
    fade : ndarray, scalar
        Not read.
    persistence : ndarray, scalar
        Share of a shock that is left after a quarter, 0 to 1.
    centre, effect_matrix, scale_idx, n_spreads, block_end : ndarray
        See `workbench.models.hazard.effects.EffectMap`.
    cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter : ndarray of int
        See `workbench.features.design.Design`.
    attribute_value, group_idx : ndarray
        See `workbench.features.design.Design`.
    node_parent, node_cell, end_node, last_node, entry_node : ndarray of int
        See `workbench.features.paths.Paths`.
    event : ndarray
        See `workbench.features.design.Design`.

    Returns
    -------
    (float, ndarray, ndarray, ndarray, ndarray)
        The value, and its gradient by latent, scale, fade and persistence.
    """
    theta = scale[n_spreads.item()] if len(scale) > n_spreads.item() else 0.0
    effect = spread_effects(latent, scale, centre, effect_matrix, scale_idx)
    carry(effect, block_end, persistence.item())
    cell = cell_effects(
        effect, block_end, cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter
    )
    gradient, g_cell = np.zeros_like(effect), np.zeros_like(cell)
    g_frailty, total = 0.0, 0.0
    node, g_node = np.zeros(len(node_parent)), np.zeros(len(node_parent))
    for n in range(1, len(node)):
        node[n] = node[node_parent[n]] + np.exp(cell[node_cell[n]])
    for i in range(len(event)):
        factor = np.exp(own_effect(i, effect, block_end, attribute_value, group_idx))
        at_entry, at_last = factor * node[entry_node[i]], factor * node[last_node[i]]
        at_end = factor * node[end_node[i]]
        value, d_entry, d_last, d_end, d_theta = subscription(
            at_entry, at_last, at_end, event[i], theta
        )
        total += value
        g_frailty += d_theta
        own_slope = d_entry * at_entry + d_last * at_last + d_end * at_end
        add_own(i, own_slope, gradient, block_end, attribute_value, group_idx)
        g_node[entry_node[i]] += factor * d_entry
        g_node[last_node[i]] += factor * d_last
        g_node[end_node[i]] += factor * d_end
    for n in range(len(node) - 1, 0, -1):
        g_node[node_parent[n]] += g_node[n]
        g_cell[node_cell[n]] += g_node[n] * np.exp(cell[node_cell[n]])
    g_latent, g_scale, g_persistence = gather(
        gradient, g_cell, g_frailty, latent, scale, persistence.item(), effect, effect_matrix,
        scale_idx, n_spreads.item(), block_end, cell_exit_idx, cell_tenure, cell_quarter_idx,
        cell_level_quarter,
    )  # fmt: skip
    return np.asarray(total), g_latent, g_scale, np.zeros_like(fade), np.asarray(g_persistence)
