"""Endings drawn from the model of reasons itself, and the rank of the truth when they are refitted.

As in `ranks`: if model and sampler are right, the ranks are uniform.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import xarray as xr
from ranks import RANKS, Effort
from scipy.special import log_softmax, softmax

from workbench.core import reason_names as names
from workbench.core.names import EXIT_KINDS
from workbench.features.reason_data import SORT_OF_KIND, ReasonData, level_positions
from workbench.models.reasons import ReasonPriors, build_reasons, name_reasons

LEVELS = ("Large", "Medium", "Small")
REASONS = ("price", "product", "service", "other")


@dataclass(frozen=True)
class ReasonBench:
    """Endings without reasons and their model, compiled once; reasons are swapped in as data."""

    data: ReasonData
    compiled: Any
    priors: ReasonPriors


def prepare_reasons(endings: int, seed: int) -> ReasonBench:
    """Lay out endings and compile their model."""
    data = lay_out_endings(endings, seed)
    return ReasonBench(data, nutpie.compile_pymc_model(build_reasons(data)), ReasonPriors())


def resized(bench: ReasonBench, endings: int, seed: int) -> ReasonBench:
    """Lay out more or fewer endings for the model already compiled."""
    return replace(bench, data=lay_out_endings(endings, seed))


def lay_out_endings(endings: int, seed: int) -> ReasonData:
    """Return endings of all kinds and one grouping, all of the first reason; one cell each."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, len(EXIT_KINDS), endings)
    segment = rng.integers(0, len(LEVELS), (endings, 1))
    count = np.zeros((endings, len(REASONS)), dtype="int64")
    count[:, 0] = 1
    return ReasonData(
        reasons=REASONS,
        pooled=(),
        endings=pd.DataFrame({"reason": [REASONS[0]] * endings}),
        groupings=(names.EXIT, "segment"),
        group_levels=(names.SORTS, LEVELS),
        kind_idx=kind,
        level_idx=level_positions(SORT_OF_KIND[kind], segment),
        count=count,
    )


def draw_reasons_truth(bench: ReasonBench, rng: np.random.Generator) -> xr.Dataset:
    """Draw one set of effects from the prior, as `name_reasons` returns them."""
    data = bench.data
    spread = np.array([bench.priors.exit_sd, bench.priors.group_sd])
    latent = rng.normal(size=(1, 1, 1 + len(data.levels), len(REASONS) - 1))
    scale = np.abs(rng.normal(size=(1, 1, 2))) * spread
    drawn = xr.Dataset(
        {"latent": (("chain", "draw", "a", "b"), latent),
         "scale": (("chain", "draw", names.GROUPING), scale)},
        coords={"chain": [0], "draw": [0]},
    )  # fmt: skip
    return name_reasons(drawn, data, bench.priors)


def logits(effects: xr.Dataset, data: ReasonData) -> np.ndarray:
    """Return the logits of every ending, shape (draw, ending, reason)."""
    flat = effects.stack(sample=("chain", "draw")).transpose("sample", ...)
    effect = flat[names.EFFECT].transpose("sample", names.LEVEL, names.REASON).values
    return flat[names.BASE].values[:, None] + effect[:, data.level_idx].sum(axis=2)


def give_reasons(data: ReasonData, truth: xr.Dataset, rng: np.random.Generator) -> ReasonData:
    """Draw a reason for every ending by the truth."""
    return replace(data, count=rng.multinomial(1, softmax(logits(truth, data)[0], axis=1)))


def refit_reasons(bench: ReasonBench, given: ReasonData, how: Effort, seed: int) -> xr.Dataset:
    """Sample the compiled model with these reasons as its data."""
    swapped = bench.compiled.with_data(level_idx=given.level_idx, count=given.count)
    tree = nutpie.sample(
        swapped, draws=how.draws, tune=how.tune, chains=how.chains, cores=how.chains,
        seed=seed, target_accept=0.9, progress_bar=False, save_warmup=False,
    )  # fmt: skip
    return name_reasons(tree["posterior"].to_dataset(), given, bench.priors)


def quantities(effects: xr.Dataset, data: ReasonData) -> dict[str, np.ndarray]:
    """Return the effects by name, each with shape (draw,), and the log-likelihood."""
    flat = effects.stack(sample=("chain", "draw"))
    found = {}
    for reason in REASONS[:-1]:
        found[f"share of {reason} (logit)"] = flat[names.BASE].sel({names.REASON: reason}).values
        for level in data.levels:
            at = {names.REASON: reason, names.LEVEL: level}
            found[f"{level}, {reason}"] = flat[names.EFFECT].sel(at).values
    for grouping in data.groupings:
        found[f"sd of {grouping}"] = flat[names.SPREAD].sel({names.GROUPING: grouping}).values
    log_probability = log_softmax(logits(effects, data), axis=2)
    return found | {"log-likelihood": np.einsum("dck,ck->d", log_probability, data.count)}


def rank_reasons(
    bench: ReasonBench,
    how: Effort,
    seed: int,
    spoil: Callable[[ReasonData, np.random.Generator], ReasonData] = lambda given, _: given,
) -> dict[str, float]:
    """Return the rank of the truth, 0 to RANKS - 1, for each quantity of one set of endings.

    Parameters
    ----------
    spoil : callable
        What is done to the reasons before they are fitted: a negative control.
    """
    rng = np.random.default_rng(seed)
    truth = draw_reasons_truth(bench, rng)
    given = spoil(give_reasons(bench.data, truth, rng), rng)
    posterior = refit_reasons(bench, given, how, seed)
    found, known = quantities(posterior, given), quantities(truth, given)
    thin = np.linspace(0, how.draws * how.chains - 1, RANKS - 1).round().astype(int)
    return {name: float((found[name][thin] < known[name]).sum()) for name in found}
