"""Near-ties left to a recorded coin, so that effects can be measured later.

Where two options of an account are worth nearly the same, which of them is done matters little now
and teaches much: among accounts that a coin divided, those done and those not done differ by
nothing but the coin. Whether it is tossed is decided before it falls; both sides must be possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.forecast.simulation.random_numbers import key_of, normals
from workbench.plans.allocation.problem import NONE, AllocationProblem, used
from workbench.plans.allocation.solve import Allocation, SolveSettings, allocate, reached

COIN = 102  # purpose of random numbers, beyond those of `plans.levers.effects`


@dataclass(frozen=True)
class Toss:
    """One toss, to be kept: what it was between, and how it fell.

    Parameters
    ----------
    account_id : str
    first, second : int
        Options; -1 is doing nothing.
    probability : float
        Of the first.
    taken : int
        The one that the coin took.
    seed : int
    """

    account_id: str
    first: int
    second: int
    probability: float
    taken: int
    seed: int


def with_coin(
    problem: AllocationProblem,
    found: Allocation,
    settings: SolveSettings,
    keys: Sequence[str],
    near_tie: float,
    seed: int,
) -> tuple[Allocation, tuple[Toss, ...]]:
    """Toss for near-ties, and choose the rest anew within the hours that are left.

    Parameters
    ----------
    problem : AllocationProblem
    found : Allocation
        Without a coin.
    settings : SolveSettings
    keys : sequence of str
        Accounts: the same account meets the same coin.
    near_tie : float
        Difference of value, in money, below which two options are near; 0 tosses for none.
    seed : int
        Of the coin.

    Returns
    -------
    allocation : Allocation
        With the bound of the one without a coin: the gap also holds what the coins cost.
    tosses : tuple of Toss
    """
    pairs = _pairs(problem, found, near_tie) if near_tie > 0 else {}
    if not pairs:
        return found, ()
    tosses = []
    fixed = np.full(len(problem.owner), NONE)
    for account, (first, second) in pairs.items():
        heads = normals(seed, key_of([keys[account]]), 1, COIN)[0, 0] > 0
        fixed[account] = first if heads else second
        tosses.append(Toss(keys[account], first, second, 0.5, int(fixed[account]), seed))
    chosen = _rest(problem, fixed, np.array(list(pairs)), settings)
    objective = reached(problem, chosen, settings)
    bound = max(found.bound, objective)
    return replace(found, chosen=chosen, objective=objective, bound=bound), tuple(tosses)


def _pairs(
    problem: AllocationProblem, found: Allocation, near_tie: float
) -> dict[int, tuple[int, int]]:
    """Return the accounts to toss for, each with its two options, as many as hours allow."""
    mean = problem.value.mean(axis=0, dtype="float64")
    priced = mean - found.hour_price[problem.owner[problem.account]] * problem.hours
    begin = np.searchsorted(problem.account, np.arange(len(problem.owner) + 1))
    left, money = problem.owner_hours.astype(float).copy(), problem.budget
    pairs = {}
    for account in range(len(problem.owner)):
        options = np.array([NONE, *range(begin[account], begin[account + 1])])
        if len(options) == 1:
            continue
        worth = np.where(options == NONE, 0.0, priced[options])
        first_at, second_at = np.argsort(-worth, kind="stable")[:2].tolist()
        first, second = int(options[first_at]), int(options[second_at])
        near = worth[first_at] - worth[second_at]
        hours = max((problem.hours[one] for one in (first, second) if one != NONE), default=0.0)
        cost = max((problem.cost[one] for one in (first, second) if one != NONE), default=0.0)
        owner = problem.owner[account]
        if near < near_tie and hours <= left[owner] and cost <= money:
            left[owner] -= hours
            money -= cost
            pairs[account] = (first, second)
    return pairs


def _rest(
    problem: AllocationProblem, fixed: np.ndarray, tossed: np.ndarray, settings: SolveSettings
) -> np.ndarray:
    """Return the choice with some accounts fixed and the others chosen within what is left."""
    hours, cost = used(problem, fixed)
    free = np.flatnonzero(~np.isin(problem.account, tossed))
    rest = replace(
        problem, account=problem.account[free], hours=problem.hours[free], cost=problem.cost[free],
        value=problem.value[:, free], owner_hours=problem.owner_hours - hours,
        budget=problem.budget - cost,
    )  # fmt: skip
    chosen, own = fixed.copy(), allocate(rest, settings).chosen
    chosen[own >= 0] = free[own[own >= 0]]
    return chosen
