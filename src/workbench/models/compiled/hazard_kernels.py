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

from workbench.core.compiled import jit

# Sums may be regrouped so that several columns of signals are taken at once; infinities stay.
# Chains are threads: a kernel must not hold the interpreter's lock.
_jit = jit(error_model="numpy", nogil=True, fastmath={"reassoc", "contract", "nsz"})
_exact = jit(error_model="numpy")
LEAST_NEW = 1e-12  # share of a shock's variance that is new, where rounding leaves none


@_exact
def log_survival(hazard: float, theta: float) -> tuple[float, float, float]:
    """Return f(L) and its derivatives by L and by theta; a series where theta L is small.

    Parameters
    ----------
    hazard : float
        Cumulative hazard L, at least 0.
    theta : float
        Variance of the frailty, at least 0.
    """
    x = theta * hazard
    if x < 1e-5:
        value = -hazard * (1 - x / 2 + x * x / 3)
        by_theta = hazard * hazard * (0.5 - 2 * x / 3)
    else:
        log1p = np.log1p(x)
        value = -log1p / theta
        by_theta = (log1p - x / (1 + x)) / (theta * theta)
    return value, -1 / (1 + x), by_theta


@_exact
def subscription(at_entry, at_last, at_end, event, theta):
    """Return the log-likelihood and its derivatives by L0, L1, L2 and theta.

    Parameters
    ----------
    at_entry, at_last, at_end : float
        L0, L1 and L2: cumulative hazards, rising.
    event : bool
        Whether it ended in its last row.
    theta : float
        Variance of the frailty, at least 0.

    Returns
    -------
    (float, float, float, float, float)
        The value, then the derivatives.
    """
    f0, d0, t0 = log_survival(at_entry, theta)
    f2, d2, t2 = log_survival(at_end, theta)
    if event > 0:
        f1, d1, t1 = log_survival(at_last, theta)
        odds = 1 / np.expm1(f1 - f2)
        value = f1 - f0 + np.log(-np.expm1(f2 - f1))
        return value, -d0, (1 + odds) * d1, -odds * d2, (1 + odds) * t1 - odds * t2 - t0
    return f2 - f0, -d0, 0.0, d2, t2 - t0


@_jit
def spread_effects(latent, scale, centre, effect_matrix, scale_idx):
    """Return the effects: centre + (latent * scale) @ effect_matrix.

    Parameters
    ----------
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects; behind them, where there is one, the frailty variance.
    centre, effect_matrix, scale_idx : ndarray
        See `workbench.models.hazard.effects.EffectMap`.

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


@_jit
def carry(effect, block_end, persistence):
    """Turn what is new in each quarter into shocks that last, in place.

    The first quarter's shock is all new; then shock = persistence * shock of the quarter before
    + sqrt(1 - persistence^2) * new, which keeps the spread.

    Parameters
    ----------
    effect : ndarray, shape (effect,)
        In blocks, from `spread_effects`.
    block_end : ndarray
        See `workbench.models.hazard.effects.EffectMap`.
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


@_jit
def carry_back(gradient, effect, block_end, persistence):
    """Turn the gradient by shocks into that by what was new, in place.

    Parameters
    ----------
    gradient : ndarray, shape (effect,)
        By the effects as `carry` left them.
    effect : ndarray, shape (effect,)
        As `carry` left them.
    block_end : ndarray
        See `workbench.models.hazard.effects.EffectMap`.
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


@_jit
def cell_effects(
    effect, block_end, cell_exit_idx, cell_tenure, cell_quarter_idx, cell_level_quarter
):
    """Return the sum of exit and tenure effect and of the shocks of each cell.

    Parameters
    ----------
    effect : ndarray, shape (effect,)
        In blocks, from `carry`.
    block_end : ndarray
        See `workbench.models.hazard.effects.EffectMap`.
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


@_jit
def own_effect(i, effect, block_end, attribute_value, group_idx):
    """Return the sum of attribute and group effects of subscription i.

    Parameters
    ----------
    i : int
        Position of the subscription.
    effect : ndarray, shape (effect,)
        In blocks, from `spread_effects`.
    block_end : ndarray
        See `workbench.models.hazard.effects.EffectMap`.
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


@_jit
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
        See `workbench.models.hazard.effects.EffectMap`.
    attribute_value, group_idx : ndarray
        See `workbench.features.design.Design`.
    """
    for a in range(block_end[3] - block_end[2]):
        gradient[block_end[2] + a] += slope * attribute_value[i, a]
    for g in range(group_idx.shape[1]):
        gradient[block_end[3] + group_idx[i, g]] += slope


@_jit
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


@_jit
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
            w *= power[lead_months[r]]
            for k in range(n_signals):
                g_beta[k] += w * signal_value[r, k]
        add_own(i, own_slope, gradient, block_end, attribute_value, group_idx)
        start = end
    gradient[signal_0 : signal_0 + n_signals] = g_beta
    g_latent, g_scale, g_persistence = gather(
        gradient, g_cell, g_frailty, latent, scale, persistence.item(), effect, effect_matrix,
        scale_idx, n_spreads.item(), block_end, cell_exit_idx, cell_tenure, cell_quarter_idx,
        cell_level_quarter,
    )  # fmt: skip
    return np.asarray(total), g_latent, g_scale, np.asarray(g_fade), np.asarray(g_persistence)


@_jit
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
