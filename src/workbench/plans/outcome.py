"""What becomes of a plan's accounts, month by month and draw by draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError, Problem
from workbench.forecast.growth.forecast import simulate_lines
from workbench.forecast.simulation.lines import Lines
from workbench.plans.apply import apply, next_renewal
from workbench.plans.catalogue import Catalogue
from workbench.plans.effects import Measurements
from workbench.plans.plan import Plan
from workbench.plans.planbook import Planbook
from workbench.plans.pulls import Pull, accounts_of, pulls_of
from workbench.plans.stage import Stage, laid_out

# Changes by line and draw are laid out in full, so a whole book goes through in stretches.
LINES_AT_ONCE = 50
WORKERS = 2
BASELINE = "as things stand"


@dataclass(frozen=True)
class Outcome:
    """The course of some accounts under a plan, or as things stand.

    Parameters
    ----------
    name : str
        Of the plan.
    accounts : ndarray of str, shape (account,)
    opening : int
        Cents of yearly revenue on the as-of date.
    arr : ndarray of int64, shape (draw, month)
        Cents of yearly revenue of all these accounts at each month's end.
    flow : ndarray of int64, shape (draw, month, movement)
        Signed cents, in the order of `forecast.growth.movements.KINDS`.
    expected : ndarray, shape (account, month)
        Mean cents by account.
    stays : ndarray of float32, shape (draw, month)
        Share of the accounts that still have any of today's subscriptions: for one account, the
        probability that it is still a customer, its own luck integrated out.
    renews : ndarray of float32, shape (draw,)
        The same after the month of each account's next renewal (a month-to-month account's: after
        the first month). The baseline's dates are taken: a plan that moves the date is judged on
        the same day.
    account_stays : ndarray, shape (account, month)
        Mean over the draws.
    due : ndarray of int, shape (account,)
        Position of that month; the horizon's last month where no renewal falls into it.
    hours, cost : float
        What the plan takes.
    """

    name: str
    accounts: np.ndarray
    opening: int
    arr: np.ndarray
    flow: np.ndarray
    expected: np.ndarray
    stays: np.ndarray
    renews: np.ndarray
    account_stays: np.ndarray
    due: np.ndarray
    hours: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True)
class Planner:
    """A book and a catalogue: what every evaluation needs.

    Parameters
    ----------
    book : Planbook
    catalogue : Catalogue
    measured : mapping
        Estimates by file, as plans name it, and effect.
    """

    book: Planbook
    catalogue: Catalogue
    measured: Measurements

    def evaluate(self, plan: Plan, strength: float = 1.0) -> Outcome:
        """Follow a plan's accounts under the plan.

        Parameters
        ----------
        plan : Plan
        strength : float
            How much of every lever is pulled; at 0 the outcome is the baseline, exactly.

        Raises
        ------
        ParameterError
            When the plan names what the book does not have, or no account is left.
        """
        pulls = pulls_of(plan, self.book, self.catalogue)
        chosen = accounts_of(plan, self.book)
        if not len(chosen):
            hint = "Loosen its conditions."
            problem = Problem("no account is left", plan.name, "at least one", "none", hint)
            raise ParameterError("The plan is for nobody.", [problem])
        hours, cost = effort(plan, self.catalogue)
        return self._followed(plan.name, chosen, pulls, strength, (hours, cost))

    def baseline(self, plan: Plan) -> Outcome:
        """Follow a plan's accounts as things stand."""
        return self._followed(BASELINE, accounts_of(plan, self.book), (), 0.0, (0.0, 0.0))

    def _followed(
        self,
        name: str,
        accounts: np.ndarray,
        pulls: tuple[Pull, ...],
        strength: float,
        effort: tuple[float, float],
    ) -> Outcome:
        own = self.book.lines_of(accounts)
        blocks = list(_blocks(self.book.lines, own))
        if len(blocks) == 1:  # an account under a slider waits for no thread
            parts = [self._part(blocks[0], pulls, strength)]
        else:
            with ThreadPoolExecutor(WORKERS) as pool:
                parts = list(pool.map(lambda block: self._part(block, pulls, strength), blocks))
        n = len(accounts)
        return Outcome(
            name=name,
            accounts=np.concatenate([part["accounts"] for part in parts]),
            opening=int(self.book.lines.cents[own].sum()),
            arr=_total(parts, "arr"),
            flow=_total(parts, "flow"),
            expected=np.concatenate([part["expected"] for part in parts]),
            stays=_total(parts, "stays") / n,
            renews=_total(parts, "renews") / n,
            account_stays=np.concatenate([part["account_stays"] for part in parts]),
            due=np.concatenate([part["due"] for part in parts]),
            hours=effort[0],
            cost=effort[1],
        )

    def _part(
        self, where: np.ndarray, pulls: tuple[Pull, ...], strength: float
    ) -> dict[str, np.ndarray]:
        book = self.book
        before = book.lines.take(where)
        stage = Stage(book, before, self.measured, strength)
        lines, change = apply(stage, pulls)
        survived, change = book.survived[:, where], laid_out(stage, change)
        course = simulate_lines(book.inputs, lines, survived, change, flow_together=True)
        begin = before.begin
        # An account is gone when all of its lines are; given a draw, they leave independently.
        gone = np.multiply.reduceat(1 - course.alive, begin[:-1], axis=1)
        stays, due = 1 - gone, account_due(before, book.inputs.months)
        return {
            "accounts": before.accounts,
            "arr": course.account.sum(axis=1),
            "flow": course.flow.sum(axis=1),
            "expected": course.account.mean(axis=0),
            "stays": stays.sum(axis=1),
            "renews": stays[:, np.arange(len(due)), due].sum(axis=1),
            "account_stays": stays.mean(axis=0),
            "due": due,
        }


