"""The renewal and churn hazard: discrete-time proportional hazards, complementary log-log, monthly.

For subscription i in its row r (one month at risk)

    h_r = 1 - exp(-frailty_i * exp(eta_r))
    eta_r = exit effect + tenure effect + quarter shock
            + shock of the level's quarter + attributes_i . attribute effect + sum of group effects
            + (signals_r . signal effect) * fade ** lead_r

which is the proportional-hazards model in continuous time seen once a month (Prentice & Gloeckler
1978, Biometrics 34, 57-67; Kalbfleisch & Prentice 2002, section 4.8). The frailty is gamma with
mean 1 and variance theta; with one terminal event per subscription it integrates out,

    S(t) = (1 + theta * Lambda(t)) ** (-1 / theta),   Lambda(t) = sum of exp(eta) up to t

(Vaupel, Manton & Stallard 1979, Demography 16, 439-454, equation 9). Subscriptions that entered
late contribute S(t) / S(entry).
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import xarray as xr

from workbench.core import names
from workbench.features.design import Coding, Design
from workbench.features.paths import paths_of
from workbench.models.compiled.density import KernelModel, graph_of
from workbench.models.compiled.hazard import (
    hazard_log_likelihood,
    path_log_likelihood,
)
from workbench.models.compiled.log_likelihood import CompiledLogLikelihood
from workbench.models.hazard.effects import (
    BLOCKS,
    SCALES,
    block_labels,
    effect_map,
    effects_of,
    sampled_scales,
)
from workbench.models.priors.distribution import Beta
from workbench.models.priors.hazard import HazardPriors, hazard_priors
from workbench.models.priors.prior import distribution_of


def hazard_model(
    design: Design, priors: HazardPriors | None = None, *, frailty: bool = True
) -> KernelModel:
    """Lay out the hazard model for a design; nothing is sampled here.

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
    KernelModel
        Its variables are `latent`, `scale` and the fade; `name_effects` turns their draws into
        named effects.
    """
    priors = priors or HazardPriors()
    rows, layout = hazard_priors(priors), effect_map(design, priors)
    scales, scale_prior = sampled_scales(layout, rows, frailty=frailty)
    coding = design.coding
    learnt = {names.FADE: coding.signals.columns, names.PERSISTENCE: coding.quarters}
    return KernelModel(
        likelihood=likelihood_for(design),
        data=model_data(design, priors),
        latent_shape=(len(layout.effect_matrix),),
        scale_prior=scale_prior,
        scale_names=scales,
        scalars={
            name: distribution_of(Beta, rows, name) if read else None
            for name, read in learnt.items()
        },
    )


def build_hazard(
    design: Design, priors: HazardPriors | None = None, *, frailty: bool = True
) -> pm.Model:
    """Build the hazard model's graph: `hazard_model` as a PyMC model.

    Parameters
    ----------
    design : Design
        Rows, cells and subscriptions.
    priors : HazardPriors, optional
        The default priors if left out.
    frailty : bool, default True
        Subscriptions differ by a gamma frailty of mean 1.

    Returns
    -------
    Model
        With the log-likelihood as a potential.
    """
    return graph_of(hazard_model(design, priors, frailty=frailty))


def likelihood_for(design: Design) -> CompiledLogLikelihood:
    """Return the log-likelihood that suits a design: without signals, rows share their sums.

    Parameters
    ----------
    design : Design
        Rows, cells and subscriptions.
    """
    return hazard_log_likelihood if design.coding.signals.columns else path_log_likelihood


def model_data(design: Design, priors: HazardPriors | None = None) -> dict[str, np.ndarray]:
    """Return the model's data by name, in the order in which its likelihood takes them.

    Parameters
    ----------
    design : Design
        Rows, cells and subscriptions.
    priors : HazardPriors, optional
        The default priors if left out.
    """
    sources = [effect_map(design, priors or HazardPriors()), design]
    op = likelihood_for(design)
    if op is path_log_likelihood:
        sources.append(paths_of(design))
    found = {}
    for name in op.data:
        source = next(source for source in sources if hasattr(source, name))
        found[name] = _stored(getattr(source, name))
    return found


def name_effects(
    posterior: xr.Dataset, design: Design, priors: HazardPriors | None = None
) -> xr.Dataset:
    """Turn the sampled vectors into the named variables that forecasts and reports read.

    Parameters
    ----------
    posterior : Dataset
        Draws of a model from `build_hazard`, dimensions chain and draw.
    design : Design
        The design that the model was built from.
    priors : HazardPriors, optional
        The priors that it was built with.

    Returns
    -------
    Dataset
        Variables of `workbench.core.names`, those with labels along their own dimension. Without
        frailty its variance is 0; without signals the fade is 1.
    """
    coding = design.coding
    layout = effect_map(design, priors or HazardPriors())
    parts: dict[str, xr.DataArray] = {}
    scale = posterior["scale"].transpose("chain", "draw", "scale_name")
    latent = posterior["latent"].transpose("chain", "draw", ...)
    zero = xr.zeros_like(scale.isel(scale_name=0, drop=True))
    persistence = posterior.get(names.PERSISTENCE, zero).transpose("chain", "draw")
    effect, start = effects_of(layout, latent.values, scale.values, persistence.values), 0
    sizes = _block_sizes(coding)
    for block, (dim, labels) in block_labels(coding).items():
        values = effect[:, :, start : start + len(labels)]
        parts[block] = xr.DataArray(
            values, dims=("chain", "draw", dim), coords={dim: np.asarray(labels, dtype=object)}
        )
        if dim in (names.TENURE_MONTH, names.QUARTER):
            parts[block] = parts[block].assign_coords({dim: np.asarray(labels, dtype="int64")})
        start += sizes[block]
    known = list(scale["scale_name"].values)
    used = {
        names.SHOCK_SD: bool(coding.quarters),
        names.GROUP_SHOCK_SD: bool(coding.shaken_levels),
        names.STATIC_SD: bool(coding.attributes.columns),
        names.SIGNAL_SD: bool(coding.signals.columns),
        names.CURVE_SD: names.CURVE_SD in known,
        names.FRAILTY: names.FRAILTY in known,
    }
    for name in (*SCALES, names.CURVE_SD, names.FRAILTY):
        drawn = used.get(name, True)
        parts[name] = scale.sel(scale_name=name, drop=True) if drawn else zero
    together = parts[names.SHOCK_SD] ** 2 + parts[names.GROUP_SHOCK_SD] ** 2
    parts[names.WHOLE_SHOCK_SD] = together**0.5
    parts[names.SHOCK_SHARE] = zero
    if coding.shaken_levels:
        parts[names.SHOCK_SHARE] = parts[names.SHOCK_SD] ** 2 / together
    group_sd = scale.sel(scale_name=[f"{g} sd" for g in coding.groupings])
    parts[names.GROUP_SD] = group_sd.rename(scale_name=names.GROUP_NAME).assign_coords(
        {names.GROUP_NAME: np.asarray(coding.groupings, dtype=object)}
    )
    parts[names.FADE] = posterior.get(names.FADE, zero + 1.0)
    parts[names.PERSISTENCE] = persistence
    return xr.Dataset(parts).assign_coords(
        chain=posterior["chain"].values, draw=posterior["draw"].values
    )


def _block_sizes(coding: Coding) -> dict[str, int]:
    closed = (names.SHOCK, names.GROUP, names.GROUP_SHOCK)
    labels = block_labels(coding)
    return {block: len(labels[block][1]) + (block in closed) for block in BLOCKS}


def _stored(values: np.ndarray) -> np.ndarray:
    return np.require(values, "float64" if values.dtype == bool else None, "C")
