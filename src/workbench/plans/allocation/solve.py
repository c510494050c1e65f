"""Choose: the relaxation's prices, owner by owner, then branch and bound under a time limit."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.core.errors import Problem, WorkbenchError
from workbench.plans.allocation.bound import relax
from workbench.plans.allocation.by_owner import by_owner, filled, repaired
from workbench.plans.allocation.problem import NONE, AllocationProblem, faults

MOST_CUTS = 40
CLOSE = 1e-6  # relative: cuts, objectives and bounds that differ by less are the same


@dataclass(frozen=True)
class SolveSettings:
    """How to choose.

    Parameters
    ----------
    seconds : float
        For branch and bound, above 0.
    gap : float
        Good enough: the choice may fall short of the best by this share of it, 0 to 1.
    risk_weight : float
        0 for the mean; above, up to 1, the mean of the worst draws counts so much.
    tail : float
        Which share of the draws is the worst, above 0, at most 1.
    """

    seconds: float = 5.0
    gap: float = 0.001
    risk_weight: float = 0.0
    tail: float = 0.1


USUAL = SolveSettings()


@dataclass(frozen=True)
class Allocation:
    """A choice, checked.

    Parameters
    ----------
    chosen : ndarray of int, shape (account,)
        Option by account, or -1.
    objective : float
        What it reaches, on the draws that it was chosen on.
    bound : float
        What no choice exceeds on these draws.
    proof : {"counted hours", "weak duality", "branch and bound"}
        Where the bound comes from. The first two are computed here, the third is the solver's word,
        believed only where it lies between the objective and the others.
    hour_price : ndarray, shape (owner,)
        What one more hour of each owner would be worth.
    """

    chosen: np.ndarray
    objective: float
    bound: float
    proof: str
    hour_price: np.ndarray

    @property
    def gap(self) -> float:
        """By which share of the bound the choice may fall short of the best."""
        return max(self.bound - self.objective, 0.0) / max(abs(self.bound), 1e-12)


def allocate(problem: AllocationProblem, settings: SolveSettings = USUAL) -> Allocation:
    """Choose at most one option per account within hours and budget.

    Parameters
    ----------
    problem : AllocationProblem
    settings : SolveSettings

    Returns
    -------
    Allocation
        Feasibility, objective and bound are checked from the problem alone, whatever the solver
        says of its answer.

    Raises
    ------
    WorkbenchError
        When the checks fail.
    """
    until = time.monotonic() + settings.seconds
    nothing = np.full(len(problem.owner), NONE)
    if not len(problem.account):
        return Allocation(nothing, 0.0, 0.0, "counted hours", np.zeros(len(problem.owner_hours)))
    found, cuts = _by_prices(problem, settings, until)
    if found.objective < 0:  # the worst draws may be a loss
        found = replace(found, chosen=nothing, objective=0.0)
    if found.gap > settings.gap:
        better, claimed = _branched(problem, cuts, settings, until)
        if not faults(problem, better) and reached(problem, better, settings) > found.objective:
            objective = reached(problem, better, settings)
            found = replace(found, chosen=better, objective=objective)
        if found.objective - CLOSE * abs(found.objective) <= claimed < found.bound:
            found = replace(found, bound=claimed, proof="branch and bound")
    found = replace(found, bound=max(found.bound, found.objective))
    _require_right(problem, found, settings)
    return found


def _by_prices(
    problem: AllocationProblem, settings: SolveSettings, until: float
) -> tuple[Allocation, np.ndarray]:
    """Choose owner by owner at the prices of hours and money; also return the cuts that were made.

    The mean of the worst draws is at most the mean over any set of as many draws. So an option's
    value, mixed with its means over sets of bad draws, gives a bound; mixing in the worst draws of
    each choice in turn leads bound and choice together.
    """
    mean = problem.value.mean(axis=0, dtype="float64")
    weight, bad, cuts = settings.risk_weight, mean, [mean]
    best: Allocation | None = None
    for turn in range(MOST_CUTS):
        value = (1 - weight) * mean + weight * bad
        found = _at_prices(problem, value, settings)
        best = found if best is None else _better(best, found)
        if not weight or best.gap <= settings.gap or time.monotonic() > until:
            break
        worst = _worst(totals(problem, found.chosen), settings.tail)
        cuts.append(problem.value[worst].mean(axis=0, dtype="float64"))
        bad = bad + (cuts[-1] - bad) * 2 / (turn + 2)
    assert best is not None
    return best, np.array(cuts)


def _better(one: Allocation, other: Allocation) -> Allocation:
    """Return the better choice with the lower bound."""
    best = other if other.objective > one.objective else one
    tight = other if other.bound < one.bound else one
    return replace(best, bound=tight.bound, proof=tight.proof)


def _at_prices(
    problem: AllocationProblem, value: np.ndarray, settings: SolveSettings
) -> Allocation:
    relaxed = relax(problem, value)
    money = relaxed.money_price
    chosen, _ = by_owner(problem, value - money * problem.cost)
    chosen = filled(problem, value, repaired(problem, value, chosen))
    _, counted = by_owner(problem, value - money * problem.cost, optimistic=True)
    counted += money * problem.budget if money else 0.0
    bound, proof = min((counted, "counted hours"), (relaxed.bound, "weak duality"))
    objective = reached(problem, chosen, settings)
    return Allocation(chosen, objective, bound, proof, relaxed.hour_price)


def reached(problem: AllocationProblem, chosen: np.ndarray, settings: SolveSettings) -> float:
    """Return what a choice reaches: its mean, or its mix with the mean of the worst draws.

    Parameters
    ----------
    problem : AllocationProblem
    chosen : ndarray of int, shape (account,)
        Option by account, or -1.
    settings : SolveSettings
    """
    total = totals(problem, chosen)
    if not settings.risk_weight:
        return float(total.mean())
    worst = total[_worst(total, settings.tail)].mean()
    return float((1 - settings.risk_weight) * total.mean() + settings.risk_weight * worst)


def totals(problem: AllocationProblem, chosen: np.ndarray) -> np.ndarray:
    """Return what a choice brings in each draw.

    Parameters
    ----------
    problem : AllocationProblem
    chosen : ndarray of int, shape (account,)
        Option by account, or -1.

    Returns
    -------
    ndarray, shape (draw,)
    """
    return problem.value[:, chosen[chosen >= 0]].sum(axis=1, dtype="float64")


def _worst(total: np.ndarray, tail: float) -> np.ndarray:
    return np.argsort(total, kind="stable")[: max(round(tail * len(total)), 1)]


def _branched(
    problem: AllocationProblem, cuts: np.ndarray, settings: SolveSettings, until: float
) -> tuple[np.ndarray, float]:
    """Return a choice and a bound by branch and bound; the worst draws of its answers are cuts."""
    best, most, claimed = np.full(len(problem.owner), NONE), 0.0, np.inf
    for _ in range(MOST_CUTS):
        chosen, limit = _branch(problem, cuts, settings, until)
        claimed = min(claimed, limit)
        if chosen is None:
            break
        now = reached(problem, chosen, settings)
        if now > most and not faults(problem, chosen):
            best, most = chosen, now
        done = claimed - most <= settings.gap * abs(claimed) + CLOSE
        if not settings.risk_weight or done or time.monotonic() > until:
            break
        worst = _worst(totals(problem, chosen), settings.tail)
        cuts = np.vstack([cuts, problem.value[worst].mean(axis=0, dtype="float64")])
    return best, claimed


def _branch(
    problem: AllocationProblem, cuts: np.ndarray, settings: SolveSettings, until: float
) -> tuple[np.ndarray | None, float]:
    (rows, limit), n, weight = problem.limits, len(problem.account), settings.risk_weight
    more = 1 if weight else 0  # a variable for the mean of the worst draws, below each cut
    if weight:
        rows = sparse.hstack([rows, sparse.csr_array((rows.shape[0], 1))])
        below = sparse.hstack([sparse.csr_array(-cuts), sparse.csr_array(np.ones((len(cuts), 1)))])
        rows, limit = sparse.vstack([rows, below]), np.append(limit, np.zeros(len(cuts)))
    low, high = (
        np.append(np.full(n, end), [free] * more) for end, free in ((0, -np.inf), (1, np.inf))
    )
    found = milp(
        np.append(-(1 - weight) * cuts[0], [-weight] * more),
        integrality=np.append(np.ones(n), [0] * more),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(rows.tocsc(), -np.inf, limit),
        options={
            "time_limit": max(until - time.monotonic(), 0.05),
            "mip_rel_gap": settings.gap / 2,
        },
    )
    bound = found.mip_dual_bound
    claimed = np.inf if bound is None or not np.isfinite(bound) else -float(bound)
    if found.x is None:
        return None, claimed
    chosen = np.full(len(problem.owner), NONE)
    taken = np.flatnonzero(found.x[:n] > 0.5)
    chosen[problem.account[taken]] = taken
    return chosen, claimed


def _require_right(problem: AllocationProblem, found: Allocation, settings: SolveSettings) -> None:
    wrong = faults(problem, found.chosen)
    if abs(reached(problem, found.chosen, settings) - found.objective) > CLOSE * max(
        1.0, abs(found.objective)
    ):
        wrong.append("the objective is not what the choice reaches")
    # Doing nothing reaches 0: no bound may lie below.
    if found.bound < -CLOSE:
        wrong.append(f"a bound of {found.bound:g}, below that of doing nothing")
    if wrong:
        problems = [Problem(text, "allocation") for text in wrong]
        raise WorkbenchError("The solver's answer does not hold.", problems)
