"""The linear predictors of the revenue models, as maps of standard normals like the hazard's."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from scipy.linalg import block_diag

from workbench.core import names as shared
from workbench.core import revenue_names as names
from workbench.core.processes import AMEND, CONTRACT, CROSS_SELL, EXPAND
from workbench.features.design import Coding
from workbench.features.encode import Encoder
from workbench.features.revenue_data import Covariates, RevenueData
from workbench.models.compiled.density import KernelModel
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood
from workbench.models.compiled.revenue import outcome_log_likelihood, rate_log_likelihood
from workbench.models.hazard.effects import rotated
from workbench.models.levels import centred_levels, centred_terms, with_terms
from workbench.models.priors.distribution import Beta, HalfNormal, Normal
from workbench.models.priors.predictors import ANY, PredictorPriors, predictor_priors
from workbench.models.priors.prior import distribution_of


@dataclass(frozen=True)
class RowPart:
    """One likelihood over rows.

    Parameters
    ----------
    name : str
    processes : tuple of str
        One predictor for each.
    rows : Covariates
    seen : dict of ndarray
        What happened in each row, by the operation's name for it.
    op : CompiledLogLikelihood
    by_term : bool
        Kinds of contract have levels of their own.
    reverts : bool
        Where a line stands against its segment's usual revenue has an effect.
    bare : bool
        Attributes, groups and signals are not read.
    """

    name: str
    processes: tuple[str, ...]
    rows: Covariates
    seen: dict[str, np.ndarray]
    op: CompiledLogLikelihood
    by_term: bool = True
    reverts: bool = False
    bare: bool = False

    @property
    def several(self) -> tuple[int, ...]:
        """(predictor,) where the operation takes several, else nothing."""
        return (len(self.processes),) if self.op is outcome_log_likelihood else ()

    @property
    def attribute_value(self) -> np.ndarray:
        """Attributes of each row; last, where it counts, where the line stands."""
        own = self.rows.attribute_value
        return np.column_stack([own, self.rows.standing]) if self.reverts else own


@dataclass(frozen=True)
class PredictorMap:
    """effect = centre + (latent * scale[scale_idx - 1]) @ effect_matrix, for each predictor alike.

    Parameters
    ----------
    centre : ndarray, shape (predictor, effect)
    effect_matrix : ndarray, shape (latent, effect)
    scale_idx : ndarray of int, shape (latent,)
        0 for a fixed scale, else one more than the position in `scales`.
    block_end : ndarray of int, shape (4,)
        Where base, attributes, groups (closing with a zero; then kinds of contract) and signals end
        among the effects.
    scales : tuple of str
    scale_prior : HalfNormal
        With one number for each scale.
    """

    centre: np.ndarray
    effect_matrix: np.ndarray
    scale_idx: np.ndarray
    block_end: np.ndarray
    scales: tuple[str, ...]
    scale_prior: HalfNormal


def row_parts(data: RevenueData) -> tuple[RowPart, ...]:
    """Return the parts of the revenue model that read rows.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    """
    code = np.array([names.OUTCOMES.index(o) for o in data.renewals["outcome"]], dtype="int64")
    hit = data.amendments["hit"].to_numpy(bool)
    down = (data.amendments["log_ratio"].to_numpy()[hit] < 0).astype("int64")
    renewal = RowPart(
        "renewal",
        (CONTRACT, EXPAND),
        data.renewal_covariates,
        {"outcome": code},
        outcome_log_likelihood,
        reverts=True,
    )
    # Of few amendments, kinds of contract and where the line stands is all that can be told.
    amended = _alone(data.amendment_covariates.take(hit))
    direction = RowPart(
        names.AMEND_DOWN,
        (names.AMEND_DOWN,),
        amended,
        {"outcome": down},
        outcome_log_likelihood,
        reverts=True,
        bare=True,
    )
    rates = [
        (AMEND, data.amendments, data.amendment_covariates),
        (CROSS_SELL, data.cross_sales, data.cross_sale_covariates),
    ]
    return (
        renewal,
        direction,
        *(
            RowPart(
                process,
                (process,),
                rows,
                {"hit": table["hit"].to_numpy("float64"), "weight": table["weight"].to_numpy()},
                rate_log_likelihood,
                by_term=process == AMEND,  # an account takes products, not a contract
            )
            for process, table, rows in rates
        ),
    )


def coding_of(part: RowPart, coding: Coding) -> Coding:
    """Return the coding without what a part does not read.

    Parameters
    ----------
    part : RowPart
        Tells whether it is bare.
    coding : Coding
        The hazard model's.
    """
    if not part.bare:
        return coding
    nothing = Encoder(())
    return replace(coding, groupings=(), group_levels=(), attributes=nothing, signals=nothing)


def _alone(rows: Covariates) -> Covariates:
    """Return rows of which only the kind of contract and the standing are read."""
    empty = np.zeros((len(rows.standing), 0))
    return replace(rows, attribute_value=empty, group_idx=empty.astype("int64"), signal_value=empty)


def predictor_map(part: RowPart, coding: Coding, priors: PredictorPriors) -> PredictorMap:
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
    PredictorMap
        From the latents to effects, the same for each predictor of the part.
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
    blocks = [
        np.unique(base.sd).reshape(1, 1),  # one map for all predictors of a part
        block_diag(rotated(part.rows.attribute_value, even).T, np.eye(int(part.reverts))),
        block_diag(centred_levels(member), terms),
        rotated(part.rows.signal_value, even).T,
    ]
    latents = [len(block) for block in blocks]
    ends = np.cumsum([block.shape[1] for block in blocks])
    scale_idx = np.repeat([0, 1, 0, 2], latents)
    if part.reverts:
        scale_idx[latents[1]] = len(spreads)
    spread_over = np.append(member, np.full(len(terms), len(groupings)))
    scale_idx[sum(latents[:2]) : sum(latents[:3])] = 3 + spread_over
    centre = np.zeros((len(part.processes), ends[-1]))
    centre[:, 0] = base.centre
    return PredictorMap(
        centre=centre,
        effect_matrix=np.ascontiguousarray(block_diag(*blocks).reshape(-1, ends[-1])),
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
        padded = np.concatenate([np.ones((*of["scale"].shape[:-1], 1)), of["scale"]], axis=-1)
        effect = layout.centre[p] + (of["latent"] * padded[..., layout.scale_idx]) @ (
            layout.effect_matrix
        )
        found |= _named(process, effect, of["fade"], layout, coding)
        if part.bare:  # what is not read has no effects, under any label
            for block in (names.ATTRIBUTE, names.GROUP, names.SIGNAL, names.FADE):
                del found[names.part(process, block)]
        if part.reverts:
            found[names.part(process, names.REVERSION)] = xr.DataArray(
                effect[..., layout.block_end[1] - 1], dims=("chain", "draw")
            )
        for s, scale in enumerate(layout.scales):
            found[names.part(process, scale)] = xr.DataArray(
                of["scale"][..., s], dims=("chain", "draw")
            )
    return found


def _named(
    process: str, effect: np.ndarray, fade: np.ndarray, layout: PredictorMap, coding: Coding
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
