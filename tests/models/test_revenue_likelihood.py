"""The compiled likelihoods against their formulas in plain numpy, and against differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from workbench.features.design import Coding
from workbench.features.encode import EncodedColumn, Encoder
from workbench.features.revenue_data import Covariates
from workbench.models.compiled.density import graph_of
from workbench.models.compiled.revenue import outcome_log_likelihood, rate_log_likelihood
from workbench.models.priors.predictors import PredictorPriors
from workbench.models.revenue.predictors import part_data, predictor_map, row_model
from workbench.models.revenue.row_parts import RowPart

PRIORS = PredictorPriors()
CODING = Coding(
    signals=Encoder(tuple(EncodedColumn(f"s{i}", f"s{i}", "number", 0.0) for i in range(3))),
    attributes=Encoder((EncodedColumn("a", "a", "number", 0.0),)),
    groupings=("region", "owner"),
    group_levels=(("n", "s"), ("x", "y", "z")),
    quarters=(),
    max_tenure_months=24,
)


def covariates(rows: int, rng: np.random.Generator) -> Covariates:
    return Covariates(
        attribute_value=rng.normal(size=(rows, 1)),
        group_idx=np.column_stack([rng.integers(0, 2, rows), rng.choice([2, 3, 4, 5], rows)]),
        signal_value=rng.normal(size=(rows, 3)),
        lead_months=rng.integers(0, 13, rows),
        term_idx=rng.choice([0, 2, 4], rows),
        standing=rng.normal(size=rows),
        shock=rng.normal(0, 0.3, (rows, 1)),
    )


def renewal(rng: np.random.Generator) -> RowPart:
    seen = {"outcome": rng.integers(0, 3, 40)}
    processes = ("contract", "expand")
    return RowPart("renewal", processes, covariates(40, rng), seen, outcome_log_likelihood)


def amend(rng: np.random.Generator) -> RowPart:
    hit = (rng.random(60) < 0.2).astype(float)
    seen = {"hit": hit, "weight": np.where(hit, 1.0, 3.0)}
    return RowPart("amend", ("amend",), covariates(60, rng), seen, rate_log_likelihood)


def eta_of(part: RowPart, latent: np.ndarray, scale: np.ndarray, fade: np.ndarray) -> np.ndarray:
    layout, rows = predictor_map(part, CODING, PRIORS), part.rows
    levels = len(CODING.flat_levels)
    found = []
    for p in range(len(part.processes)):
        padded = np.append(1.0, np.atleast_2d(scale)[p])
        effect = layout.centre[p] + (
            np.atleast_2d(latent)[p] * padded[layout.scale_idx] @ layout.effect_matrix
        )
        a, g, s, _ = layout.block_end
        strength = rows.signal_value @ effect[s:]
        own = effect[0] + part.attribute_value @ effect[a:g] + effect[g + rows.group_idx].sum(1)
        own = own + effect[g + levels + 1 + rows.term_idx]
        found.append(own + strength * np.atleast_1d(fade)[p] ** rows.lead_months)
    return np.array(found)


def plain(part: RowPart, eta: np.ndarray) -> float:
    if part.name == "renewal":
        logits = np.vstack([np.zeros(eta.shape[1]), eta])
        chosen = logits[part.seen["outcome"], np.arange(eta.shape[1])]
        return float((chosen - np.log(np.exp(logits).sum(axis=0))).sum())
    chance = 1 - np.exp(-np.exp(eta[0]))
    by_row = np.where(part.seen["hit"] > 0, np.log(chance), np.log(1 - chance))
    return float((by_row * part.seen["weight"]).sum())


@pytest.mark.parametrize("make", [renewal, amend])
def test_value_and_gradient(make) -> None:
    rng = np.random.default_rng(5)
    part = make(rng)
    layout = predictor_map(part, CODING, PRIORS)
    several = (2,) if part.name == "renewal" else ()
    shapes = [(*several, len(layout.effect_matrix)), (*several, len(layout.scales)), several]
    sizes = np.cumsum([int(np.prod(shape)) for shape in shapes])
    at = np.concatenate([rng.normal(size=sizes[0]), rng.uniform(0.2, 0.9, sizes[2] - sizes[0])])
    data = list(part_data(part, CODING, PRIORS).values())

    def parted(flat: np.ndarray) -> list[np.ndarray]:
        pieces = np.split(flat, sizes[:2])
        return [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]

    value, *gradient = part.op.kernel(*parted(at), *data)
    assert float(value) == pytest.approx(plain(part, eta_of(part, *parted(at))))
    slope = approx_fprime(at, lambda flat: float(part.op.kernel(*parted(flat), *data)[0]), 1e-6)
    assert np.concatenate([np.ravel(g) for g in gradient]) == pytest.approx(slope, abs=2e-3)


def test_levels_of_a_grouping_sum_to_zero_and_a_missing_one_is_zero() -> None:
    layout = predictor_map(amend(np.random.default_rng(1)), CODING, PRIORS)
    _, group, signal, _ = layout.block_end
    block = layout.effect_matrix[:, group:signal]
    assert block[:, :2].sum(axis=1) == pytest.approx(0)
    assert block[:, 2:5].sum(axis=1) == pytest.approx(0)
    assert not block[:, 5].any()
    kinds = block[:, 6:]
    assert kinds.sum(axis=1) == pytest.approx(0) and not kinds[:, [1, 3]].any()
    assert np.linalg.matrix_rank(kinds) == 2


def test_without_rows_the_prior_speaks() -> None:
    rng = np.random.default_rng(1)
    seen = {"hit": np.zeros(0), "weight": np.zeros(0)}
    part = RowPart("amend", ("amend",), covariates(0, rng), seen, rate_log_likelihood)
    model = graph_of(row_model(part, CODING, PRIORS))
    assert (
        model.potentials[0].eval(
            {model["latent"]: np.ones(11), model["scale"]: np.ones(5), model["fade"]: 0.5}
        )
        == 0
    )
