"""How far to trust the trials beside a coin: learnt from how far apart both are.

The coin is unbiased. What hidden causes add to the trials is not known: it is normal around zero
with a spread whose prior is half-Cauchy (Gelman 2006, Bayesian Analysis 1, 515-534), and how far
both estimates lie apart teaches that spread (commensurate prior: Hobbs, Carlin, Mandrekar &
Sargent 2011, Biometrics 67, 1047-1056). Where they agree the trials lend the coin their precision;
where they do not, they lend next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

_SPREADS = 400  # of the bias, at equal steps of the prior's probability


@dataclass(frozen=True)
class Trusted:
    """Coin and trials together.

    Parameters
    ----------
    log_ratio, low, high : float
        Of the hazards: mean and interval.
    share : float
        Weight of the trials, 0 to 1; the rest is the coin's.
    """

    log_ratio: float
    low: float
    high: float
    share: float


def trust(
    coin: tuple[float, float], trials: tuple[float, float], doubt: float, prob: float
) -> Trusted:
    """Combine both estimates of a log-ratio by what their gap tells of the trials' bias.

    Parameters
    ----------
    coin, trials : tuple of float
        Log-ratio and its standard error. Accounts that count in both make them a little more alike
        than is reckoned here.
    doubt : float
        Scale of the prior of the bias's spread: what a hidden cause might do to the log-ratio,
        above 0.
    prob : float
        Probability inside the interval, between 0 and 1.

    Returns
    -------
    Trusted

    Examples
    --------
    >>> agree = trust((-0.3, 0.2), (-0.3, 0.1), 0.2, 0.9)
    >>> apart = trust((-0.3, 0.2), (0.9, 0.1), 0.2, 0.9)
    >>> round(agree.share, 2), round(apart.share, 2)
    (0.55, 0.06)
    """
    spread = doubt * np.tan(np.pi / 2 * (np.arange(_SPREADS) + 0.5) / _SPREADS)
    gap, known = coin[0] - trials[0], coin[1] ** 2 + trials[1] ** 2
    total = known + spread**2
    log_weight = -0.5 * (np.log(total) + gap**2 / total)
    weight = np.exp(log_weight - log_weight.max())
    weight = weight / weight.sum()
    share = coin[1] ** 2 / total
    mean = coin[0] - share * gap
    sd = coin[1] * np.sqrt(1 - share)

    def end(level: float) -> float:
        reach = 8 * coin[1]
        return float(
            brentq(
                lambda at: float(weight @ ndtr((at - mean) / sd)) - level,
                mean.min() - reach, mean.max() + reach,
            )
        )  # fmt: skip

    tail = (1 - prob) / 2
    return Trusted(float(weight @ mean), end(tail), end(1 - tail), float(weight @ share))
