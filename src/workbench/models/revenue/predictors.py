"""The linear predictors of the revenue models, as maps of standard normals like the hazard's."""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from workbench.core import revenue_names as names
from workbench.features.design import Coding
from workbench.features.encode import Encoder
from workbench.models.compiled.density import KernelModel
from workbench.models.levels import centred_levels, centred_terms, with_terms
from workbench.models.linear_map import LinearMap, rotated, stacked
from workbench.models.priors.distribution import Beta, HalfNormal, Normal
from workbench.models.priors.predictors import ANY, PredictorPriors, predictor_priors
from workbench.models.priors.prior import distribution_of
from workbench.models.revenue.row_parts import RowPart, coding_of


def predictor_map(part: RowPart, coding: Coding, priors: PredictorPriors) -> LinearMap:
    """Lay out the effects of a part's predictors.

    Parameters
    ----------
    part : RowPart
        The likelihood, its rows and what was seen in them.
    coding : Coding
        The hazard model's.
    priors : PredictorPriors
        Scales and means of the priors.

    Returns
    -------
    LinearMap
        The same for each predictor of the part, but for its centre, of shape (predictor, effect).
        Blocks: base, attributes, groups (closing with a zero; then kinds of contract), signals.
    """
    coding = coding_of(part, coding)
    member = coding.level_grouping
    terms = centred_terms(np.unique(part.rows.term_idx) if part.by_term else np.zeros(0, int))
    even = np.ones(len(part.rows.lead_months))
    rows, groupings = predictor_priors(priors), coding.groupings
    bases = [names.part(process, names.BASE) for process in part.processes]
    base = distribution_of(Normal, rows, bases)
    spreads = [names.ATTRIBUTE_SD, names.SIGNAL_SD, *[names.GROUP_SD] * len(groupings)]
    spreads += [names.TERM_SD] * part.by_term + [names.REVERSION_SD] * part.reverts
    loading = distribution_of(Normal, rows, names.part(ANY, names.LOADING)).sd
    apart = np.diag(np.append(np.repeat(loading, part.shaken), np.ones(int(part.reverts))))
    blocks = [
        np.unique(base.sd).reshape(1, 1),  # one map for all predictors of a part
        block_diag(_straight(part.rows.attribute_value, coding.attributes, even), apart),
        block_diag(centred_levels(member), terms),
        _straight(part.rows.signal_value, coding.signals, even),
    ]
    latents = [len(block) for block in blocks]
    effect_matrix, ends = stacked(blocks)
    scale_idx = np.repeat([0, 1, 0, 2], latents)
    scale_idx[1 + latents[1] - len(apart) : 1 + latents[1]] = [0] * part.shaken + [
        len(spreads)
    ] * part.reverts
    spread_over = np.append(member, np.full(len(terms), len(groupings)))
    scale_idx[sum(latents[:2]) : sum(latents[:3])] = 3 + spread_over
    centre = np.zeros((len(part.processes), ends[-1]))
    centre[:, 0] = base.centre
    return LinearMap(
        centre=centre,
        effect_matrix=effect_matrix,
        scale_idx=scale_idx,
        block_end=ends,
        scales=(
            names.ATTRIBUTE_SD,
            names.SIGNAL_SD,
            *(names.GROUP_SD.format(grouping=grouping) for grouping in groupings),
            *[names.TERM_SD] * part.by_term,
            *[names.REVERSION_SD] * part.reverts,
        ),
        scale_prior=distribution_of(
            HalfNormal, rows, [names.part(ANY, spread) for spread in spreads]
        ),
    )


def _straight(values: np.ndarray, encoder: Encoder, weight: np.ndarray) -> np.ndarray:
    """Return the block of covariates; curves, which only leaving has, stay at zero."""
    block = rotated(values[:, : encoder.straight], weight).T
    return np.pad(block, ((0, 0), (0, len(encoder.columns) - encoder.straight)))


def row_model(part: RowPart, coding: Coding, priors: PredictorPriors) -> KernelModel:
    """Lay out the model of a part; nothing is sampled here.

    Parameters
    ----------
    part : RowPart
        The likelihood, its rows and what was seen in them.
    coding : Coding
        The hazard model's.
    priors : PredictorPriors
        Scales and means of the priors.

    Returns
    -------
    KernelModel
        Priors, likelihood and data.
    """
    layout = predictor_map(part, coding, priors)
    fade = distribution_of(Beta, predictor_priors(priors), names.part(ANY, names.FADE))
    return KernelModel(
        likelihood=part.op,
        data=part_data(part, coding, priors),
        latent_shape=(*part.several, len(layout.effect_matrix)),
        scale_prior=layout.scale_prior,
        scale_names=layout.scales,
        scalars={"fade": fade},
    )


def part_data(part: RowPart, coding: Coding, priors: PredictorPriors) -> dict[str, np.ndarray]:
    """Return a part's data by name, in the order in which its likelihood takes them.

    Parameters
    ----------
    part : RowPart
        The likelihood, its rows and what was seen in them.
    coding : Coding
        The hazard model's.
    priors : PredictorPriors
        Scales and means of the priors.
    """
    layout = predictor_map(part, coding, priors)
    sources = [{"attribute_value": part.attribute_value}]
    sources += [layout.__dict__, part.rows.__dict__, part.seen]
    if part.by_term:
        levels = len(coding_of(part, coding).flat_levels)
        idx = with_terms(part.rows.group_idx, part.rows.term_idx, levels)
        sources.insert(0, {"group_idx": idx})
    found = {}
    for name in part.op.data:
        value = next(source for source in sources if name in source)[name]
        found[name] = np.ascontiguousarray(value)
    if not part.several:
        found["centre"] = found["centre"][0]
    return found
