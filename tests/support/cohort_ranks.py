"""Cohorts drawn from the cohort models themselves, and the rank of the truth when refitted.

As in `ranks`: if model and sampler are right, the ranks are uniform. Lives are drawn customer by
customer, without the survival function that the likelihood uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import nutpie
import xarray as xr
from ranks import RANKS, Effort
from scipy.special import expit

from workbench.core.cohort_names import BDW
from workbench.forecast.cohort import CohortDraws, log_survival, read_cohort_draws
from workbench.models.cohort import (
    QUANTITIES,
    build_cohorts,
    count_lost,
    name_cohorts,
)
from workbench.models.priors.cohort import CohortPriors

PERIODS = 8
SIZES = (60, 300, 1500)


@dataclass(frozen=True)
class CohortBench:
    """The model of some cohorts, compiled once for both laws; lives are swapped in as data."""

    sizes: tuple[int, ...]
    compiled: Any
    priors: CohortPriors

    @property
    def mean(self) -> np.ndarray:
        """Prior means of the quantities, shape (quantity,)."""
        return np.array([getattr(self.priors, name)[0] for name in QUANTITIES])

    @property
    def sd(self) -> np.ndarray:
        """Prior standard deviations of the quantities, shape (quantity,)."""
        return np.array([getattr(self.priors, name)[1] for name in QUANTITIES])


@dataclass(frozen=True)
class CohortTruth:
    """What a table of cohorts lived by.

    Parameters
    ----------
    centre, log_spread : ndarray, shape (quantity,)
    cohort : ndarray, shape (quantity, cohort)
        Log-odds of leaving in the first period, log likeness, log shape.
    """

    centre: np.ndarray
    log_spread: np.ndarray
    cohort: np.ndarray


def prepare_cohorts(sizes: tuple[int, ...]) -> CohortBench:
    """Compile the model of cohorts of these sizes."""
    alive = labelled([np.repeat(float(size), PERIODS + 1) for size in sizes])
    return CohortBench(sizes, nutpie.compile_pymc_model(build_cohorts(alive, BDW)), CohortPriors())


def labelled(rows: list[np.ndarray]) -> xr.DataArray:
    """Return customers there by cohort and period."""
    coords = {"cohort": [f"c{j}" for j in range(len(rows))], "period": range(len(rows[0]))}
    return xr.DataArray(np.stack(rows), dims=("cohort", "period"), coords=coords)


def live(rng: np.random.Generator, customers: int, truth: np.ndarray, periods: int) -> np.ndarray:
    """Return the customers there in periods 0, 1, ..., each with a chance and a life of its own.

    Parameters
    ----------
    truth : ndarray, shape (3,)
        alpha, beta, shape.
    """
    alpha, beta, shape = truth
    each = np.clip(rng.beta(alpha, beta, size=customers), 1e-12, 1 - 1e-12)
    lives = np.ceil((np.log(rng.random(customers)) / np.log1p(-each)) ** (1 / shape))
    return (lives[:, None] > np.arange(periods + 1)).sum(axis=0).astype(float)


def draw_cohort_truth(
    bench: CohortBench, distribution: str, rng: np.random.Generator
) -> CohortTruth:
    """Draw centre, spread and cohorts from the prior; a single cohort is its centre."""
    centre = bench.mean + bench.sd * rng.normal(size=3)
    spread_mean, spread_sd = bench.priors.log_spread
    log_spread = spread_mean + spread_sd * rng.normal(size=3)
    apart = np.exp(log_spread)[:, None] * rng.normal(size=(3, len(bench.sizes)))
    cohort = centre[:, None] + apart * (len(bench.sizes) > 1)
    cohort[2] *= distribution == BDW
    return CohortTruth(centre, log_spread, cohort)


def refit_cohorts(
    bench: CohortBench, alive: xr.DataArray, distribution: str, how: Effort, seed: int
) -> xr.Dataset:
    """Sample the compiled model with these cohorts as its data."""
    counts = count_lost(alive.values)
    data = {name: getattr(counts, name) for name in ("lost", "left", "observed")}
    tree = nutpie.sample(
        bench.compiled.with_data(**data, acts=np.array([1.0, 1.0, float(distribution == BDW)])),
        draws=how.draws, tune=how.tune, chains=how.chains, cores=how.chains,
        seed=seed, target_accept=0.95, progress_bar=False, save_warmup=False,
    )  # fmt: skip
    return tree["posterior"].to_dataset()


def rank_cohorts(bench: CohortBench, distribution: str, how: Effort, seed: int) -> dict[str, float]:
    """Return the rank of the truth, 0 to RANKS - 1, for each quantity of one table of cohorts."""
    rng = np.random.default_rng(seed)
    truth = draw_cohort_truth(bench, distribution, rng)
    alpha = np.exp(truth.cohort[1]) * expit(truth.cohort[0])
    known = np.stack([alpha, np.exp(truth.cohort[1]) - alpha, np.exp(truth.cohort[2])])
    alive = labelled(
        [live(rng, size, one, PERIODS) for size, one in zip(bench.sizes, known.T, strict=True)]
    )
    posterior = refit_cohorts(bench, alive, distribution, how, seed)
    named = name_cohorts(posterior, alive, distribution, bench.priors)
    own = CohortDraws(*known[:, None])
    drawn = quantities(read_cohort_draws(named, RANKS - 1), distribution, alive)
    exact = quantities(own, distribution, alive)
    if len(bench.sizes) > 1:
        drawn |= of_centre(
            thinned(posterior, "centre"), thinned(posterior, "log_spread"), distribution
        )
        standard = (truth.centre - bench.mean) / bench.sd
        exact |= of_centre(standard[None], truth.log_spread[None], distribution)
    return {name: float((drawn[name] < exact[name]).sum()) for name in exact}


def quantities(draws: CohortDraws, distribution: str, alive: xr.DataArray) -> dict[str, np.ndarray]:
    """Return what is ranked of the cohorts by name, each with shape (draw,)."""
    found = {}
    for j, size in enumerate(alive.values[:, 0]):
        alpha, beta = draws.alpha[:, j], draws.beta[:, j]
        found[f"first leaving, {size:.0f} customers"] = alpha / (alpha + beta)
        found[f"likeness, {size:.0f} customers"] = alpha + beta
        if distribution == BDW:
            found[f"shape, {size:.0f} customers"] = draws.shape[:, j]
    there = np.exp(log_survival(draws, np.arange(PERIODS + 1)))
    lost = np.maximum(there[..., :-1] - there[..., 1:], 1e-300)
    by_cohort = -np.diff(alive.values) * np.log(lost)
    stayed = alive.values[:, -1] * np.log(there[..., -1])
    return found | {"log-likelihood": by_cohort.sum(axis=(1, 2)) + stayed.sum(axis=1)}


def of_centre(
    centre: np.ndarray, log_spread: np.ndarray, distribution: str
) -> dict[str, np.ndarray]:
    """Return what the cohorts share by name; the sBG leaves the shape's idle."""
    shared = QUANTITIES if distribution == BDW else QUANTITIES[:2]
    named = [name.replace("_", " ") for name in shared]
    return {f"centre of {name}": centre[:, k] for k, name in enumerate(named)} | {
        f"spread of {name}": log_spread[:, k] for k, name in enumerate(named)
    }


def thinned(posterior: xr.Dataset, name: str) -> np.ndarray:
    """Return RANKS - 1 draws, all chains in turn, shape (draw, quantity)."""
    flat = posterior[name].stack(sample=("draw", "chain")).transpose("sample", ...).values
    return flat[np.linspace(0, len(flat) - 1, RANKS - 1).round().astype(int)]
