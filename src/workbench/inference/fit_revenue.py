"""Fit the revenue model: the stored posterior if nothing has changed, else sample part by part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from workbench.features.revenue_data import RevenueData
from workbench.inference.fit import Fit, fit_once
from workbench.inference.gates import Gate
from workbench.inference.run import Sampling, sample_parts
from workbench.inference.store import fit_key
from workbench.models.revenue.model import RevenuePriors, build_revenue, name_revenue


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
    key = fit_key([data, replace(how, progress=False), chosen], __name__)

    def named(drawn: dict[str, xr.Dataset]) -> xr.Dataset:
        return name_revenue(drawn, data, chosen)

    def make() -> tuple[xr.Dataset, dict[str, Any]]:
        parts = sample_parts(build_revenue(data, chosen), how, named)
        posterior = named({name: part.posterior for name, part in parts.items()})
        facts = {
            "diverging": sum(part.diverging for part in parts.values()),
            "bfmi": np.min([part.bfmi for part in parts.values()], axis=0).tolist(),
            "compile_seconds": sum(part.compile_seconds for part in parts.values()),
            "sample_seconds": sum(part.sample_seconds for part in parts.values()),
            "target_accept": max(part.target_accept for part in parts.values()),
        }
        return posterior, facts

    return fit_once("revenue", key, how, store, make)


def money_gate(factor: float, limit: float, where: str) -> Gate:
    """Judge whether changes of one kind move as much money as they did.

    Parameters
    ----------
    factor : float
        See `workbench.forecast.revenue.money_check.money_check`; the largest of all kinds.
    limit : float
        The largest allowed.
    where : str
        Of which kind it is.
    """
    advice = (
        "Sizes do not go with revenue as the model has it: small contracts grow and large ones "
        "shrink back, and a forecast would explode. Look for unrelated contracts under one product "
        "(workbench check SOURCE) and give each a product of its own."
    )
    return Gate("money that changes moved", factor, limit, factor <= limit, where, advice)
