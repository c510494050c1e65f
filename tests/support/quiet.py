"""Shocks of hand-made draws: none so far; those to come, each quarter anew, of a given spread."""

from __future__ import annotations

import numpy as np

from workbench.features.design import Coding


def quiet_shocks(draws: int, coding: Coding, sd: float = 0.0) -> dict[str, np.ndarray]:
    """Return the fields of `Draws` that are about shocks."""
    return {
        "shock": np.zeros((draws, len(coding.shaken_levels) + 1, len(coding.quarters) + 1)),
        "shock_sd": np.full(draws, sd),
        "group_shock_sd": np.zeros(draws),
        "persistence": np.zeros(draws),
    }
