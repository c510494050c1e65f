"""The problem: options with hours, cost and value by draw, owners' hours, and a budget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from workbench.core.errors import ParameterError, Problem

NONE = -1  # an account for which nothing is done
SLACK = 1e-6  # by which sums of hours and money may differ from their limit


@dataclass(frozen=True)
class AllocationProblem:
    """What can be chosen; at most one option per account, or none.

    Parameters
    ----------
    account : ndarray of int, shape (option,)
        Position of the account that an option is for, ascending from 0.
    owner : ndarray of int, shape (account,)
        Position of the owner who works for it.
    hours, cost : ndarray, shape (option,)
        0 or more.
    value : ndarray, shape (draw, option)
        What the option brings, in money, against doing nothing.
    owner_hours : ndarray, shape (owner,)
        Hours that each owner has.
    budget : float
        Money for all options together; infinite for no limit.

    Raises
    ------
    ParameterError
        When shapes or signs do not fit.
    """

    account: np.ndarray
    owner: np.ndarray
    hours: np.ndarray
    cost: np.ndarray
    value: np.ndarray
    owner_hours: np.ndarray
    budget: float = np.inf

    def __post_init__(self) -> None:
        n = len(self.account)
        faults = {
            "hours and cost of each option, 0 or more": _amounts(self.hours, n)
            and _amounts(self.cost, n),
            "a finite value by draw and option": self.value.shape[1:] == (n,)
            and bool(np.isfinite(self.value).all()),
            "accounts ascending from 0, each with an owner": _ascending(self.account)
            and (n == 0 or self.account[-1] < len(self.owner)),
            "owners with hours, 0 or more": bool((self.owner_hours >= 0).all())
            and bool(np.isin(self.owner, np.arange(len(self.owner_hours))).all()),
            "a budget of 0 or more": self.budget >= 0,
        }
        problems = [
            Problem("does not fit", "options", text) for text, ok in faults.items() if not ok
        ]
        if problems:
            raise ParameterError("Hours cannot be allocated.", problems)

    @cached_property
    def limits(self) -> tuple[sparse.csr_array, np.ndarray]:
        """The rows that options must keep to, each with its limit: accounts, owners, the budget."""
        n, at = len(self.account), np.arange(len(self.account))
        one = sparse.csr_array((np.ones(n), (self.account, at)), shape=(len(self.owner), n))
        owners = self.owner[self.account]
        hours = sparse.csr_array((self.hours, (owners, at)), shape=(len(self.owner_hours), n))
        rows, limit = [one, hours], [np.ones(len(self.owner)), self.owner_hours]
        if np.isfinite(self.budget):
            rows.append(sparse.csr_array(self.cost[None, :]))
            limit.append(np.array([self.budget]))
        return sparse.vstack(rows, format="csr"), np.concatenate(limit)

    def of_draws(self, where: slice) -> AllocationProblem:
        """Return the problem with some of the draws.

        Parameters
        ----------
        where : slice
        """
        return AllocationProblem(
            self.account, self.owner, self.hours, self.cost, self.value[where], self.owner_hours,
            self.budget,
        )  # fmt: skip


def _amounts(values: np.ndarray, n: int) -> bool:
    return values.shape == (n,) and bool((np.isfinite(values) & (values >= 0)).all())


def _ascending(account: np.ndarray) -> bool:
    return len(account) == 0 or (account[0] >= 0 and bool((np.diff(account) >= 0).all()))


def used(problem: AllocationProblem, chosen: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the hours that each owner spends, and the money.

    Parameters
    ----------
    problem : AllocationProblem
    chosen : ndarray of int, shape (account,)
        Option by account, or -1.
    """
    options = chosen[chosen >= 0]
    owners = problem.owner[problem.account[options]]
    hours = np.bincount(owners, problem.hours[options], minlength=len(problem.owner_hours))
    return hours, float(problem.cost[options].sum())


def faults(problem: AllocationProblem, chosen: np.ndarray) -> list[str]:
    """Return what is wrong with a choice, from the problem alone; nothing where it can be done.

    Parameters
    ----------
    problem : AllocationProblem
    chosen : ndarray of int, shape (account,)
        Option by account, or -1.
    """
    found = []
    there = chosen >= 0
    if (problem.account[chosen[there]] != np.flatnonzero(there)).any():
        found.append("an option of another account")
    hours, cost = used(problem, chosen)
    over = np.flatnonzero(hours > problem.owner_hours + SLACK)
    found += [f"owner {owner} has {hours[owner]:g} hours to work" for owner in over.tolist()]
    if cost > problem.budget + SLACK:
        found.append(f"{cost:g} are spent of {problem.budget:g}")
    return found
