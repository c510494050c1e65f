"""What is believed of revenue before the book is read: each prior, its meaning, reason and source.

The distributions are those of `models.revenue.model`, from the same numbers; a test holds them to
its graphs. Where a scale comes from the book, the meaning takes a round number in its place.
"""

from __future__ import annotations

import numpy as np

from workbench.core import revenue_names as names
from workbench.core.processes import AMEND, CONTRACT, CROSS_SELL, EXPAND
from workbench.features.pipeline import AGE_FROM_MONTHS
from workbench.models.priors.distribution import Beta, Gamma, HalfNormal, Normal
from workbench.models.priors.prior import SPREAD, Counted, Prior, half_life, uncorrelated
from workbench.models.revenue.model import RevenuePriors
from workbench.models.revenue.new_business import NewBusinessPriors
from workbench.models.revenue.pipeline import PipelinePriors
from workbench.models.revenue.predictors import PredictorPriors
from workbench.models.revenue.sizes import SizePriors

_MONTHLY, _FIRST = 10, 10_000  # new customers a month, and their first revenue, in examples


def revenue_priors(numbers: RevenuePriors | None = None) -> tuple[Prior, ...]:
    """List the priors of renewals, amendments, further products, prices, new business, pipeline.

    Parameters
    ----------
    numbers : RevenuePriors, optional
        The default priors if left out.

    Returns
    -------
    tuple of Prior
        In the order in which a page lists them.
    """
    numbers = numbers or RevenuePriors()
    return (
        *_outcomes(numbers.predictors),
        *_rates(numbers.predictors),
        *_spreads(numbers.predictors),
        *_sizes(numbers.sizes),
        *_prices(numbers.sizes),
        *_arrivals(numbers.new),
        *_first_revenue(numbers.new),
        *_pipeline(numbers.pipeline),
    )


def _share(logit: np.ndarray | float, other: float) -> np.ndarray:
    """Return how many of a hundred renewals have an outcome, beside another one and flat."""
    odds = np.exp(np.asarray(logit, float))
    return 100 * odds / (1 + odds + np.exp(other))


def _within_a_year(log_rate: np.ndarray | float) -> np.ndarray:
    return -100 * np.expm1(-12 * np.exp(log_rate))


def _percent(size: np.ndarray | float) -> np.ndarray:
    """Return by how many percent something grows, from the log of its log-ratio."""
    return 100 * np.expm1(np.exp(np.asarray(size, float)))


def _odds(log_odds: np.ndarray | float) -> np.ndarray:
    return 100 / (1 + np.exp(-np.asarray(log_odds, float)))


def _outcomes(numbers: PredictorPriors) -> tuple[Prior, ...]:
    return (
        uncorrelated(
            "a smaller renewal",
            names.part(CONTRACT, names.BASE),
            Normal(numbers.contract, numbers.outcome_sd),
            "of 100 renewals that are won, {low:.0f} to {high:.0f} are smaller",
            lambda x, _: _share(x, numbers.expand),
            "Most who stay keep what they have; where many shrink, the data will say so.",
        ),
        uncorrelated(
            "a larger renewal",
            names.part(EXPAND, names.BASE),
            Normal(numbers.expand, numbers.outcome_sd),
            "of 100 renewals that are won, {low:.0f} to {high:.0f} are larger",
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
            names.part(AMEND, "term sd"),
            HalfNormal(numbers.term_sd),
            f"where {_within_a_year(numbers.amend):.0f} of 100 contracts are amended in a year: "
            "{low:.0f} to {high:.0f} with another term, or from month to month",
            lambda sd, rng: _within_a_year(numbers.amend + sd * rng.normal(size=len(sd))),
            "What binds for years is changed at its end, what binds for a month at any time; the "
            "same for smaller and larger renewals.",
            SPREAD,
        ),
    )


