"""Log-likelihoods of what happens to revenue, with exact gradients, as compiled passes over rows.

A predictor p of row r is the sum

    eta_pr = base_p + attributes_r . attribute effect_p + sum of group effects_p
             + (signals_r . signal effect_p) * fade_p ** lead_r

Outcomes (two predictors, each a logit against "neither"): log P(k) = eta_k - log(1 + sum exp(eta)).
Rates (one predictor, the log of a monthly rate): P(hit) = 1 - exp(-exp(eta)); a row of weight w
counts w times.
"""

from __future__ import annotations

import numpy as np

from workbench.core.compiled import jit
from workbench.models.compiled.effect_kernels import spread_effects

_jit = jit(error_model="numpy", nogil=True, fastmath={"reassoc", "contract", "nsz"})


@_jit
def powers(fade, longest):
    """Return the fade to each lead, and its slope: leads are few, rows are many.

    Parameters
    ----------
    fade : float
        Share of a signal's effect that is left after a month, 0 to 1.
    longest : int
        The longest lead, in months.

    Returns
    -------
    (ndarray, ndarray)
        Both of shape (longest + 1,).
    """
    power, slope = np.ones(longest + 1), np.zeros(longest + 1)
    for lead in range(1, longest + 1):
        power[lead] = power[lead - 1] * fade
        slope[lead] = lead * power[lead - 1]
    return power, slope


@_jit
def predict(  # noqa: PLR0913
    effect, power, block_end, attribute_value, group_idx, signal_value, lead_months
):
    """Return eta of every row, and its signals' strength before the fade.

    Parameters
    ----------
    effect : ndarray, shape (effect,)
        In blocks: base, attributes, groups, signals.
    power : ndarray, shape (lead,)
        The fade to the power of each lead, from 0.
    block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    attribute_value, group_idx, signal_value, lead_months : ndarray
        See `workbench.features.revenue_data.Covariates`; one row for each that was seen.

    Returns
    -------
    (ndarray, ndarray)
        Both of shape (row,).
    """
    n_rows = len(lead_months)
    eta, strength = np.empty(n_rows), np.zeros(n_rows)
    attribute_0, group_0, signal_0 = block_end[0], block_end[1], block_end[2]
    beta = effect[signal_0 : block_end[3]].copy()
    for r in range(n_rows):
        value = effect[0]
        for a in range(attribute_value.shape[1]):
            value += attribute_value[r, a] * effect[attribute_0 + a]
        for g in range(group_idx.shape[1]):
            value += effect[group_0 + group_idx[r, g]]
        dot = 0.0
        for k in range(len(beta)):
            dot += signal_value[r, k] * beta[k]
        strength[r] = dot
        eta[r] = value + dot * power[lead_months[r]]
    return eta, strength


@_jit
def by_effects(  # noqa: PLR0913
    slope, strength, power, power_slope, block_end, attribute_value, group_idx, signal_value,
    lead_months,
):  # fmt: skip
    """Return the gradient by effects and fade from that by eta.

    Parameters
    ----------
    slope : ndarray, shape (row,)
        Derivative of the log-likelihood by eta.
    strength : ndarray, shape (row,)
        Of the signals before the fade, see `predict`.
    power : ndarray, shape (lead,)
        The fade to the power of each lead, from 0.
    power_slope : ndarray, shape (lead,)
        Its derivative by the fade.
    block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    attribute_value, group_idx, signal_value, lead_months : ndarray
        See `workbench.features.revenue_data.Covariates`; one row for each that was seen.

    Returns
    -------
    (ndarray, float)
        By effects, shape (effect,), and by the fade.
    """
    gradient, g_fade = np.zeros(block_end[3]), 0.0
    attribute_0, group_0, signal_0 = block_end[0], block_end[1], block_end[2]
    g_beta = np.zeros(signal_value.shape[1])
    for r in range(len(lead_months)):
        w, lead = slope[r], lead_months[r]
        gradient[0] += w
        for a in range(attribute_value.shape[1]):
            gradient[attribute_0 + a] += w * attribute_value[r, a]
        for g in range(group_idx.shape[1]):
            gradient[group_0 + group_idx[r, g]] += w
        g_fade += w * strength[r] * power_slope[lead]
        w *= power[lead]
        for k in range(len(g_beta)):
            g_beta[k] += w * signal_value[r, k]
    for k in range(len(g_beta)):
        gradient[signal_0 + k] = g_beta[k]
    return gradient, g_fade


@_jit
def by_latent(gradient, latent, scale, effect_matrix, scale_idx):
    """Return the gradient by latent and scale from that by effects.

    Parameters
    ----------
    gradient : ndarray, shape (effect,)
        By effects.
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects.
    effect_matrix, scale_idx : ndarray
        See `workbench.models.linear_map.LinearMap`.

    Returns
    -------
    (ndarray, ndarray)
        Shapes (latent,) and (scale,).
    """
    g_latent, g_scale = np.zeros_like(latent), np.zeros_like(scale)
    for j in range(len(latent)):
        slope = 0.0
        for e in range(len(gradient)):
            slope += effect_matrix[j, e] * gradient[e]
        s = scale_idx[j] - 1
        g_latent[j] = slope * (scale[s] if s >= 0 else 1.0)
        if s >= 0:
            g_scale[s] += slope * latent[j]
    return g_latent, g_scale


