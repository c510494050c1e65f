"""What actions cannot have changed: the past, and what befalls the customer's company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from workbench.core.calendar import month_number
from workbench.impact.measure import ALL_KINDS, EffectComparison

CAUSED_BY_US = ("referral",)  # events that an action may well bring about
_SURE = 0.99  # of the intervals by which a check fails, since several are made


@dataclass(frozen=True)
class CheckLimits:
    """When a check passes.

    Parameters
    ----------
    least_endings : int
        Endings that were to be expected among those acted upon, were nothing done; 1 or more.
    least_overlap : float
        Share of those acted upon to whom some without an action are alike, 0 to 1.
    most_imbalance : float
        Largest standardised mean difference after weighting (Austin 2009: 0.1).
    least_counts : int
        Events that the negative control must have among those acted upon to tell anything.
    """

    least_endings: int = 10
    least_overlap: float = 0.95
    most_imbalance: float = 0.1
    least_counts: int = 10


@dataclass(frozen=True)
class Check:
    """One check and how it came out.

    Parameters
    ----------
    action : str
        The kind, or `ALL_KINDS`.
    check : str
    passed : bool
    value, limit : float
    why : str
        In a sentence.
    """

    action: str
    check: str
    passed: bool
    value: float
    limit: float
    why: str


def placebo(found: EffectComparison) -> Check:
    """Ask whether who is acted upon later looked riskier long before, beyond what the day tells.

    Parameters
    ----------
    found : Comparison

    Returns
    -------
    Check
        Of all kinds together: what is still to come can have caused nothing.
    """
    trials, months = found.trials, found.trials.horizon_months
    score = trials.covariates @ found.hazard.score
    keys = ["subscription_id", "month"]
    early = trials.table[keys].assign(score=score, month=trials.table["month"] + months)
    before = trials.table[keys].merge(early, on=keys, how="left")["score"].to_numpy()
    known = ~np.isnan(before)
    estimate, spread = _adjusted(found, before, known)
    reach = ndtri((1 + _SURE) / 2) * spread
    passed = known.any() and (abs(estimate) <= 0.1 or abs(estimate) <= reach)
    why = (
        f"Actions still to come go with a risk that differed by {estimate:+z.2f} standard "
        f"deviations {months} months earlier, beyond what was adjusted for."
    )
    return Check(ALL_KINDS, "placebo of future actions", bool(passed), abs(estimate), reach, why)


def _adjusted(
    found: EffectComparison, outcome: np.ndarray, known: np.ndarray
) -> tuple[float, float]:
    """Return the adjusted difference in sd of an outcome between arms, and its error by account."""
    trials = found.trials
    if not known.any() or not trials.any_treated[known].any():
        return 0.0, 0.0
    acted = trials.any_treated[known].astype("float64")
    weight = np.where(acted > 0, 1.0, found.propensity.odds[known])
    design = np.column_stack([acted, np.ones(known.sum()), trials.covariates[known]])
    scaled = outcome[known] / max(outcome[known].std(), 1e-9)
    curvature = design.T @ (design * weight[:, None]) + 1e-3 * np.eye(design.shape[1])
    inverse = np.linalg.inv(curvature)
    beta = inverse @ (design.T @ (weight * scaled))
    residual = weight * (scaled - design @ beta)
    return float(beta[0]), _clustered(design * residual[:, None], inverse, trials, known)


def _clustered(scores: np.ndarray, inverse: np.ndarray, trials: object, known: np.ndarray) -> float:
    account = trials.table["account_id"].to_numpy("str")[known]  # type: ignore[attr-defined]
    position = np.unique(account, return_inverse=True)[1]
    sums = np.zeros((position.max() + 1, scores.shape[1]))
    np.add.at(sums, position, scores)
    return float(np.sqrt((inverse @ (sums.T @ sums) @ inverse)[0, 0]))


def negative_control(
    found: EffectComparison, events: pd.DataFrame | None, limits: CheckLimits
) -> Check:
    """Ask whether actions "change" what befalls the customer's company, which they cannot.

    Parameters
    ----------
    found : Comparison
    events : DataFrame, optional
        The table `account_events`; without it the check cannot pass.
    limits : CheckLimits
        How many events are needed to tell.

    Returns
    -------
    Check
        Of all kinds together.
    """
    name = "negative control"
    if events is None or events.empty:
        why = "There is no table account_events: what actions cannot change is not on record."
        return Check(ALL_KINDS, name, False, np.nan, np.nan, why)
    trials = found.trials
    count, exposed = _news(found, events)
    known = exposed > 0
    acted = trials.any_treated
    treated_count = int(count[acted].sum())
    if treated_count < limits.least_counts:
        why = (
            f"Only {treated_count} events befell those acted upon: too few to tell whether what "
            "actions cannot change stayed as it was."
        )
        return Check(ALL_KINDS, name, False, treated_count, limits.least_counts, why)
    estimate, spread = _rate_ratio(found, count, exposed, known)
    reach = ndtri((1 + _SURE) / 2) * spread
    why = (
        f"Events that no action can change came {np.exp(estimate):.2f} times as often to those "
        "acted upon."
    )
    return Check(ALL_KINDS, name, abs(estimate) <= reach, abs(estimate), reach, why)


def _news(found: EffectComparison, events: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Count events in the months of follow-up of every trial, and those months."""
    trials = found.trials
    outside = events[~events["kind"].astype("str").isin(CAUSED_BY_US)]
    by_month = outside.assign(month=month_number(outside["on"]).astype("int64"))
    counted = by_month.groupby(["account_id", "month"]).size()
    total = np.zeros(len(trials.table))
    for step in range(trials.horizon_months):
        keys = pd.MultiIndex.from_arrays(
            [trials.table["account_id"].astype("str"), trials.table["month"] + step + 1]
        )
        total += counted.reindex(keys).fillna(0).to_numpy() * trials.seen[:, step]
    return total, trials.seen.sum(axis=1).astype("float64")


def _rate_ratio(
    found: EffectComparison, count: np.ndarray, exposed: np.ndarray, known: np.ndarray
) -> tuple[float, float]:
    """Return the adjusted log ratio of rates between arms, and its error by account."""
    trials = found.trials
    acted = trials.any_treated[known].astype("float64")
    weight = np.where(acted > 0, 1.0, found.propensity.odds[known])
    design = np.column_stack([acted, np.ones(known.sum()), trials.covariates[known]])
    penalty = np.r_[0.0, 1e-3, np.ones(design.shape[1] - 2)]
    beta = np.zeros(design.shape[1])
    beta[1] = np.log(max(np.average(count[known], weights=weight), 1e-6) / exposed[known].mean())
    inverse = np.eye(len(beta))
    for _ in range(25):
        rate = exposed[known] * np.exp(np.clip(design @ beta, -20, 5))
        curvature = design.T @ (design * (weight * rate)[:, None]) + np.diag(penalty)
        inverse = np.linalg.inv(curvature)
        move = inverse @ (design.T @ (weight * (count[known] - rate)) - penalty * beta)
        beta = beta + np.clip(move, -1, 1)
        if np.abs(move).max() < 1e-7:
            break
    rate = exposed[known] * np.exp(np.clip(design @ beta, -20, 5))
    scores = design * (weight * (count[known] - rate))[:, None]
    return float(beta[0]), _clustered(scores, inverse, trials, known)
