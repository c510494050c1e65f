"""The hazard model as one would first write it: a row per month, one variable per effect."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from workbench.core import names
from workbench.features.design import Design
from workbench.models.hazard.effects import effect_map, exit_prior
from workbench.models.priors.hazard import HazardPriors, hazard_priors

STEP_SD = names.TENURE_STEP_SD


def build_plain(design: Design, priors: HazardPriors) -> pm.Model:
    """Build the model without frailty, centred, from the same rows and priors.

    Each quarter's shock is new and the same for all: those that last, and of levels, are left out.

    Only months in which endings are on record are rows: without frailty the others say nothing.
    """
    layout = effect_map(design, priors)
    ends, matrix = layout.block_end, layout.effect_matrix
    steps = matrix[layout.scale_idx == 1][:, ends[0] : ends[1]]
    observed = np.arange(len(design.cell_idx)) >= design.entry_end[design.subscription_idx]
    last = np.zeros(len(observed), bool)
    last[design.row_end - 1] = design.event
    cell, sub = design.cell_idx[observed], design.subscription_idx[observed]
    with pm.Model() as model:
        exits = pm.MvNormal(names.EXIT, *exit_prior(hazard_priors(priors)))
        step_sd = pm.HalfNormal(STEP_SD, priors.tenure_sd)
        step = pm.Normal("tenure_step", 0, step_sd, shape=len(steps))
        tenure = pm.Deterministic(names.TENURE, step @ steps)
        shock_sd = pm.Exponential(names.SHOCK_SD, scale=priors.shock_sd)
        shock = pm.Normal(names.SHOCK, 0, shock_sd, shape=len(design.coding.quarters))
        group_sd = pm.HalfNormal(names.GROUP_SD, priors.group_sd)
        group = pm.Normal(names.GROUP, 0, group_sd, shape=len(design.coding.flat_levels))
        static_sd = pm.HalfNormal(names.STATIC_SD, priors.effect_sd)
        static = pm.Normal(names.STATIC, 0, static_sd, shape=design.attribute_value.shape[1])
        signal_sd = pm.HalfNormal(names.SIGNAL_SD, priors.effect_sd)
        signal = pm.Normal(names.SIGNAL, 0, signal_sd, shape=design.signal_value.shape[1])
        fade = pm.Beta(names.FADE, *priors.fade)
        eta = (
            exits[design.cell_exit_idx[cell]]
            + tenure[design.cell_tenure[cell]]
            + shock[design.cell_quarter_idx[cell]]
            + pt.dot(design.attribute_value[sub], static)
            + group[design.group_idx[sub, 0]]
            + pt.dot(design.signal_value[observed], signal) * fade ** design.lead_months[observed]
        )
        hazard = pm.Deterministic("hazard", 1 - pt.exp(-pt.exp(eta)))
        pm.Bernoulli("event", p=hazard, observed=last[observed])
    return model
