"""What actions do to leaving: observed endings of those acted upon against those expected without.

For a month of follow-up i of a trial with an action, with the hazard expected without it,

    cloglog P(ends in month i) = log rate_i + effect[kind_i] + by_month[h_i]
                                 + by_band[band_i] + by_segment[segment_i]

Effects of kinds share a learnt mean and spread; the others sum to zero, so that a kind's effect is
that of an average month. Months count by their weight against censoring, scaled so that their sum
is the effective number of months (Kish 1965): a weight of two is not two observations.

What is not known of the untreated hazard, ``basis_i @ z`` with z of a Student's t, is drawn beside
the effects, and each draw's effects move by what it takes from their months' expected endings. What
became of those acted upon must not teach it: that a hazard foretold too much could then not be told
from an action that helped (the cut of modular inference: Plummer 2015, Statistics and Computing 25,
37-43).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from workbench.core import impact_names as names
from workbench.features.treated_months import TreatedMonths
from workbench.models.compiled.action_kernels import ending_log_likelihood
from workbench.models.compiled.density import KernelModel
from workbench.models.levels import centred_levels
from workbench.models.priors.distribution import HalfNormal

_ROWS = ("share", "step", "band_idx", "segment_idx", "log_rate", "basis", "weight", "event")


@dataclass(frozen=True)
class ActionPriors:
    """Priors of the effects of actions, all on the log-hazard.

    Parameters
    ----------
    mean_sd : float
        Of the mean effect over kinds: 0.7 lets an average action divide the hazard by four or
        multiply it by as much (95 %); no action is thought to help before the book is read.
    kind_sd : float
        Scale of the half-normal prior on the spread between kinds.
    month_sd, band_sd, segment_sd : float
        The same for months since the action, bands of risk and segments.
    """

    mean_sd: float = 0.7
    kind_sd: float = 0.4
    month_sd: float = 0.2
    band_sd: float = 0.25
    segment_sd: float = 0.2


@dataclass(frozen=True)
class EffectLayout:
    """log-ratio[month] = sum over j of carries[month, j] size_j latent_j.

    Effects come in blocks: the mean over kinds, kinds, months since, bands, segments.

    Parameters
    ----------
    log_rate : ndarray, shape (cell,)
        Months without an ending that share kind, month, band and segment are one cell.
    carries : ndarray, shape (cell, effect)
    scale_idx : ndarray of int, shape (effect,)
        Position of the learnt scale; -1 where `prior_sd` is stated.
    prior_sd : ndarray, shape (effect,)
    weight, event : ndarray, shape (cell,)
    """

    log_rate: np.ndarray
    carries: np.ndarray
    scale_idx: np.ndarray
    prior_sd: np.ndarray
    weight: np.ndarray
    event: np.ndarray


def effect_layout(data: TreatedMonths, priors: ActionPriors) -> EffectLayout:
    """Lay out the effects of actions.

    Parameters
    ----------
    data : TreatedMonths
    priors : ActionPriors

    Returns
    -------
    EffectLayout
        From the latents to the log-ratio of each cell.
    """
    cells = _grouped(data)
    blocks = [
        cells.share.sum(axis=1, keepdims=True),
        cells.share,
        _level(cells.step, data.horizon_months),
        _level(cells.band_idx, len(data.bands)),
        _level(cells.segment_idx, len(data.segments)),
    ]
    of_block = (-1, 0, 1, 2, 3)
    sizes = [block.shape[1] for block in blocks]
    prior_sd = np.ones(sum(sizes))
    prior_sd[0] = priors.mean_sd
    return EffectLayout(
        log_rate=cells.log_rate,
        carries=np.column_stack(blocks),
        scale_idx=np.repeat(of_block, sizes),
        prior_sd=prior_sd,
        weight=cells.weight,
        event=cells.event.astype("float64"),
    )


def action_effects_model(data: TreatedMonths, priors: ActionPriors | None = None) -> KernelModel:
    """Lay out the model of the effects of actions; nothing is sampled here.

    Parameters
    ----------
    data : TreatedMonths
    priors : ActionPriors, optional

    Returns
    -------
    KernelModel
        Priors, likelihood and data.
    """
    priors = priors or ActionPriors()
    layout = effect_layout(data, priors)
    sd = np.array([priors.kind_sd, priors.month_sd, priors.band_sd, priors.segment_sd])
    return KernelModel(
        likelihood=ending_log_likelihood,
        data={name: getattr(layout, name) for name in ending_log_likelihood.data},
        latent_shape=(len(layout.prior_sd),),
        scale_prior=HalfNormal(sd),
        scale_names=(names.KIND, names.SINCE, names.BAND, names.SEGMENT),
    )


def name_action_effects(
    posterior: xr.Dataset, data: TreatedMonths, priors: ActionPriors | None = None
) -> xr.Dataset:
    """Turn the sampled vectors into the named effects.

    Parameters
    ----------
    posterior : Dataset
        Draws of a model from `action_effects_model`, dimensions chain and draw.
    data : TreatedMonths
        What the model was made of.
    priors : ActionPriors, optional
        Those it was made with.

    Returns
    -------
    Dataset
        Variables of `workbench.core.impact_names`.
    """
    priors = priors or ActionPriors()
    latent = posterior["latent"].transpose("chain", "draw", ...).values
    scale = posterior["scale"].transpose("chain", "draw", ...).values
    mean = priors.mean_sd * latent[..., 0]
    kinds = np.asarray(data.kinds, dtype=object)
    shift = _shifts(data, mean.shape)
    effect = mean[..., None] + scale[..., :1] * latent[..., 1 : 1 + len(kinds)]
    effect = effect - shift @ data.moves.T
    found = {
        names.MEAN: (("chain", "draw"), mean),
        names.SPREAD: (("chain", "draw"), scale[..., 0]),
        names.EFFECT: (("chain", "draw", names.KIND), effect),
    }
    labels = {
        names.SINCE: np.arange(1, data.horizon_months + 1),
        names.BAND: np.asarray(data.bands, dtype=object),
        names.SEGMENT: np.asarray(data.segments, dtype=object),
    }
    start = 1 + len(kinds)
    for place, (name, dim) in enumerate(names.DEVIATIONS.items(), 1):
        stop = start + len(labels[dim])
        own = scale[..., place, None] * latent[..., start:stop]
        own = own - own.mean(axis=-1, keepdims=True)
        found[name], start = (("chain", "draw", dim), own), stop
    found[names.UNTREATED] = (("chain", "draw", names.DIRECTION), shift)
    coords = {dim: posterior[dim].values for dim in ("chain", "draw")}
    return xr.Dataset(found, coords | labels | {names.KIND: kinds})


def _shifts(data: TreatedMonths, shape: tuple[int, ...]) -> np.ndarray:
    """Draw what is not known of the untreated hazard: multivariate t by its degrees of freedom."""
    rng = np.random.default_rng(0)  # its own: the sampler's draws stay what they are
    spread = np.sqrt(data.freedom / rng.chisquare(data.freedom, shape))
    return rng.standard_normal((*shape, data.basis.shape[1])) * spread[..., None]


def _level(position: np.ndarray, levels: int) -> np.ndarray:
    return centred_levels(np.zeros(levels, dtype="int64"))[position, :-1]


def _grouped(data: TreatedMonths) -> TreatedMonths:
    """Sum months without an ending that share kind, month, band and segment; endings stay.

    Such a month counts by its rate alone.
    """
    rest, ended = _of(data, ~data.event), _of(data, data.event)
    keys = np.column_stack([rest.share, rest.step, rest.band_idx, rest.segment_idx])
    cells, first, cell = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    rate = rest.weight * np.exp(rest.log_rate)
    total = np.maximum(np.bincount(cell.ravel(), rate, len(cells)), 1e-12)
    summed = replace(_of(rest, first), log_rate=np.log(total), weight=np.ones(len(cells)))
    return replace(
        data,
        **{name: np.concatenate([getattr(summed, name), getattr(ended, name)]) for name in _ROWS},
    )


def _of(data: TreatedMonths, which: np.ndarray) -> TreatedMonths:
    return replace(data, **{name: getattr(data, name)[which] for name in _ROWS})
