"""How much: sizes of contractions, expansions, amendments and further sales, and prices.

log |log(after / before)| ~ N(mean_k + reversion_k * place + sum of group effects_k, sd_k)
log(sold / account's revenue) ~ the same                               further products
priced ~ Bernoulli(share), log(after / before) ~ N(mean, sd)     renewals flat in quantity

Of quantities, place is how far what is usual lies in the direction of the change: the line's log
revenue less the usual one where it shrinks, the reverse where it grows. Kinds of contract are
levels beside those of the groupings. Each up to rounding; see `models.revenue.pooled_normal`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pymc as pm
import xarray as xr
from scipy.linalg import block_diag

from workbench.core import names as shared
from workbench.core import revenue_names as names
from workbench.core.processes import BY_CROSS_SELL, CROSS_SELL, REVENUE_PROCESSES
from workbench.features.revenue_data import RevenueData
from workbench.models.levels import centred_levels, centred_terms, with_terms
from workbench.models.priors.distribution import Beta, HalfNormal, Normal
from workbench.models.priors.prior import Prior, distribution_of
from workbench.models.revenue.pooled_normal import ROUNDING, rounded


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
    place : ndarray, shape (change,)
        How far what is usual lies in the direction of the change, as a log-ratio; 0 of further
        products.
    """

    kind_idx: np.ndarray
    group_idx: np.ndarray
    size: np.ndarray
    place: np.ndarray


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
    kind, group, size, place = [], [], [], []
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
        place.append(-np.sign(ratio) * rows.standing[which] * (not is_share))
    return Sizes(*(np.concatenate(values) for values in (kind, group, size, place)))


def size_map(data: RevenueData) -> np.ndarray:
    """Return what a unit of each latent adds to levels, a missing one, and kinds of contract.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    """
    kinds = centred_terms(np.arange(len(names.TERM_KINDS)))
    return block_diag(centred_levels(data.coding.level_grouping), kinds)


def usual_sizes(rows: Iterable[Prior]) -> Normal:
    """Return the prior of the mean size of each of `core.processes.REVENUE_PROCESSES`.

    Parameters
    ----------
    rows : iterable of Prior
        With those of `workbench.models.priors.sizes.size_priors`.
    """
    means = [f"{names.SIZE_MEAN}[{process}]" for process in REVENUE_PROCESSES]
    return distribution_of(Normal, rows, means)


def add_sizes(data: RevenueData, rows: Iterable[Prior]) -> None:
    """Add sizes and prices to the PyMC model at hand.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    rows : iterable of Prior
        With those of `workbench.models.priors.sizes.size_priors`.
    """
    seen = observed_sizes(data)
    mean = usual_sizes(rows).variable(names.SIZE_MEAN, dims=names.PROCESS)
    slopes = distribution_of(Normal, rows, names.SIZE_REVERSION)
    slope = slopes.variable(names.SIZE_REVERSION, dims=names.PROCESS)
    sd, group_sd = (
        distribution_of(HalfNormal, rows, name).variable(name, dims=names.PROCESS)
        for name in (names.SIZE_SD, names.SIZE_GROUP_SD)
    )
    centring = size_map(data)
    z = pm.Normal("size latent", 0.0, 1.0, shape=(len(REVENUE_PROCESSES), len(centring)))
    centred = (z[:, :, None] * centring).sum(axis=1)
    effect = centred * group_sd[:, None]
    own = effect[seen.kind_idx[:, None], seen.group_idx].sum(axis=1)
    # What was seen is data of the graph: another book of the same shape needs no other graph.
    size = pm.Data("sizes seen", seen.size)
    middle = mean[seen.kind_idx] + slope[seen.kind_idx] * seen.place + own
    pm.Normal("size", middle, rounded(sd)[seen.kind_idx], observed=size)
    _add_prices(data, rows)


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
        names.SIZE_MEAN, names.SIZE_REVERSION, names.SIZE_SD, names.SIZE_GROUP_SD,
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


def count_priced(data: RevenueData) -> tuple[int, np.ndarray]:
    """Return how many renewals were flat, and the log-ratio of those that carry another price.

    Parameters
    ----------
    data : RevenueData
        What happened to the revenue of a book.
    """
    flat = data.renewals[data.renewals["outcome"] == "flat"]
    return len(flat), flat.loc[flat["priced"], "log_ratio"].to_numpy("float64")


def _add_prices(data: RevenueData, rows: Iterable[Prior]) -> None:
    flat, uplift = count_priced(data)
    share = distribution_of(Beta, rows, names.PRICE_SHARE).variable(names.PRICE_SHARE)
    mean = distribution_of(Normal, rows, names.PRICE_MEAN).variable(names.PRICE_MEAN)
    sd = distribution_of(HalfNormal, rows, names.PRICE_SD).variable(names.PRICE_SD)
    priced = pm.Data("priced seen", np.int64(len(uplift)))
    pm.Binomial("priced", n=flat, p=share, observed=priced)
    pm.Normal("uplift", mean, rounded(sd), observed=pm.Data("uplift seen", uplift))
