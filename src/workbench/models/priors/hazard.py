"""What is believed of leaving before the book is read: each prior, what it means, why, and whence.

Graph, compiled pass, exact checks and the page take the distributions of these rows. Only the top
of the hierarchy is listed: the effects of single signals, groups and quarters are normal with the
spreads below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core import names
from workbench.models.priors.distribution import Beta, Exponential, HalfNormal, Normal
from workbench.models.priors.prior import (
    SPREAD,
    WEAK,
    Counted,
    Prior,
    half_life,
    uncorrelated,
)


@dataclass(frozen=True)
class HazardPriors:
    """Priors of the hazard model; every scale is on the log-hazard.

    Parameters
    ----------
    renewal_log_hazard, early_log_hazard, monthly_log_hazard : float
        Prior means of the three sorts of exit. In subscriptions per hundred that leave: 18 at a
        renewal, 0.4 in a month within the term, 3 in a month of a month-to-month contract.
    exit_sd, early_sd : float
        1.0 lets a renewal lose between 3 and 76 per hundred (95 %); 1.5 lets a month within the
        term lose between 2 in ten thousand, as where contracts rule it out, and 7 in a hundred.
    renewal_correlation, early_correlation : float, 0 to 1
        Between terms of different lengths. Whether customers get out of a running contract is
        the law and habit of the company more than of the term: without that link, three-year
        contracts without a single early end would lose 2 in a hundred a year by the prior alone.
    effect_sd, tenure_sd, group_sd : float
        Scales of the half-normal priors on the spread of the effects of signals (and, apart, of
        attributes) of one standard deviation, on the step between neighbouring tenure weights, and
        on the spread of a grouping's levels. Learning the spread of effects shrinks them where most
        are noise; hazard ratios beyond 2.7 stay possible. Two owners that differ by a factor 2.5 in
        churn are already unusual.
    curve_sd : float
        Scale of the half-normal prior on the spread of what signals and attributes do beyond their
        line, where they may bend. The data set the spread: without curves all stay lines.
    shock_sd : float
        Mean of the exponential prior on the spread of a customer's quarterly shocks: what all feel
        and what the level of the first grouping has of its own, together. Books without shocks
        believe in few, and those that show some may have many: what they cannot tell must show in a
        year's interval.
    shock_share : tuple of float
        Beta prior of the share of their variance that all customers feel: (0.5, 0.5) has most of
        it near nothing or all.
    persistence : tuple of float
        Beta prior of the share of a shock that is left after a quarter: (4, 2) has mean 0.67.
    frailty_sd : float
        Scale of the half-normal prior on the frailty variance.
    fade : tuple of float
        Beta prior of the monthly fade: (6, 1.5) has mean 0.8, a signal half as telling after three
        months, and reaches from 0.5 to 0.98.

    Examples
    --------
    >>> import workbench as wb
    >>> wb.HazardPriors(effect_sd=0.2).effect_sd
    0.2
    """

    renewal_log_hazard: float = -1.6
    early_log_hazard: float = -5.5
    monthly_log_hazard: float = -3.5
    exit_sd: float = 1.0
    early_sd: float = 1.5
    renewal_correlation: float = 0.5
    early_correlation: float = 0.8
    effect_sd: float = 0.5
    curve_sd: float = 0.25
    tenure_sd: float = 0.5
    group_sd: float = 0.3
    shock_sd: float = 0.3
    shock_share: tuple[float, float] = (0.5, 0.5)
    persistence: tuple[float, float] = (4.0, 2.0)
    frailty_sd: float = 0.5
    fade: tuple[float, float] = (6.0, 1.5)


def hazard_priors(numbers: HazardPriors | None = None) -> tuple[Prior, ...]:
    """List the priors of the hazard model.

    Parameters
    ----------
    numbers : HazardPriors, optional
        The default priors if left out.

    Returns
    -------
    tuple of Prior
        Rates first, then spreads, then how signals fade.
    """
    numbers = numbers or HazardPriors()
    return (*_rates(numbers), *_spreads(numbers), *_shocks(numbers), _fade(numbers))


def ended(log_hazard: np.ndarray | float) -> np.ndarray:
    """Return how many of a hundred end at a log-hazard.

    Parameters
    ----------
    log_hazard : ndarray or float
        Of one month, or of whatever span is meant.

    Examples
    --------
    >>> ended(-1.6).round()
    np.float64(18.0)
    """
    return -100 * np.expm1(-np.exp(np.asarray(log_hazard, dtype=float)))


def _rates(numbers: HazardPriors) -> tuple[Prior, ...]:
    def kinds(start: str) -> tuple[str, ...]:
        return tuple(kind for kind in names.EXIT_KINDS if kind.startswith(start))

    return (
        Prior(
            "leaving at a renewal",
            names.EXIT,
            kinds("renewal"),
            Normal(numbers.renewal_log_hazard, numbers.exit_sd),
            numbers.renewal_correlation,
            "of 100 terms that end, {low:.0f} to {high:.0f} go on",
            lambda x, _: 100 - ended(x),
            "From contracts hardly anyone leaves to contracts most leave; terms of different "
            "lengths resemble each other somewhat.",
            "first renewals in Fader & Hardie (2007), Journal of Interactive Marketing 21, 76-90, "
            "lose 13 and 37 of 100",
        ),
        Prior(
            "leaving within the term",
            names.EXIT,
            kinds("early"),
            Normal(numbers.early_log_hazard, numbers.early_sd),
            numbers.early_correlation,
            "of 100 yearly contracts, {low:.0f} to {high:.0f} are left before the term ends",
            lambda x, _: ended(x + np.log(11)),
            "Whether customers get out of a running contract is the law and habit of the company "
            "more than of the term; some contracts rule it out.",
            WEAK,
        ),
        Prior(
            "leaving a month-to-month contract",
            names.EXIT,
            kinds(names.MONTH_TO_MONTH),
            Normal(numbers.monthly_log_hazard, numbers.exit_sd),
            0.0,
            "of 100 month-to-month customers, {low:.0f} to {high:.0f} are there a year later",
            lambda x, _: 100 - ended(x + np.log(12)),
            "Nothing binds these customers: over a year they leave more often than at one renewal.",
            WEAK,
        ),
    )


def _spreads(numbers: HazardPriors) -> tuple[Prior, ...]:
    middle, base = numbers.renewal_log_hazard, _where(numbers)
    other = _elsewhere(numbers)

    def frailer(variance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return ended(middle + np.log(rng.gamma(1 / variance, variance)))

    def spread(
        parameter: str, variable: str, scale: float, whom: str, why: str, source: str = SPREAD
    ) -> Prior:
        meaning = base + "{low:.0f} to {high:.0f} " + whom
        return Prior(parameter, variable, (), HalfNormal(scale), 0.0, meaning, other, why, source)

    effect = numbers.effect_sd
    return (
        spread(
            "spread of the effects of signals", names.SIGNAL_SD, effect,
            "with one signal a standard deviation away",
            "Most signals say little; one may say much. The data set the spread, and with it how "
            "far all are pulled to nothing.",
        ),
        spread(
            "spread of the effects of attributes", names.STATIC_SD, effect,
            "with one attribute a standard deviation away",
            "As for signals, and apart: firmographics may matter where signals do not.",
        ),
        spread(
            "spread of curves of signals and attributes", names.CURVE_SD, numbers.curve_sd,
            "where a signal or attribute leaves its line by a standard deviation",
            "Most effects are lines as far as a book can tell; some turn or have a threshold. Only "
            "in models with `curves`.",
            "penalised regression splines, Wood (2017), Generalized Additive Models, section 5.3; "
            "the spread weakly informative",
        ),
        spread(
            "step of the tenure effect", names.TENURE_STEP_SD, numbers.tenure_sd,
            "a step of tenure later (1, 3, 6, 12, 24, 36, 60, 96 months)",
            "Tenure acts smoothly; a stretch with few endings borrows from its neighbours, and one "
            "that only customers of one year have reached stays level: there it is the calendar's.",
            "random walk of spline weights, Lang & Brezger (2004), Journal of Computational and "
            "Graphical Statistics 13, 183-212",
        ),
        spread(
            "spread of a grouping's levels", names.GROUP_SD, numbers.group_sd,
            "with another owner, industry, segment or region",
            "Two owners who differ by a factor of 2.5 are unusual; few accounts prove little.",
        ),
        Prior(
            "variance of the frailty", names.FRAILTY, (), HalfNormal(numbers.frailty_sd), 0.0,
            base + "{low:.0f} to {high:.0f} of customers who look the same otherwise", frailer,
            "What is not measured differs too; without it, who stayed long looks like luck.",
            "Vaupel, Manton & Stallard (1979), Demography 16, 439-454; scale weakly informative",
        ),
    )  # fmt: skip


def _where(numbers: HazardPriors) -> str:
    return f"where {ended(numbers.renewal_log_hazard):.0f} of 100 terms end for good: "


def _elsewhere(numbers: HazardPriors) -> Counted:
    """Return what counts the endings where an effect of a spread is drawn."""

    def other(sd: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return ended(numbers.renewal_log_hazard + sd * rng.normal(size=len(sd)))

    return other


def _shocks(numbers: HazardPriors) -> tuple[Prior, ...]:
    return (
        uncorrelated(
            "spread of a customer's shocks", names.WHOLE_SHOCK_SD, Exponential(numbers.shock_sd),
            _where(numbers) + "{low:.0f} to {high:.0f} in another quarter", _elsewhere(numbers),
            "A recession may double what leaves; most quarters do little. Where a book shows no "
            "shocks, a year's intervals must not be wide for what might be; where it shows some, "
            "they must hold (nrr.md).",
            "exponential: Simpson et al. (2017), Statistical Science 32, 1-28; of all sorts "
            "together: Fuglstad et al. (2020), Bayesian Analysis 15, 1109-1137",
        ),
        uncorrelated(
            "share of shocks that all customers feel", names.SHOCK_SHARE,
            Beta(*numbers.shock_share),
            "of the variance of shocks, {low:.0f} to {high:.0f} hundredths are everybody's, the "
            "rest an industry's own (of the levels of the first grouping)",
            lambda share, _: 100 * share,
            "Industries have good and bad times of their own, as large as the economy's; in most "
            "books few leave in one quarter of one industry, and the data say little.",
        ),
        uncorrelated(
            "what is left of a shock after a quarter", names.PERSISTENCE,
            Beta(*numbers.persistence),
            "of a bad quarter, {low:.0f} to {high:.0f} hundredths are left a year later",
            lambda share, _: 100 * share**4,
            "Times that are bad for customers last: budgets are yearly, downturns are longer than "
            "a quarter. A few years of history hardly tell for how long, so the prior speaks.",
            "weakly informative; what it does to forecasts is measured on books of other processes",
        ),
    )  # fmt: skip


def _fade(numbers: HazardPriors) -> Prior:
    return Prior(
        "what a signal keeps of its effect per month",
        names.FADE,
        (),
        Beta(*numbers.fade),
        0.0,
        "a signal says half as much after {low:.1f} to {high:.0f} months",
        half_life,
        "From news that is stale next month to habits that tell for years.",
        "weakly informative; the data reach to leads of 12 months",
    )
