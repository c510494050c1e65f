"""What is believed of outcomes of renewals, amendments and further products, and why.

The spreads are the same for all processes, so their rows name them by a place for the process.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from workbench.core import revenue_names as names
from workbench.core.processes import AMEND, CONTRACT, CROSS_SELL, EXPAND
from workbench.models.priors.distribution import Beta, HalfNormal, Normal
from workbench.models.priors.prior import SPREAD, Prior, half_life, uncorrelated

ANY = "{process}"  # stands for each of them in the name of a variable


@dataclass(frozen=True)
class PredictorPriors:
    """Priors of the four predictors.

    Parameters
    ----------
    contract, expand : float
        Prior means of the logits against flat: of a hundred renewals 8 contract and 20 expand.
    down : tuple of float
        Mean and sd of the log-odds that an amendment reduces: one in five, 95 % from 3 to 64
        in a hundred.
    reversion_sd : float
        Scale of the half-normal prior on the spread of what a line's standing adds: of one worth
        2.7 times what is usual.
    loading_sd : float
        Of what a shock of leaving adds, per unit of what it adds to the log-hazard.
    amend, cross_sell : float
        Prior means of the log of a monthly rate: 7 in a thousand contracts are amended, 2 in a
        thousand accounts take a further product.
    outcome_sd, rate_sd : float
        1.0 lets 1 to 35 in a hundred contract (95 %); 1.5 moves a rate within a factor of 20.
    effect_sd, group_sd, term_sd : float
        Scales of the half-normal priors on the spread of effects of one standard deviation of
        attributes and signals, of the levels of a grouping, and of kinds of contract.
    fade : tuple of float
        Beta prior of the monthly fade, as the hazard's.
    """

    contract: float = -2.2
    expand: float = -1.3
    amend: float = -5.0
    cross_sell: float = -6.0
    outcome_sd: float = 1.0
    rate_sd: float = 1.5
    effect_sd: float = 0.5
    group_sd: float = 0.3
    term_sd: float = 1.0
    fade: tuple[float, float] = (6.0, 1.5)
    down: tuple[float, float] = (-1.4, 1.0)
    reversion_sd: float = 0.5
    loading_sd: float = 0.5


def predictor_priors(numbers: PredictorPriors | None = None) -> tuple[Prior, ...]:
    """List the priors of outcomes of renewals, amendments and further products.

    Parameters
    ----------
    numbers : PredictorPriors, optional
        The default priors if left out.

    Returns
    -------
    tuple of Prior
        In the order in which a page lists them.
    """
    numbers = numbers or PredictorPriors()
    return (
        *_outcomes(numbers),
        *_rates(numbers),
        *_directions(numbers),
        *_spreads(numbers),
    )


def _share(logit: np.ndarray | float, other: float) -> np.ndarray:
    """Return how many of a hundred renewals have an outcome, beside another one and flat."""
    odds = np.exp(np.asarray(logit, float))
    return 100 * odds / (1 + odds + np.exp(other))


def _within_a_year(log_rate: np.ndarray | float) -> np.ndarray:
    return -100 * np.expm1(-12 * np.exp(log_rate))


def _outcomes(numbers: PredictorPriors) -> tuple[Prior, ...]:
    return (
        uncorrelated(
            "a smaller next contract",
            names.part(CONTRACT, names.BASE),
            Normal(numbers.contract, numbers.outcome_sd),
            "of 100 contracts that go on, {low:.0f} to {high:.0f} are smaller",
            lambda x, _: _share(x, numbers.expand),
            "Most who stay keep what they have; where many shrink, the data will say so.",
        ),
        uncorrelated(
            "a larger next contract",
            names.part(EXPAND, names.BASE),
            Normal(numbers.expand, numbers.outcome_sd),
            "of 100 contracts that go on, {low:.0f} to {high:.0f} are larger",
            lambda x, _: _share(x, numbers.contract),
            "From contracts that hardly ever grow to contracts of which most do.",
        ),
    )


def _rates(numbers: PredictorPriors) -> tuple[Prior, ...]:
    why = "From hardly ever to most within a year: companies differ more than customers do."
    return (
        uncorrelated(
            "amendments within a term",
            names.part(AMEND, names.BASE),
            Normal(numbers.amend, numbers.rate_sd),
            "of 100 contracts, {low:.0f} to {high:.0f} are amended within a year",
            lambda x, _: _within_a_year(x),
            why,
        ),
        uncorrelated(
            "further products",
            names.part(CROSS_SELL, names.BASE),
            Normal(numbers.cross_sell, numbers.rate_sd),
            "of 100 accounts, {low:.0f} to {high:.0f} take a further product within a year",
            lambda x, _: _within_a_year(x),
            why,
        ),
        uncorrelated(
            "spread of kinds of contract",
            names.part(ANY, names.TERM_SD),
            HalfNormal(numbers.term_sd),
            f"where {_within_a_year(numbers.amend):.0f} of 100 contracts are amended in a year: "
            "{low:.0f} to {high:.0f} with another term, or from month to month",
            lambda sd, rng: _within_a_year(numbers.amend + sd * rng.normal(size=len(sd))),
            "What binds for years is changed at its end, what binds for a month at any time; the "
            "same for smaller and larger next contracts.",
            SPREAD,
        ),
    )


def _directions(numbers: PredictorPriors) -> tuple[Prior, ...]:
    return (
        uncorrelated(
            "amendments that reduce",
            names.part(names.AMEND_DOWN, names.BASE),
            Normal(*numbers.down),
            "of 100 amendments, {low:.0f} to {high:.0f} reduce the quantity",
            lambda x, _: 100 * expit(x),
            "Within a term customers are mostly bound to what they bought, and may add to it.",
        ),
    )


def _spreads(numbers: PredictorPriors) -> tuple[Prior, ...]:
    base = f"where {_share(numbers.expand, numbers.contract):.0f} of 100 that go on are larger: "

    def other(sd: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return _share(numbers.expand + sd * rng.normal(size=len(sd)), numbers.contract)

    def spread(parameter: str, scale: str, sd: float, whom: str, why: str) -> Prior:
        meaning = base + "{low:.0f} to {high:.0f} " + whom
        variable = names.part(ANY, scale)
        return uncorrelated(parameter, variable, HalfNormal(sd), meaning, other, why, SPREAD)

    alike = "the same for all four: smaller, larger, amended, a further product"
    return (
        spread(
            "spread of the effects of signals", names.SIGNAL_SD, numbers.effect_sd,
            "with one signal a standard deviation away", f"As for leaving; {alike}.",
        ),
        spread(
            "spread of the effects of attributes", names.ATTRIBUTE_SD, numbers.effect_sd,
            "with one attribute a standard deviation away", f"As for leaving; {alike}.",
        ),
        spread(
            "spread of a grouping's levels", names.GROUP_SD, numbers.group_sd,
            "with another owner, industry, segment or region",
            f"Few expansions prove little about an owner; {alike}.",
        ),
        uncorrelated(
            "how far sizes return to what is usual",
            names.part(ANY, names.REVERSION_SD), HalfNormal(numbers.reversion_sd),
            base + "{low:.0f} to {high:.0f} of contracts worth half of their segment's usual",
            lambda sd, rng: other(np.log(2) * sd, rng),
            "In most books size tells little; in some, small contracts grow and large ones shrink. "
            "The same for smaller next contracts and for which way an amendment goes.", SPREAD,
        ),
        uncorrelated(
            "what goes along with the shocks of leaving",
            names.part(ANY, names.LOADING), Normal(0.0, numbers.loading_sd),
            base + "{low:.0f} to {high:.0f} in a quarter in which half as many again leave",
            lambda loading, _: _share(numbers.expand + np.log(1.5) * loading, numbers.contract),
            "Times in which more leave are often times in which others shrink and fewer grow, but "
            f"it may be the other way round, or neither; {alike}.",
        ),
        uncorrelated(
            "what a signal keeps of its effect per month",
            names.part(ANY, names.FADE), Beta(*numbers.fade),
            "a signal says half as much after {low:.1f} to {high:.0f} months", half_life,
            "From news that is stale next month to habits that tell for years.",
        ),
    )  # fmt: skip
