"""Effects of a model as one linear map of standard normals.

One map instead of a dozen small random variables: the geometry is the non-centred one that NUTS
likes, and hardly anything is left to compile, which was most of the wait on a small book.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from workbench.models.priors.distribution import HalfNormal
from workbench.models.priors.spreads import Spreads


@dataclass(frozen=True)
class LinearMap:
    """effect = centre + (latent * scale[scale_idx - 1]) @ effect_matrix.

    Parameters
    ----------
    centre : ndarray, shape (..., effect)
    effect_matrix : ndarray, shape (latent, effect)
    scale_idx : ndarray of int, shape (latent,)
        0 for a fixed scale of 1, else one more than the position in `scales`.
    scales : tuple of str
        Names of the learnt scales.
    scale_prior : HalfNormal or Spreads
        With one number for each scale.
    block_end : ndarray of int, shape (block,)
        Where each block of effects ends, in the order in which the likelihood reads them.
    """

    centre: np.ndarray
    effect_matrix: np.ndarray
    scale_idx: np.ndarray
    scales: tuple[str, ...]
    scale_prior: HalfNormal | Spreads
    block_end: np.ndarray

    def effects(self, latent: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Apply the map to draws.

        Parameters
        ----------
        latent : ndarray, shape (..., latent)
            Standard normal under the prior.
        scale : ndarray, shape (..., scale)
            The learnt scales, in the order of `scales`.

        Returns
        -------
        ndarray, shape (..., effect)
        """
        padded = np.concatenate([np.ones((*scale.shape[:-1], 1)), scale], axis=-1)
        return self.centre + (latent * padded[..., self.scale_idx]) @ self.effect_matrix


def stacked(blocks: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return blocks of a map as one matrix, and where the effects of each end.

    Parameters
    ----------
    blocks : sequence of ndarray, each of shape (latent, effect)
        A block without latents may close with effects that are always zero.

    Returns
    -------
    (ndarray, ndarray of int)
        Of shapes (latent, effect) and (block,).
    """
    ends = np.cumsum([block.shape[1] for block in blocks])
    return np.ascontiguousarray(block_diag(*blocks).reshape(-1, ends[-1])), ends


def rotated(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the rotation in which columns that go together become directions of their own.

    A rotation of independent normals of one scale is again such normals: the prior stays the same,
    while the likelihood's long ridges along correlated columns line up with the axes on which NUTS
    sets its steps. Among directions that the data cannot tell apart, rounding would choose; the
    map is laid out once to fit and once to name the effects, so a small slope settles the choice.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Covariates, scaled.
    weight : ndarray, shape (row,)
        How much the data say of a row, as `models.hazard.effects.expected_endings` gives it.

    Returns
    -------
    ndarray, shape (column, column)
        Orthonormal; a row of latent normals times its transpose gives the effects.
    """
    information = (values * weight[:, None]).T @ values
    return np.linalg.eigh(information + np.diag(np.linspace(0.5, 1.0, len(information))))[1]
