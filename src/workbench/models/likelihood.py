"""The hazard model's log-likelihood and its exact gradient, as one compiled pass over the rows.

Written in PyTensor's own operations, the same sum is some forty kernels and four matrix products,
each compiled by itself (minutes before the first draw on a cold cache), and several passes over the
rows for each gradient. The tests keep that form and hold the two together.

For subscription i with cumulative hazards L0 at entry, L1 before its last row, L2 at its end, and
f(L) = -log(1 + theta L) / theta (its limit -L at theta = 0), the log-likelihood is f(L2) - f(L0) if
it is still running and f(L1) - f(L0) + log(1 - exp(f(L2) - f(L1))) if it ended in its last row.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numba
import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_default_op_cache_key

PARAMETERS = ("latent", "scale", "fade")
DATA = (
    "centre",
    "effect_matrix",
    "scale_idx",
    "n_spreads",
    "block_end",
    "cell_exit_idx",
    "cell_tenure",
    "cell_quarter_idx",
    "cell_idx",
    "attribute_value",
    "group_idx",
    "signal_value",
    "lead_months",
    "row_end",
    "entry_end",
    "event",
)
# Compiled code is cached under this number: it must change whenever the kernel does.
# Sums may be regrouped so that several columns of signals are taken at once; infinities stay.
FASTER = {"reassoc", "contract", "nsz"}
KERNEL_VERSION = zlib.crc32(Path(__file__).read_bytes())


@numba.njit(cache=True, error_model="numpy")
def log_survival(hazard: float, theta: float) -> tuple[float, float, float]:
    """Return f(L) and its derivatives by L and by theta; a series where theta L is small."""
    x = theta * hazard
    if x < 1e-5:
        value = -hazard * (1 - x / 2 + x * x / 3)
        by_theta = hazard * hazard * (0.5 - 2 * x / 3)
    else:
        log1p = np.log1p(x)
        value = -log1p / theta
        by_theta = (log1p - x / (1 + x)) / (theta * theta)
    return value, -1 / (1 + x), by_theta


@numba.njit(cache=True, error_model="numpy", fastmath=FASTER)
# Flat and long on purpose: a call into a smaller function costs as much as the row itself.
def value_and_gradient(  # noqa: C901, PLR0913
    latent, scale, fade, centre, effect_matrix, scale_idx, n_spreads, block_end,
    cell_exit_idx, cell_tenure, cell_quarter_idx, cell_idx, attribute_value,
    group_idx, signal_value, lead_months, row_end, entry_end, event,
):  # fmt: skip
    """Return the log-likelihood and its gradient by latent, scale and fade.

    The scale after the `n_spreads` of effects, where there is one, is the frailty variance.
    """
    n_effects, n_latent, n_scales = len(centre), len(latent), n_spreads.item()
    theta, rho = scale[n_scales] if len(scale) > n_scales else 0.0, fade.item()
    effect = centre.copy()
    for j in range(n_latent):
        value = latent[j] * (scale[scale_idx[j] - 1] if scale_idx[j] > 0 else 1.0)
        for e in range(n_effects):
            effect[e] += effect_matrix[j, e] * value
    tenure_0, shock_0, attribute_0 = block_end[0], block_end[1], block_end[2]
    group_0, signal_0 = block_end[3], block_end[4]
    n_attributes, n_signals = group_0 - attribute_0, block_end[5] - signal_0
    n_cells, n_quarters = len(cell_exit_idx), attribute_0 - shock_0
    gradient = np.zeros(n_effects)
    g_fade, g_frailty, total = 0.0, 0.0, 0.0
    cell, g_cell = np.empty(n_cells), np.zeros(n_cells)
    for c in range(n_cells):
        shock = shock_0 + cell_quarter_idx[c] % n_quarters
        cell[c] = effect[cell_exit_idx[c]] + effect[tenure_0 + cell_tenure[c]] + effect[shock]
    # A lead is one of a dozen whole months: raise the fade to each once, not once per row.
    longest_lead = lead_months.max() if n_signals > 0 else 0
    power, slope = np.empty(longest_lead + 1), np.empty(longest_lead + 1)
    for lead in range(longest_lead + 1):
        power[lead] = rho**lead
        slope[lead] = lead * rho ** (lead - 1) if lead > 0 else 0.0
    longest, start = 1, 0
    for i in range(len(row_end)):
        longest = max(longest, row_end[i] - start)
        start = row_end[i]
    hazard, strength = np.empty(longest), np.empty(longest)
    beta, g_beta = effect[signal_0 : signal_0 + n_signals].copy(), np.zeros(n_signals)
    start = 0
    for i in range(len(row_end)):
        end, entry = row_end[i], entry_end[i]
        own = 0.0
        for a in range(n_attributes):
            own += attribute_value[i, a] * effect[attribute_0 + a]
        for g in range(group_idx.shape[1]):
            own += effect[group_0 + group_idx[i, g]]
        at_entry, at_last, at_end = 0.0, 0.0, 0.0
        for r in range(start, end):
            eta = cell[cell_idx[r]] + own
            if n_signals > 0:
                dot = 0.0
                for k in range(n_signals):
                    dot += signal_value[r, k] * beta[k]
                eta += dot * power[lead_months[r]]
                strength[r - start] = dot
            h = np.exp(eta)
            hazard[r - start] = h
            at_last = at_end
            at_end += h
            if r < entry:
                at_entry = at_end
        f0, d0, t0 = log_survival(at_entry, theta)
        f2, d2, t2 = log_survival(at_end, theta)
        # Weights by which the hazards of all rows, those before the last, and those before the
        # entry enter the gradient.
        if event[i] > 0:
            f1, d1, t1 = log_survival(at_last, theta)
            odds = 1 / np.expm1(f1 - f2)
            total += f1 - f0 + np.log(-np.expm1(f2 - f1))
            w_all, w_last = -odds * d2, (1 + odds) * d1
            g_frailty += (1 + odds) * t1 - odds * t2 - t0
        else:
            total += f2 - f0
            w_all, w_last = d2, 0.0
            g_frailty += t2 - t0
        own_gradient = 0.0
        for r in range(start, end):
            w = w_all
            if r < end - 1:
                w += w_last
            if r < entry:
                w -= d0
            w *= hazard[r - start]
            g_cell[cell_idx[r]] += w
            own_gradient += w
            if n_signals > 0:
                g_fade += w * strength[r - start] * slope[lead_months[r]]
                weight = w * power[lead_months[r]]
                for k in range(n_signals):
                    g_beta[k] += weight * signal_value[r, k]
        for a in range(n_attributes):
            gradient[attribute_0 + a] += own_gradient * attribute_value[i, a]
        for g in range(group_idx.shape[1]):
            gradient[group_0 + group_idx[i, g]] += own_gradient
        start = end
    gradient[signal_0 : signal_0 + n_signals] = g_beta
    for c in range(n_cells):
        gradient[cell_exit_idx[c]] += g_cell[c]
        gradient[tenure_0 + cell_tenure[c]] += g_cell[c]
        gradient[shock_0 + cell_quarter_idx[c] % n_quarters] += g_cell[c]
    g_latent, g_scale = np.zeros_like(latent), np.zeros_like(scale)
    for j in range(n_latent):
        slope_j = 0.0
        for e in range(n_effects):
            slope_j += effect_matrix[j, e] * gradient[e]
        s = scale_idx[j] - 1
        if s < 0:
            g_latent[j] = slope_j
        else:
            g_latent[j] = slope_j * scale[s]
            g_scale[s] += slope_j * latent[j]
    if len(scale) > n_scales:
        g_scale[n_scales] = g_frailty
    return np.asarray(total), g_latent, g_scale, np.asarray(g_fade)


class HazardLogLikelihood(Op):
    """Log-likelihood of the at-risk rows, with its gradient as further outputs."""

    __props__ = ()

    def make_node(self, *inputs):
        """Take PARAMETERS, then DATA; return the log-likelihood, then a gradient per parameter."""
        inputs = [pt.as_tensor_variable(value) for value in inputs]
        gradients = [value.type() for value in inputs[: len(PARAMETERS)]]
        return Apply(self, inputs, [pt.dscalar(), *gradients])

    def perform(self, node, inputs, output_storage):
        """Run the compiled pass outside of a compiled graph."""
        for storage, value in zip(output_storage, value_and_gradient(*inputs), strict=True):
            storage[0] = np.asarray(value)

    def pullback(self, inputs, outputs, cotangents):
        """Return the gradient, which the forward pass has already computed."""
        by_parameter = [pt.mul(cotangents[0], gradient) for gradient in outputs[1:]]
        return [*by_parameter, *(disconnected_type() for _ in DATA)]

    def connection_pattern(self, node):
        """Only the parameters carry a gradient."""
        outputs = len(node.outputs)
        return [[True] * outputs for _ in PARAMETERS] + [[False] * outputs for _ in DATA]


hazard_log_likelihood = HazardLogLikelihood()


@register_funcify_default_op_cache_key(HazardLogLikelihood)
def _funcify(op, node, **kwargs):
    @numba.njit
    def run(  # noqa: PLR0913
        latent, scale, fade, centre, effect_matrix, scale_idx, n_spreads, block_end,
        cell_exit_idx, cell_tenure, cell_quarter_idx, cell_idx, attribute_value,
        group_idx, signal_value, lead_months, row_end, entry_end, event,
    ):  # fmt: skip
        return value_and_gradient(
            latent, scale, fade, centre, effect_matrix, scale_idx, n_spreads, block_end,
            cell_exit_idx, cell_tenure, cell_quarter_idx, cell_idx, attribute_value,
            group_idx, signal_value, lead_months, row_end, entry_end, event,
        )  # fmt: skip

    return run, KERNEL_VERSION
