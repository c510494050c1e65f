"""Two numbers per account: whether it stays, and whether it would renew if its terms ended now.

A customer who is unhappy and locked in stays for certain, until the month in which it is too late.
So the second number asks the model about the one decision that matters, with today's signals:

    S = ((1 + theta (P + A)) / (1 + theta P)) ** (-1 / theta),  log A = base + sum of six parts

with P what the line has survived, theta the frailty's variance, and A the hazard of the month in
which its term ends. A month-to-month line decides every month; it is asked for twelve of these
decisions, so that bands mean the same for all. Lines are added up by their yearly revenue, the rule
of `workbench.forecast.leaving.risk`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core.processes import LEAVE_IDX
from workbench.forecast.posterior.frailty import conditional_survival
from workbench.forecast.simulation.inputs import ForecastInputs
from workbench.forecast.simulation.lines import Lines
from workbench.health.factors import factor_columns

DECISIONS_A_YEAR = 12  # of a month-to-month line


@dataclass(frozen=True)
class Decisions:
    """Every line before the decision to renew, in every draw.

    Parameters
    ----------
    base : ndarray, shape (draw, line)
        Log-hazard of the decision for an average customer of the line's own kind (industry,
        segment and the like), contract and tenure: the reference of every explanation.
    part : ndarray, shape (factor, draw, line)
        What today's signals of each of `factors.FACTORS` add, against the average of all months on
        record.
    survived : ndarray, shape (draw, line)
        Cumulative hazard so far.
    frailty : ndarray, shape (draw,)
        Variance.
    leaves : ndarray of bool, shape (line,)
        Notice is given: decided already, whatever an average customer would do.
    """

    base: np.ndarray
    part: np.ndarray
    survived: np.ndarray
    frailty: np.ndarray
    leaves: np.ndarray

    def renews(self) -> np.ndarray:
        """Return the probability that each line renews, shape (draw, line)."""
        return self._given(self.base + self.part.sum(axis=0))

    def reference(self) -> np.ndarray:
        """Return the same for the average customer in its place, shape (draw, line)."""
        return self._given(self.base)

    def _given(self, log_hazard: np.ndarray) -> np.ndarray:
        renews = conditional_survival(self.survived, np.exp(log_hazard), self.frailty[:, None])
        return np.where(self.leaves, 0.0, renews)


def decisions(inputs: ForecastInputs, lines: Lines, survived: np.ndarray) -> Decisions:
    """Put every line before the decision to renew, in the first month to come.

    Parameters
    ----------
    inputs : ForecastInputs
        Posterior draws; the shock of the first month to come is theirs.
    lines : Lines
        Running ones.
    survived : ndarray, shape (draw, line)
        See `workbench.forecast.growth.holdings.Past.of`.

    Returns
    -------
    Decisions
    """
    shared, draws = inputs.shared, inputs.hazard
    level = np.zeros((len(lines), 1), "int64")
    group = inputs.group(lines, survived, level)
    tenure = np.clip(lines.tenure_months, 0, shared.tenure.shape[1] - 1)
    # Kinds of exit open with month to month and the renewals by length of term.
    base = shared.exit[:, lines.term_group] + shared.tenure[:, tenure]
    base = base + shared.shock[LEAVE_IDX][:, group.shaken, 0] + group.own[LEAVE_IDX]
    base = base + np.log(np.where(lines.term_group == 0, DECISIONS_A_YEAR, 1))
    part = [
        draws.signal[:, columns] @ lines.signal_value[:, columns].T
        for columns in factor_columns(inputs.coding)
    ]
    return Decisions(
        base, np.stack(part), np.asarray(survived, "float64"), draws.frailty, lines.gone_from >= 0
    )


def account_shares(lines: Lines) -> np.ndarray:
    """Return the share of each line in its account's yearly revenue; equal where it is worth none.

    Parameters
    ----------
    lines : Lines
        Whole accounts.

    Returns
    -------
    ndarray, shape (line,)
        Of each account they sum to 1.
    """
    begin, size = lines.begin[:-1], np.diff(lines.begin)
    worth = lines.cents.astype(float)
    total = np.repeat(np.add.reduceat(worth, begin), size)
    return np.divide(worth, total, out=1.0 / np.repeat(size, size), where=total > 0)


def by_account(lines: Lines, values: np.ndarray) -> np.ndarray:
    """Add up lines by their share in the account's revenue.

    Parameters
    ----------
    lines : Lines
        Whole accounts.
    values : ndarray, shape (..., line)

    Returns
    -------
    ndarray, shape (..., account)
    """
    return np.add.reduceat(values * account_shares(lines), lines.begin[:-1], axis=-1)
