"""One entry point that samples: NUTS by nutpie, or a mock that only proves that the code runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import xarray as xr
from nutpie.compiled_pyfunc import PyFuncModel, from_pyfunc

from workbench.inference.coordinates import find_coordinates
from workbench.models.compiled.density import Density, KernelModel, graph_of

# Shorter steps, at twice the price: for posteriors where longer ones have diverged.
CAREFUL_ACCEPT = 0.99


@dataclass(frozen=True)
class Sampling:
    """How to sample.

    Parameters
    ----------
    draws, tune : int
        Kept and warm-up draws per chain.
    chains : int
        At least 2, so that R-hat means something.
    seed : int
    target_accept : float, 0 to 1
    mock : bool
        Draw from the prior instead, in milliseconds; such draws say nothing about the data.
    progress : bool
        Show a progress bar.
    """

    draws: int = 1000
    tune: int = 1000
    chains: int = 2
    seed: int = 0
    target_accept: float = 0.9
    mock: bool = False
    progress: bool = False


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


def sample(model: pm.Model | KernelModel, how: Sampling, adaptation: str = "low_rank") -> Sampled:
    """Sample a model; where transitions diverge, once more with shorter steps.

    A few divergences are most often steps that were too long for the curvature at hand, and a
    report that fails its gates for those, by the luck of its seed, helps nobody. Those that remain
    at `CAREFUL_ACCEPT` speak against the model, and the gates see them.

    The same seed gives the same draws for the same compiled code; keep a stored posterior where
    identity matters.

    Parameters
    ----------
    model : pm.Model or KernelModel
        A graph is compiled; a model of one kernel is sampled by its density, of which only the
        kernel is compiled, once for all books.
    how : Sampling
    adaptation : {"low_rank", "diag"}
        Of the mass matrix. Low rank follows correlations; its cost grows fast with the number of
        variables, so where those hardly correlate "diag" is fifty times as fast.

    Returns
    -------
    Sampled
    """
    began = time.perf_counter()
    if how.mock:
        return _from_prior(graph_of(model) if isinstance(model, KernelModel) else model, how, began)
    compiled: Any
    if isinstance(model, KernelModel):
        compiled = compile_density(model)
    else:
        compiled = nutpie.compile_pymc_model(model)
    found = _sample_once(compiled, how, adaptation, began)
    if found.diverging and how.target_accept < CAREFUL_ACCEPT:
        careful = replace(how, target_accept=CAREFUL_ACCEPT)
        return _sample_once(compiled, careful, adaptation, began)
    return found


def _sample_once(compiled: Any, how: Sampling, adaptation: str, began: float) -> Sampled:
    compiled_at = time.perf_counter()
    tree = nutpie.sample(
        compiled,
        draws=how.draws,
        tune=how.tune,
        chains=how.chains,
        cores=how.chains,
        seed=how.seed,
        target_accept=how.target_accept,
        progress_bar=how.progress,
        adaptation=adaptation,
    )
    stats = tree["sample_stats"]
    energy = stats["energy"].transpose("chain", "draw").values
    step = np.square(np.diff(energy, axis=1)).mean(axis=1)
    return Sampled(
        posterior=tree["posterior"].to_dataset(),
        diverging=int(stats["diverging"].sum()),
        bfmi=step / energy.var(axis=1),
        compile_seconds=compiled_at - began,
        sample_seconds=time.perf_counter() - compiled_at,
        target_accept=how.target_accept,
    )


def compile_density(model: KernelModel) -> PyFuncModel:
    """Return what nutpie samples, with the kernel compiled or read from Numba's files."""
    density = Density(model)
    walk = find_coordinates(density)
    walk.value_and_gradient(walk.start(0))
    return from_pyfunc(
        sum(density.sizes),
        make_logp_fn=lambda: walk.value_and_gradient,
        make_expand_fn=lambda *_: walk.constrained,
        make_initial_point_fn=walk.start,
        expanded_names=list(model.shapes),
        expanded_shapes=list(model.shapes.values()),
        expanded_dtypes=[np.dtype("float64")] * len(model.shapes),
        coords=dict(model.coords),
        dims={"scale": tuple(model.coords)},
    )


def _from_prior(model: pm.Model, how: Sampling, began: float) -> Sampled:
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
