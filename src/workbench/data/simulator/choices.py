"""How likely a subscription is to end in a month by the true process, and what reason is given."""

from __future__ import annotations

import numpy as np

from workbench.data.simulator.true_process import BAD_NEWS, EVENTS, REASONS, TrueProcess

MISSING_REASON = -1
_MISSING_SHARE = 0.15
_TAKEOVERS = tuple(EVENTS.index(kind) for kind in BAD_NEWS[:2])


def risk(signals: dict[str, np.ndarray], process: TrueProcess) -> np.ndarray:
    """Return the part of eta that the signals explain.

    Parameters
    ----------
    signals : dict of ndarray
        Values of each signal, all of one shape.
    process : TrueProcess
        Numbers of the true process.
    """
    return np.sum(
        [np.float32(process.coefficients[name]) * value for name, value in signals.items()], axis=0
    )


def chance(eta: np.ndarray, log_frailty: np.ndarray, process: TrueProcess) -> np.ndarray:
    """Return the probability of leaving in the month.

    Parameters
    ----------
    eta : ndarray
        Linear predictor: a log-hazard, or log-odds in the relationship process.
    log_frailty : ndarray
        Of the subscription; no part of the relationship process.
    process : TrueProcess
        Numbers of the true process.
    """
    if process.process == "relationship":
        return 1 / (1 + np.exp(-eta))
    return -np.expm1(-np.exp(eta + log_frailty))


def reasons(
    signals: dict[str, np.ndarray], news: np.ndarray, process: TrueProcess, rng: np.random.Generator
) -> np.ndarray:
    """Draw a reason for each leaver: whatever was wrong weighs, chance decides.

    Parameters
    ----------
    signals : dict of arrays, shape (leaver,)
        As they stood in the month of leaving.
    news : array, shape (month, leaver)
        Events of the last six months.
    process : TrueProcess
        Numbers of the true process.
    rng : Generator
        Drawn from in a fixed order, so that one seed gives one company.

    Returns
    -------
    array of int, shape (leaver,)
        Index of `true_process.REASONS`; `MISSING_REASON` where nobody wrote one down.
    """
    bought = np.isin(news, _TAKEOVERS).any(axis=0).astype("float64")
    seen = {**signals, "base": np.ones_like(bought), "takeover": bought}
    weight = np.stack(
        [
            sum(slope * seen[name] for name, slope in process.reasons[reason].items())
            for reason in REASONS
        ]
    )
    reason = (weight + rng.gumbel(size=weight.shape)).argmax(axis=0)
    return np.where(rng.random(len(bought)) < _MISSING_SHARE, MISSING_REASON, reason)
