"""The sales pipeline: where an opportunity that is open on the first of a month is a month later.

Of an offer in stage s, of kind k and in age band b, the log-odds against staying where it is are

    to stage t:       move_st
    to won or lost:   base_o + stage_so + kind_ko + age_bo,     o = won, lost,

with stage, kind and age effects centred: what they share belongs to the base. Their normal priors
have a fixed spread: a handful of stages, two kinds and five bands are too few to learn one. Winning
and losing compete, so an opportunity that dies is not counted as slow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from workbench.core import revenue_names as names
from workbench.features.pipeline import AGE_FROM_MONTHS, Pipeline
from workbench.models.compiled.density import KernelModel
from workbench.models.compiled.revenue import pipeline_log_likelihood
from workbench.models.priors.distribution import HalfNormal, Normal
from workbench.models.priors.pipeline import PipelinePriors, pipeline_priors
from workbench.models.priors.prior import distribution_of


@dataclass(frozen=True)
class PipelineMap:
    """log-odds[cell, to] = sum over j of carries[cell, to, j] (centre_j + latent_j).

    Effects come in blocks: moves between stages, bases, and effects of stage, kind and age on being
    won and lost.

    Parameters
    ----------
    carries : ndarray, shape (cell, to, effect)
    centre : ndarray, shape (effect,)
    count : ndarray, shape (cell, to)
    """

    carries: np.ndarray
    centre: np.ndarray
    count: np.ndarray


def pipeline_map(seen: Pipeline, priors: PipelinePriors) -> PipelineMap:
    """Lay out the effects of the pipeline.

    Parameters
    ----------
    seen : Pipeline
        What is known of opportunities.
    priors : PipelinePriors
        Scales and means of the priors.

    Returns
    -------
    PipelineMap
        From the latents to the log-odds of each cell.
    """
    stages, prior = len(seen.stages), _priors(priors)
    move, close = prior[names.PIPELINE_MOVE], prior[names.PIPELINE_BASE]
    cells, count = _cells(seen)
    levels = (len(seen.kinds), stages, len(AGE_FROM_MONTHS))
    ends = np.cumsum([stages**2, 2, 2 * stages, 2 * levels[0], 2 * levels[2]])
    carries = np.zeros((len(cells), stages + 2, ends[-1]))
    centre = np.zeros(ends[-1])
    centre[: ends[0]] = move.centre / move.sd
    centre[ends[0] : ends[1]] = close.centre / close.sd
    for c, cell in enumerate(cells):
        for t in range(stages):
            if t != cell[1]:
                carries[c, t, cell[1] * stages + t] = move.sd
        for o in range(2):
            carries[c, stages + o, ends[0] + o] = close.sd
    # Cells name kind, stage and age; effects come as stage, kind, age, each with won and lost.
    order = ((1, 1, names.STAGE), (0, 2, names.OPPORTUNITY_KIND), (2, 3, names.AGE))
    for which, block, dim in order:
        own = np.eye(levels[which])[cells[:, which]] - 1 / levels[which]
        for o in range(2):
            columns = ends[block] + 2 * np.arange(levels[which]) + o
            carries[:, stages + o, columns] = own * prior[names.PIPELINE_EFFECTS[dim]].sd
    return PipelineMap(carries, centre, count.astype("float64"))


def pipeline_model(seen: Pipeline, priors: PipelinePriors) -> KernelModel:
    """Lay out the model of the pipeline; nothing is sampled here.

    Parameters
    ----------
    seen : Pipeline
        What is known of opportunities.
    priors : PipelinePriors
        Scales and means of the priors.

    Returns
    -------
    KernelModel
        Priors, likelihood and data.
    """
    layout = pipeline_map(seen, priors)
    return KernelModel(
        likelihood=pipeline_log_likelihood,
        data={name: getattr(layout, name) for name in pipeline_log_likelihood.data},
        latent_shape=(len(layout.centre),),
        scale_prior=HalfNormal(np.empty(0)),
        scale_names=(),
    )


def name_pipeline(
    posterior: xr.Dataset, seen: Pipeline, priors: PipelinePriors
) -> dict[str, xr.DataArray]:
    """Return the variables of the pipeline that forecasts read.

    Parameters
    ----------
    posterior : Dataset
        With latent, as the pipeline's model has it.
    seen : Pipeline
        What is known of opportunities.
    priors : PipelinePriors
        Scales and means of the priors.
    """
    layout = pipeline_map(seen, priors)
    effect = layout.centre + posterior["latent"].transpose("chain", "draw", ...).values
    labels = {
        names.STAGE: list(seen.stages),
        names.TO_STAGE: list(seen.stages),
        names.OPPORTUNITY_KIND: list(seen.kinds),
        names.AGE: list(AGE_FROM_MONTHS),
        names.DECISION: list(names.DECISIONS),
    }
    blocks: list[tuple[str, tuple[str, ...]]] = [
        (names.PIPELINE_MOVE, (names.STAGE, names.TO_STAGE)),
        (names.PIPELINE_BASE, (names.DECISION,)),
        *((name, (dim, names.DECISION)) for dim, name in names.PIPELINE_EFFECTS.items()),
    ]
    prior, found, start = _priors(priors), {}, 0
    for name, dims in blocks:
        shape = [len(labels[dim]) for dim in dims]
        stop = start + int(np.prod(shape))
        own = effect[..., start:stop].reshape(*effect.shape[:2], *shape)
        own = own * prior[name].sd
        if name in names.PIPELINE_EFFECTS.values():
            own = own - own.mean(axis=2, keepdims=True)
        found[name] = xr.DataArray(
            own,
            dims=("chain", "draw", *dims),
            coords={dim: np.asarray(labels[dim], dtype=object) for dim in dims},
        )
        start = stop
    return found


def _priors(numbers: PipelinePriors) -> dict[str, Normal]:
    """Return the prior of each block of effects; stages and ages share a row."""
    rows, stage = pipeline_priors(numbers), names.PIPELINE_EFFECTS[names.STAGE]
    shared = {names.PIPELINE_EFFECTS[names.AGE]: stage}
    blocks = (names.PIPELINE_MOVE, names.PIPELINE_BASE, *names.PIPELINE_EFFECTS.values())
    return {name: distribution_of(Normal, rows, shared.get(name, name)) for name in blocks}


def _cells(seen: Pipeline) -> tuple[np.ndarray, np.ndarray]:
    """Return kind, stage and age band of every cell, and its counts by where opportunities went."""
    wide = seen.moves.pivot_table(
        index=["kind_idx", "stage_idx", "age_idx"],
        columns="to_idx",
        values="opportunities",
        fill_value=0,
    ).reindex(columns=range(len(seen.stages) + 2), fill_value=0)
    return np.array(wide.index.to_list(), dtype="int64"), wide.to_numpy("int64")
