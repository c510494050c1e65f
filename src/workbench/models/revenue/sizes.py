"""How much: sizes of contractions, expansions, amendments and further sales, and prices.

log |log(after / before)| ~ N(mean_k + sum of group effects_k, sd_k)    quantities
amended down ~ Bernoulli(share of the kind of contract), shares ~ Beta(mean, how far apart)
log(sold / account's revenue) ~ the same                               further products
priced ~ Bernoulli(share), log(after / before) ~ N(mean, sd)     renewals flat in quantity

Kinds of contract are levels beside those of the groupings. Each up to rounding; see
`workbench.models.revenue.pooled_normal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from scipy.linalg import block_diag

from workbench.core import names as shared
from workbench.core import revenue_names as names
from workbench.core.processes import BY_CROSS_SELL, CROSS_SELL, REVENUE_PROCESSES
from workbench.features.revenue_data import RevenueData
from workbench.models.revenue.pooled_normal import ROUNDING, rounded
from workbench.models.revenue.predictors import centred_levels, centred_terms, with_terms


@dataclass(frozen=True)
class SizePriors:
    """Priors of sizes and prices.

    Parameters
    ----------
    quantity : tuple of float
        Mean and sd of the mean log size of a change of quantity: 15 %, 95 % from 3 to 67 %.
    cross_sell : tuple of float
        Of the log of a further product's share of the account's revenue: 50 %, from 7 to 370 %.
    sd, group_sd : float
        Scales of half-normal priors.
    amend_down : tuple of float
        Beta prior of the mean over kinds of contract: one amendment in five reduces, 95 % between
        1 and 60 %.
    amend_apart : tuple of float
        Beta prior of how far kinds lie apart: 0, all alike, to 1, each all or nothing.
    price_share : tuple of float
        Beta prior: nothing is known of how many of the flat renewals change price.
    price_mean : tuple of float
        By 3 %, from -7 to 13 %.
    price_sd : float
    """

    quantity: tuple[float, float] = (-1.9, 0.75)
    cross_sell: tuple[float, float] = (-0.7, 1.0)
    sd: float = 1.0
    group_sd: float = 0.3
    amend_down: tuple[float, float] = (1.0, 4.0)
    amend_apart: tuple[float, float] = (1.0, 3.0)
    price_share: tuple[float, float] = (1.0, 1.0)
    price_mean: tuple[float, float] = (0.03, 0.05)
    price_sd: float = 0.05

    def usual(self, process: str) -> tuple[float, float]:
        """Return the prior of the mean size of a process: mean and sd, on the log scale.

        Parameters
        ----------
        process : str
            One of `core.processes.REVENUE_PROCESSES`.
        """
        return self.cross_sell if process == CROSS_SELL else self.quantity


@dataclass(frozen=True)
class Sizes:
    """Observed sizes, one entry per change.

    Parameters
    ----------
    kind_idx : ndarray of int, shape (change,)
        Position among `core.processes.REVENUE_PROCESSES`.
    group_idx : ndarray of int, shape (change, grouping + 1)
        Columns of `size_map`; the last is the kind of contract.
    size : ndarray, shape (change,)
        On the scale on which it is normal.
    """

    kind_idx: np.ndarray
    group_idx: np.ndarray
    size: np.ndarray


def observed_sizes(data: RevenueData) -> Sizes:
    """Collect the sizes of all changes of a book.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.

    Returns
    -------
    Sizes
        One entry per change, with its kind and its levels.
    """
    levels = len(data.coding.flat_levels)
    sized = data.sized
    kind, group, size = [], [], []
    for position, process in enumerate(REVENUE_PROCESSES):
        table, which, rows = sized[process]
        ratio = table.loc[which, "log_ratio"].to_numpy()
        columns = with_terms(rows.group_idx, rows.term_idx, levels)[which]
        is_share = process == CROSS_SELL
        if is_share:
            columns[:, -1] = levels  # an account takes products, not a contract
        kind.append(np.full(len(ratio), position))
        group.append(columns)
        size.append(ratio if is_share else np.log(np.maximum(np.abs(ratio), ROUNDING)))
    return Sizes(np.concatenate(kind), np.concatenate(group), np.concatenate(size))


def size_map(data: RevenueData) -> np.ndarray:
    """Return what a unit of each latent adds to levels, a missing one, and kinds of contract.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    """
    kinds = centred_terms(np.arange(len(names.TERM_KINDS)))
    return block_diag(centred_levels(data.coding.level_grouping), kinds)


def add_sizes(data: RevenueData, priors: SizePriors) -> None:
    """Add sizes and prices to the PyMC model at hand.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    priors : SizePriors
        Scales and means of the priors.
    """
    seen = observed_sizes(data)
    centre = np.array([priors.usual(process) for process in REVENUE_PROCESSES])
    mean = pm.Normal(names.SIZE_MEAN, centre[:, 0], centre[:, 1], dims=names.PROCESS)
    sd: Any = pm.HalfNormal(names.SIZE_SD, priors.sd, dims=names.PROCESS)
    group_sd = pm.HalfNormal(names.SIZE_GROUP_SD, priors.group_sd, dims=names.PROCESS)
    centring = size_map(data)
    z = pm.Normal("size latent", 0.0, 1.0, shape=(len(REVENUE_PROCESSES), len(centring)))
    centred = (z[:, :, None] * centring).sum(axis=1)
    effect = centred * group_sd[:, None]
    own = effect[seen.kind_idx[:, None], seen.group_idx].sum(axis=1)
    # What was seen is data of the graph: another book of the same shape needs no other graph.
    size = pm.Data("sizes seen", seen.size)
    pm.Normal("size", mean[seen.kind_idx] + own, rounded(sd)[seen.kind_idx], observed=size)
    _add_amend_down(data, priors)
    _add_prices(data, priors)


def name_sizes(posterior: xr.Dataset, data: RevenueData) -> dict[str, xr.DataArray]:
    """Return the variables of sizes and prices that forecasts read.

    Parameters
    ----------
    posterior : Dataset
        Draws of the money model.
    data : RevenueData
        What happened to the revenue of a book.
    """
    kept = (
        names.SIZE_MEAN, names.SIZE_SD, names.SIZE_GROUP_SD, names.AMEND_DOWN,
        names.AMEND_DOWN_MEAN, names.AMEND_DOWN_APART,
        names.PRICE_SHARE, names.PRICE_MEAN, names.PRICE_SD,
    )  # fmt: skip
    z = posterior["size latent"].transpose("chain", "draw", ...).values
    spread = posterior[names.SIZE_GROUP_SD].transpose("chain", "draw", ...).values
    effect, levels = (z @ size_map(data)) * spread[..., None], data.coding.flat_levels
    effect[:, :, BY_CROSS_SELL, len(levels) :] = 0.0
    blocks = {
        names.SIZE_GROUP: (shared.GROUP_LEVEL, levels, effect[..., : len(levels)]),
        names.SIZE_TERM: (names.TERM_KIND, names.TERM_KINDS, effect[..., len(levels) + 1 :]),
    }
    found = {name: posterior[name] for name in kept}
    for name, (dim, labels, values) in blocks.items():
        coords = {names.PROCESS: REVENUE_PROCESSES, dim: labels}
        found[name] = xr.DataArray(
            values,
            dims=("chain", "draw", *coords),
            coords={key: np.asarray(value, dtype=object) for key, value in coords.items()},
        )
    return found


def count_amended(data: RevenueData) -> tuple[np.ndarray, np.ndarray]:
    """Return how many amendments there were, and how many were down, by kind of contract.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    """
    hit = data.amendments["hit"].to_numpy(bool)
    down = (data.amendments["log_ratio"] < 0).to_numpy()
    term, kinds = data.amendment_covariates.term_idx, len(names.TERM_KINDS)
    amended, fewer = (np.bincount(term[some], minlength=kinds) for some in (hit, hit & down))
    return amended, fewer


def count_priced(data: RevenueData) -> tuple[int, np.ndarray]:
    """Return how many renewals were flat, and the log-ratio of those that carry another price.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    """
    flat = data.renewals[data.renewals["outcome"] == "flat"]
    return len(flat), flat.loc[flat["priced"], "log_ratio"].to_numpy("float64")


def _add_amend_down(data: RevenueData, priors: SizePriors) -> None:
    amended, fewer = count_amended(data)
    mean = pm.Beta(names.AMEND_DOWN_MEAN, *priors.amend_down)
    apart = pm.Beta(names.AMEND_DOWN_APART, *priors.amend_apart)
    alike: Any = 1 / apart - 1
    down = pm.Beta(names.AMEND_DOWN, mean * alike, (1 - mean) * alike, dims=names.TERM_KIND)
    seen = pm.Data("amended down seen", fewer)
    pm.Binomial("amended down", n=amended, p=down, observed=seen)


def _add_prices(data: RevenueData, priors: SizePriors) -> None:
    flat, uplift = count_priced(data)
    share = pm.Beta(names.PRICE_SHARE, *priors.price_share)
    mean = pm.Normal(names.PRICE_MEAN, *priors.price_mean)
    sd: Any = pm.HalfNormal(names.PRICE_SD, priors.price_sd)
    priced = pm.Data("priced seen", np.int64(len(uplift)))
    pm.Binomial("priced", n=flat, p=share, observed=priced)
    pm.Normal("uplift", mean, rounded(sd), observed=pm.Data("uplift seen", uplift))
