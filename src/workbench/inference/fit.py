"""Fit the hazard model: read the stored posterior if nothing has changed, else sample and store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from workbench.core import names
from workbench.features import design as design_module
from workbench.features.design import Design
from workbench.inference.gates import Gate, Thresholds, sampling_gates, weights_gate
from workbench.inference.laplace import approximate
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key, read_fit, save_fit
from workbench.models.effects import HazardPriors
from workbench.models.hazard import hazard_model, name_effects

# Rows that have signals; without signals rows share their sums, and NUTS is fast on any book.
NUTS_ROWS = 200_000

SOURCES = (
    Path(names.__file__),
    Path(design_module.__file__),
    *Path(__file__).parent.glob("*.py"),
    *(Path(__file__).parents[1] / "models").glob("*.py"),
)


@dataclass(frozen=True)
class Fit:
    """A posterior that forecasts can read.

    Parameters
    ----------
    posterior : Dataset
        Named effects, dimensions chain and draw; see `workbench.models.hazard.name_effects`.
    diverging : int
    bfmi : tuple of float
    compile_seconds, sample_seconds : float
        Of the run that made it.
    reused : bool
        Read from the store.
    mock : bool
        Draws from the prior, of no meaning.
    key : str
        Digest of data, code and settings.
    pareto_k, weight_ess : float or None
        Of the importance weights of a Laplace approximation; see
        `workbench.inference.laplace.Approximated`.
    """

    posterior: xr.Dataset
    diverging: int
    bfmi: tuple[float, ...]
    compile_seconds: float
    sample_seconds: float
    reused: bool
    mock: bool
    key: str
    pareto_k: float | None = None
    weight_ess: float | None = None

    @property
    def method(self) -> str:
        """Return "nuts" or "laplace"."""
        return "nuts" if self.pareto_k is None else "laplace"

    def gates(self, limits: Thresholds) -> tuple[Gate, ...]:
        """Judge the sample, and the weights where it is weighted; see `inference.gates`."""
        judged = sampling_gates(self.posterior, self.diverging, np.asarray(self.bfmi), limits)
        if self.pareto_k is None:
            return judged
        return (*judged, weights_gate(self.pareto_k))


def fit_hazard(
    design: Design,
    how: Sampling,
    store: Path | None = None,
    priors: HazardPriors | None = None,
    *,
    frailty: bool = True,
    method: str = "auto",
) -> Fit:
    """Fit the hazard model to a design.

    Parameters
    ----------
    design : Design
    how : Sampling
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    priors : HazardPriors, optional
    frailty : bool
        See `workbench.models.hazard.hazard_model`.
    method : str
        "nuts", "laplace", or "auto": Laplace beyond `NUTS_ROWS` rows that have signals.

    Returns
    -------
    Fit
    """
    chosen = priors or HazardPriors()
    method = resolve_method(method, design, how)
    key = fit_key([design, replace(how, progress=False), chosen, frailty, method], SOURCES)
    path = None if store is None or how.mock else store / f"hazard-{key}.nc"
    known = read_fit(path) if path else None
    if known:
        return _fit(known[0], known[1], reused=True, mock=False, key=key)
    weights: dict[str, float] = {}
    if method == "laplace":
        found = approximate(design, how, chosen, frailty=frailty)
        sampled = found.sampled
        weights = {"pareto_k": found.pareto_k, "weight_ess": found.weight_ess}
    else:
        sampled = sample(hazard_model(design, chosen, frailty=frailty), how)
    posterior = name_effects(sampled.posterior, design, chosen)
    facts = {
        "diverging": sampled.diverging,
        "bfmi": [float(value) for value in sampled.bfmi],
        "compile_seconds": sampled.compile_seconds,
        "sample_seconds": sampled.sample_seconds,
        **weights,
    }
    if path:
        save_fit(path, posterior, facts)
    return _fit(posterior, facts, reused=False, mock=how.mock, key=key)


def resolve_method(method: str, design: Design, how: Sampling) -> str:
    """Return "nuts" or "laplace"; a mock has nothing to approximate."""
    if how.mock:
        return "nuts"
    if method != "auto":
        return method
    large = bool(design.coding.signals.columns) and len(design.cell_idx) > NUTS_ROWS
    return "laplace" if large else "nuts"


def _fit(posterior: xr.Dataset, facts: dict[str, Any], **how: Any) -> Fit:
    return Fit(posterior, **facts | {"bfmi": tuple(facts["bfmi"])}, **how)