def _total(parts: list[dict[str, np.ndarray]], name: str) -> np.ndarray:
    return np.sum([part[name] for part in parts], axis=0)


def effort(plan: Plan, catalogue: Catalogue) -> tuple[float, float]:
    """Return the hours and the money that a plan takes."""
    filled = [catalogue.filled(action) for action in plan.actions]
    holders = [*filled, *plan.demand, *plan.win_plans]
    return (
        float(sum(holder.hours or 0.0 for holder in holders)),
        float(sum(holder.cost or 0.0 for holder in holders)),
    )


def account_due(lines: Lines, months: int) -> np.ndarray:
    """Return the position of the month of each account's next renewal, the last where none is."""
    due = np.minimum.reduceat(next_renewal(lines, 0, months), lines.begin[:-1])
    return np.minimum(due, months - 1)


def _blocks(lines: Lines, own: np.ndarray) -> Iterator[np.ndarray]:
    """Cut positions of lines into stretches of about a size, never inside an account."""
    start = 0
    while start < len(own):
        stop = min(start + LINES_AT_ONCE, len(own))
        while stop < len(own) and lines.account_id[own[stop]] == lines.account_id[own[stop - 1]]:
            stop += 1
        yield own[start:stop]
        start = stop


def money_table(outcomes: Sequence[Outcome], months: list[str], prob: float) -> pd.DataFrame:
    """Tell month by month what outcomes are worth.

    Parameters
    ----------
    outcomes : sequence of Outcome
    months : list of str
    prob : float
        Probability inside the intervals.

    Returns
    -------
    DataFrame
        plan, month, horizon_months, arr, arr_low, arr_high (predictive), stays, stays_low,
        stays_high, nrr; one outcome after the other.
    """
    told = [_by_month(outcome, prob) for outcome in outcomes]
    # One table from whole columns: tables put together one by one cost most of a slider's time.
    return pd.DataFrame(
        {
            "plan": np.repeat([outcome.name for outcome in outcomes], len(months)),
            "month": months * len(outcomes),
            "horizon_months": np.tile(np.arange(1, len(months) + 1), len(outcomes)),
            **{name: np.concatenate([part[name] for part in told]) for name in told[0]},
        }
    )


def _by_month(outcome: Outcome, prob: float) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for name, values in (("arr", outcome.arr / 100), ("stays", outcome.stays)):
        low, high = interval(values, prob)
        found |= {name: values.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
    return found | {"nrr": found["arr"] * 100 / (outcome.opening or np.nan)}


def interval(values: np.ndarray, prob: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the equal-tailed interval over the draws, the first dimension."""
    low, high = np.quantile(values, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
    return low, high