@_jit
def outcomes(  # noqa: PLR0913
    latent, scale, fade, centre, effect_matrix, scale_idx, block_end,
    attribute_value, group_idx, signal_value, lead_months, outcome,
):  # fmt: skip
    """Return the log-likelihood of outcomes 0 (neither), 1, 2, and its gradient.

    Parameters
    ----------
    latent : ndarray, shape (predictor, latent)
        Standard normal under the prior.
    scale : ndarray, shape (predictor, scale)
        Spreads of effects.
    fade : ndarray, shape (predictor,)
        Share of a signal's effect that is left after a month, 0 to 1.
    centre, effect_matrix, scale_idx, block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    attribute_value, group_idx, signal_value, lead_months : ndarray
        See `workbench.features.revenue_data.Covariates`; one row for each that was seen.
    outcome : ndarray of int, shape (row,)
        0, 1 or 2.

    Returns
    -------
    (float, ndarray, ndarray, ndarray)
        The value, and its gradient by latent, scale and fade.
    """
    n_rows, n_predictors = len(outcome), len(latent)
    eta, strength = np.empty((n_predictors, n_rows)), np.empty((n_predictors, n_rows))
    longest = lead_months.max() if n_rows else 0
    for p in range(n_predictors):
        effect = spread_effects(latent[p], scale[p], centre[p], effect_matrix, scale_idx)
        eta[p], strength[p] = predict(
            effect,
            powers(fade[p], longest)[0],
            block_end,
            attribute_value,
            group_idx,
            signal_value,
            lead_months,
        )
    total = 0.0
    for r in range(n_rows):
        top = max(0.0, eta[:, r].max())
        norm = np.exp(-top)
        for p in range(n_predictors):
            norm += np.exp(eta[p, r] - top)
        norm = top + np.log(norm)
        total -= norm
        for p in range(n_predictors):
            chance = np.exp(eta[p, r] - norm)
            if outcome[r] == p + 1:
                total += eta[p, r]
                eta[p, r] = 1.0 - chance
            else:
                eta[p, r] = -chance
    g_latent, g_scale, g_fade = np.zeros_like(latent), np.zeros_like(scale), np.zeros_like(fade)
    for p in range(n_predictors):
        power, power_slope = powers(fade[p], longest)
        gradient, g_fade[p] = by_effects(
            eta[p], strength[p], power, power_slope, block_end, attribute_value, group_idx,
            signal_value, lead_months,
        )  # fmt: skip
        g_latent[p], g_scale[p] = by_latent(gradient, latent[p], scale[p], effect_matrix, scale_idx)
    return np.asarray(total), g_latent, g_scale, g_fade


@_jit
def rates(  # noqa: PLR0913
    latent, scale, fade, centre, effect_matrix, scale_idx, block_end,
    attribute_value, group_idx, signal_value, lead_months, hit, weight,
):  # fmt: skip
    """Return the log-likelihood of hits in single months, and its gradient.

    Parameters
    ----------
    latent : ndarray, shape (latent,)
        Standard normal under the prior.
    scale : ndarray, shape (scale,)
        Spreads of effects.
    fade : ndarray, scalar
        Share of a signal's effect that is left after a month, 0 to 1.
    centre, effect_matrix, scale_idx, block_end : ndarray
        See `workbench.models.linear_map.LinearMap`.
    attribute_value, group_idx, signal_value, lead_months : ndarray
        See `workbench.features.revenue_data.Covariates`; one row for each that was seen.
    hit : ndarray of bool, shape (row,)
        Whether it happened in the month.
    weight : ndarray, shape (row,)
        How often the row counts, above 0.

    Returns
    -------
    (float, ndarray, ndarray, ndarray)
        The value, and its gradient by latent, scale and fade.
    """
    effect = spread_effects(latent, scale, centre, effect_matrix, scale_idx)
    power, power_slope = powers(fade.item(), lead_months.max() if len(hit) else 0)
    eta, strength = predict(
        effect, power, block_end, attribute_value, group_idx, signal_value, lead_months
    )
    total = 0.0
    for r in range(len(hit)):
        rate = np.exp(eta[r])
        if hit[r] > 0:
            total += weight[r] * np.log(-np.expm1(-rate))
            eta[r] = weight[r] * rate / np.expm1(rate)
        else:
            total -= weight[r] * rate
            eta[r] = -weight[r] * rate
    gradient, g_fade = by_effects(
        eta, strength, power, power_slope, block_end, attribute_value, group_idx, signal_value,
        lead_months,
    )  # fmt: skip
    g_latent, g_scale = by_latent(gradient, latent, scale, effect_matrix, scale_idx)
    return np.asarray(total), g_latent, g_scale, np.asarray(g_fade)
