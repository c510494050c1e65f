"""Fit the revenue model: the stored posterior if nothing has changed, else sample part by part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from workbench.core import revenue_names as names
from workbench.features import new_business as new_business_module
from workbench.features import revenue_data as revenue_data_module
from workbench.features.revenue_data import RevenueData
from workbench.inference.fit import SOURCES, Fit
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key, read_fit, save_fit
from workbench.models.revenue import RevenuePriors, build_revenue, name_revenue

_OWN_SOURCES = (
    Path(names.__file__),
    Path(revenue_data_module.__file__),
    Path(new_business_module.__file__),
)


def fit_revenue(
    data: RevenueData,
    how: Sampling,
    store: Path | None = None,
    priors: RevenuePriors | None = None,
) -> Fit:
    """Fit the revenue model.

    Parameters
    ----------
    data : RevenueData
    how : Sampling
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    priors : RevenuePriors, optional

    Returns
    -------
    Fit
        Divergences are those of all parts, the energy fraction of each chain is its lowest.
    """
    chosen = priors or RevenuePriors()
    key = fit_key([data, replace(how, progress=False), chosen], (*SOURCES, *_OWN_SOURCES))
    path = None if store is None or how.mock else store / f"revenue-{key}.nc"
    known = read_fit(path) if path else None
    if known:
        return _fit(*known, reused=True, mock=False, key=key)
    models = build_revenue(data, chosen)
    sampled = {name: sample(model, how) for name, model in models.items()}
    posterior = name_revenue({name: part.posterior for name, part in sampled.items()}, data, chosen)
    facts = {
        "diverging": sum(part.diverging for part in sampled.values()),
        "bfmi": np.min([part.bfmi for part in sampled.values()], axis=0).tolist(),
        "compile_seconds": sum(part.compile_seconds for part in sampled.values()),
        "sample_seconds": sum(part.sample_seconds for part in sampled.values()),
    }
    if path:
        save_fit(path, posterior, facts)
    return _fit(posterior, facts, reused=False, mock=how.mock, key=key)


def _fit(posterior: xr.Dataset, facts: dict[str, Any], **how: Any) -> Fit:
    return Fit(posterior, **facts | {"bfmi": tuple(facts["bfmi"])}, **how)
