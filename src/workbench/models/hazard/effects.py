"""Every effect of the hazard model as a linear map of standard normals.

    effect = centre + (latent * scale[scale_idx]) @ effect_matrix

One map instead of a dozen small random variables: the geometry is the non-centred one that NUTS
likes, and hardly anything is left to compile, which was most of the wait on a small book.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from workbench.core import names
from workbench.features.design import Coding, Design, tenure_basis

# Blocks in the order in which the likelihood reads them.
BLOCKS = (
    names.EXIT,
    names.TENURE,
    names.SHOCK,
    names.STATIC,
    names.GROUP,
    names.SIGNAL,
)

SCALES = ("tenure_step_sd", names.SHOCK_SD, names.STATIC_SD, names.SIGNAL_SD)


@dataclass(frozen=True)
class HazardPriors:
    """Priors of the hazard model; every scale is on the log-hazard.

    Parameters
    ----------
    renewal_log_hazard, early_log_hazard, monthly_log_hazard : float
        Prior means of the three sorts of exit. In subscriptions per hundred that leave: 18 at a
        renewal, 0.4 in a month within the term, 3 in a month of a month-to-month contract.
    exit_sd, early_sd : float
        1.0 lets a renewal lose between 3 and 76 per hundred (95 %); 1.5 lets a month within the
        term lose between 2 in ten thousand, as where contracts rule it out, and 7 in a hundred.
    renewal_correlation, early_correlation : float, 0 to 1
        Between terms of different lengths. Whether customers get out of a running contract is
        the law and habit of the company more than of the term: without that link, three-year
        contracts without a single early end would lose 2 in a hundred a year by the prior alone.
    effect_sd, tenure_sd, group_sd, quarter_sd : float
        Scales of the half-normal priors on the spread of the effects of signals (and, apart, of
        attributes) of one standard deviation, on the step between neighbouring tenure weights, on
        the spread of a grouping's levels and of calendar quarters. Learning the spread of effects
        shrinks them where most are noise; hazard ratios beyond 2.7 stay possible. Two owners that
        differ by a factor 2.5 in churn are already unusual; a quarter that moves all accounts by
        more than 50 % is rare.
    frailty_sd : float
        Scale of the half-normal prior on the frailty variance.
    fade : tuple of float
        Beta prior of the monthly fade: (6, 1.5) has mean 0.8, a signal half as telling after three
        months, and reaches from 0.5 to 0.98.
    """

    renewal_log_hazard: float = -1.6
    early_log_hazard: float = -5.5
    monthly_log_hazard: float = -3.5
    exit_sd: float = 1.0
    early_sd: float = 1.5
    renewal_correlation: float = 0.5
    early_correlation: float = 0.8
    effect_sd: float = 0.5
    tenure_sd: float = 0.5
    group_sd: float = 0.3
    quarter_sd: float = 0.2
    frailty_sd: float = 0.5
    fade: tuple[float, float] = (6.0, 1.5)


@dataclass(frozen=True)
class EffectMap:
    """The linear map and its labels.

    Parameters
    ----------
    centre : ndarray, shape (effect,)
    effect_matrix : ndarray, shape (latent, effect)
    scale_idx : ndarray of int, shape (latent,)
        0 for a fixed scale of 1, else one more than the position in `scales`.
    scales : tuple of str
        Names of the learnt scales.
    scale_prior : ndarray, shape (scale,)
        Scale of the half-normal prior of each.
    n_spreads : ndarray of int, scalar
        How many scales are spreads of effects.
    block_end : ndarray of int, shape (block,)
        Where each of BLOCKS ends among the effects. The shock and group blocks close with a zero,
        which stands for a quarter or level that was not seen.
    """

    centre: np.ndarray
    effect_matrix: np.ndarray
    scale_idx: np.ndarray
    scales: tuple[str, ...]
    scale_prior: np.ndarray
    n_spreads: np.ndarray
    block_end: np.ndarray


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
    exits = np.array([_exit_centre(kind, priors) for kind in names.EXIT_KINDS])
    tenure = _tenure_by_step(design)
    member = coding.level_grouping
    # Levels are centred within their grouping: what they share belongs to the exit effect.
    same = (member[:, None] == member[None, :]).astype(float)
    centring = np.eye(len(member)) - same / np.maximum(same.sum(axis=1, keepdims=True), 1)
    weight = expected_endings(design)
    blocks = [
        np.linalg.cholesky(exit_covariance(priors)),
        tenure,
        _closed_with_zero(np.eye(len(coding.quarters))),
        rotated(design.attribute_value, weight.by_subscription),
        _closed_with_zero(centring),
        rotated(design.signal_value, weight.by_row),
    ]
    sizes = [block.shape[1] for block in blocks]
    owner = [0, 1, 2, 3, 0, 4]
    scale_idx = np.repeat(owner, sizes)
    scale_idx[sum(sizes[:4]) : sum(sizes[:5])] = 5 + member
    rows = np.cumsum([block.shape[0] for block in blocks])
    return EffectMap(
        centre=np.concatenate([exits, np.zeros(rows[-1] - len(exits))]),
        effect_matrix=np.ascontiguousarray(_block_diagonal(blocks).T),
        scale_idx=scale_idx,
        scales=(*SCALES, *(f"{grouping} sd" for grouping in coding.groupings)),
        scale_prior=np.array(
            [priors.tenure_sd, priors.quarter_sd, priors.effect_sd, priors.effect_sd]
            + [priors.group_sd] * len(coding.groupings)
        ),
        n_spreads=np.asarray(len(SCALES) + len(coding.groupings)),
        block_end=rows,
    )


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


def rotated(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the rotation in which columns that go together become directions of their own.

    A rotation of independent normals of one scale is again such normals: the prior stays the same,
    while the likelihood's long ridges along correlated columns line up with the axes on which NUTS
    sets its steps. Among directions that the data cannot tell apart, rounding would choose; the
    map is laid out once to fit and once to name the effects, so a small slope settles the choice.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Covariates, scaled.
    weight : ndarray, shape (row,)
        How much the data say of a row, as `expected_endings` gives it.

    Returns
    -------
    ndarray, shape (column, column)
        Orthonormal; effects are its product with the latent normals.
    """
    information = (values * weight[:, None]).T @ values
    return np.linalg.eigh(information + np.diag(np.linspace(0.5, 1.0, len(information))))[1]


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
    }


