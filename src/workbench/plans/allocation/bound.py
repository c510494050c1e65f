"""How much no allocation can exceed: a bound by weak duality, whatever the solver claims.

For prices of an hour and of money that are 0 or more,

    sum_o price_o hours_o + price budget + sum_account max(0, max_option value - priced effort)

is at least what any allocation reaches. Prices from the linear relaxation make it tight; a wrong
answer of the solver can make it loose, and never wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from workbench.core.errors import Problem, WorkbenchError
from workbench.plans.allocation.problem import AllocationProblem


@dataclass(frozen=True)
class Relaxed:
    """The linear relaxation.

    Parameters
    ----------
    bound : float
        By weak duality.
    hour_price : ndarray, shape (owner,)
        What one more hour is worth.
    money_price : float
        What one more unit of budget is worth.
    """

    bound: float
    hour_price: np.ndarray
    money_price: float


def relax(problem: AllocationProblem, value: np.ndarray) -> Relaxed:
    """Solve the linear relaxation by HiGHS, and bound the problem by its prices.

    Parameters
    ----------
    problem : AllocationProblem
    value : ndarray, shape (option,)
        What each option is worth.

    Returns
    -------
    Relaxed

    Raises
    ------
    WorkbenchError
        When the solver finds nothing.
    """
    rows, limit = problem.limits
    found = linprog(-value, A_ub=rows, b_ub=limit, bounds=(0.0, 1.0), method="highs")
    if found.x is None:
        problems = [Problem("no answer", "linear relaxation", found=str(found.message))]
        raise WorkbenchError("Hours cannot be allocated.", problems)
    price = np.maximum(-found.ineqlin.marginals, 0.0)
    accounts, owners = len(problem.owner), len(problem.owner_hours)
    hour_price = price[accounts : accounts + owners]
    money = float(price[accounts + owners]) if np.isfinite(problem.budget) else 0.0
    return Relaxed(dual_bound(problem, value, hour_price, money), hour_price, money)


def dual_bound(
    problem: AllocationProblem, value: np.ndarray, hour_price: np.ndarray, money_price: float
) -> float:
    """Return what no allocation exceeds.

    Parameters
    ----------
    problem : AllocationProblem
    value : ndarray, shape (option,)
    hour_price : ndarray, shape (owner,)
        0 or more.
    money_price : float
        0 or more.

    Examples
    --------
    >>> options = np.array([0, 1]), np.array([0, 0]), np.array([4.0, 4.0]), np.zeros(2)
    >>> problem = AllocationProblem(*options, np.array([[8.0, 6.0]]), np.array([4.0]))
    >>> dual_bound(problem, problem.value[0], np.array([1.5]), 0.0)  # the best reaches 8
    8.0
    """
    rest = value - hour_price[problem.owner[problem.account]] * problem.hours
    rest = rest - money_price * problem.cost
    best = np.zeros(len(problem.owner))
    np.maximum.at(best, problem.account, rest)
    priced = money_price * problem.budget if money_price else 0.0
    return float(best.sum() + hour_price @ problem.owner_hours + priced)
