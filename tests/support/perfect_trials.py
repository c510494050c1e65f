"""What a trial without chance, without choice and without loss would find in a simulated book.

The same accounts are followed twice from the same day, once with the action and once without, by
the true probabilities; nobody is acted upon again. What the comparison on record is held against is
this, and not the effect on each account's own hazard: accounts differ in more than what is on
record, the frail leave first and leave later where they are helped, so that even a perfect trial's
ratio of hazards lies nearer to one (hazard ratios are not collapsible; Hernan 2010, Epidemiology
21, 13-15). Differences of probabilities have no such gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.support.impact_books import ImpactBook
from workbench.core.names import EXIT_KINDS
from workbench.impact.measure import ALL_KINDS
from workbench.impact.trials import Trials
from workbench.impact.untreated import cloglog_slopes

_PRECISION = 11.0  # of a covariate's effect, as in the comparison
_USUAL = -4.0  # log-hazard at which the fit begins
_RENEWALS = [i for i, kind in enumerate(EXIT_KINDS) if kind.startswith("renewal")]


@dataclass(frozen=True)
class PerfectTrial:
    """What would be found, by kind of action and for all of them.

    Parameters
    ----------
    own_ratio : Series
        Log-ratio of each account's own hazards: what the process was told.
    ratio : Series
        Log-ratio of the hazards of accounts alike in what is on record.
    points : Series
        By how much the probability of leaving within the horizon falls.
    """

    own_ratio: pd.Series
    ratio: pd.Series
    points: pd.Series


def perfect_trial(made: ImpactBook) -> PerfectTrial:
    """Follow the accounts that were acted upon with the action and without, by the truth."""
    own = made.found.trials.take(made.found.trials.any_treated)
    log_rate, seen = _log_rates(made, own)
    told = np.array([made.truth.process.action_effects[kind] for kind in own.kinds])
    without, acted = np.exp(log_rate), np.exp(log_rate + (own.treated @ told)[:, None])
    ratio, mean = [], []
    expected = _expected(own, without, seen)
    lower = np.exp(-acted.sum(axis=1)) - np.exp(-without.sum(axis=1))
    for kind in range(len(own.kinds)):
        mine = own.treated[:, kind] & seen
        row, step = np.nonzero(np.repeat(mine[:, None], own.horizon_months, axis=1))
        with_action, without_one = (
            _ratio(expected[row, step], rate[row, step], _still_there(rate)[row, step])
            for rate in (acted, without)
        )
        ratio.append(with_action - without_one)
        mean.append(lower[mine].mean())
    share = own.treated.mean(axis=0)
    index = [*own.kinds, ALL_KINDS]

    def with_all(values: np.ndarray) -> pd.Series:
        return pd.Series([*values, np.average(values, weights=share)], index)

    return PerfectTrial(with_all(told), with_all(np.array(ratio)), with_all(np.array(mean)))


def _ratio(expected: np.ndarray, rate: np.ndarray, weight: np.ndarray) -> float:
    """Return the log-ratio of the hazards to those expected."""
    one = np.ones((len(rate), 1))
    return float(_fit(one, expected, -np.expm1(-rate), weight, np.zeros(1))[0])


def _log_rates(made: ImpactBook, own: Trials) -> tuple[np.ndarray, np.ndarray]:
    """Return each trial's true log-rates without its action, and whose whole follow-up is known."""
    truth, process = made.truth, made.truth.process
    accounts = pd.Index(truth.accounts["account_id"].astype("str"))
    subscriptions = pd.Index(truth.subscriptions["subscription_id"].astype("str"))
    account = accounts.get_indexer(own.table["account_id"].astype("str"))
    sub = subscriptions.get_indexer(own.table["subscription_id"].astype("str"))
    ahead = own.table["month"].to_numpy()[:, None] + np.arange(1, own.horizon_months + 1)
    known = ahead < truth.end
    at = np.minimum(ahead, truth.end - 1)
    shown = at - truth.observed_from
    eta = sum(
        effect * truth.signals[name][shown, account[:, None]]
        for name, effect in process.coefficients.items()
    )
    keys = ["subscription_id", "month"]
    terms = own.table[keys].merge(made.rows[[*keys, "term_months", "month_to_month"]], on=keys)
    length = terms["term_months"].where(~terms["month_to_month"].astype(bool), 1)
    ends = np.isin(own.exit_idx, _RENEWALS).astype(int)
    eta = eta + process.boundary_table()[ends, length.to_numpy("int64")[:, None]]
    eta = eta + truth.quarter_shocks.reindex(at.ravel()).to_numpy().reshape(at.shape)
    since = at - truth.subscriptions["start_month"].to_numpy()[sub][:, None]
    eta = eta + process.baseline(since)
    frailty = np.maximum(truth.subscriptions["frailty"].to_numpy()[sub], 1e-9)
    standing = truth.accounts["account_effect"].to_numpy()[account] + np.log(frailty)
    # A term of odd length, cut by a merger, has no place among the process's boundaries.
    known = known & np.isfinite(eta)
    return eta + standing[:, None], known.all(axis=1)


def _still_there(rate: np.ndarray) -> np.ndarray:
    """Return the probability of having reached each month."""
    passed = np.cumsum(rate, axis=1)[:, :-1]
    return np.column_stack([np.ones(len(rate)), np.exp(-passed)])


def _expected(own: Trials, rate: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the log-rates without an action, by what is on record on the first day."""
    row, step = np.nonzero(np.repeat(seen[:, None], own.horizon_months, axis=1))
    exits = np.eye(len(EXIT_KINDS))
    month = step - (own.horizon_months - 1) / 2
    fading = own.covariates[row] * month[:, None]
    design = np.column_stack([exits[own.exit_idx[row, step]], own.covariates[row], month, fading])
    ends, weight = -np.expm1(-rate[row, step]), _still_there(rate)[row, step]
    precision = np.r_[np.full(len(EXIT_KINDS), 1e-3), np.full(design.shape[1] - 9, _PRECISION)]
    beta = _fit(design, np.full(len(row), _USUAL), ends, weight, precision)
    expected = np.zeros(rate.shape)
    expected[row, step] = _USUAL + design @ beta
    return expected


def _fit(
    design: np.ndarray, offset: np.ndarray, ends: np.ndarray, weight: np.ndarray,
    precision: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Return the coefficients of a discrete hazard whose endings are probabilities."""
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        eta = offset + design @ beta
        ended, bend = cloglog_slopes(eta, np.ones(len(eta), dtype=bool))
        stayed, _ = cloglog_slopes(eta, np.zeros(len(eta), dtype=bool))
        slope = weight * (ends * ended + (1 - ends) * stayed)
        curvature = design.T @ (design * (weight * bend)[:, None]) + np.diag(precision)
        move = np.linalg.solve(curvature, design.T @ slope - precision * beta)
        beta = beta + np.clip(move, -1, 1)
        if np.abs(move).max() < 1e-8:
            break
    return beta
