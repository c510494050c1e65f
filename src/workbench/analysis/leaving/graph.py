"""The renewal model in PyMC's own operations, to be changed in a notebook."""

from __future__ import annotations

import xarray as xr

from workbench.analysis.leaving.renewals import RenewalFit
from workbench.analysis.prepare import PreparedData
from workbench.analysis.settings import settings_from
from workbench.inference.trace import fit_of_trace
from workbench.models.hazard import graph
from workbench.models.priors.hazard import HazardPriors
from workbench.report.renewals.settings import RenewalsSettings


def hazard_graph(
    data: PreparedData, priors: HazardPriors | None = None, *, frailty: bool = True
) -> graph.pm.Model:
    """Return the model that `fit_renewals` fits as a plain PyMC model, to be changed and sampled.

    The density is the same; each step is an operation of PyMC, so ``pm.sample`` takes minutes where
    `fit_renewals` takes seconds.

    Parameters
    ----------
    data : PreparedData
    priors : HazardPriors, optional
        The default priors if left out.
    frailty : bool
        Whether subscriptions differ beyond what is measured.

    Returns
    -------
    pm.Model
        See `workbench.models.hazard.graph.hazard_graph`, whose source is there to be copied.

    See Also
    --------
    read_trace : what `pm.sample` returned, as a fit that forecasts.

    Examples
    --------
    >>> import pymc as pm
    >>> import workbench as wb
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["nps_latest"])
    >>> with wb.hazard_graph(data) as model:
    ...     known = pm.Normal.dist(-0.2, 0.1)
    ...     belief = pm.Potential("belief", pm.logp(known, model["signal_effect"][0]))
    >>> [variable.name for variable in model.free_RVs]
    ['latent', 'scale', 'fade_per_month', 'shock_persistence']
    """
    return graph.hazard_graph(data.hazard.design, priors, frailty=frailty)


def read_trace(
    data: PreparedData, trace: xr.DataTree, priors: HazardPriors | None = None
) -> RenewalFit:
    """Return what ``pm.sample`` made of a changed `hazard_graph` as a fit that forecasts.

    Gates are judged as those of any fit. Forecasts read the effects, their fade and the frailty:
    a change that adds a term to the log-hazard fits, but is not forecast.

    Parameters
    ----------
    data : PreparedData
        What the graph was made of.
    trace : DataTree
        With groups ``posterior`` and ``sample_stats``.
    priors : HazardPriors, optional
        Those that the graph was made with; the default priors if left out.

    Returns
    -------
    RenewalFit

    Raises
    ------
    DataError
        When the trace lacks what a fit is made of, or is of other data or other priors.

    Examples
    --------
    After ``with wb.hazard_graph(data): trace = pm.sample(nuts_sampler="nutpie")``, call
    ``wb.read_trace(data, trace).outlook()``; docs/quickstart.md has the whole way. What no fit can
    be made of is refused:

    >>> import workbench as wb
    >>> import xarray as xr
    >>> data = wb.prepare(wb.simulate(20, months=24), covariates=["employees (log)"])
    >>> wb.read_trace(data, xr.DataTree())
    Traceback (most recent call last):
    ...
    workbench.core.errors.DataError: The trace cannot be read as a fit.
      - posterior: latent: missing. Keep the variable of wb.hazard_graph.
      ...
    """
    settings = settings_from(RenewalsSettings, {})
    fit = fit_of_trace(trace, data.hazard.design, priors)
    return RenewalFit(data, fit, settings)
