"""A choice owner by owner, exactly, at a price of money; repaired where the budget ties them.

Without a budget owners are apart, and for each of them the best choice is found by counting hours
up: a multiple-choice knapsack. Hours are counted in steps, rounded up for a choice that can be
done, and down for a bound; where all hours are whole steps, the two are the same.
"""

from __future__ import annotations

import numpy as np

from workbench.plans.allocation.problem import NONE, SLACK, AllocationProblem, used

STEP_HOURS = 0.25
MOST_STEPS = 2000


def by_owner(
    problem: AllocationProblem, value: np.ndarray, *, optimistic: bool = False
) -> tuple[np.ndarray, float]:
    """Return the best choice for owners apart from each other, and what it is worth.

    Parameters
    ----------
    problem : AllocationProblem
        Its budget does not count.
    value : ndarray, shape (option,)
        What each option is worth, its priced cost taken off.
    optimistic : bool
        Round hours down: the worth is then a bound, and the choice may break limits.

    Returns
    -------
    chosen : ndarray of int, shape (account,)
        Option by account, or -1.
    worth : float
    """
    chosen, worth = np.full(len(problem.owner), NONE), 0.0
    of = problem.owner[problem.account]
    useful = value > 0
    for owner, hours in enumerate(problem.owner_hours.tolist()):
        options = np.flatnonzero((of == owner) & useful & (problem.hours <= hours + SLACK))
        if not len(options):
            continue
        step = max(STEP_HOURS, hours / MOST_STEPS)
        whole = problem.hours[options] / step
        steps = np.floor(whole + SLACK) if optimistic else np.ceil(whole - SLACK)
        capacity = int(np.floor(hours / step + SLACK))
        taken, best = _knapsack(
            problem.account[options], steps.astype(int), value[options], capacity
        )
        own = options[taken]
        chosen[problem.account[own]] = own
        worth += best
    return chosen, worth


def _knapsack(
    account: np.ndarray, steps: np.ndarray, value: np.ndarray, capacity: int
) -> tuple[list[int], float]:
    """Return the best options, at most one per account, whose steps do not exceed a capacity."""
    cuts = np.flatnonzero(np.diff(account, prepend=-1))
    best = np.zeros(capacity + 1)  # of the accounts so far, with so many steps
    choices = np.full((len(cuts), capacity + 1), NONE, "int32")
    for nth, (first, last) in enumerate(zip(cuts, [*cuts[1:], len(account)], strict=True)):
        before = best
        best = before.copy()
        for option in range(first, last):
            need = steps[option]
            if need > capacity:
                continue
            tried = before[: capacity + 1 - need] + value[option]
            better = tried > best[need:]
            best[need:][better] = tried[better]
            choices[nth, need:][better] = option
    left, taken = capacity, []
    for nth in range(len(cuts) - 1, -1, -1):
        option = int(choices[nth, left])
        if option != NONE:
            taken.append(option)
            left -= int(steps[option])
    return taken, float(best[-1])


def repaired(problem: AllocationProblem, value: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return a choice without what its limits do not bear: the least worth per effort goes first.

    Parameters
    ----------
    problem : AllocationProblem
    value : ndarray, shape (option,)
    chosen : ndarray of int, shape (account,)
        Option by account, or -1; may break limits.

    Returns
    -------
    ndarray of int, shape (account,)
    """
    chosen = chosen.copy()
    hours, cost = used(problem, chosen)
    at = np.flatnonzero(chosen >= 0)
    options = chosen[at]
    effort = problem.hours[options] + problem.cost[options]
    for account in at[np.argsort(value[options] / np.maximum(effort, SLACK), kind="stable")]:
        owner, option = problem.owner[account], chosen[account]
        over_hours = hours[owner] > problem.owner_hours[owner] + SLACK and problem.hours[option] > 0
        over_cost = cost > problem.budget + SLACK and problem.cost[option] > 0
        if over_hours or over_cost:
            hours[owner] -= problem.hours[option]
            cost -= problem.cost[option]
            chosen[account] = NONE
    return chosen


def filled(problem: AllocationProblem, value: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return a choice in which no account can change to a better option within what is left.

    Parameters
    ----------
    problem : AllocationProblem
    value : ndarray, shape (option,)
    chosen : ndarray of int, shape (account,)
        Option by account, or -1; keeps all limits.

    Returns
    -------
    ndarray of int, shape (account,)
    """
    chosen = chosen.copy()
    hours, cost = used(problem, chosen)
    of = problem.owner[problem.account]
    by_owner = [np.flatnonzero(of == owner) for owner in range(len(problem.owner_hours))]
    for owner, options in enumerate(by_owner):
        while len(options):
            now = chosen[problem.account[options]]
            more = value[options] - np.where(now >= 0, value[now], 0.0)
            longer = problem.hours[options] - np.where(now >= 0, problem.hours[now], 0.0)
            dearer = problem.cost[options] - np.where(now >= 0, problem.cost[now], 0.0)
            fits = longer <= problem.owner_hours[owner] - hours[owner] + SLACK
            fits &= dearer <= problem.budget - cost + SLACK
            fits &= more > SLACK
            if not fits.any():
                break
            best = int(np.argmax(np.where(fits, more, -np.inf)))
            chosen[problem.account[options[best]]] = options[best]
            hours[owner] += longer[best]
            cost += dearer[best]
    return chosen
