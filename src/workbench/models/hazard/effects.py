"""Every effect of the hazard model as a linear map of standard normals, and shocks that last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.core import names
from workbench.features.design import Coding, Design
from workbench.features.encode import Encoder
from workbench.models.hazard.shocks import carried, level_of, quarter_before
from workbench.models.hazard.tenure import tenure_by_step
from workbench.models.levels import centred_levels
from workbench.models.linear_map import LinearMap, rotated, stacked
from workbench.models.priors.distribution import Beta, Exponential, HalfNormal, Normal
from workbench.models.priors.hazard import HazardPriors, hazard_priors
from workbench.models.priors.prior import Prior, distribution_of
from workbench.models.priors.spreads import Spreads

# Blocks in the order in which the likelihood reads them.
BLOCKS = (
    names.EXIT,
    names.TENURE,
    names.SHOCK,
    names.STATIC,
    names.GROUP,
    names.SIGNAL,
    names.GROUP_SHOCK,
)

SCALES = (
    names.TENURE_STEP_SD,
    names.SHOCK_SD,
    names.STATIC_SD,
    names.SIGNAL_SD,
    names.GROUP_SHOCK_SD,
)


@dataclass(frozen=True)
class EffectMap(LinearMap):
    """The linear map, and what of it lasts over quarters.

    Its blocks are BLOCKS. Those of shocks and groups close with a zero, which stands for a quarter
    or level that was not seen. Of shocks the map gives what is new in a quarter; what lasts of the
    quarters before is added by `effects_of`.

    Parameters
    ----------
    scale_prior : Spreads
        Those of shocks share a total.
    n_spreads : ndarray of int, scalar
        How many scales are spreads of effects.
    before_idx : ndarray of int, shape (latent,)
        Of what is new in a quarter, the same of the quarter before; -1 for all other latents.
    level_idx : ndarray of int, shape (latent,)
        Of what is a level's own in a quarter, the level among `Coding.shaken_levels`; -1 for all
        other latents.
    """

    scale_prior: Spreads
    n_spreads: np.ndarray
    before_idx: np.ndarray
    level_idx: np.ndarray


def effect_map(design: Design, priors: HazardPriors) -> EffectMap:
    """Lay out the effects of a design.

    Parameters
    ----------
    design : Design
    priors : HazardPriors

    Returns
    -------
    EffectMap
    """
    coding = design.coding
    rows = hazard_priors(priors)
    exits, exit_covariance = exit_prior(rows)
    tenure = tenure_by_step(design)
    member = coding.level_grouping
    weight = expected_endings(design)
    quarters, shaken = len(coding.quarters), len(coding.shaken_levels)
    own = _covariates(design.attribute_value, weight.by_subscription, coding.attributes)
    read = _covariates(design.signal_value, weight.by_row, coding.signals)
    blocks = [
        np.linalg.cholesky(exit_covariance).T,
        tenure.T,
        np.eye(quarters, quarters + 1),
        *own,
        centred_levels(member),
        *read,
        np.eye(shaken * quarters, shaken * quarters + 1),
    ]
    bends = bool(coding.attributes.curves or coding.signals.curves)
    spreads = (*SCALES, *[names.GROUP_SD] * len(coding.groupings), *[names.CURVE_SD] * bends)
    sizes = [len(block) for block in blocks]
    scale_idx = np.repeat([0, 1, 2, 3, len(spreads), 0, 4, len(spreads), 5], sizes)
    scale_idx[sum(sizes[:5]) : sum(sizes[:6])] = len(SCALES) + 1 + member
    new = [scale_idx == 1 + SCALES.index(sd) for sd in (names.SHOCK_SD, names.GROUP_SHOCK_SD)]
    effect_matrix, ends = stacked(blocks)
    ends = np.delete(ends, [3, 6])  # curves are in the block of what bends
    return EffectMap(
        centre=np.concatenate([exits, np.zeros(ends[-1] - len(exits))]),
        effect_matrix=effect_matrix,
        scale_idx=scale_idx,
        scales=(
            *SCALES,
            *(f"{grouping} sd" for grouping in coding.groupings),
            *[names.CURVE_SD] * bends,
        ),
        scale_prior=_spreads(rows, spreads, shaken > 0),
        n_spreads=np.asarray(len(spreads)),
        before_idx=np.maximum(*(quarter_before(which, quarters) for which in new)),
        level_idx=level_of(new[1], quarters),
        block_end=ends,
    )


def _spreads(rows: Iterable[Prior], spreads: Sequence[str], levels_shake: bool) -> Spreads:
    """Return the prior of spreads; without levels of their own all shocks are those of everybody.

    The spread of shocks that no level has is read by nothing: it stands for itself.
    """
    whole = distribution_of(Exponential, rows, names.WHOLE_SHOCK_SD)
    of_all = distribution_of(Beta, rows, names.SHOCK_SHARE)
    own = of_all.b if levels_shake else 0.0
    share = {names.SHOCK_SD: of_all.a, names.GROUP_SHOCK_SD: own}
    scale = [
        whole.scale if name in share else distribution_of(HalfNormal, rows, name).scale
        for name in spreads
    ]
    return Spreads(np.array(scale), np.array([share.get(name, 0.0) for name in spreads]))


def _covariates(values: np.ndarray, weight: np.ndarray, encoder: Encoder) -> list[np.ndarray]:
    """Return the block of the lines and indicators of covariates, and that of their curves."""
    parts = np.split(values, [encoder.straight], axis=1)
    return [rotated(part, weight).T for part in parts]


@dataclass(frozen=True)
class Weights:
    """How many endings a row, and a subscription, would see at the average rate of its exits."""

    by_row: np.ndarray
    by_subscription: np.ndarray


def expected_endings(design: Design) -> Weights:
    """Spread the observed endings over rows by the rate of each row's exit kind.

    Parameters
    ----------
    design : Design
        Rows, cells and subscriptions.

    Returns
    -------
    Weights
        By row, and summed by subscription.
    """
    kind = design.cell_exit_idx[design.cell_idx]
    ended = np.bincount(kind[design.row_end[design.event] - 1], minlength=len(names.EXIT_KINDS))
    rate = (ended + 0.5) / (np.bincount(kind, minlength=len(names.EXIT_KINDS)) + 1.0)
    return Weights(rate[kind], np.add.reduceat(rate[kind], design.row_start))


def block_labels(coding: Coding) -> dict[str, tuple[str, list]]:
    """Name the dimension and the labels of each block; a closing zero has no label.

    Parameters
    ----------
    coding : Coding
        Of the design.

    Returns
    -------
    dict of str to (str, list)
        By the name of the variable.
    """
    return {
        names.EXIT: (names.EXIT_KIND, list(names.EXIT_KINDS)),
        names.TENURE: (names.TENURE_MONTH, list(range(coding.max_tenure_months + 1))),
        names.SHOCK: (names.QUARTER, list(coding.quarters)),
        names.STATIC: (names.STATIC_NAME, list(coding.attributes.names)),
        names.GROUP: (names.GROUP_LEVEL, list(coding.flat_levels)),
        names.SIGNAL: (names.SIGNAL_NAME, list(coding.signals.names)),
        names.GROUP_SHOCK: (
            names.LEVEL_QUARTER,
            [
                f"{level}, {quarter // 4} Q{quarter % 4 + 1}"
                for level in coding.shaken_levels
                for quarter in coding.quarters
            ],
        ),
    }


def sampled_scales(
    layout: EffectMap, rows: Iterable[Prior], *, frailty: bool
) -> tuple[tuple[str, ...], Spreads]:
    """Return names and prior of the scales of a model: spreads, then the frailty variance.

    Parameters
    ----------
    layout : EffectMap
        Of the design.
    rows : iterable of Prior
        From `workbench.models.priors.hazard.hazard_priors`.
    frailty : bool
        Whether subscriptions differ beyond what is measured.
    """
    if not frailty:
        return layout.scales, layout.scale_prior
    variance = distribution_of(HalfNormal, rows, names.FRAILTY)
    spreads = layout.scale_prior
    prior = Spreads(np.append(spreads.scale, variance.scale), np.append(spreads.share, 0.0))
    return (*layout.scales, names.FRAILTY), prior


def exit_prior(rows: Iterable[Prior]) -> tuple[np.ndarray, np.ndarray]:
    """Return prior means and covariance of the exit effects, in the order of EXIT_KINDS.

    Parameters
    ----------
    rows : iterable of Prior
        From `workbench.models.priors.hazard.hazard_priors`.

    Returns
    -------
    (ndarray, ndarray)
        Shapes (exit_kind,) and (exit_kind, exit_kind).
    """
    alone = distribution_of(Normal, rows, [f"{names.EXIT}[{kind}]" for kind in names.EXIT_KINDS])
    correlation = np.eye(len(names.EXIT_KINDS))
    for row in rows:
        if row.variable == names.EXIT:
            idx = [names.EXIT_KINDS.index(kind) for kind in row.labels]
            correlation[np.ix_(idx, idx)] = row.correlations(len(idx))
    return alone.centre, correlation * np.outer(alone.sd, alone.sd)


def effects_of(
    layout: EffectMap, latent: np.ndarray, scale: np.ndarray, persistence: np.ndarray
) -> np.ndarray:
    """Apply the map to draws, and let shocks last.

    Parameters
    ----------
    layout : EffectMap
        Of the design to which the draws belong.
    latent : ndarray, shape (..., latent)
        Standard normal under the prior.
    scale : ndarray, shape (..., scale)
        The learnt scales, in the order of `layout.scales`.
    persistence : ndarray, shape (...)
        Share of a shock that is left after a quarter, 0 to 1.

    Returns
    -------
    ndarray, shape (..., effect)
    """
    effect = layout.effects(latent, scale)
    quarters = layout.block_end[2] - layout.block_end[1] - 1
    for at in (BLOCKS.index(name) for name in (names.SHOCK, names.GROUP_SHOCK)):
        block = effect[..., layout.block_end[at - 1] : layout.block_end[at] - 1]
        shape = (*block.shape[:-1], -1, max(quarters, 1))
        block[...] = carried(block.reshape(shape), persistence[..., None]).reshape(block.shape)
    return effect
