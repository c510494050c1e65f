"""Normal values about a mean and pooled levels: all but the spreads integrated out.

    value_i ~ N(mean + sum of effects of its levels, sqrt(sd**2 + ROUNDING**2)),
    effect = group_sd * (latent @ map),  latent ~ N(0, 1),
    mean ~ N(prior),  sd ~ half-normal,  group_sd ~ half-normal

Given both spreads everything is normal. In the directions of the levels' own curvature (Lindley &
Smith 1972, Journal of the Royal Statistical Society B 34, 1-41) values are independent, so the
posterior of two spreads is a sum over directions, and mean and latents follow in closed form.

Amounts are rounded. Were that left out, values that are all alike would make a likelihood without
bound as sd goes to zero, and no posterior; with it, such a book has a spread next to zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

# On the scale of logs: a cent in a hundred. What differs by less may differ by rounding alone.
ROUNDING = 1e-4
_MOST = 40.0  # prior scales: no half-normal reaches so far


@dataclass(frozen=True)
class PooledNormal:
    """Values reduced to what their posterior needs.

    Parameters
    ----------
    count : int
    centre : float
        Mean of the values; those below are differences from it.
    mean_prior : tuple of float
        Mean and sd of the normal prior of the mean.
    sd_prior, group_sd_prior : float
        Scales of half-normal priors.
    axes : ndarray, shape (latent, latent)
        Orthonormal columns: the directions; those that the values say something of come first.
    strength : ndarray, shape (direction,)
        How much they say: singular values of the levels' design, above zero.
    along, even : ndarray, shape (direction,)
        The values, and a constant 1, in those directions.
    rest : tuple of float
        Of all other directions: squares of a constant 1, products with the values, squares of the
        values.
    """

    count: int
    centre: float
    mean_prior: tuple[float, float]
    sd_prior: float
    group_sd_prior: float
    axes: np.ndarray
    strength: np.ndarray
    along: np.ndarray
    even: np.ndarray
    rest: tuple[float, float, float]

    def log_marginal(self, sd: np.ndarray, group_sd: np.ndarray) -> np.ndarray:
        """Return the log-likelihood of the spreads, mean and latents integrated out.

        Parameters
        ----------
        sd, group_sd : ndarray, shape (draw,)
            Spread of values within their level, and of the levels' effects.
        """
        noise = sd**2 + ROUNDING**2
        precision, pull, square, log_size = self._sums(noise, group_sd)
        prior_mean, prior_sd = self._mean_prior
        precision, pull = precision + prior_sd**-2, pull + prior_mean / prior_sd**2
        square = square + (prior_mean / prior_sd) ** 2
        return -0.5 * (log_size + np.log(precision) + square - pull**2 / precision)

    def mean_given(self, sd: np.ndarray, group_sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and sd of the normal posterior of the mean, given spreads; shape (draw,).

        Parameters
        ----------
        sd : ndarray, shape (draw,)
            Spread of values within their level.
        group_sd : ndarray, shape (draw,)
            Spread of the levels' effects.
        """
        precision, pull, _, _ = self._sums(sd**2 + ROUNDING**2, group_sd)
        prior_mean, prior_sd = self._mean_prior
        precision = precision + prior_sd**-2
        return self.centre + (pull + prior_mean / prior_sd**2) / precision, precision**-0.5

    def latents_given(
        self, mean: np.ndarray, sd: np.ndarray, group_sd: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and sd of the latents along `axes`, shape (draw, latent).

        Parameters
        ----------
        mean : ndarray, shape (draw,)
            Of all values.
        sd : ndarray, shape (draw,)
            Spread of values within their level.
        group_sd : ndarray, shape (draw,)
            Spread of the levels' effects.
        """
        noise = (sd**2 + ROUNDING**2)[:, None]
        reach = group_sd[:, None] * self.strength
        both = noise + reach**2
        left = self.along - (mean - self.centre)[:, None] * self.even
        silent = len(self.axes) - len(self.strength)
        middle = np.pad(reach * left / both, ((0, 0), (0, silent)))
        return middle, np.pad(np.sqrt(noise / both), ((0, 0), (0, silent)), constant_values=1.0)

    @property
    def _mean_prior(self) -> tuple[float, float]:
        return self.mean_prior[0] - self.centre, self.mean_prior[1]

    def _sums(self, noise: np.ndarray, group_sd: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return precision and pull on the mean, squares and log-determinant of the values."""
        both = noise[:, None] + (group_sd[:, None] * self.strength) ** 2
        ones, product, square = self.rest
        log_size = (self.count - len(self.strength)) * np.log(noise) + np.log(both).sum(axis=1)
        return (
            ones / noise + (self.even**2 / both).sum(axis=1),
            product / noise + (self.even * self.along / both).sum(axis=1),
            square / noise + (self.along**2 / both).sum(axis=1),
            log_size,
        )


def pooled_normal(
    value: np.ndarray,
    level_idx: np.ndarray,
    level_map: np.ndarray,
    mean_prior: tuple[float, float],
    sd_prior: float,
    group_sd_prior: float = 1.0,
) -> PooledNormal:
    """Reduce values to what their posterior needs.

    Parameters
    ----------
    value : ndarray, shape (value,)
        Rounded to `ROUNDING`, for which the likelihood allows.
    level_idx : ndarray of int, shape (value, grouping)
        Columns of `level_map`.
    level_map : ndarray, shape (latent, level)
        What one unit of each latent adds to each level.
    mean_prior : tuple of float
        Mean and sd of the normal prior of the mean.
    sd_prior, group_sd_prior : float
        Scales of the half-normal priors of both spreads.

    Returns
    -------
    PooledNormal
        Sums that do not grow with the number of values.
    """
    centre = float(value.mean()) if len(value) else mean_prior[0]
    left = value - centre
    levels = level_map.shape[1]
    together, ones, sums = np.zeros((levels, levels)), np.zeros(levels), np.zeros(levels)
    for column in level_idx.T:
        np.add.at(ones, column, 1.0)
        np.add.at(sums, column, left)
        for other in level_idx.T:
            np.add.at(together, (column, other), 1.0)
    size, axes = np.linalg.eigh(level_map @ together @ level_map.T)
    size, axes = size[::-1], axes[:, ::-1]
    rank = int((size > 1e-9 * max(1.0, size.max(initial=0.0))).sum())
    strength = np.sqrt(size[:rank])
    along, even = (axes[:, :rank].T @ (level_map @ total) / strength for total in (sums, ones))
    rest = (
        max(len(value) - float(even @ even), 0.0),
        float(left.sum() - even @ along),
        max(float(left @ left - along @ along), 0.0),
    )
    return PooledNormal(
        len(value), centre, mean_prior, sd_prior, group_sd_prior, axes, strength, along, even, rest
    )


def rounded(sd: Any) -> Any:
    """Return the sd of values that are rounded, in a graph or in numbers.

    Parameters
    ----------
    sd : TensorVariable or ndarray
        Before rounding, at least 0.

    Returns
    -------
    TensorVariable or ndarray
        As `sd`, never below `ROUNDING`.
    """
    return (sd**2 + ROUNDING**2) ** 0.5


def to_spread(position: np.ndarray) -> np.ndarray:
    """Return spreads by place: even below `ROUNDING`, logarithmic above, never negative.

    Likelihoods that know of spreads only beside the rounding are smooth along it, down to zero.

    Parameters
    ----------
    position : ndarray
        On an even scale; 0 stands for no spread.
    """
    return ROUNDING * np.sinh(position)


def farthest(prior: float) -> float:
    """Return a place that no spread with a half-normal prior of that scale reaches.

    Parameters
    ----------
    prior : float
        Scale of the half-normal, above 0.
    """
    return float(np.arcsinh(_MOST * prior / ROUNDING))


def log_spread_prior(position: np.ndarray, prior: float) -> np.ndarray:
    """Return the log of a half-normal density of spreads by place, up to a constant.

    Parameters
    ----------
    position : ndarray
        See `to_spread`.
    prior : float
        Scale of the half-normal, above 0.
    """
    return -0.5 * (to_spread(position) / prior) ** 2 + np.log(np.cosh(position))
