"""What `pm.sample` made of the hazard model's graph, as a fit that forecasts can read."""

from __future__ import annotations

import arviz as az
import numpy as np
import xarray as xr

from workbench.core import names
from workbench.core.errors import DataError, Problem
from workbench.features.design import Design
from workbench.inference.fit import FEWEST_DRAWS, Fit
from workbench.models.hazard.effects import effect_map
from workbench.models.hazard.model import name_effects
from workbench.models.priors.hazard import HazardPriors


def fit_of_trace(trace: xr.DataTree, design: Design, priors: HazardPriors | None = None) -> Fit:
    """Return as a fit what ``pm.sample`` made of the hazard model's graph, changed or not.

    Parameters
    ----------
    trace : DataTree
        With ``latent`` and ``scale`` in the group ``posterior``, ``diverging`` and ``energy`` in
        ``sample_stats``.
    design : Design
        The design that the graph was made of.
    priors : HazardPriors, optional
        Those that it was made with; the default ones if left out.

    Raises
    ------
    DataError
        When something of that is not there, of another design or of other priors, or the draws are
        too few to judge.
    """
    needed = {"posterior": ("latent", "scale"), "sample_stats": ("diverging", "energy")}
    problems = [
        Problem("missing", f"{group}: {name}", hint="Keep the variable of wb.hazard_graph.")
        for group, variables in needed.items()
        for name in variables
        if group not in trace.children or name not in trace[group]
    ]
    if problems:
        raise DataError("The trace cannot be read as a fit.", problems)
    posterior, stats = trace["posterior"].to_dataset(), trace["sample_stats"].to_dataset()
    latents = len(effect_map(design, priors or HazardPriors()).effect_matrix)
    found = posterior["latent"].shape[2:]
    if found != (latents,):
        problem = Problem("another shape", "latent", f"({latents},)", str(found))
        raise DataError("The trace is not of these data.", [problem])
    if posterior.sizes["draw"] < FEWEST_DRAWS:
        drawn = str(posterior.sizes["draw"])
        problem = Problem("too few", "draws per chain", f"at least {FEWEST_DRAWS}", drawn)
        raise DataError("The trace cannot be judged.", [problem])
    effects = name_effects(posterior, design, priors)
    _refuse_other_effects(posterior, effects)
    return Fit(
        posterior=effects,
        diverging=int(stats["diverging"].sum()),
        bfmi=tuple(np.atleast_1d(az.bfmi(trace)["energy"]).tolist()),
        compile_seconds=0.0,
        sample_seconds=0.0,
        reused=False,
        mock=False,
        key="",
        target_accept=0.0,
    )


def _refuse_other_effects(posterior: xr.Dataset, effects: xr.Dataset) -> None:
    """Refuse draws of which the graph itself made other effects than these."""
    own = posterior.get(names.EXIT)
    if own is None or np.allclose(own.values, effects[names.EXIT].values, atol=1e-6):
        return
    hint = "Say with which: wb.read_trace(data, trace, priors)."
    problem = Problem("the graph was made with other priors", names.EXIT, hint=hint)
    raise DataError("The trace cannot be read as a fit.", [problem])
