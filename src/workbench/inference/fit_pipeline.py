"""Fit the model of open offers alone: the stored posterior if nothing has changed, else NUTS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import xarray as xr

from workbench.features.pipeline import Pipeline
from workbench.inference.fit import Fit, fit_once
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key
from workbench.models.priors.pipeline import PipelinePriors
from workbench.models.revenue.pipeline import name_pipeline, pipeline_model


def fit_pipeline(
    seen: Pipeline,
    how: Sampling,
    store: Path | None = None,
    priors: PipelinePriors | None = None,
) -> Fit:
    """Fit what becomes of offers from month to month.

    The revenue model has the same part: where there are contracts, `fit_revenue` draws it too.

    Parameters
    ----------
    seen : Pipeline
        With moves.
    how : Sampling
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    priors : PipelinePriors, optional

    Returns
    -------
    Fit
        Its posterior is that of `workbench.models.revenue.pipeline.name_pipeline`.
    """
    chosen = priors or PipelinePriors()
    key = fit_key([seen, replace(how, progress=False), chosen], __name__)

    def named(drawn: xr.Dataset) -> xr.Dataset:
        return xr.Dataset(name_pipeline(drawn, seen, chosen))

    def make() -> tuple[xr.Dataset, dict[str, Any]]:
        sampled = sample(pipeline_model(seen, chosen), how, "diag", named)
        return named(sampled.posterior), sampled.facts

    return fit_once("pipeline", key, how, store, make)
