"""Fit the model of reasons: the stored posterior if nothing has changed, else NUTS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import xarray as xr

from workbench.core.gates import Gate
from workbench.features.reason_data import ReasonData
from workbench.inference.fit import Fit, fit_once
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key
from workbench.models.reasons import ReasonPriors, build_reasons, name_reasons


def fit_reasons(
    data: ReasonData,
    how: Sampling,
    store: Path | None = None,
    priors: ReasonPriors | None = None,
) -> Fit:
    """Fit the model of reasons.

    Parameters
    ----------
    data : ReasonData
    how : Sampling
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    priors : ReasonPriors, optional

    Returns
    -------
    Fit
        Its posterior is that of `workbench.models.reasons.name_reasons`.
    """
    chosen = priors or ReasonPriors()
    key = fit_key([data, replace(how, progress=False), chosen], __name__)

    def named(drawn: xr.Dataset) -> xr.Dataset:
        return name_reasons(drawn, data, chosen)

    def make() -> tuple[xr.Dataset, dict[str, Any]]:
        sampled = sample(build_reasons(data, chosen), how, "diag", named)
        return named(sampled.posterior), sampled.facts

    return fit_once("reasons", key, how, store, make)


def reasons_gate(prob: float, limit: float) -> Gate:
    """Judge the posterior-predictive check of reasons by kind of exit.

    Parameters
    ----------
    prob : float
        See `workbench.forecast.reasons.check.predictive_prob`.
    limit : float
        The smallest allowed.

    Returns
    -------
    Gate
        Named after what it judges, with advice for when it fails.
    """
    advice = "Reasons go with the length of the term in a way the model lacks: see the check."
    return Gate("reasons by kind of exit", prob, limit, prob >= limit, "all kinds of exit", advice)
