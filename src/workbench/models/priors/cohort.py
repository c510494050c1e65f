"""What is believed of cohorts before their tables are read: each prior, its meaning, why, whence.

The graph of `workbench.models.cohort` takes the distributions of these rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from workbench.models.priors.distribution import LogNormal, Normal
from workbench.models.priors.prior import SPREAD, Prior, uncorrelated

QUANTITIES = ("first_leaving_log_odds", "log_likeness", "log_shape")
FIRST = 0.2  # share that leaves in the first period where another prior is spoken of
_PUBLISHED = "Fader & Hardie (2007), Journal of Interactive Marketing 21, 76-90"
_BENT = "Fader, Hardie, Liu, Davin & Steenburgh (2018), Journal of Interactive Marketing 43, 1-16"


@dataclass(frozen=True)
class CohortPriors:
    """Priors of the cohort models, each a mean and a standard deviation.

    Parameters
    ----------
    first_leaving_log_odds : tuple of float
        20 in a hundred leave in the first period, 95 % between 3 and 65.
    log_likeness : tuple of float
        log(alpha + beta). A median of 3 is a cohort of loyal and fickle customers mixed; the 95 %
        range, 0.4 to 21, goes from "each stays for good or leaves at once" to "all nearly alike".
    log_shape : tuple of float
        Centred at the sBG; 95 % between 0.4 and 2.7, around the shapes published (0.5 to 1.6).
    log_spread : tuple of float
        Log of the standard deviation between cohorts: median 0.3, 95 % between 0.11 and 0.8, so
        that cohorts are neither copies nor strangers.
    """

    first_leaving_log_odds: tuple[float, float] = (-1.4, 1.0)
    log_likeness: tuple[float, float] = (1.1, 1.0)
    log_shape: tuple[float, float] = (0.0, 0.5)
    log_spread: tuple[float, float] = (-1.2, 0.5)


def cohort_priors(numbers: CohortPriors | None = None) -> tuple[Prior, ...]:
    """List the priors of the cohort models.

    Parameters
    ----------
    numbers : CohortPriors, optional
        The default priors if left out.

    Returns
    -------
    tuple of Prior
        The three quantities of `QUANTITIES` in their order, then how far
        cohorts lie apart.
    """
    numbers = numbers or CohortPriors()
    base = f"where {100 * FIRST:.0f} of 100 leave in the first period, "
    return (
        uncorrelated(
            "leaving in the first period, log-odds",
            "centre",
            Normal(*numbers.first_leaving_log_odds),
            "of 100 new customers, {low:.0f} to {high:.0f} leave in the first period",
            lambda x, _: 100 * expit(x),
            "From cohorts hardly anyone leaves to cohorts of which half are gone at once.",
            f"{_PUBLISHED}: 15 and 37 of 100",
            labels=QUANTITIES[0:1],
        ),
        uncorrelated(
            "likeness of the customers, log(alpha + beta)",
            "centre",
            Normal(*numbers.log_likeness),
            base + "{low:.0f} to {high:.0f} of 100 who stayed leave in the second (sBG)",
            lambda x, _: 100 * FIRST * np.exp(x) / (1 + np.exp(x)),
            "From loyal and fickle customers mixed, where the second loss is a third of the first, "
            "to customers nearly alike, where it is the same.",
            f"{_PUBLISHED}: sums of 1.9 and 4.5 fitted",
            labels=QUANTITIES[1:2],
        ),
        uncorrelated(
            "log of the shape (BdW)",
            "centre",
            Normal(*numbers.log_shape),
            base
            + "{low:.0f} to {high:.0f} of 100 like them leave in the second by the shape alone",
            lambda x, _: -100 * np.expm1(np.log1p(-FIRST) * (2 ** np.exp(x) - 1)),
            "A customer's own chance may fall or rise with time; none is the middle (the sBG).",
            f"{_BENT}: shapes of 0.5 to 1.6 fitted",
            labels=QUANTITIES[2:3],
        ),
        uncorrelated(
            "how far cohorts lie apart",
            "log_spread",
            LogNormal(*numbers.log_spread),
            base + "{low:.0f} to {high:.0f} of 100 do so in another cohort",
            lambda x, rng: 100 * expit(logit(FIRST) + x * rng.normal(size=len(x))),
            "Cohorts of one company are neither copies nor strangers.",
            SPREAD,
        ),
    )
