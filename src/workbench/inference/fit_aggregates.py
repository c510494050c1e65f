"""Fit the model of aggregates: the stored posterior if nothing has changed, else NUTS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from workbench.core.aggregates import Aggregates
from workbench.inference.fit import Fit, fit_once
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key
from workbench.models.aggregates import AggregatePriors, build_aggregates


def fit_aggregates(
    given: Aggregates,
    distribution: str,
    how: Sampling,
    store: Path | None = None,
    priors: AggregatePriors | None = None,
) -> Fit:
    """Fit the model of aggregates.

    Parameters
    ----------
    given : Aggregates
    distribution : str
        One of `workbench.core.aggregate_names.DISTRIBUTIONS`.
    how : Sampling
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    priors : AggregatePriors, optional

    Returns
    -------
    Fit
        Its posterior holds the free variables of `workbench.models.aggregates.build_aggregates`.
    """
    chosen = priors or AggregatePriors()
    months = np.array(list(map(str, given.table.index)), dtype=object)
    constants = [given.opening, given.years_before, given.customers_per_unit]
    parts = [given.table.reset_index(drop=True), months, *constants]
    key = fit_key([*parts, distribution, replace(how, progress=False), chosen], __name__)

    def make() -> tuple[xr.Dataset, dict[str, Any]]:
        # Hardly anything correlates: a low rank mass matrix gave a third of the effective draws.
        sampled = sample(build_aggregates(given, distribution, chosen), how, "diag")
        return sampled.posterior, sampled.facts

    return fit_once("aggregates", key, how, store, make)
