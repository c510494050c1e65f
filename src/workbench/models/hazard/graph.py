"""The hazard model once more in PyMC's own operations: to read, to change, to hold others against.

`workbench.models.hazard.model` gives the same density by a compiled pass, which samples faster and
cannot be changed from outside. Here every step is a line of PyTensor; the tests hold the two
together in value and gradient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from workbench.core import names
from workbench.features.design import Design
from workbench.models.compiled.hazard import ROW_DATA
from workbench.models.hazard.effects import (
    BLOCKS,
    EffectMap,
    block_labels,
    effect_map,
    sampled_scales,
)
from workbench.models.priors.distribution import Beta
from workbench.models.priors.hazard import HazardPriors, hazard_priors
from workbench.models.priors.prior import distribution_of

# What the compiled pass takes beside these, a graph takes from the layout.
DATA = tuple(name for name in ROW_DATA if name not in ("n_spreads", "block_end"))


def hazard_graph(
    design: Design, priors: HazardPriors | None = None, *, frailty: bool = True
) -> pm.Model:
    """Build the hazard model in PyMC's own operations; nothing is sampled here.

    Parameters
    ----------
    design : Design
        Arrays of the at-risk rows.
    priors : HazardPriors, optional
        The default priors if left out.
    frailty : bool
        Whether subscriptions differ beyond what is measured.

    Returns
    -------
    pm.Model
        Free variables ``latent``, ``scale`` and, with signals, the fade; so
        `workbench.models.hazard.model.name_effects` reads its draws too. Effects are deterministic
        variables under the names of `workbench.core.names`, on the log-hazard.

    See Also
    --------
    workbench.models.hazard.model.build_hazard : the same density by a compiled pass.
    """
    priors = priors or HazardPriors()
    rows, layout = hazard_priors(priors), effect_map(design, priors)
    scales, scale_prior = sampled_scales(layout, rows, frailty=frailty)
    with pm.Model(coords={"scale_name": list(scales)} | _coords(design)) as graph:
        latent: Any = pm.Normal("latent", 0.0, 1.0, shape=len(layout.effect_matrix))
        scale: Any = scale_prior.variable("scale", dims="scale_name")
        fade: Any = 1.0
        if design.coding.signals.columns:
            fade = distribution_of(Beta, rows, names.FADE).variable(names.FADE)
        persistence: Any = 1.0
        if design.coding.quarters:
            persistence = distribution_of(Beta, rows, names.PERSISTENCE).variable(names.PERSISTENCE)
        data = {name: pm.Data(name, _array(name, layout, design)) for name in DATA}
        effect = effects((latent, scale, persistence), data, layout.block_end)
        named = {block: _named(block, effect[block], design) for block in BLOCKS}
        eta = log_hazard(named, fade, data)
        theta = scale[-1] if frailty else None
        pm.Potential("log_likelihood", log_likelihood(eta, theta, data))
    return graph


def effects(
    parameters: tuple[Any, Any, Any], data: Mapping[str, Any], block_end: Sequence[int] | Any
) -> dict[str, Any]:
    """Turn standard normals and scales into effects on the log-hazard, block by block.

    Parameters
    ----------
    parameters : tuple of tensor
        Latents, scales, and the share of a shock that is left after a quarter.
    data : mapping
        ``centre``, ``effect_matrix`` and ``scale_idx`` of the effect map.
    block_end : sequence of int
        Where each of `workbench.models.hazard.effects.BLOCKS` ends.

    Returns
    -------
    dict of tensor
        By block. Shocks and groups close with a zero, for what was not seen.
    """
    latent, scale, persistence = parameters
    with_one: Any = pt.concatenate([pt.ones(1), scale])
    every = data["centre"] + (latent * with_one[data["scale_idx"]]) @ data["effect_matrix"]
    starts = [0, *(block_end[i] for i in range(len(BLOCKS) - 1))]
    found = {
        block: every[start : block_end[i]]
        for i, (block, start) in enumerate(zip(BLOCKS, starts, strict=True))
    }
    shocks = BLOCKS.index(names.SHOCK)
    quarters = block_end[shocks] - block_end[shocks - 1] - 1
    for block in (names.SHOCK, names.GROUP_SHOCK):
        found[block] = _carried(found[block], quarters, persistence)
    return found


def log_hazard(effect: Mapping[str, Any], fade: Any, data: Mapping[str, Any]) -> Any:
    """Add up the log-hazard of every row.

    Parameters
    ----------
    effect : mapping of tensor
        From `effects`.
    fade : tensor, 0 to 1
        What is left of a signal's effect after a month.
    data : mapping
        The design's arrays.

    Returns
    -------
    tensor, shape (row,)
    """
    cell = effect[names.EXIT][data["cell_exit_idx"]]
    cell += effect[names.TENURE][data["cell_tenure"]]
    cell += effect[names.SHOCK][data["cell_quarter_idx"]]
    cell += effect[names.GROUP_SHOCK][data["cell_level_quarter"]]
    own = data["attribute_value"] @ effect[names.STATIC]
    own += effect[names.GROUP][data["group_idx"]].sum(axis=1)
    signal = (data["signal_value"] @ effect[names.SIGNAL]) * fade ** data["lead_months"]
    start, row_end = _starts(data["row_end"]), data["row_end"]
    subscription = pt.repeat(pt.arange(row_end.shape[0]), row_end - start)
    return cell[data["cell_idx"]] + own[subscription] + signal


def log_likelihood(eta: Any, theta: Any | None, data: Mapping[str, Any]) -> Any:
    """Sum the log-likelihood over subscriptions, their gamma frailties integrated out.

    A subscription that entered at a and left in the month from b to c gives
    log(S(b) - S(c)) - log S(a); one that still runs gives log S(c) - log S(a).

    Parameters
    ----------
    eta : tensor, shape (row,)
        Log-hazards.
    theta : tensor or None
        Variance of the frailty; None without one.
    data : mapping
        ``row_end``, ``entry_end`` and ``event`` of the design.

    Returns
    -------
    tensor, scalar
    """
    start, end = _starts(data["row_end"]), data["row_end"]
    total: Any = pt.concatenate([pt.zeros(1), pt.cumsum(pt.exp(eta))])
    entry, before, after = (
        log_survival(total[at] - total[start], theta) for at in (data["entry_end"], end - 1, end)
    )
    left = data["event"] > 0
    # The logarithm's gradient at 0 is not a number even where it is not used.
    gone: Any = pt.expm1(pt.switch(left, after - before, -1.0))
    lost: Any = pt.log(-gone)
    return pt.sum(pt.switch(left, before - entry + lost, after - entry))


def log_survival(hazard: Any, theta: Any | None) -> Any:
    """Give the logarithm of survival, the gamma frailty integrated out.

    That is -log(1 + theta L) / theta; without a frailty it is -L.

    Parameters
    ----------
    hazard : tensor, shape (subscription,)
        Cumulative hazard L, at least 0.
    theta : tensor or None
        Variance of the frailty, above 0; None without one.

    Returns
    -------
    tensor, shape (subscription,)
        At most 0.
    """
    if theta is None:
        return -hazard
    grown: Any = pt.log1p(theta * hazard)
    return -grown / theta


def _starts(row_end: Any) -> Any:
    return pt.concatenate([pt.zeros(1, dtype="int64"), row_end[:-1]])


def _carried(block: Any, quarters: Any, persistence: Any) -> Any:
    """Add to what is new in each quarter what is left of those before: one matrix for all chains.

    Shock q is the sum of persistence^(q - s) times what was new in quarter s; all of the first is.
    """
    place = pt.arange(pt.maximum(quarters, 1))
    since = place[:, None] - place[None, :]
    share: Any = pt.switch(place[None, :] > 0, pt.sqrt(1 - persistence**2), 1.0)
    left: Any = pt.switch(since >= 0, persistence ** pt.maximum(since, 0), 0.0)
    reach = left * share
    new = block[:-1].reshape((-1, pt.maximum(quarters, 1)))
    shocks: Any = (new @ reach.T).flatten()
    return pt.concatenate([shocks, block[-1:]])


def _coords(design: Design) -> dict[str, list]:
    return {dim: list(map(str, values)) for dim, values in block_labels(design.coding).values()}


def _named(block: str, effect: Any, design: Design) -> Any:
    """Give a block its name and labels; return it with its closing zero, which has no label."""
    dim, labels = block_labels(design.coding)[block]
    pm.Deterministic(block, effect[: len(labels)], dims=dim)
    return effect


def _array(name: str, layout: EffectMap, design: Design) -> np.ndarray:
    values = np.asarray(getattr(layout if hasattr(layout, name) else design, name))
    return values.astype("float64") if values.dtype == bool else values
