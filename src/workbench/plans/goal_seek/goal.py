"""A goal for revenue, and the answer to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.plan.document import Plan


@dataclass(frozen=True)
class RevenueGoal:
    """Revenue at the end of a month, against today's, with a probability.

    Parameters
    ----------
    growth : float
        0.12 for 12 % more than today; below 0 to limit a loss.
    probability : float
        Between 0 and 1.
    month_idx : int
        Position among the months to come; -1 for the last.
    """

    growth: float
    probability: float = 0.8
    month_idx: int = -1

    def needed(self, outcome: Outcome) -> float:
        """Return the cents of yearly revenue that are the goal.

        Parameters
        ----------
        outcome : Outcome
            Its opening revenue is what grows.
        """
        return outcome.opening * (1 + self.growth)

    def reached(self, outcome: Outcome) -> float:
        """Return the share of draws in which an outcome gets there.

        Parameters
        ----------
        outcome : Outcome
            Its months must hold the goal's.
        """
        return share_reaching(outcome.arr[:, self.month_idx], self.needed(outcome))

    def goal_text(self, month: str) -> str:
        """Say it, with its month.

        Parameters
        ----------
        month : str
            The goal's, as it is to be read: 2026-03.
        """
        return f"{self.growth:+z.0%} by {month} with a probability of {self.probability:.0%}"


@dataclass(frozen=True)
class GoalAnswer:
    """The answer to a goal.

    Parameters
    ----------
    reached : bool
    probability : float
        With which the goal is reached by what was found; the best there is where it is not.
    baseline : float
        With which it is reached as things stand.
    plan : Plan
        The plan that does it, or comes nearest.
    strength : float
        How much of its levers it takes, against what it states.
    sentence : str
    """

    reached: bool
    probability: float
    baseline: float
    plan: Plan
    strength: float
    sentence: str


def share_reaching(values: np.ndarray, needed: float) -> float:
    """Return the share of draws whose value is at least what is needed.

    Parameters
    ----------
    values : ndarray, shape (draw,)
    needed : float
        In the values' unit.
    """
    return float((values >= needed).mean())
