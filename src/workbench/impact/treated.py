"""What became of those acted upon, beside what was to be expected without."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.impact_names import BANDS
from workbench.features.treated_months import TreatedMonths, information
from workbench.impact.trials import Trials
from workbench.impact.untreated import UntreatedHazard, cloglog_slopes
from workbench.impact.weights import censoring_weights

_MOST_RATIO = 4.0  # log-ratio beyond which there are too few endings to find the best one
_DIRECTIONS = 12  # of what is not known of the untreated hazard; the rest adds nothing to speak of


def expected_risk(trials: Trials, hazard: UntreatedHazard) -> np.ndarray:
    """Return the probability of ending within the horizon, were nothing done.

    Parameters
    ----------
    trials : Trials
    hazard : UntreatedHazard

    Returns
    -------
    ndarray, shape (trial,)
    """
    return -np.expm1(-np.exp(hazard.log_rate(trials)).sum(axis=1))


def risk_bands(risk: np.ndarray) -> np.ndarray:
    """Return the third of the risks in which each lies, from 0.

    Parameters
    ----------
    risk : ndarray, shape (trial,)
    """
    return np.searchsorted(np.quantile(risk, [1 / 3, 2 / 3]), risk, side="right")


def treated_months(trials: Trials, hazard: UntreatedHazard) -> TreatedMonths:
    """Lay out the months of follow-up of the trials with an action.

    Parameters
    ----------
    trials : Trials
        With their weights against censoring.
    hazard : UntreatedHazard

    Returns
    -------
    TreatedMonths
        Bands of risk are thirds of the treated, by what was expected without an action.
    """
    own = trials.take(trials.any_treated)
    row, step = np.nonzero(own.seen)
    design = hazard.design(own, row, step)
    weight = censoring_weights(own)[row, step]
    event, log_rate = own.event[row, step], design @ hazard.coefficients
    account = np.unique(own.table["account_id"].to_numpy("str"), return_inverse=True)[1][row]
    weight = weight * weight.sum() / (weight**2).sum()
    segments = pd.Categorical(own.table["segment"].replace("", "all").fillna("all"))
    return TreatedMonths(
        kinds=own.kinds,
        bands=BANDS,
        segments=tuple(map(str, segments.categories)),
        horizon_months=own.horizon_months,
        share=own.treated[row].astype("float64"),
        step=step,
        band_idx=risk_bands(expected_risk(own, hazard))[row],
        segment_idx=segments.codes.astype("int64")[row],
        log_rate=log_rate,
        basis=design @ unsure_directions(own, hazard),
        freedom=_freedom(design, log_rate, weight, hazard),
        weight=weight / _design_effect(log_rate, event, weight, account),
        event=event,
    )


def _freedom(
    design: np.ndarray, log_rate: np.ndarray, weight: np.ndarray, hazard: UntreatedHazard
) -> float:
    """Return the degrees of freedom of how unsure the endings expected are.

    By Satterthwaite's match of the first two moments of a sum over accounts (Pan & Wall 2002,
    Statistics in Medicine 21, 1429-1441): where few accounts decide, their spread is itself not
    well known; 3 at least, so that it is finite.
    """
    informs = information(log_rate, weight)
    by_account = (hazard.moved @ (informs @ design / informs.sum())) ** 2
    return max(3.0, float(by_account.sum() ** 2 / max((by_account**2).sum(), 1e-300)))


def _design_effect(
    log_rate: np.ndarray, event: np.ndarray, weight: np.ndarray, account: np.ndarray
) -> float:
    """Return how much more endings vary than independent ones would, with sums by account.

    An account has several subscriptions that leave together, and may be acted upon again: at the
    common ratio that fits best, the score's variance by account over that by months; at least 1.
    """
    ratio = 0.0
    for _ in range(30):
        slope, bend = cloglog_slopes(log_rate + ratio, event)
        move = (weight @ slope) / max(float(weight @ bend), 1e-12)
        ratio += float(np.clip(move, -1, 1))
        if abs(move) < 1e-8 or abs(ratio) > _MOST_RATIO:
            break
    slope, bend = cloglog_slopes(log_rate + ratio, event)
    by_account = np.bincount(account, weight * slope)
    return max(1.0, float((by_account**2).sum() / max(float(weight @ bend), 1e-12)))


def unsure_directions(own: Trials, hazard: UntreatedHazard) -> np.ndarray:
    """Return the independent directions in which the expected log-rates are unsure.

    Parameters
    ----------
    own : Trials
        Those with an action.
    hazard : UntreatedHazard

    Returns
    -------
    ndarray, shape (column, direction)
        By column of `UntreatedHazard.design`: the design times it is by how much the log-rates
        move with one standard deviation of each direction.
    """
    row, step = np.nonzero(own.seen)
    values, vectors = np.linalg.eigh(hazard.covariance)
    spread = vectors * np.sqrt(np.maximum(values, 0))
    # Rotated so that few directions hold what the months share.
    _, size, turned = np.linalg.svd(hazard.design(own, row, step) @ spread, full_matrices=False)
    kept = turned[: min(_DIRECTIONS, (size > 1e-9).sum())]
    return spread @ kept.T
