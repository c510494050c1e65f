"""Fit the effects of actions: the stored posterior if nothing has changed, else NUTS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import xarray as xr

from workbench.features.treated_months import TreatedMonths
from workbench.inference.fit import Fit, fit_once
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key
from workbench.models.action_effects import (
    ActionPriors,
    action_effects_model,
    name_action_effects,
)


def fit_actions(
    data: TreatedMonths,
    how: Sampling,
    store: Path | None = None,
    priors: ActionPriors | None = None,
) -> Fit:
    """Fit the model of the effects of actions.

    Parameters
    ----------
    data : TreatedMonths
    how : Sampling
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    priors : ActionPriors, optional

    Returns
    -------
    Fit
        Its posterior has the variables of `workbench.core.impact_names`.
    """
    chosen = priors or ActionPriors()
    key = fit_key([data, replace(how, progress=False), chosen], __name__)

    def named(drawn: xr.Dataset) -> xr.Dataset:
        return name_action_effects(drawn, data, chosen)

    def make() -> tuple[xr.Dataset, dict[str, Any]]:
        sampled = sample(action_effects_model(data, chosen), how, judged=named)
        return named(sampled.posterior), sampled.facts

    return fit_once("actions", key, how, store, make)
