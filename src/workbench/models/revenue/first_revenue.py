"""First revenue by segment: every segment's own mean and spread integrated out.

    log first revenue of a customer of segment s ~ N(mean_s, sqrt(sd_s**2 + ROUNDING**2)),
    mean_s ~ N(whole, between),  whole ~ N(prior),  between, sd_s ~ half-normal

Given `whole` and `between` segments are independent. Of each, the mean is integrated in closed
form and the spread by a sum over narrow cells, so the posterior of two numbers is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from workbench.models.revenue.pooled_normal import ROUNDING, farthest, log_spread_prior, to_spread

_FINE = 16_384  # bins of a spread's place, from which cells are made
_EVEN, _QUANTILES = 200, 100  # cells: so many at least over all places, and over the posterior
_AT_ONCE = 8_192


@dataclass(frozen=True)
class SegmentSizes:
    """One segment's revenues, reduced, and its spread in cells.

    Parameters
    ----------
    count : int
    mean : float
        Of the logs; 0 where there are none.
    edges : ndarray, shape (cell + 1,)
        Places of the spread, see `workbench.models.revenue.pooled_normal.to_spread`.
    log_weight : ndarray, shape (cell,)
        Log of the integral over the cell of prior and likelihood about the segment's own mean.
    variance : ndarray, shape (cell,)
        Rounding included.
    """

    count: int
    mean: float
    edges: np.ndarray
    log_weight: np.ndarray
    variance: np.ndarray

    def log_by_cell(self, whole: np.ndarray, between: np.ndarray) -> np.ndarray:
        """Return the log-likelihood of each cell, shape (draw, cell).

        Parameters
        ----------
        whole : ndarray, shape (draw,)
            Mean of the logs over all segments.
        between : ndarray, shape (draw,)
            Spread of the segments' means.
        """
        if not self.count:
            return np.broadcast_to(self.log_weight, (len(whole), len(self.log_weight)))
        both = between[:, None] ** 2 + self.variance / self.count
        square = (self.mean - whole)[:, None] ** 2
        return self.log_weight - 0.5 * (np.log(both) + square / both)


def segment_sizes(value: np.ndarray, sd_prior: float) -> SegmentSizes:
    """Reduce a segment's logs of first revenue.

    Parameters
    ----------
    value : ndarray, shape (customer,)
        Natural logs; there may be none.
    sd_prior : float
        Scale of the half-normal prior of the spread.

    Returns
    -------
    SegmentSizes
        What the posterior needs of them.
    """
    count, mean = len(value), float(value.mean()) if len(value) else 0.0
    square = float(((value - mean) ** 2).sum())
    edges = np.linspace(0.0, farthest(sd_prior), _FINE + 1)
    position = (edges[1:] + edges[:-1]) / 2
    variance = to_spread(position) ** 2 + ROUNDING**2
    log_density = log_spread_prior(position, sd_prior) - 0.5 * square / variance
    log_density -= 0.5 * max(count - 1, 0) * np.log(variance)
    share = np.exp(log_density - logsumexp(log_density))
    quantiles = np.searchsorted(share.cumsum(), np.linspace(1e-6, 1 - 1e-6, _QUANTILES))
    even = np.linspace(0, _FINE, _EVEN + 1).astype(int)[:-1]
    start = np.unique(np.concatenate([even, quantiles]))
    log_weight = np.logaddexp.reduceat(log_density, start)
    width = np.diff(np.append(start, _FINE))
    inside = np.exp(log_density - np.repeat(log_weight, width))
    return SegmentSizes(
        count=count,
        mean=mean,
        edges=edges[np.append(start, _FINE)],
        log_weight=log_weight,
        variance=np.add.reduceat(inside * variance, start),
    )


@dataclass(frozen=True)
class FirstRevenue:
    """First revenues of all segments.

    Parameters
    ----------
    segments : tuple of SegmentSizes
    whole_prior : tuple of float
        Mean and sd of the normal prior of `whole`.
    between_prior : float
        Scale of the half-normal prior of `between`.
    """

    segments: tuple[SegmentSizes, ...]
    whole_prior: tuple[float, float]
    between_prior: float

    def log_posterior(self, at: np.ndarray) -> np.ndarray:
        """Return the log-posterior, up to a constant, of places of `between` and of `whole`.

        Parameters
        ----------
        at : ndarray, shape (draw, 2)
            Place of `between`, then place of `whole`.
        """
        found = []
        for start in range(0, len(at), _AT_ONCE):
            position, whole = at[start : start + _AT_ONCE].T
            mean, sd = self.whole_prior
            total = (
                log_spread_prior(position, self.between_prior) - 0.5 * ((whole - mean) / sd) ** 2
            )
            for segment in self.segments:
                if segment.count:
                    total += logsumexp(segment.log_by_cell(whole, to_spread(position)), axis=1)
            found.append(total)
        return np.concatenate(found)

    @property
    def box(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Low and high ends of what `log_posterior` takes, beyond which there is nothing."""
        mean, sd = self.whole_prior
        middle = [mean, *(segment.mean for segment in self.segments if segment.count)]
        most = farthest(self.between_prior)
        return (0.0, min(middle) - 10 * sd), (most, max(middle) + 10 * sd)
