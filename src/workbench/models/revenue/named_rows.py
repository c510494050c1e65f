"""The sampled vectors of a part of the revenue model as the variables that forecasts read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from workbench.core import names as shared
from workbench.core import revenue_names as names
from workbench.features.design import Coding
from workbench.models.linear_map import LinearMap
from workbench.models.priors.predictors import PredictorPriors
from workbench.models.revenue.predictors import predictor_map
from workbench.models.revenue.row_parts import RowPart, coding_of


def name_rows(
    posterior: xr.Dataset, part: RowPart, coding: Coding, priors: PredictorPriors
) -> dict[str, xr.DataArray]:
    """Turn the sampled vectors of a part into the variables that forecasts read.

    Parameters
    ----------
    posterior : Dataset
        With latent, scale and fade, as the part's model has them.
    part : RowPart
        The likelihood, its rows and what was seen in them.
    coding : Coding
        The hazard model's.
    priors : PredictorPriors
        Scales and means of the priors.

    Returns
    -------
    dict of str to DataArray
        By the names of `core.revenue_names`, with chain and draw.
    """
    layout = predictor_map(part, coding, priors)
    drawn = {
        name: posterior[name].transpose("chain", "draw", ...).values
        for name in ("latent", "scale", "fade")
    }
    coding = coding_of(part, coding)
    found: dict[str, xr.DataArray] = {}
    for p, process in enumerate(part.processes):
        of = {k: v[:, :, p] if part.several else v for k, v in drawn.items()}
        effect = replace(layout, centre=layout.centre[p]).effects(of["latent"], of["scale"])
        found |= _named(process, effect, of["fade"], layout, coding)
        if part.bare:  # what is not read has no effects, under any label
            for block in (names.ATTRIBUTE, names.GROUP, names.SIGNAL, names.FADE):
                del found[names.part(process, block)]
        apart = [names.LOADING] * part.shaken + [names.REVERSION] * part.reverts
        for back, name in enumerate(reversed(apart), start=1):
            found[names.part(process, name)] = xr.DataArray(
                effect[..., layout.block_end[1] - back], dims=("chain", "draw")
            )
        for s, scale in enumerate(layout.scales):
            found[names.part(process, scale)] = xr.DataArray(
                of["scale"][..., s], dims=("chain", "draw")
            )
    return found


def _named(
    process: str, effect: np.ndarray, fade: np.ndarray, layout: LinearMap, coding: Coding
) -> dict[str, xr.DataArray]:
    attribute_0, group_0, signal_0, _ = layout.block_end
    blocks = {
        names.ATTRIBUTE: (attribute_0, shared.STATIC_NAME, coding.attributes.names),
        names.GROUP: (group_0, shared.GROUP_LEVEL, coding.flat_levels),
        names.SIGNAL: (signal_0, shared.SIGNAL_NAME, coding.signals.names),
        names.TERM: (group_0 + len(coding.flat_levels) + 1, names.TERM_KIND, names.TERM_KINDS),
    }
    found = {
        names.part(process, names.BASE): xr.DataArray(effect[..., 0], dims=("chain", "draw")),
        names.part(process, names.FADE): xr.DataArray(fade, dims=("chain", "draw")),
    }
    for block, (start, dim, labels) in blocks.items():
        found[names.part(process, block)] = xr.DataArray(
            effect[..., start : start + len(labels)],
            dims=("chain", "draw", dim),
            coords={dim: np.asarray(labels, dtype=object)},
        )
    return found
