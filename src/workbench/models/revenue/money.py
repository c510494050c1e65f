"""Sizes, prices and first revenue: the part of the revenue model that needs no walk.

Given their spreads all is normal, and shares and rates have conjugate priors. The graph says what
the model is; the reductions say what its posterior needs, and `workbench.inference.exact` draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pymc as pm

from workbench.core import revenue_names as names
from workbench.core.processes import REVENUE_PROCESSES
from workbench.features.revenue_data import RevenueData
from workbench.models.priors.distribution import HalfNormal, Normal
from workbench.models.priors.new_business import NewBusinessPriors, new_business_priors
from workbench.models.priors.prior import Prior, distribution_of
from workbench.models.priors.sizes import SizePriors, size_priors
from workbench.models.revenue.first_revenue import FirstRevenue, segment_sizes
from workbench.models.revenue.new_business import add_first_revenue, log_revenue, usual_revenue
from workbench.models.revenue.pooled_normal import PooledNormal, pooled_normal
from workbench.models.revenue.sizes import (
    add_sizes,
    count_priced,
    observed_sizes,
    size_map,
    usual_sizes,
)


@dataclass(frozen=True)
class MoneyModel:
    """Sizes, prices and first revenue of a book.

    Parameters
    ----------
    data : RevenueData
    sizes : SizePriors
    new : NewBusinessPriors
    swapped : dict of ndarray
        Values in place of the book's own, by the graph's names for its data: another book of the
        same shape.
    """

    data: RevenueData
    sizes: SizePriors
    new: NewBusinessPriors
    swapped: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def priors(self) -> tuple[Prior, ...]:
        """The rows of both priors."""
        return (*size_priors(self.sizes), *new_business_priors(self.new))

    @property
    def seen(self) -> dict[str, np.ndarray]:
        """What was seen, by the graph's names for its data."""
        _, uplift = count_priced(self.data)
        own = {
            "sizes seen": observed_sizes(self.data).size,
            "priced seen": np.asarray(len(uplift)),
            "uplift seen": uplift,
            "first revenue seen": log_revenue(self.data.new.customers),
            "returns seen": np.asarray(len(self.data.new.returns)),
            "returning revenue seen": log_revenue(self.data.new.returns),
        }
        return own | self.swapped


def money_graph(model: MoneyModel) -> pm.Model:
    """Return the model as a PyMC graph, which is its definition; nothing is sampled here.

    Parameters
    ----------
    model : MoneyModel
        Of a book, or of another one of its shape: see `MoneyModel.swapped`.
    """
    coords = {
        names.PROCESS: list(REVENUE_PROCESSES),
        names.SEGMENT: list(model.data.new.segments),
    }
    with pm.Model(coords=coords) as graph:
        add_sizes(model.data, model.priors)
        add_first_revenue(model.data.new, model.priors)
    if model.swapped:
        pm.set_data(model.swapped, model=graph)
    return graph


def reduced_sizes(model: MoneyModel) -> list[PooledNormal]:
    """Reduce the sizes of changes, one entry for each kind in `core.processes.REVENUE_PROCESSES`.

    Parameters
    ----------
    model : MoneyModel
        Of a book, or of another one of its shape: see `MoneyModel.swapped`.

    Returns
    -------
    list of PooledNormal
        In the order of the kinds.
    """
    seen, value = observed_sizes(model.data), model.seen["sizes seen"]
    level_map, usual = size_map(model.data), usual_sizes(model.priors)
    spreads = distribution_of(HalfNormal, model.priors, [names.SIZE_SD, names.SIZE_GROUP_SD]).scale
    spreads = float(spreads[0]), float(spreads[1])
    slope = distribution_of(Normal, model.priors, names.SIZE_REVERSION).sd
    found = []
    for position in range(len(REVENUE_PROCESSES)):
        own, mean = seen.kind_idx == position, (usual.centre[position], usual.sd[position])
        of, places = (value[own], seen.group_idx[own]), (seen.place[own], float(slope))
        found.append(pooled_normal(*of, level_map, mean, spreads, places))
    return found


def reduced_prices(model: MoneyModel) -> PooledNormal:
    """Reduce the changes of price at flat renewals.

    Parameters
    ----------
    model : MoneyModel
        Of a book, or of another one of its shape: see `MoneyModel.swapped`.

    Returns
    -------
    PooledNormal
        Without groups.
    """
    mean = distribution_of(Normal, model.priors, names.PRICE_MEAN)
    spread = distribution_of(HalfNormal, model.priors, names.PRICE_SD)
    return _alone(model.seen["uplift seen"], mean, spread)


def reduced_returns(model: MoneyModel) -> PooledNormal:
    """Reduce the logs of what those who returned pay.

    Parameters
    ----------
    model : MoneyModel
        Of a book, or of another one of its shape: see `MoneyModel.swapped`.

    Returns
    -------
    PooledNormal
        Without groups.
    """
    usual = usual_revenue(model.data.new, model.priors)
    spread = distribution_of(HalfNormal, model.priors, names.NEW_SIZE_SD)
    return _alone(model.seen["returning revenue seen"], usual, spread)


def reduced_first_revenue(model: MoneyModel) -> FirstRevenue:
    """Reduce the logs of first revenue, by segment.

    Parameters
    ----------
    model : MoneyModel
        Of a book, or of another one of its shape: see `MoneyModel.swapped`.

    Returns
    -------
    FirstRevenue
        One entry for each segment, in their order.
    """
    of = model.data.new.customers["segment_idx"].to_numpy("int64")
    value, usual = model.seen["first revenue seen"], usual_revenue(model.data.new, model.priors)
    within = distribution_of(HalfNormal, model.priors, names.NEW_SIZE_SD).scale
    return FirstRevenue(
        tuple(
            segment_sizes(value[of == position], within)
            for position in range(len(model.data.new.segments))
        ),
        (usual.centre, usual.sd),
        distribution_of(HalfNormal, model.priors, names.NEW_SIZE_BETWEEN).scale,
    )


def _alone(value: np.ndarray, mean: Normal, spread: HalfNormal) -> PooledNormal:
    no_levels = np.zeros((len(value), 0), int), np.zeros((0, 0))
    return pooled_normal(value, *no_levels, (mean.centre, mean.sd), (spread.scale, 1.0))
