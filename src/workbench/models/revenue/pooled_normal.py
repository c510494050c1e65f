"""Normal values about a mean, a slope and pooled levels: all but the spreads integrated out.

    value_i ~ N(mean + slope * place_i + sum of effects of its levels, sqrt(sd**2 + ROUNDING**2)),
    effect = group_sd * (latent @ map),  latent ~ N(0, 1),
    mean, slope ~ N(prior),  sd ~ half-normal,  group_sd ~ half-normal

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
    prior : ndarray, shape (fixed, 2)
        Mean and sd of the normal priors of the mean and, where there is one, of the slope.
    sd_prior, group_sd_prior : float
        Scales of half-normal priors.
    axes : ndarray, shape (latent, latent)
        Orthonormal columns: the directions; those that the values say something of come first.
    strength : ndarray, shape (direction,)
        How much they say: singular values of the levels' design, above zero.
    along : ndarray, shape (direction,)
        The values in those directions.
    even : ndarray, shape (fixed, direction)
        Likewise a constant 1 and the places.
    rest : tuple of ndarray
        Of all other directions: products of a constant 1 and the places among each other, shape
        (fixed, fixed), their products with the values, and the squares of the values.
    """

    count: int
    centre: float
    prior: np.ndarray
    sd_prior: float
    group_sd_prior: float
    axes: np.ndarray
    strength: np.ndarray
    along: np.ndarray
    even: np.ndarray
    rest: tuple[np.ndarray, np.ndarray, float]

    def log_marginal(self, sd: np.ndarray, group_sd: np.ndarray) -> np.ndarray:
        """Return the log-likelihood of the spreads, mean, slope and latents integrated out.

        Parameters
        ----------
        sd, group_sd : ndarray, shape (draw,)
            Spread of values within their level, and of the levels' effects.
        """
        precision, pull, square, log_size = self._sums(sd**2 + ROUNDING**2, group_sd)
        middle = np.linalg.solve(precision, pull[..., None])[..., 0]
        log_size = log_size + np.linalg.slogdet(precision)[1]
        return -0.5 * (log_size + square - (pull * middle).sum(axis=1))

    def fixed_given(self, sd: np.ndarray, group_sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the normal posterior of mean and slope, given spreads.

        Parameters
        ----------
        sd : ndarray, shape (draw,)
            Spread of values within their level.
        group_sd : ndarray, shape (draw,)
            Spread of the levels' effects.

        Returns
        -------
        ndarray, shape (draw, fixed)
            Means.
        ndarray, shape (draw, fixed, fixed)
            Lower triangular; its product with standard normals is what is added to the means.
        """
        precision, pull, _, _ = self._sums(sd**2 + ROUNDING**2, group_sd)
        middle = np.linalg.solve(precision, pull[..., None])[..., 0]
        middle[:, 0] += self.centre
        return middle, np.linalg.cholesky(np.linalg.inv(precision))

    def latents_given(
        self, fixed: np.ndarray, sd: np.ndarray, group_sd: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and sd of the latents along `axes`, shape (draw, latent).

        Parameters
        ----------
        fixed : ndarray, shape (draw, fixed)
            Mean and slope.
        sd : ndarray, shape (draw,)
            Spread of values within their level.
        group_sd : ndarray, shape (draw,)
            Spread of the levels' effects.
        """
        noise = (sd**2 + ROUNDING**2)[:, None]
        reach = group_sd[:, None] * self.strength
        both = noise + reach**2
        from_centre = fixed - np.eye(1, fixed.shape[1])[0] * self.centre
        left = self.along - from_centre @ self.even
        silent = len(self.axes) - len(self.strength)
        middle = np.pad(reach * left / both, ((0, 0), (0, silent)))
        return middle, np.pad(np.sqrt(noise / both), ((0, 0), (0, silent)), constant_values=1.0)

    def _sums(self, noise: np.ndarray, group_sd: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return precision and pull on mean and slope, squares and log-determinant of the values.

        Priors are counted in.
        """
        both = noise[:, None] + (group_sd[:, None] * self.strength) ** 2
        mean, sd = (self.prior - np.eye(1, len(self.prior)).T * [self.centre, 0.0]).T
        among, product, square = self.rest
        log_size = (self.count - len(self.strength)) * np.log(noise) + np.log(both).sum(axis=1)
        weighted = self.even / both[:, None, :]
        return (
            among / noise[:, None, None] + weighted @ self.even.T + np.diag(sd**-2),
            product / noise[:, None] + weighted @ self.along + mean / sd**2,
            square / noise + (self.along**2 / both).sum(axis=1) + ((mean / sd) ** 2).sum(),
            log_size,
        )


def pooled_normal(
    value: np.ndarray,
    level_idx: np.ndarray,
    level_map: np.ndarray,
    mean_prior: tuple[float, float],
    sd_priors: tuple[float, float],
    along: tuple[np.ndarray, float] | None = None,
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
    sd_priors : tuple of float
        Scales of the half-normal priors of both spreads.
    along : tuple of ndarray and float, optional
        Places along the slope, shape (value,), and the sd of the slope's normal prior about zero;
        left out, there is none.

    Returns
    -------
    PooledNormal
        Sums that do not grow with the number of values.
    """
    centre = float(value.mean()) if len(value) else mean_prior[0]
    left = value - centre
    levels = level_map.shape[1]
    fixed = np.ones((1, len(value))) if along is None else np.stack([np.ones(len(value)), along[0]])
    prior = np.array([mean_prior] if along is None else [mean_prior, (0.0, along[1])])
    together, sums = np.zeros((levels, levels)), np.zeros((len(fixed) + 1, levels))
    for column in level_idx.T:
        for total, own in zip(sums, (left, *fixed), strict=True):
            np.add.at(total, column, own)
        for other in level_idx.T:
            np.add.at(together, (column, other), 1.0)
    size, axes = np.linalg.eigh(level_map @ together @ level_map.T)
    size, axes = size[::-1], axes[:, ::-1]
    rank = int((size > 1e-9 * max(1.0, size.max(initial=0.0))).sum())
    strength = np.sqrt(size[:rank])
    seen, *even = sums @ level_map.T @ axes[:, :rank] / strength
    even = np.array(even)
    rest = (
        fixed @ fixed.T - even @ even.T,
        fixed @ left - even @ seen,
        max(float(left @ left - seen @ seen), 0.0),
    )
    return PooledNormal(len(value), centre, prior, *sd_priors, axes, strength, seen, even, rest)


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
