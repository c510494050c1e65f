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
from workbench.inference.gates import Gate, Thresholds, sampling_gates
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key, read_fit, save_fit
from workbench.models.effects import HazardPriors
from workbench.models.hazard import build_hazard, name_effects

_SOURCES = (
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
    """

    posterior: xr.Dataset
    diverging: int
    bfmi: tuple[float, ...]
    compile_seconds: float
    sample_seconds: float
    reused: bool
    mock: bool
    key: str

    def gates(self, limits: Thresholds) -> tuple[Gate, ...]:
        """Judge the sample; see `workbench.inference.gates.sampling_gates`."""
        return sampling_gates(self.posterior, self.diverging, np.asarray(self.bfmi), limits)


def fit_hazard(
    design: Design,
    how: Sampling,
    store: Path | None = None,
    priors: HazardPriors | None = None,
    *,
    frailty: bool = True,
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
        See `workbench.models.hazard.build_hazard`.

    Returns
    -------
    Fit
    """
    chosen = priors or HazardPriors()
    key = fit_key([design, replace(how, progress=False), chosen, frailty], _SOURCES)
    path = None if store is None or how.mock else store / f"hazard-{key}.nc"
    known = read_fit(path) if path else None
    if known:
        return _fit(known[0], known[1], reused=True, mock=False, key=key)
    sampled = sample(build_hazard(design, chosen, frailty=frailty), how)
    posterior = name_effects(sampled.posterior, design, chosen)
    facts = {
        "diverging": sampled.diverging,
        "bfmi": [float(value) for value in sampled.bfmi],
        "compile_seconds": sampled.compile_seconds,
        "sample_seconds": sampled.sample_seconds,
    }
    if path:
        save_fit(path, posterior, facts)
    return _fit(posterior, facts, reused=False, mock=how.mock, key=key)


def _fit(posterior: xr.Dataset, facts: dict[str, Any], **how: Any) -> Fit:
    return Fit(posterior, **facts | {"bfmi": tuple(facts["bfmi"])}, **how)
