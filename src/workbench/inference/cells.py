"""Independent draws from a density of one or two numbers, known up to a constant.

The box is split into cells until the density hardly varies within any that matters: cells where it
is steep are halved along the side where it is steepest. Cells are drawn by their mass, a point
evenly within, and kept with the probability by which the density there falls short of the cell's
height (rejection sampling; von Neumann 1951). So cells need only be good enough to waste few
points; what is kept follows the density itself. Nothing walks, and nothing warms up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import logsumexp

LogDensity = Callable[[np.ndarray], np.ndarray]

_START = {1: 64, 2: 40}  # cells along each side
_MOST_STEEP = 1.5  # of the log-density within a cell that is not split
_NEGLIGIBLE = 1e-6  # share of the mass in a cell that is not split
_MOST_ROUNDS = 200


@dataclass(frozen=True)
class _Cells:
    """Cells and the log-density at centre, faces and corners of each, shape (cell, 3**side)."""

    middle: np.ndarray
    half: np.ndarray
    value: np.ndarray

    @property
    def log_volume(self) -> np.ndarray:
        return np.log(2 * self.half).sum(axis=1)


def draw_density(
    log_density: LogDensity,
    low: np.ndarray,
    high: np.ndarray,
    draws: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw independently from a density over a box.

    Parameters
    ----------
    log_density : callable
        Takes points, shape (point, side); returns their log-density up to a constant. Its peaks
        must show in its slope from afar, as those of spreads and means do.
    low, high : ndarray, shape (side,)
        Ends of the box: one side or two.
    draws : int
    rng : Generator

    Returns
    -------
    ndarray, shape (draw, side)
    """
    cells = _split(log_density, np.asarray(low, float), np.asarray(high, float))
    height = cells.value.max(axis=1)
    log_mass = height + cells.log_volume
    share = np.exp(log_mass - logsumexp(log_mass))
    kept, most = [], 0.0
    while sum(map(len, kept)) < draws:
        chosen = rng.choice(len(share), 2 * draws + 100, p=share)
        even = rng.uniform(-1.0, 1.0, (len(chosen), len(low)))
        point = cells.middle[chosen] + even * cells.half[chosen]
        ratio = np.exp(log_density(point) - height[chosen])
        # A height is that of a few points: the highest seen between them stands in for all.
        most = max(most, float(ratio.max()))
        kept.append(point[rng.uniform(0.0, most, len(ratio)) < ratio])
    return np.concatenate(kept)[:draws]


def _split(log_density: LogDensity, low: np.ndarray, high: np.ndarray) -> _Cells:
    sides = len(low)
    half = (high - low) / (2 * _START[sides])
    step = np.arange(_START[sides])
    ticks = low[:, None] + half[:, None] * (2 * step + 1)
    middle = np.array(list(product(*ticks)))
    cells = _valued(log_density, middle, np.broadcast_to(half, middle.shape))
    for _ in range(_MOST_ROUNDS):
        steep = _steepness(cells.value, sides)
        total = logsumexp(cells.value.mean(axis=1) + cells.log_volume)
        matters = cells.value.max(axis=1) + cells.log_volume - total > np.log(_NEGLIGIBLE)
        again = matters & (steep.max(axis=1) > _MOST_STEEP)
        if not again.any():
            break
        steepest = np.eye(sides)[steep[again].argmax(axis=1)]
        step = cells.half[again] * steepest / 2
        middle = np.concatenate([cells.middle[again] - step, cells.middle[again] + step])
        halved = _valued(log_density, middle, np.tile(cells.half[again] - step, (2, 1)))
        cells = _Cells(
            np.concatenate([cells.middle[~again], halved.middle]),
            np.concatenate([cells.half[~again], halved.half]),
            np.concatenate([cells.value[~again], halved.value]),
        )
    return cells


def _valued(log_density: LogDensity, middle: np.ndarray, half: np.ndarray) -> _Cells:
    lattice = np.array(list(product((-1.0, 0.0, 1.0), repeat=middle.shape[1])))
    points = middle[:, None, :] + lattice * half[:, None, :]
    value = log_density(points.reshape(-1, middle.shape[1]))
    return _Cells(middle, half, value.reshape(len(middle), -1))


def _steepness(value: np.ndarray, sides: int) -> np.ndarray:
    """Return by how much the log-density varies along each side, at most, within each cell."""
    shaped = value.reshape(-1, *(3,) * sides)
    along = [np.ptp(shaped, axis=1 + side) for side in range(sides)]
    return np.stack([ptp.reshape(len(value), -1).max(axis=1) for ptp in along], axis=1)
