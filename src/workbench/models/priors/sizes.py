"""What is believed of sizes of changes and of prices, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core import revenue_names as names
from workbench.core.processes import AMEND, CONTRACT, CROSS_SELL, EXPAND
from workbench.models.priors.distribution import Beta, HalfNormal, Normal
from workbench.models.priors.prior import SPREAD, Prior, uncorrelated


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
    reversion : float
        Sd of what is added to the log size where what is usual lies 2.7 times away.
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
    reversion: float = 0.3
    price_share: tuple[float, float] = (1.0, 1.0)
    price_mean: tuple[float, float] = (0.03, 0.05)
    price_sd: float = 0.05


def size_priors(numbers: SizePriors | None = None) -> tuple[Prior, ...]:
    """List the priors of sizes of changes and of prices.

    Parameters
    ----------
    numbers : SizePriors, optional
        The default priors if left out.

    Returns
    -------
    tuple of Prior
        In the order in which a page lists them.
    """
    numbers = numbers or SizePriors()
    return (*_sizes(numbers), *_prices(numbers))


def _percent(size: np.ndarray | float) -> np.ndarray:
    """Return by how many percent something grows, from the log of its log-ratio."""
    return 100 * np.expm1(np.exp(np.asarray(size, float)))


def _sizes(numbers: SizePriors) -> tuple[Prior, ...]:
    middle = numbers.quantity[0]
    base = f"where larger next contracts typically grow by {_percent(middle):.0f} %: "
    changes = (CONTRACT, EXPAND, AMEND)
    return (
        uncorrelated(
            "size of a change of quantity", names.SIZE_MEAN, Normal(*numbers.quantity),
            "a larger next contract or an amendment typically adds {low:.0f} to {high:.0f} %",
            lambda x, _: _percent(x),
            "A seat here and there, or half as many again; a doubling is no everyday change.",
            labels=changes,
        ),
        uncorrelated(
            "size of a further product", names.SIZE_MEAN, Normal(*numbers.cross_sell),
            "it typically brings {low:.0f} to {high:.0f} % of what the account pays so far",
            lambda x, _: 100 * np.exp(x),
            "From an add-on to a second platform.", labels=(CROSS_SELL,),
        ),
        uncorrelated(
            "spread of sizes", names.SIZE_SD, HalfNormal(numbers.sd),
            base + "one in six by more than {low:.0f} to {high:.0f} %",
            lambda sd, _: _percent(middle + np.minimum(sd, 3.0)),
            "Whether all changes are alike or a few are huge must come from the book.", SPREAD,
        ),
        uncorrelated(
            "spread of sizes among a grouping's levels", names.SIZE_GROUP_SD,
            HalfNormal(numbers.group_sd),
            base + "by {low:.0f} to {high:.0f} % with another owner, industry, segment or term",
            lambda sd, rng: _percent(middle + sd * rng.normal(size=len(sd))),
            "Changes are few: a level must show that its own differ.", SPREAD,
        ),
        uncorrelated(
            "sizes of large contracts", names.SIZE_REVERSION, Normal(0.0, numbers.reversion),
            base + "by {low:.0f} to {high:.0f} % a contract worth half of what is usual",
            lambda x, _: _percent(middle + np.log(2) * x),
            "Towards what is usual for the segment changes may be larger, away from it smaller.",
        ),
    )  # fmt: skip


def _prices(numbers: SizePriors) -> tuple[Prior, ...]:
    usual = numbers.price_mean[0]
    return (
        uncorrelated(
            "next contracts at another price", names.PRICE_SHARE, Beta(*numbers.price_share),
            "of 100 next contracts of the same quantity, {low:.0f} to {high:.0f} change price",
            lambda x, _: 100 * x,
            "A company's habit, of which nothing is known before its contracts are read.",
        ),
        uncorrelated(
            "change of price", names.PRICE_MEAN, Normal(*numbers.price_mean),
            "on average by {low:+.0f} to {high:+.0f} %",
            lambda x, _: 100 * np.expm1(x),
            "Around inflation; a company that gives discounts at renewal is possible.",
        ),
        uncorrelated(
            "spread of changes of price", names.PRICE_SD, HalfNormal(numbers.price_sd),
            f"where the average is {100 * np.expm1(usual):+.0f} %: one in six above "
            "{low:+.0f} to {high:+.0f} %",
            lambda sd, _: 100 * np.expm1(usual + sd),
            "From one price list for all to prices made customer by customer.", SPREAD,
        ),
    )  # fmt: skip
