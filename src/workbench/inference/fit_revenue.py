"""Fit the revenue model: the stored posterior if nothing has changed, else draw part by part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from workbench.core.gates import Gate
from workbench.features.revenue_data import RevenueData
from workbench.inference.exact import draw_money
from workbench.inference.fit import Fit, fit_once
from workbench.inference.run import Sampled, Sampling, sample, sample_parts
from workbench.inference.store import fit_key
from workbench.models.compiled.density import KernelModel
from workbench.models.priors.revenue import RevenuePriors
from workbench.models.revenue.model import build_revenue, name_revenue
from workbench.models.revenue.money import MoneyModel, money_graph


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
        models = build_revenue(data, chosen)
        sampled = {n: model for n, model in models.items() if isinstance(model, KernelModel)}
        exact = {n: _exact(m, how) for n, m in models.items() if isinstance(m, MoneyModel)}

        def judged(drawn: dict[str, xr.Dataset]) -> xr.Dataset:
            length = next(iter(drawn.values())).sizes["draw"]
            return named(drawn | {n: _first(part.posterior, length) for n, part in exact.items()})

        # Hardly anything correlates in these coordinates: a low rank mass matrix took two thirds
        # of the largest part's time for the same effective draws.
        parts = sample_parts(sampled, how, judged, "diag")
        posterior = judged({name: part.posterior for name, part in parts.items()})
        parts |= exact
        facts = {
            "diverging": sum(part.diverging for part in parts.values()),
            "bfmi": np.min([part.bfmi for part in parts.values()], axis=0).tolist(),
            "compile_seconds": sum(part.compile_seconds for part in parts.values()),
            "sample_seconds": sum(part.sample_seconds for part in parts.values()),
            "target_accept": max(part.target_accept for part in parts.values()),
        }
        return posterior, facts

    return fit_once("revenue", key, how, store, make)


def quick_revenue(data: RevenueData, how: Sampling) -> xr.Dataset:
    """Draw the revenue model without judging the draws: for many past days, not for a report.

    Parameters
    ----------
    data : RevenueData
    how : Sampling
        Of a plain mass matrix, which a few draws of warm-up can tell.

    Returns
    -------
    Dataset
        As the posterior of `fit_revenue`.
    """
    priors = RevenuePriors()
    models = build_revenue(data, priors)
    walked = {n: model for n, model in models.items() if isinstance(model, KernelModel)}
    parts = sample_parts(walked, how, lambda _: xr.Dataset(), "diag")
    parts |= {n: _exact(m, how) for n, m in models.items() if isinstance(m, MoneyModel)}
    return name_revenue({n: part.posterior for n, part in parts.items()}, data, priors)


def _exact(model: MoneyModel, how: Sampling) -> Sampled:
    """Draw as many as a chain may have; what the walked parts do not reach is left out."""
    return sample(money_graph(model), how) if how.mock else draw_money(model, how)


def _first(posterior: xr.Dataset, draws: int) -> xr.Dataset:
    return posterior.isel(draw=slice(draws))


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

    Returns
    -------
    Gate
        Named after what it judges, with advice for when it fails.
    """
    advice = (
        "Sizes do not go with revenue as the model has it: small contracts grow and large ones "
        "shrink back, and a forecast would explode. Look for unrelated contracts under one product "
        "(workbench check SOURCE) and give each a product of its own."
    )
    return Gate("money that changes moved", factor, limit, factor <= limit, where, advice)
