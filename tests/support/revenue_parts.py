"""The parts of the revenue model on small made-up books: draw a truth, live by it, fit, rank it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from pymc.pytensorf import compile as compile_graph
from pymc.pytensorf import find_rng_nodes, reseed_rngs
from ranks import RANKS, Effort

from workbench.core import revenue_names as names
from workbench.core.processes import AMEND
from workbench.features.design import Coding
from workbench.features.encode import EncodedColumn, Encoder
from workbench.features.new_business import NewBusiness
from workbench.features.pipeline import NO_PIPELINE, Pipeline
from workbench.features.revenue_data import Covariates, RevenueData
from workbench.inference.exact import draw_money
from workbench.inference.run import Sampling, sample
from workbench.models.compiled.arrival_kernels import LEAST_EXCESS
from workbench.models.compiled.density import KernelModel
from workbench.models.priors.new_business import NewBusinessPriors
from workbench.models.priors.pipeline import PipelinePriors
from workbench.models.priors.predictors import PredictorPriors
from workbench.models.revenue.model import ARRIVALS, MONEY, PIPELINE, build_revenue
from workbench.models.revenue.money import MoneyModel, money_graph
from workbench.models.revenue.named_rows import name_rows
from workbench.models.revenue.new_business import (
    arrival_model,
    name_arrivals,
    name_first_revenue,
)
from workbench.models.revenue.pipeline import (
    name_pipeline,
    pipeline_map,
    pipeline_model,
)
from workbench.models.revenue.predictors import predictor_map, row_model
from workbench.models.revenue.row_parts import RowPart, coding_of, row_parts
from workbench.models.revenue.sizes import name_sizes

CODING = Coding(
    signals=Encoder((EncodedColumn("signal 0", "signal 0", "number", 0.0),)),
    attributes=Encoder((EncodedColumn("attribute 0", "attribute 0", "number", 0.0),)),
    groupings=("owner",),
    group_levels=(("x", "y", "z"),),
    quarters=(),
    max_tenure_months=24,
)
Values = dict[str, np.ndarray]
LIKELIHOOD = "log-likelihood"


@dataclass(frozen=True)
class Part:
    """One part of the revenue model, ready to be fitted to books that differ in what happened.

    Parameters
    ----------
    draw : callable
        Takes a generator; returns parameters from the prior.
    live : callable
        Takes parameters and a generator; returns what happened, by name of the model's data.
    fit : callable
        Takes what happened, an effort and a seed; returns draws, shape (chain, draw, ...).
    named : callable
        Takes a Dataset of draws; returns the variables that forecasts read.
    log_likelihood : callable, optional
        Takes parameters and what happened.
    """

    draw: Callable[[np.random.Generator], Values]
    live: Callable[[Values, np.random.Generator], Values]
    fit: Callable[[Values, Effort, int], xr.Dataset]
    named: Callable[[xr.Dataset], dict[str, xr.DataArray]]
    log_likelihood: Callable[[Values, Values], float] | None = None


def made_up(rows: int, seed: int) -> RevenueData:
    """Lay out a book in which everything may happen in each row; what did happen is swapped in."""
    rng = np.random.default_rng(seed)
    covariates = Covariates(
        attribute_value=rng.normal(size=(rows, 1)),
        group_idx=rng.integers(0, 3, (rows, 1)),
        signal_value=rng.normal(size=(rows, 1)),
        lead_months=rng.integers(0, 13, rows),
        term_idx=rng.choice([0, 0, 2, 3], rows),
        standing=rng.normal(size=rows),
        shock=rng.normal(0, 0.5, (rows, 1)),
    )
    observed = pd.DataFrame(
        {
            "outcome": np.resize(["flat", "flat", "contraction", "expansion"], rows),
            "priced": np.resize([True, False, False, False], rows),
            "hit": np.resize([True, False, False], rows),
            "log_ratio": np.resize([0.1, 0.2, -0.2, 0.3], rows),
            "weight": 1.0,
        }
    )
    months = max(rows // 3, 12)
    return RevenueData(
        as_of=pd.Timestamp("2026-01-01"),
        coding=CODING,
        renewals=observed,
        amendments=observed,
        cross_sales=observed,
        renewal_covariates=covariates,
        amendment_covariates=covariates,
        cross_sale_covariates=covariates,
        new=_arrivals(rows, months, rng),
        pipeline=_opportunities(rows, rng),
    )


def _arrivals(rows: int, months: int, rng: np.random.Generator) -> NewBusiness:
    return NewBusiness(
        segments=("Large", "Small"),
        months=np.arange(24_240, 24_240 + months),
        count=np.full((2, months), 2),
        customers=pd.DataFrame({"segment_idx": rng.integers(0, 2, rows), "cents": 10_000}),
        returns=pd.DataFrame({"month": 24_240, "cents": np.full(6, 10_000)}),
        running_cents=np.array([10_000]),
        term_months=np.array([12]),
        month_to_month=np.array([False]),
        term_share=np.ones((2, 1)),
        shock=rng.normal(0, 0.5, months),
    )


def _opportunities(rows: int, rng: np.random.Generator) -> Pipeline:
    moves = pd.DataFrame(
        {
            "kind_idx": rng.integers(0, 2, rows),
            "stage_idx": rng.integers(0, 2, rows),
            "age_idx": rng.integers(0, 5, rows),
            "to_idx": rng.integers(0, 4, rows),
        }
    )
    counted = moves.value_counts(sort=False).rename("opportunities").reset_index()
    return replace(
        NO_PIPELINE, stages=("first", "second"), kinds=("new_logo", "customer"), moves=counted
    )


PARTS = ("renewal", names.AMEND_DOWN, AMEND, PIPELINE, ARRIVALS, MONEY)
"""Amendments stand for further products, whose model is the same."""


def part_of(name: str, data: RevenueData) -> Part:
    """Return one of the parts, ready to be fitted."""
    if name == MONEY:
        return _money_part(data)
    if name == ARRIVALS:
        return _arrival_part(data)
    if name == PIPELINE:
        return _pipeline_part(data)
    return _row_part(data, next(part for part in row_parts(data) if part.name == name))


def _row_part(data: RevenueData, part: Any) -> Part:
    priors = PredictorPriors()
    layout, model = predictor_map(part, data.coding, priors), row_model(part, data.coding, priors)

    def live(truth: Values, rng: np.random.Generator) -> Values:
        eta = _predictors(part, layout, truth)
        if not part.several:
            return {"hit": (rng.random(eta.shape[1]) < -np.expm1(-np.exp(eta[0]))).astype(float)}
        odds = np.vstack([np.ones(eta.shape[1]), np.exp(eta)])
        return {"outcome": (rng.random(eta.shape[1]) > odds.cumsum(0) / odds.sum(0)).sum(axis=0)}

    return _kernel_part(model, live, lambda d: name_rows(d, part, data.coding, priors))


def _predictors(part: RowPart, layout: Any, truth: Values) -> np.ndarray:
    rows = part.rows
    latent, scale = np.atleast_2d(truth["latent"]), np.atleast_2d(truth["scale"])
    attribute, group, signal, _ = layout.block_end
    found = []
    for p, fade in enumerate(np.atleast_1d(truth["fade"])):
        padded = np.append(1.0, scale[p])[layout.scale_idx]
        effect = layout.centre[p] + latent[p] * padded @ layout.effect_matrix
        own = effect[0] + part.attribute_value @ effect[attribute:group]
        own += effect[group + rows.group_idx].sum(axis=1)
        if part.by_term:
            levels = len(coding_of(part, CODING).flat_levels)
            own += effect[group + levels + 1 + rows.term_idx]
        found.append(own + rows.signal_value @ effect[signal:] * fade**rows.lead_months)
    return np.array(found)


def _pipeline_part(data: RevenueData) -> Part:
    priors = PipelinePriors()
    layout, model = pipeline_map(data.pipeline, priors), pipeline_model(data.pipeline, priors)

    def live(truth: Values, rng: np.random.Generator) -> Values:
        odds = np.exp(layout.carries @ (layout.centre + truth["latent"]))
        total = layout.count.sum(axis=1).astype(int)
        drawn = [rng.multinomial(n, row / row.sum()) for n, row in zip(total, odds, strict=True)]
        return {"count": np.array(drawn, dtype="float64")}

    return _kernel_part(model, live, lambda d: name_pipeline(d, data.pipeline, priors))


def _arrival_part(data: RevenueData) -> Part:
    priors = NewBusinessPriors()
    model = arrival_model(data.new, priors)

    def live(truth: Values, rng: np.random.Generator) -> Values:
        known = {n: v[None, None] for n, v in truth.items() if n != "fade"}
        drawn = xr.Dataset({n: (("chain", "draw", n), v) for n, v in known.items()})
        named = name_arrivals(drawn, data.new, priors)
        log_mean = named[names.LOG_RATE].values[0, 0][:, None] + (
            named[names.GROWTH].item() * model.data["since"]
            + named[names.NEW_LOADING].item() * model.data["shock"]
            + named[names.SEASON].values[0, 0][model.data["month_idx"]]
        )
        size = 1 / (named[names.EXCESS].values[0, 0][:, None] + LEAST_EXCESS)
        return {"count": rng.negative_binomial(size, size / (size + np.exp(log_mean)))}

    return _kernel_part(model, live, lambda d: name_arrivals(d, data.new, priors))


def _kernel_part(model: KernelModel, live: Any, named: Any) -> Part:
    def draw(rng: np.random.Generator) -> Values:
        scale = model.scale_prior.in_scipy.rvs(model.shapes["scale"], random_state=rng)
        truth = {"latent": rng.normal(size=model.latent_shape), "scale": scale}
        prior = model.scalars["fade"]
        fade = prior.in_scipy.rvs(model.several, random_state=rng) if prior else 1.0
        return truth | {"fade": np.broadcast_to(fade, model.several)}

    def fit(lived: Values, how: Effort, seed: int) -> xr.Dataset:
        own = replace(model, data=model.data | lived)
        return sample(own, Sampling(how.draws, how.tune, how.chains, seed=seed)).posterior

    def log_likelihood(truth: Values, lived: Values) -> float:
        data = model.data | lived
        return float(model.likelihood.kernel(*truth.values(), *data.values())[0])

    return Part(draw, live, fit, named, log_likelihood)


def _money_part(data: RevenueData) -> Part:
    model = next(m for m in build_revenue(data).values() if isinstance(m, MoneyModel))
    graph: Any = money_graph(model)
    free = [variable.name for variable in graph.free_RVs]
    seen = {variable.name: f"{variable.name} seen" for variable in graph.observed_RVs}
    seen["size"] = "sizes seen"
    variables = [*graph.free_RVs, *graph.observed_RVs]
    forward, chance = (
        compile_graph([], variables, random_seed=0, mode="FAST_COMPILE"),
        find_rng_nodes(variables),
    )

    def draw(rng: np.random.Generator) -> Values:
        # From a store of draws some would be taken twice, and ranks would not be independent.
        reseed_rngs(chance, int(rng.integers(2**31)))
        return dict(zip([*free, *seen], forward(), strict=True))

    def live(truth: Values, rng: np.random.Generator) -> Values:
        return {seen[name]: truth[name] for name in seen}

    def fit(lived: Values, how: Effort, seed: int) -> xr.Dataset:
        own = replace(model, swapped=lived)
        return draw_money(own, Sampling(how.draws, how.tune, how.chains, seed=seed)).posterior

    def named(drawn: xr.Dataset) -> dict[str, xr.DataArray]:
        return name_sizes(drawn, data) | name_first_revenue(drawn)

    return Part(draw, live, fit, named)


def rank(
    part: Part, how: Effort, seed: int, spoil: Callable[[Values], Values] = lambda lived: lived
) -> dict[str, float]:
    """Return the rank of the truth among posterior draws, 0 to RANKS - 1, by quantity.

    Parameters
    ----------
    part : Part
    how : Effort
    seed : int
    spoil : callable
        Changes what happened before it is fitted: a negative control.
    """
    rng = np.random.default_rng(seed)
    truth = part.draw(rng)
    lived = spoil(part.live(truth, rng))
    drawn = part.fit(lived, how, seed)
    found, known = quantities(part, drawn), quantities(part, as_dataset(truth, drawn))
    found = {name: values for name, values in found.items() if np.ptp(values) > 0}
    thin = np.linspace(0, how.draws * how.chains - 1, RANKS - 1).round().astype(int)
    ranks = {name: float((values[thin] < known[name][0]).sum()) for name, values in found.items()}
    if part.log_likelihood:
        flat = {name: drawn[name].values for name in truth if name in drawn}
        flat = {n: v.reshape(v.shape[0] * v.shape[1], *v.shape[2:])[thin] for n, v in flat.items()}
        values = [
            part.log_likelihood({n: flat[n][i] if n in flat else truth[n] for n in truth}, lived)
            for i in range(RANKS - 1)
        ]
        ranks[LIKELIHOOD] = float((np.array(values) < part.log_likelihood(truth, lived)).sum())
    return ranks


def covered(part: Part, truth: Values, how: Effort, seed: int) -> dict[str, bool]:
    """Tell for each quantity whether its 90 % interval holds the truth."""
    lived = part.live(truth, np.random.default_rng(seed))
    drawn = part.fit(lived, how, seed)
    found, known = quantities(part, drawn), quantities(part, as_dataset(truth, drawn))
    found = {name: values for name, values in found.items() if np.ptp(values) > 0}
    inside = {}
    for name, values in found.items():
        low, high = np.quantile(values, [0.05, 0.95])
        inside[name] = bool(low <= known[name][0] <= high)
    return inside


def as_dataset(truth: Values, like: xr.Dataset) -> xr.Dataset:
    """Return parameters as a posterior of a single draw."""
    return xr.Dataset(
        {
            name: (like[name].dims, np.asarray(truth[name])[None, None])
            for name in truth
            if name in like
        }
    )


def quantities(part: Part, drawn: xr.Dataset) -> Values:
    """Return every number that a forecast reads, by name, shape (draw,); constants are left out."""
    found: Values = {}
    for name, array in part.named(drawn).items():
        if name == names.PIPELINE_MOVE:  # a stage's move to itself is no parameter
            stages = range(array.shape[-1])
            array = array.stack(way=array.dims[2:]).isel(
                way=[i * len(stages) + j for i in stages for j in stages if i != j]
            )
        values = array.transpose("chain", "draw", ...).values
        flat = values.reshape(values.shape[0] * values.shape[1], -1)
        for at in range(flat.shape[1]):
            found[name if flat.shape[1] == 1 else f"{name} {at}"] = flat[:, at]
    return found
