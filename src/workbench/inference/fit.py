"""Fit the hazard model: read the stored posterior if nothing has changed, else sample and store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from workbench.core.files import locked
from workbench.core.gates import Gate
from workbench.features.design import Design
from workbench.inference.gates import Thresholds, sampling_gates, weights_gate
from workbench.inference.laplace import approximate
from workbench.inference.progress import sampling
from workbench.inference.run import Sampling, sample
from workbench.inference.store import fit_key, read_fit, save_fit
from workbench.models.hazard.model import hazard_model, name_effects
from workbench.models.priors.hazard import HazardPriors

# Rows that have signals; without signals rows share their sums, and NUTS is fast on any book.
NUTS_ROWS = 200_000
FEWEST_DRAWS = 50  # per chain: with fewer, no gate can be judged


@dataclass(frozen=True)
class Fit:
    """A posterior that forecasts can read.

    Parameters
    ----------
    posterior : Dataset
        Named effects, dimensions chain and draw; see `workbench.models.hazard.model.name_effects`.
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
    target_accept : float
        Of the run that was kept, of several parts the largest; see `inference.run.sample`.
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
    target_accept: float
    pareto_k: float | None = None
    weight_ess: float | None = None

    @property
    def method(self) -> str:
        """Return "nuts" or "laplace"."""
        return "nuts" if self.pareto_k is None else "laplace"

    @property
    def draws(self) -> int:
        """Kept draws per chain."""
        return self.posterior.sizes["draw"]

    @property
    def facts(self) -> dict[str, Any]:
        """How the fit came about, for the manifest: draws per chain, seconds, weights."""
        return {
            "key": self.key,
            "method": self.method,
            "draws": self.draws,
            "compile": self.compile_seconds,
            "sample": self.sample_seconds,
            "reused": self.reused,
            "pareto_k": self.pareto_k,
            "weight_ess": self.weight_ess,
        }

    @property
    def summary_text(self) -> str:
        """The same in a line, for the reader of a report."""
        where = "read from the store" if self.reused else "sampled now"
        return f"fit {self.key}, {self.draws} draws per chain, {where}"

    def gates(self, limits: Thresholds) -> tuple[Gate, ...]:
        """Judge the sample, and the weights where it is weighted; see `inference.gates`.

        Parameters
        ----------
        limits : Thresholds
            Of R-hat, effective sample size, divergences and energy.

        Returns
        -------
        tuple of Gate
            First those of the sampler; that of the weights last.
        """
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
        See `workbench.models.hazard.model.hazard_model`.
    method : str
        "nuts", "laplace", or "auto": Laplace beyond `NUTS_ROWS` rows that have signals.

    Returns
    -------
    Fit
    """
    chosen = priors or HazardPriors()
    method = resolve_method(method, design, how)
    key = fit_key([design, replace(how, progress=False), chosen, frailty, method], __name__)

    def named(drawn: xr.Dataset) -> xr.Dataset:
        return name_effects(drawn, design, chosen)

    def make() -> tuple[xr.Dataset, dict[str, Any]]:
        if method == "laplace":
            found = approximate(design, how, chosen, frailty=frailty)
            weights = {"pareto_k": found.pareto_k, "weight_ess": found.weight_ess}
            sampled, facts = found.sampled, found.sampled.facts | weights
        else:
            model = hazard_model(design, chosen, frailty=frailty)
            # Quarters of levels are many variables, and hardly correlate in these coordinates.
            adaptation = "diag" if design.coding.shaken_levels else "low_rank"
            sampled = sample(model, how, adaptation, judged=named)
            facts = sampled.facts
        return named(sampled.posterior), facts

    return fit_once("hazard", key, how, store, make)


def fit_once(
    kind: str,
    key: str,
    how: Sampling,
    store: Path | None,
    make: Callable[[], tuple[xr.Dataset, dict[str, Any]]],
) -> Fit:
    """Read the stored fit of a key; where there is none, make and store it.

    Parameters
    ----------
    kind : str
        Of model; the file's name begins with it.
    key : str
        From `workbench.inference.store.fit_key`.
    how : Sampling
        A mock is neither stored nor read.
    store : Path, optional
        Folder of stored fits; left out, nothing is read or written.
    make : callable
        Returns the named posterior and the facts of the run, see `Sampled.facts`.

    Returns
    -------
    Fit
        The same whether it was read or made.
    """
    path = None if store is None or how.mock else store / f"{kind}-{key}.nc"
    known = read_fit(path) if path else None
    with sampling(kind):
        posterior, facts = known or _make_alone(path, make)
    fields: dict[str, Any] = facts | {"bfmi": tuple(facts["bfmi"])}
    return Fit(posterior, **fields, reused=known is not None, mock=how.mock, key=key)


def _make_alone(
    path: Path | None, make: Callable[[], tuple[xr.Dataset, dict[str, Any]]]
) -> tuple[xr.Dataset, dict[str, Any]]:
    """Make and store a fit, unless another process does so: then wait for it and read it."""
    if path is None:
        return make()
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f".{path.name}.lock")
    with locked(lock):
        known = read_fit(path)
        try:
            posterior, facts = known or make()
            if known is None:
                save_fit(path, posterior, facts)
        finally:
            lock.unlink(missing_ok=True)  # whoever waits for it finds the fit
    return posterior, facts


def resolve_method(method: str, design: Design, how: Sampling) -> str:
    """Return "nuts" or "laplace"; a mock has nothing to approximate.

    Parameters
    ----------
    method : str
        "auto", "nuts" or "laplace".
    design : Design
        Its rows and signals decide for auto.
    how : Sampling
        Whether it is a mock.
    """
    if how.mock:
        return "nuts"
    if method != "auto":
        return method
    large = bool(design.coding.signals.columns) and len(design.cell_idx) > NUTS_ROWS
    return "laplace" if large else "nuts"