def exit_covariance(priors: HazardPriors) -> np.ndarray:
    """Return the prior covariance of the exit effects, in the order of EXIT_KINDS.

    Parameters
    ----------
    priors : HazardPriors
        Scales and means of the priors.

    Returns
    -------
    ndarray, shape (exit_kind, exit_kind)
    """
    sort = np.array([kind.split(",")[0] for kind in names.EXIT_KINDS])
    early, renewal = sort == "early", sort == "renewal"
    sd = np.where(early, priors.early_sd, priors.exit_sd)
    correlation = np.where(early[:, None] & early, priors.early_correlation, 0.0)
    correlation[np.ix_(renewal, renewal)] = priors.renewal_correlation
    np.fill_diagonal(correlation, 1.0)
    return correlation * np.outer(sd, sd)


def _exit_centre(kind: str, priors: HazardPriors) -> float:
    if kind == names.MONTH_TO_MONTH:
        return priors.monthly_log_hazard
    return priors.renewal_log_hazard if kind.startswith("renewal") else priors.early_log_hazard


def _tenure_by_step(design: Design) -> np.ndarray:
    """Return the tenure effect of each step between neighbouring spline weights.

    A thin stretch then borrows from its neighbours. The effect is centred over the rows, so that
    the exit effects stand at the book's own tenures.
    """
    basis = tenure_basis(design.coding.max_tenure_months)
    exposure = np.bincount(design.cell_tenure[design.cell_idx], minlength=len(basis))
    centred = basis - exposure @ basis / exposure.sum()
    return np.cumsum(centred[:, ::-1], axis=1)[:, ::-1][:, 1:]


def _closed_with_zero(block: np.ndarray) -> np.ndarray:
    return np.vstack([block, np.zeros((1, block.shape[1]))])


def _block_diagonal(blocks: list[np.ndarray]) -> np.ndarray:
    columns = sum(block.shape[1] for block in blocks)
    return block_diag(*blocks).reshape(-1, columns)


def effects_of(layout: EffectMap, latent: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Apply the map to draws.

    Parameters
    ----------
    layout : EffectMap
        Of the design to which the draws belong.
    latent : ndarray, shape (..., latent)
        Standard normal under the prior.
    scale : ndarray, shape (..., scale)
        The learnt scales, in the order of `layout.scales`.

    Returns
    -------
    ndarray, shape (..., effect)
    """
    padded = np.concatenate([np.ones((*scale.shape[:-1], 1)), scale], axis=-1)
    return layout.centre + (latent * padded[..., layout.scale_idx]) @ layout.effect_matrix
