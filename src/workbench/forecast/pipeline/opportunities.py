"""What becomes of open offers: month by month in the same stage, another one, won or lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core import revenue_names as names
from workbench.features.pipeline import age_band
from workbench.forecast.posterior.revenue import kept_draws
from workbench.forecast.simulation.random_numbers import key_of

OPPORTUNITIES_AT_ONCE = 100
NEVER = -1


@dataclass(frozen=True)
class PipelineDraws:
    """Log-odds against staying in a stage for a month, by draw; see `models.revenue.pipeline`.

    Parameters
    ----------
    move : ndarray, shape (draw, stage, to stage)
    base : ndarray, shape (draw, 2)
        Won, lost.
    stage, kind, age : ndarray, shape (draw, level, 2)
    """

    move: np.ndarray
    base: np.ndarray
    stage: np.ndarray
    kind: np.ndarray
    age: np.ndarray


def read_pipeline_draws(posterior: xr.Dataset, most: int = 1000) -> PipelineDraws:
    """Take evenly spaced draws, as `forecast.posterior.revenue.read_revenue_draws` does.

    Parameters
    ----------
    posterior : Dataset
        Of revenue, with the pipeline's part.
    most : int
        At most so many draws.

    Returns
    -------
    PipelineDraws
    """
    own = (names.PIPELINE_MOVE, names.PIPELINE_BASE, *names.PIPELINE_EFFECTS.values())
    values = kept_draws(posterior[list(own)], most)
    return PipelineDraws(*(values[name] for name in own))


def simulate_opportunities(
    chances: PipelineDraws, opportunities: pd.DataFrame, months: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Follow open opportunities month by month in every draw.

    Parameters
    ----------
    chances : PipelineDraws
    opportunities : DataFrame
        Of `workbench.features.pipeline.Pipeline.open`.
    months : int
        How many months ahead.
    seed : int
        Random numbers go by the opportunity's name, whatever else is followed beside it.

    Returns
    -------
    won, lost : ndarray of int, shape (draw, opportunity)
        Month to come, from 0; `NEVER` where it does not come to that.
    """
    shape = (len(chances.base), len(opportunities))
    won, lost = np.full(shape, NEVER), np.full(shape, NEVER)
    for start in range(0, len(opportunities), OPPORTUNITIES_AT_ONCE):
        where = slice(start, start + OPPORTUNITIES_AT_ONCE)
        won[:, where], lost[:, where] = _followed(chances, opportunities.iloc[where], months, seed)
    return won, lost


def _followed(
    chances: PipelineDraws, opportunities: pd.DataFrame, months: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    draws, stages = chances.move.shape[:2]
    uniform = np.stack(
        [
            np.random.default_rng([seed, int(key)]).random((draws, months))
            for key in key_of(opportunities["opportunity_id"].tolist())
        ],
        axis=1,
    )
    kind, age = (opportunities[name].to_numpy("int64") for name in ("kind_idx", "age_months"))
    stage = np.tile(opportunities["stage_idx"].to_numpy("int64"), (draws, 1))
    decided = np.full((2, *stage.shape), NEVER)
    row = np.arange(draws)[:, None]
    # Whoever stays has log-odds 0; what a stage says about moving to itself is not read.
    move = np.where(np.eye(stages, dtype=bool), 0.0, chances.move)
    for h in range(months):
        close = chances.base[:, None] + chances.kind[:, kind] + chances.age[:, age_band(age + h)]
        eta = np.concatenate([move[row, stage], close + chances.stage[row, stage]], axis=2)
        odds = np.exp(eta - eta.max(axis=2, keepdims=True))
        cumulative = odds.cumsum(axis=2) / odds.sum(axis=2, keepdims=True)
        to = (uniform[:, :, h, None] > cumulative).sum(axis=2)
        open_still = (decided == NEVER).all(axis=0)
        for outcome in range(2):
            decided[outcome][open_still & (to == stages + outcome)] = h
        stage = np.where(to < stages, to, stage)
    return decided[0], decided[1]
