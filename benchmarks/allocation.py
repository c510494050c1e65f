"""Time where the hours go: 5,000 accounts x 8 bundles x 500 draws, 50 owners of 40 hours each.

    make bench-allocation

The problem is made up; what bundles bring is simulated elsewhere (`make bench-plans`).
"""

from __future__ import annotations

import time

import numpy as np

from workbench.plans.allocation.problem import AllocationProblem
from workbench.plans.allocation.solve import SolveSettings, allocate

ACCOUNTS, BUNDLES, DRAWS, OWNERS, HOURS = 5000, 8, 500, 50, 40.0
WAYS = {
    "hours alone": (np.inf, 0.0),
    "hours and a budget": (20_000.0, 0.0),
    "hours, half the weight on the worst tenth": (np.inf, 0.5),
}


def made_up(budget: float) -> AllocationProblem:
    """Make up bundles whose value grows with hours, ever more slowly, on accounts of many sizes."""
    rng = np.random.default_rng(0)
    account = np.repeat(np.arange(ACCOUNTS), BUNDLES)
    n = len(account)
    hours = rng.choice([2.0, 4, 6, 8, 12, 16, 20], n)
    size = rng.lognormal(9, 1, ACCOUNTS)[account]
    mean = size * rng.beta(1, 8, n) * (hours / 10) ** 0.6
    value = mean * rng.lognormal(-0.3, 0.8, (DRAWS, n)) - 0.2 * mean
    return AllocationProblem(
        account, rng.integers(0, OWNERS, ACCOUNTS), hours, rng.choice([0.0, 0, 100, 500], n),
        value.astype("float32"), np.full(OWNERS, HOURS), budget,
    )  # fmt: skip


def main() -> None:
    """Solve each way, print seconds, gap and where the bound comes from."""
    for name, (budget, risk_weight) in WAYS.items():
        problem = made_up(budget)
        began = time.perf_counter()
        found = allocate(problem, SolveSettings(risk_weight=risk_weight))
        seconds = time.perf_counter() - began
        chosen = int((found.chosen >= 0).sum())
        print(f"{name}: {seconds:.1f} s, gap {found.gap:.2%} ({found.proof}), {chosen} accounts")


if __name__ == "__main__":
    main()
