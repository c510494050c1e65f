"""What is believed of leaving before the book is read: each prior, what it means, why, and whence.

The distributions are those of `build_hazard`, from the same numbers; a test holds them to its
graph. Only the top of the hierarchy is listed: the effects of single signals, groups and quarters
are normal with the spreads below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import beta, halfnorm, multivariate_normal, norm

from workbench.core import names
from workbench.models.hazard.effects import HazardPriors

# Draws of a parameter to what is counted per hundred, or in months.
Counted = Callable[[np.ndarray, np.random.Generator], np.ndarray]

WEAK = "weakly informative, after Gelman et al. (2008), Annals of Applied Statistics 2, 1360-1383"
SPREAD = "weakly informative, after Gelman (2006), Bayesian Analysis 1, 515-534"


@dataclass(frozen=True)
class Distribution:
    """A distribution, as text and as SciPy has it."""

    text: str
    distribution: Any


@dataclass(frozen=True)
class Prior:
    """One prior and its reason.

    Parameters
    ----------
    parameter : str
        In words.
    variable : str
        The posterior's name for it.
    labels : tuple of str
        Where the variable has several labels of which this prior covers some: which.
    law : Distribution
        Of each label alone.
    correlation : float
        Between the labels.
    meaning : str
        A sentence with places for `low` and `high`, the ends of an interval of `counted`.
    counted : callable
        Turns draws of the parameter into what the sentence counts; draws what else it needs.
    reason, source : str
    """

    parameter: str
    variable: str
    labels: tuple[str, ...]
    law: Distribution
    correlation: float
    meaning: str
    counted: Counted
    reason: str
    source: str

    @property
    def text(self) -> str:
        """The law, and how labels go together."""
        if not self.correlation:
            return self.law.text
        return f"{self.law.text}, correlation {self.correlation:g} between terms"

    def log_density(self, values: np.ndarray) -> np.ndarray:
        """Return the log-density of labels together, shape (...) from (..., label).

        Parameters
        ----------
        values : ndarray, shape (..., label)
            Draws of the variable.
        """
        alone, n = self.law.distribution, values.shape[-1]
        if not self.correlation:
            return alone.logpdf(values).sum(axis=-1)
        among = np.full((n, n), self.correlation) + (1 - self.correlation) * np.eye(n)
        together = multivariate_normal(np.full(n, alone.mean()), among * alone.var())
        return np.reshape(together.logpdf(values), values.shape[:-1])


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
    return (*_rates(numbers), *_spreads(numbers), _fade(numbers))


def uncorrelated(  # noqa: PLR0913 -- a row of the table, column by column
    parameter: str, variable: str, law: Distribution, meaning: str, counted: Counted,
    reason: str, source: str = WEAK, labels: tuple[str, ...] = (),
) -> Prior:  # fmt: skip
    """Return a prior whose labels, if it has any, do not go together.

    Parameters
    ----------
    parameter, variable, law, meaning, counted, reason, source, labels
        Fields of the same names in `Prior`.
    """
    return Prior(parameter, variable, labels, law, 0.0, meaning, counted, reason, source)


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


def normal(mean: float, sd: float) -> Distribution:
    """Return a normal law.

    Parameters
    ----------
    mean : float
        Also the median.
    sd : float
        Above 0.
    """
    return Distribution(f"normal({mean:g}, {sd:g})", norm(mean, sd))


def half_normal(scale: float) -> Distribution:
    """Return a half-normal law.

    Parameters
    ----------
    scale : float
        Standard deviation of the normal that is folded, above 0.
    """
    return Distribution(f"half-normal({scale:g})", halfnorm(scale=scale))


def beta_distribution(a: float, b: float) -> Distribution:
    """Return a beta law.

    Parameters
    ----------
    a, b : float
        Above 0; the mean is a / (a + b).
    """
    return Distribution(f"beta({a:g}, {b:g})", beta(a, b))


def half_life(fade: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Return after how many months half of a signal's effect is left.

    Parameters
    ----------
    fade : ndarray
        Share of a signal's effect that is left after a month, between 0 and 1.
    """
    return np.log(0.5) / np.log(fade)


def _rates(numbers: HazardPriors) -> tuple[Prior, ...]:
    def kinds(start: str) -> tuple[str, ...]:
        return tuple(kind for kind in names.EXIT_KINDS if kind.startswith(start))

    return (
        Prior(
            "leaving at a renewal",
            names.EXIT,
            kinds("renewal"),
            normal(numbers.renewal_log_hazard, numbers.exit_sd),
            numbers.renewal_correlation,
            "of 100 renewals, {low:.0f} to {high:.0f} stay",
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
            normal(numbers.early_log_hazard, numbers.early_sd),
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
            normal(numbers.monthly_log_hazard, numbers.exit_sd),
            0.0,
            "of 100 month-to-month customers, {low:.0f} to {high:.0f} are there a year later",
            lambda x, _: 100 - ended(x + np.log(12)),
            "Nothing binds these customers: over a year they leave more often than at one renewal.",
            WEAK,
        ),
    )


def _spreads(numbers: HazardPriors) -> tuple[Prior, ...]:
    middle = numbers.renewal_log_hazard
    base = f"where {ended(middle):.0f} of 100 renewals end: "

    def other(sd: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return ended(middle + sd * rng.normal(size=len(sd)))

    def frailer(variance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return ended(middle + np.log(rng.gamma(1 / variance, variance)))

    def spread(
        parameter: str, variable: str, scale: float, whom: str, why: str, source: str = SPREAD
    ) -> Prior:
        meaning = base + "{low:.0f} to {high:.0f} " + whom
        law = half_normal(scale)
        return Prior(parameter, variable, (), law, 0.0, meaning, other, why, source)

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
            "step of the tenure effect", "tenure_step_sd", numbers.tenure_sd,
            "a step of tenure later (1, 3, 6, 12, 24, 36, 60, 96 months)",
            "Tenure acts smoothly; a stretch with few endings borrows from its neighbours.",
            "random walk of spline weights, Lang & Brezger (2004), Journal of Computational and "
            "Graphical Statistics 13, 183-212",
        ),
        spread(
            "spread of a grouping's levels", names.GROUP_SD, numbers.group_sd,
            "with another owner, industry, segment or region",
            "Two owners who differ by a factor of 2.5 are unusual; few accounts prove little.",
        ),
        spread(
            "spread of calendar quarters", names.SHOCK_SD, numbers.quarter_sd,
            "in another quarter",
            "A quarter that moves all accounts by half is rare, and no portfolio is without any.",
        ),
        Prior(
            "variance of the frailty", names.FRAILTY, (), half_normal(numbers.frailty_sd), 0.0,
            base + "{low:.0f} to {high:.0f} of customers who look the same otherwise", frailer,
            "What is not measured differs too; without it, who stayed long looks like luck.",
            "Vaupel, Manton & Stallard (1979), Demography 16, 439-454; scale weakly informative",
        ),
    )  # fmt: skip


def _fade(numbers: HazardPriors) -> Prior:
    return Prior(
        "what a signal keeps of its effect per month",
        names.FADE,
        (),
        beta_distribution(*numbers.fade),
        0.0,
        "a signal says half as much after {low:.1f} to {high:.0f} months",
        half_life,
        "From news that is stale next month to habits that tell for years.",
        "weakly informative; the data reach to leads of 12 months",
    )
