"""What is believed of new business, and why.

Where a scale comes from the book, the meaning takes a round number in its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core import revenue_names as names
from workbench.models.priors.distribution import Gamma, HalfNormal, Normal
from workbench.models.priors.prior import SPREAD, Prior, uncorrelated

_MONTHLY, _FIRST = 10, 10_000  # new customers a month, and their first revenue, in examples


@dataclass(frozen=True)
class NewBusinessPriors:
    """Priors of new business.

    Parameters
    ----------
    level_sd : float
        Of the log-rate, around the book's mean count, and of the log of first revenue, around the
        mean of what is on record: a scale must come from the book.
    growth_sd : float
        Per month: 1 %.
    segment_sd, season_sd, size_sd : float
        Scales of half-normal priors: on the spread of segments' log sizes, of the twelve months of
        the year, and of log sizes within a segment.
    loading_sd : float
        Of what a shock of leaving adds, per unit of what it adds to the log-hazard.
    excess_sd : float
        Of the count's variance beyond Poisson, relative to its squared mean.
    returning : tuple of float
        Gamma prior (shape, rate) of the monthly count of returns.
    """

    level_sd: float = 1.0
    growth_sd: float = 0.01
    segment_sd: float = 1.0
    season_sd: float = 0.2
    size_sd: float = 1.0
    loading_sd: float = 0.5
    excess_sd: float = 0.3
    returning: tuple[float, float] = (0.5, 1.0)


def new_business_priors(numbers: NewBusinessPriors | None = None) -> tuple[Prior, ...]:
    """List the priors of who comes, who comes back, and first revenue.

    Parameters
    ----------
    numbers : NewBusinessPriors, optional
        The default priors if left out.

    Returns
    -------
    tuple of Prior
        In the order in which a page lists them.
    """
    numbers = numbers or NewBusinessPriors()
    return (*_arrivals(numbers), *_first_revenue(numbers))


def _arrivals(numbers: NewBusinessPriors) -> tuple[Prior, ...]:
    base = f"where {_MONTHLY} customers come in an average month: "

    def by_chance(excess: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        size = 1 / (excess + 1e-4)
        return rng.negative_binomial(size, size / (size + _MONTHLY)).astype(float)

    return (
        uncorrelated(
            "customers who come", names.LOG_RATE, Normal(0.0, numbers.level_sd),
            f"where the book shows {_MONTHLY} a month in a segment: " + "{low:.0f} to {high:.0f}",
            lambda x, _: _MONTHLY * np.exp(x),
            "Its scale must come from the book; the prior is centred on its own mean.",
        ),
        uncorrelated(
            "trend of arrivals", names.GROWTH, Normal(0.0, numbers.growth_sd),
            "a year later, {low:+.0f} to {high:+.0f} %", lambda x, _: 100 * np.expm1(12 * x),
            "Few years of counts cannot tell a trend from luck, and a trend carried on is the "
            "dearest mistake of a growth forecast; forecasts damp it besides.",
        ),
        uncorrelated(
            "what of arrivals goes along with the shocks of leaving", names.NEW_LOADING,
            Normal(0.0, numbers.loading_sd),
            base + "{low:.0f} to {high:.0f} in a quarter in which half as many again leave",
            lambda loading, _: _MONTHLY * np.exp(np.log(1.5) * loading),
            "A market that loses customers may buy less too, or others may change to us.",
        ),
        uncorrelated(
            "season of arrivals", names.SEASON_SD, HalfNormal(numbers.season_sd),
            base + "{low:.0f} to {high:.0f} in another month of the year",
            lambda sd, rng: _MONTHLY * np.exp(sd * rng.normal(size=len(sd))),
            "Quarter ends and summers show, but no month is without new customers.", SPREAD,
        ),
        uncorrelated(
            "arrivals beyond Poisson chance", names.EXCESS, HalfNormal(numbers.excess_sd),
            base + "{low:.0f} to {high:.0f} in a single month", by_chance,
            "Campaigns and good months come in bunches; how much so, the counts must show.", SPREAD,
        ),
        uncorrelated(
            "customers who return", names.RETURN_RATE, Gamma(*numbers.returning),
            "{low:.2f} to {high:.1f} a month", lambda x, _: x,
            "In most books hardly anyone comes back.",
        ),
    )  # fmt: skip


def _first_revenue(numbers: NewBusinessPriors) -> tuple[Prior, ...]:
    base = f"where {_FIRST:,} a year is typical: "

    def another(sd: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return _FIRST * np.exp(sd * rng.normal(size=len(sd)))

    return (
        uncorrelated(
            "first revenue", names.NEW_SIZE, Normal(0.0, numbers.level_sd),
            f"where the book shows {_FIRST:,} a year: " + "{low:,.0f} to {high:,.0f}",
            lambda x, _: _FIRST * np.exp(x),
            "Its scale must come from the book; the prior is centred on its own mean.",
        ),
        uncorrelated(
            "spread of segments' first revenue", names.NEW_SIZE_BETWEEN,
            HalfNormal(numbers.segment_sd), base + "{low:,.0f} to {high:,.0f} in another segment",
            another, "Segments are mostly cut by size.", SPREAD,
        ),
        uncorrelated(
            "spread of first revenue in a segment", names.NEW_SIZE_SD, HalfNormal(numbers.size_sd),
            base + "{low:,.0f} to {high:,.0f} of another customer of the segment", another,
            "Deals of one segment differ by a factor more than by an amount.", SPREAD,
        ),
    )  # fmt: skip
