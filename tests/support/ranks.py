"""Simulation-based calibration: draw effects, live a book by them, fit, rank the truth.

If model, likelihood and sampler are right, the truth's rank among the posterior draws is uniform
(Talts et al. 2018, arXiv:1804.06788). The log-likelihood of the truth is ranked too: it finds
faults that single parameters hide (Modrák et al. 2023, doi:10.1214/23-BA1404).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr
from books import Shape, as_draws, design_of, lay_out, live_through
from scipy.stats import chisquare, kstest

from workbench.core.names import EXIT_KINDS, FADE, PERSISTENCE
from workbench.features.design import Design
from workbench.forecast.posterior.survival import Draws
from workbench.inference.run import Sampling, sample
from workbench.models.compiled.density import KernelModel
from workbench.models.compiled.hazard import ROW_DATA as DATA
from workbench.models.compiled.hazard_kernels import by_rows as value_and_gradient
from workbench.models.hazard.effects import EffectMap, effect_map
from workbench.models.hazard.model import hazard_model
from workbench.models.priors.hazard import HazardPriors
from workbench.models.priors.spreads import Spreads

RANKS = 100
LIVED = ("signal_value", "lead_months", "cell_idx", "row_end", "entry_end", "event")

DRAWN = ("latent", "scale", FADE, PERSISTENCE)  # in the order in which the likelihood takes them


@dataclass(frozen=True)
class Bench:
    """A laid-out book and its model; lives are swapped in as data.

    The layout is that of the whole book: it must not depend on who happened to leave.
    """

    design: Design
    priors: HazardPriors
    layout: EffectMap
    model: KernelModel


@dataclass(frozen=True)
class Effort:
    """How long to sample each book."""

    draws: int = 400
    tune: int = 400
    chains: int = 2


def prepare(shape: Shape, seed: int, priors: HazardPriors | None = None) -> Bench:
    """Lay out a book and its model."""
    rows = lay_out(shape, np.random.default_rng(seed))
    design = design_of(rows, curves=shape.curves)
    chosen = priors or HazardPriors()
    return Bench(design, chosen, effect_map(design, chosen), hazard_model(design, chosen))


def draw_spreads(prior: Spreads, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Draw spreads as their prior says in words, by NumPy: shape (draws, spread)."""
    found, shared = (
        np.abs(rng.normal(size=(draws, len(prior.scale)))) * prior.scale,
        prior.share > 0,
    )
    whole = rng.exponential(prior.scale[shared][0], size=(draws, 1))
    found[:, shared] = whole * np.sqrt(rng.dirichlet(prior.share[shared], size=draws))
    return found


def draw_truth(bench: Bench, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw `DRAWN` from the prior, each with a leading dimension of one."""
    latent = rng.normal(size=(1, len(bench.layout.effect_matrix)))
    return (
        latent,
        draw_spreads(bench.model.scale_prior, rng, 1),
        rng.beta(*bench.priors.fade, size=1),
        rng.beta(*bench.priors.persistence, size=1),
    )


def refit(bench: Bench, lived: Design, how: Effort, seed: int) -> xr.Dataset:
    """Sample the model with a book's life as its data."""
    values = {name: np.asarray(getattr(lived, name)) for name in LIVED}
    values["event"] = values["event"].astype("float64")
    swapped = replace(bench.model, data=bench.model.data | values)
    sampled = sample(swapped, Sampling(how.draws, how.tune, how.chains, seed=seed), "diag")
    return sampled.posterior.stack(sample=("chain", "draw")).transpose("sample", ...)


def effects_in(bench: Bench, posterior: xr.Dataset) -> Draws:
    """Return the effects of a posterior from `refit`."""
    return as_draws(bench.layout, *(posterior[name].values for name in DRAWN))


def named(bench: Bench, draws: Draws) -> dict[str, np.ndarray]:
    """Return the effects by name, each with shape (draw,); exits that no row has are left out."""
    out = {EXIT_KINDS[kind]: draws.exit[:, kind] for kind in np.unique(bench.design.cell_exit_idx)}
    for month in (3, 12, 24):
        out[f"tenure effect, month {month}"] = draws.tenure[:, month] - draws.tenure[:, 1]
    out["shock of the first quarter"] = draws.shock[:, -1, 0]
    out["shock of the last quarter"] = draws.shock[:, -1, -2]
    out["first level's own in the last quarter"] = draws.shock[:, 0, -2] - draws.shock[:, -1, -2]
    out["sd of the shocks"] = draws.shock_sd
    out["sd of the levels' shocks"] = draws.group_shock_sd
    out["persistence of shocks"] = draws.persistence
    for level in range(draws.group.shape[1] - 1):
        out[bench.design.coding.flat_levels[level]] = draws.group[:, level]
    for name, columns in (("attribute", draws.attribute), ("signal", draws.signal)):
        out |= {f"{name} {k}": columns[:, k] for k in range(columns.shape[1])}
    return out | {"fade per month": draws.fade, "frailty variance": draws.frailty}


def log_likelihood(bench: Bench, lived: Design, values: xr.Dataset | tuple) -> np.ndarray:
    """Return the log-likelihood of each draw."""
    parameters = values if isinstance(values, tuple) else [values[name].values for name in DRAWN]
    source = {
        name: getattr(bench.layout if hasattr(bench.layout, name) else lived, name) for name in DATA
    }
    source["event"] = source["event"].astype("float64")
    return np.array(
        [
            value_and_gradient(*draw, *source.values())[0]
            for draw in zip(*map(np.asarray, parameters), strict=True)
        ]
    )


def rank_truth(
    bench: Bench,
    how: Effort,
    seed: int,
    spoil: Callable[[Draws], Draws] = lambda truth: truth,
) -> dict[str, float]:
    """Return the rank of the truth, 0 to RANKS - 1, for each quantity of one book.

    Parameters
    ----------
    spoil : callable
        What the book lives by instead of the truth: a negative control.
    """
    rng = np.random.default_rng(seed)
    truth = draw_truth(bench, rng)
    effects = as_draws(bench.layout, *truth)
    lived = live_through(bench.design, spoil(effects), rng)
    posterior = refit(bench, lived, how, seed)
    thin = np.linspace(0, posterior.sizes["sample"] - 1, RANKS - 1).round().astype(int)
    posterior = posterior.isel(sample=thin)
    found = named(bench, effects_in(bench, posterior))
    known = named(bench, effects)
    found["log-likelihood"] = log_likelihood(bench, lived, posterior)
    known["log-likelihood"] = log_likelihood(bench, lived, truth)
    return {name: float((values < known[name]).sum()) for name, values in found.items()}


def uniformity(ranks: pd.DataFrame, bins: int = 10) -> pd.DataFrame:
    """Test each column of ranks for uniformity; return both p-values by quantity.

    Returns
    -------
    DataFrame
        quantity, chi_square (p-value over equal bins), ks (p-value, Kolmogorov-Smirnov), mean_rank
        (0 to 1; one half when unbiased).
    """
    rows = []
    for name, column in ranks.items():
        counts = np.bincount((column * bins // RANKS).astype(int), minlength=bins)
        middle = (column.to_numpy() + 0.5) / RANKS
        rows.append(
            (name, chisquare(counts).pvalue, kstest(middle, "uniform").pvalue, middle.mean())
        )
    return pd.DataFrame(rows, columns=["quantity", "chi_square", "ks", "mean_rank"])
