"""The prior of several spreads together: some each for itself, some that share one total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.logprob.transforms import LogTransform
from scipy.special import gammaln

from workbench.models.priors import kernels
from workbench.models.priors.distribution import Positive


class _LogOfAll(LogTransform):
    """The logarithm of each entry of a vector whose entries are not independent."""

    ndim_supp = 1

    def log_jac_det(self, value: Any, *_: Any) -> Any:
        return pt.sum(value, axis=-1)


def _in_graph(name: str, scale: np.ndarray, share: np.ndarray, **layout: Any) -> Any:
    shared = share > 0

    def density(value: Any, scale: Any, share: Any) -> Any:
        alone: Any = pm.logp(pm.HalfNormal.dist(scale[~shared]), value[~shared])
        part, parts = value[shared], share[shared]
        root: Any = pt.sqrt(pt.sum(part**2))
        of_root: Any = pm.logp(pm.Exponential.dist(scale=scale[shared][0]), root)
        # Of the shares of the squares, and the volume of what they and the root become.
        log_gamma: Any = pt.gammaln
        of_parts: Any = log_gamma(parts.sum()) - log_gamma(parts).sum()
        of_parts += pt.sum((2 * parts - 1) * pt.log(part / root))
        of_parts += (shared.sum() - 1) * (np.log(2.0) - pt.log(root))
        return alone.sum() + of_root + of_parts

    def drawn(scale: Any, share: Any, _: Any) -> Any:
        root: Any = pm.Exponential.dist(scale=scale[shared][0])
        parts: Any = root * pt.sqrt(pm.Dirichlet.dist(share[shared]))
        return pt.set_subtensor(pm.HalfNormal.dist(scale)[shared], parts)

    return pm.CustomDist(
        name, scale, share, dist=drawn, logp=density, signature="(n),(n)->(n)",
        support_point=lambda *_: pt.constant(Spreads(scale, share).mean),
        default_transform=_LogOfAll(), **layout,
    )  # fmt: skip


@dataclass(frozen=True)
class Spreads(Positive):
    """Several spreads: some half-normal each for itself, some that share one total.

    Of those that share, the root of the sum of the squares is exponential, and each one's share of
    the sum is Dirichlet: it takes evidence that there is any of it, whichever it is, to believe in
    more than a little (a penalised-complexity prior of the whole, split: Fuglstad, Hem, Knight, Rue
    & Riebler 2020, Bayesian Analysis 15, 1109-1137, section 3; Simpson, Rue, Riebler, Martins &
    Sørbye 2017, Statistical Science 32, 1-28, section 3.3).

    Parameters
    ----------
    scale : ndarray, shape (spread,)
        Of the half-normal; of those that share, the mean of the exponential, the same for all.
    share : ndarray, shape (spread,)
        Parameters of the Dirichlet, above 0; 0 marks one for itself. At least one shares; where it
        is the only one, it is exponential.
    """

    scale: np.ndarray
    share: np.ndarray
    title = "spreads"
    in_graph = staticmethod(_in_graph)

    @property
    def kernel(self) -> np.ndarray:
        """Return how the kernel knows each spread."""
        return np.where(self.share > 0, kernels.SHARED, kernels.HALF_NORMAL)

    @property
    def mean(self) -> np.ndarray:
        """Return the mean of each spread."""
        whole, shared = self.share.sum(), self.share > 0
        part = np.where(shared, self.share, 1.0)
        log_mean = gammaln(part + 0.5) - gammaln(part) + gammaln(whole) - gammaln(whole + 0.5)
        return self.scale * np.where(shared, np.exp(log_mean), np.sqrt(2 / np.pi))

    def as_half_normals(self, spread: np.ndarray) -> np.ndarray:
        """Return the scales of the half-normals that pull each spread as hard where it is.

        Parameters
        ----------
        spread : ndarray, shape (spread,)
            Above 0.

        Returns
        -------
        ndarray, shape (spread,)
            Exact but for what a share that is not 1/2 adds.
        """
        shared = self.share > 0
        root = np.sqrt(np.square(spread[shared]).sum())
        pull = (root / self.scale[shared] + 2 * self.share.sum() - 1) / root**2
        found = np.array(self.scale, dtype="float64")
        found[shared] = pull**-0.5
        return found