def _spreads(numbers: PredictorPriors) -> tuple[Prior, ...]:
    base = f"where {_share(numbers.expand, numbers.contract):.0f} of 100 renewals are larger: "

    def other(sd: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return _share(numbers.expand + sd * rng.normal(size=len(sd)), numbers.contract)

    def spread(parameter: str, scale: str, sd: float, whom: str, why: str) -> Prior:
        meaning = base + "{low:.0f} to {high:.0f} " + whom
        variable = names.part(EXPAND, scale)
        return uncorrelated(parameter, variable, HalfNormal(sd), meaning, other, why, SPREAD)

    alike = "the same for all four: smaller, larger, amended, a further product"
    return (
        spread(
            "spread of the effects of signals", "signal sd", numbers.effect_sd,
            "with one signal a standard deviation away", f"As for leaving; {alike}.",
        ),
        spread(
            "spread of the effects of attributes", "attribute sd", numbers.effect_sd,
            "with one attribute a standard deviation away", f"As for leaving; {alike}.",
        ),
        spread(
            "spread of a grouping's levels", "{grouping} sd", numbers.group_sd,
            "with another owner, industry, segment or region",
            f"Few expansions prove little about an owner; {alike}.",
        ),
        uncorrelated(
            "what a signal keeps of its effect per month",
            names.part(EXPAND, names.FADE), Beta(*numbers.fade),
            "a signal says half as much after {low:.1f} to {high:.0f} months", half_life,
            "From news that is stale next month to habits that tell for years.",
        ),
    )  # fmt: skip


def _sizes(numbers: SizePriors) -> tuple[Prior, ...]:
    middle = numbers.quantity[0]
    base = f"where larger renewals typically grow by {_percent(middle):.0f} %: "
    changes = (CONTRACT, EXPAND, AMEND)
    fewer = numbers.amend_down[0] / sum(numbers.amend_down)
    return (
        uncorrelated(
            "size of a change of quantity", names.SIZE_MEAN, Normal(*numbers.quantity),
            "a larger renewal or an amendment typically adds {low:.0f} to {high:.0f} %",
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
            "amendments that reduce", names.AMEND_DOWN_MEAN, Beta(*numbers.amend_down),
            "of 100 amendments, {low:.0f} to {high:.0f} reduce the quantity",
            lambda x, _: 100 * x,
            "Within a term customers are mostly bound to what they bought, and may add to it.",
        ),
        uncorrelated(
            "how far kinds of contract lie apart in that", names.AMEND_DOWN_APART,
            Beta(*numbers.amend_apart),
            f"where {100 * fewer:.0f} of 100 amendments reduce: " "{low:.0f} to {high:.0f} with "
            "another term, or from month to month",
            lambda x, rng: 100 * rng.beta(fewer * (1 / x - 1), (1 - fewer) * (1 / x - 1)),
            "From month to month nothing keeps a customer from taking less; few amendments prove "
            "little of a kind.", SPREAD,
        ),
    )  # fmt: skip


def _prices(numbers: SizePriors) -> tuple[Prior, ...]:
    usual = numbers.price_mean[0]
    return (
        uncorrelated(
            "renewals at another price", names.PRICE_SHARE, Beta(*numbers.price_share),
            "of 100 renewals of the same quantity, {low:.0f} to {high:.0f} change price",
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
            "first revenue", "new size", Normal(0.0, numbers.level_sd),
            f"where the book shows {_FIRST:,} a year: " + "{low:,.0f} to {high:,.0f}",
            lambda x, _: _FIRST * np.exp(x),
            "Its scale must come from the book; the prior is centred on its own mean.",
        ),
        uncorrelated(
            "spread of segments' first revenue", "new size between",
            HalfNormal(numbers.segment_sd), base + "{low:,.0f} to {high:,.0f} in another segment",
            another, "Segments are mostly cut by size.", SPREAD,
        ),
        uncorrelated(
            "spread of first revenue in a segment", names.NEW_SIZE_SD, HalfNormal(numbers.size_sd),
            base + "{low:,.0f} to {high:,.0f} of another customer of the segment", another,
            "Deals of one segment differ by a factor more than by an amount.", SPREAD,
        ),
    )  # fmt: skip


def _pipeline(numbers: PipelinePriors) -> tuple[Prior, ...]:
    base = f"where {_odds(numbers.close):.0f} of 100 offers are won in a month: "

    def another(sd: float, levels: int) -> Counted:
        """Count under another level: effects are centred, so a level is seen against the rest."""
        rest = sd * np.sqrt(levels - 1.0) / levels

        def counted(effect: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            own = effect * (1 - 1 / levels) - rest * rng.normal(size=len(effect))
            return _odds(numbers.close + own)

        return counted

    return (
        uncorrelated(
            "an offer moves to another stage", names.PIPELINE_MOVE,
            Normal(numbers.move, numbers.move_sd),
            "of 100 offers, {low:.0f} to {high:.0f} are in a certain other stage a month later",
            lambda x, _: _odds(x), "Stages are any company's own; most offers rest most months.",
        ),
        uncorrelated(
            "an offer is won, or lost", names.PIPELINE_BASE,
            Normal(numbers.close, numbers.close_sd),
            "of 100 offers, {low:.0f} to {high:.0f} are won within a month, and as many lost",
            lambda x, _: _odds(x), "From sales of a month to sales of years.",
        ),
        uncorrelated(
            "whom an offer is made to", names.PIPELINE_EFFECTS[names.OFFER_KIND],
            Normal(0.0, numbers.kind_sd),
            base + "{low:.0f} to {high:.0f} of offers to new customers, or to customers",
            another(numbers.kind_sd, 2),
            "Two kinds are too few to learn a spread from, and may differ by much.",
        ),
        uncorrelated(
            "its stage, and its age", names.PIPELINE_EFFECTS[names.STAGE],
            Normal(0.0, numbers.level_sd),
            base + "{low:.0f} to {high:.0f} in another stage or at another age",
            another(numbers.level_sd, len(AGE_FROM_MONTHS)),
            "A handful of stages and five bands of age: too few to learn a spread from.",
        ),
    )  # fmt: skip
