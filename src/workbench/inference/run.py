"""One entry point that samples: NUTS by nutpie, or a mock that only proves that the code runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import xarray as xr
from arviz_stats.base.array import array_stats
from nutpie.compiled_pyfunc import PyFuncModel, from_pyfunc

from workbench.inference.blocks import Chains, stops
from workbench.inference.coordinates import find_coordinates
from workbench.inference.gates import Thresholds, enough
from workbench.models.compiled.density import Density, KernelModel, graph_of

# Shorter steps, at twice the price: for posteriors where longer ones have diverged.
CAREFUL_ACCEPT = 0.99


@dataclass(frozen=True)
class Sampling:
    """How to sample.

    Parameters
    ----------
    draws : int
        Kept draws per chain; with `until`, the most of them.
    tune : int
        Warm-up draws per chain.
    chains : int
        At least 2, so that R-hat means something.
    seed : int
    target_accept : float, 0 to 1
    mock : bool
        Draw from the prior instead, in milliseconds; such draws say nothing about the data.
    progress : bool
        Show a progress bar.
    until : Thresholds, optional
        Gates that the draws are to pass: sampling ends after the first block at which R-hat and
        effective sample sizes hold with a margin, see `workbench.inference.blocks.stops` and
        `workbench.inference.gates.enough`. Left out, exactly `draws` are kept.
    """

    draws: int = 1000
    tune: int = 1000
    chains: int = 2
    seed: int = 0
    target_accept: float = 0.9
    mock: bool = False
    progress: bool = False
    until: Thresholds | None = None


@dataclass(frozen=True)
class Sampled:
    """Draws and how they came about.

    Parameters
    ----------
    posterior : Dataset
        The model's free variables, dimensions chain and draw first.
    diverging : int
        Divergent transitions after warm-up, over all chains.
    bfmi : ndarray, shape (chain,)
        Energy fraction of missing information (Betancourt 2016, arXiv:1604.00695); below 0.3 the
        chain explores the energies badly.
    compile_seconds, sample_seconds : float
    target_accept : float
        Of the run that was kept; see `sample`.
    """

    posterior: xr.Dataset
    diverging: int
    bfmi: np.ndarray
    compile_seconds: float
    sample_seconds: float
    target_accept: float

    @property
    def facts(self) -> dict[str, Any]:
        """How they came about, as plain values that can be stored."""
        return {
            "diverging": self.diverging,
            "bfmi": [float(value) for value in self.bfmi],
            "compile_seconds": self.compile_seconds,
            "sample_seconds": self.sample_seconds,
            "target_accept": self.target_accept,
        }


def sample(
    model: pm.Model | KernelModel,
    how: Sampling,
    adaptation: str = "low_rank",
    judged: Callable[[xr.Dataset], xr.Dataset] = lambda drawn: drawn,
) -> Sampled:
    """Sample a model; where transitions diverge, once more with shorter steps.

    A few divergences are most often steps that were too long for the curvature at hand, and a
    report that fails its gates for those, by the luck of its seed, helps nobody. Those that remain
    at `CAREFUL_ACCEPT` speak against the model, and the gates see them.

    The same seed gives the same draws for the same compiled code, and as many of them, whatever
    else the machine does; keep a stored posterior where identity matters.

    Parameters
    ----------
    model : pm.Model or KernelModel
        A graph is compiled; a model of one kernel is sampled by its density, of which only the
        kernel is compiled, once for all books.
    how : Sampling
    adaptation : {"low_rank", "diag"}
        Of the mass matrix. Low rank follows correlations; its cost grows fast with the number of
        variables, so where those hardly correlate "diag" is fifty times as fast.
    judged : callable
        What the gates will see of the draws; of use with `Sampling.until` only.

    Returns
    -------
    Sampled
    """
    parts = sample_parts({"": model}, how, lambda drawn: judged(drawn[""]), adaptation)
    return parts[""]


def sample_parts(
    models: Mapping[str, pm.Model | KernelModel],
    how: Sampling,
    judged: Callable[[dict[str, xr.Dataset]], xr.Dataset],
    adaptation: str = "low_rank",
) -> dict[str, Sampled]:
    """Sample models that make one posterior together, each as `sample` does, all to one length.

    Parameters
    ----------
    models : mapping of str to model
        Independent of each other given the data.
    how : Sampling
    judged : callable
        What the gates will see of the draws of all parts; of use with `Sampling.until` only.
    adaptation : {"low_rank", "diag"}
        Of nutpie's mass matrix; see `sample`.

    Returns
    -------
    dict of str to Sampled
    """
    if how.mock:
        return {name: _from_prior(model, how) for name, model in models.items()}
    runs = {name: _Run(model, how, adaptation) for name, model in models.items()}
    found: dict[str, Sampled] = {}
    try:
        for draws in (how.draws,) if how.until is None else stops(how.draws, how.chains):
            found = {name: run.reach(draws) for name, run in runs.items()}
            if how.until is None or draws == how.draws:
                break
            drawn = {name: part.posterior for name, part in found.items()}
            if enough(judged(drawn), how.until):
                break
    finally:
        for run in runs.values():
            run.stop()
    return found


class _Run:
    """Chains of one model under way, and anew with shorter steps once they have diverged."""

    def __init__(self, model: pm.Model | KernelModel, how: Sampling, adaptation: str) -> None:
        began = time.perf_counter()
        self._compiled: Any = (
            compile_density(model)
            if isinstance(model, KernelModel)
            else nutpie.compile_pymc_model(model)
        )
        self._how, self._adaptation = how, adaptation
        self._compile_seconds, self._seconds = time.perf_counter() - began, 0.0
        self._chains: Chains | None = None

    def reach(self, draws: int) -> Sampled:
        """Return the first so many draws."""
        began = time.perf_counter()
        found = self._reach(draws)
        if found.diverging and self._how.target_accept < CAREFUL_ACCEPT:
            self.stop()
            self._how, self._seconds = replace(self._how, target_accept=CAREFUL_ACCEPT), 0.0
            began = time.perf_counter()
            found = self._reach(draws)
        self._seconds += time.perf_counter() - began
        return replace(found, sample_seconds=self._seconds)

    def stop(self) -> None:
        """End the chains."""
        if self._chains is not None:
            self._chains.stop()
        self._chains = None

    def _reach(self, draws: int) -> Sampled:
        how = self._how
        if self._chains is None:
            self._chains = Chains(
                self._compiled, how.draws, how.tune, chains=how.chains, cores=how.chains,
                seed=how.seed, target_accept=how.target_accept, progress_bar=how.progress,
                adaptation=self._adaptation,
            )  # fmt: skip
        posterior, stats = self._chains.reach(draws)
        energy = stats["energy"].transpose("chain", "draw").values
        return Sampled(
            posterior=posterior,
            diverging=int(stats["diverging"].sum()),
            bfmi=np.asarray(array_stats.bfmi(energy)),
            compile_seconds=self._compile_seconds,
            sample_seconds=0.0,
            target_accept=how.target_accept,
        )


def compile_density(model: KernelModel) -> PyFuncModel:
    """Return what nutpie samples, with the kernel compiled or read from Numba's files.

    Parameters
    ----------
    model : KernelModel
        Priors, likelihood and data.
    """
    density = Density(model)
    coordinates = find_coordinates(density)
    coordinates.value_and_gradient(coordinates.start(0))
    return from_pyfunc(
        sum(density.sizes),
        make_logp_fn=lambda: coordinates.value_and_gradient,
        make_expand_fn=lambda *_: coordinates.constrained,
        make_initial_point_fn=coordinates.start,
        expanded_names=list(model.shapes),
        expanded_shapes=list(model.shapes.values()),
        expanded_dtypes=[np.dtype("float64")] * len(model.shapes),
        coords=dict(model.coords),
        dims={"scale": tuple(model.coords)},
    )


def _from_prior(given: pm.Model | KernelModel, how: Sampling) -> Sampled:
    began = time.perf_counter()
    model = graph_of(given) if isinstance(given, KernelModel) else given
    values = pm.draw(model.free_RVs, draws=how.draws, random_seed=how.seed)
    coords = {"chain": np.arange(how.chains), "draw": np.arange(how.draws)}
    variables = {}
    for variable, value in zip(model.free_RVs, values, strict=True):
        dims = model.named_vars_to_dims.get(variable.name) or [
            f"{variable.name}_dim_{i}" for i in range(value.ndim - 1)
        ]
        repeated = np.repeat(value[None], how.chains, axis=0)
        variables[variable.name] = (("chain", "draw", *dims), repeated)
        coords |= {dim: list(model.coords[dim]) for dim in dims if dim in model.coords}
    return Sampled(
        posterior=xr.Dataset(variables, coords),
        diverging=0,
        bfmi=np.ones(how.chains),
        compile_seconds=0.0,
        sample_seconds=time.perf_counter() - began,
        target_accept=how.target_accept,
    )
