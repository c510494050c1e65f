"""Evaluate a plan: place its levers, gather what they change, simulate its accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from workbench.core.errors import ParameterError, Problem
from workbench.forecast.growth.line_simulation import LineSimulation, simulate_lines
from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.forecast.simulation.lines import Lines
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.levers.context import LeverContext, laid_out, together
from workbench.plans.levers.effects import Measurements
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import Plan
from workbench.plans.plan.placed import PlacedLever, accounts_of, placed_levers
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.renewal_dates import account_due

WORKERS = 2
BASELINE = "as things stand"


@dataclass(frozen=True)
class Planner:
    """A book and a catalogue: what every evaluation needs.

    Parameters
    ----------
    book : Planbook
    catalogue : Catalogue
    measured : mapping
        Estimates by file, as plans name it, and effect.
    lines_at_once : int
        Changes by line and draw are laid out in full, so a whole book goes through in blocks.
    """

    book: Planbook
    catalogue: Catalogue
    measured: Measurements
    lines_at_once: int = 50

    def evaluate(self, plan: Plan, strength: float = 1.0) -> Outcome:
        """Simulate a plan's accounts under the plan.

        Parameters
        ----------
        plan : Plan
        strength : float
            How much of every lever there is; at 0 the outcome is the baseline, exactly.

        Returns
        -------
        Outcome

        Raises
        ------
        ParameterError
            When the plan names what the book does not have, or no account is left.
        """
        placed = placed_levers(plan, self.book, self.catalogue)
        chosen = accounts_of(plan, self.book)
        if not len(chosen):
            hint = "Loosen its conditions."
            problem = Problem("no account is left", plan.name, "at least one", "none", hint)
            raise ParameterError("The plan is for nobody.", [problem])
        hours, cost = effort(plan, self.catalogue)
        return self._simulated(plan.name, chosen, placed, strength, (hours, cost))

    def baseline(self, plan: Plan) -> Outcome:
        """Simulate a plan's accounts as things stand.

        Parameters
        ----------
        plan : Plan
            Its accounts alone matter.

        Returns
        -------
        Outcome
            Of no hours and no cost.
        """
        return self._simulated(BASELINE, accounts_of(plan, self.book), (), 0.0, (0.0, 0.0))

    def by_account(self, plan: Plan, month_idx: int, strength: float = 1.0) -> np.ndarray:
        """Simulate a plan's accounts and keep them apart.

        Parameters
        ----------
        plan : Plan
        month_idx : int
            Position of a month to come, from 0; -1 is the last.
        strength : float
            How much of every lever there is; 0: as things stand.

        Returns
        -------
        ndarray of int64, shape (draw, account)
            Cents of yearly revenue at that month's end; the accounts in the book's order.
        """
        placed = placed_levers(plan, self.book, self.catalogue) if strength else ()
        own = self.book.lines_of(accounts_of(plan, self.book))
        parts = [
            self._simulate_block(where, placed, strength)[1].account[:, :, month_idx]
            for where in _blocks(self.book.lines, own, self.lines_at_once)
        ]
        return np.concatenate(parts, axis=1)

    def _simulated(
        self,
        name: str,
        accounts: np.ndarray,
        placed: tuple[PlacedLever, ...],
        strength: float,
        effort: tuple[float, float],
    ) -> Outcome:
        own = self.book.lines_of(accounts)
        blocks = list(_blocks(self.book.lines, own, self.lines_at_once))
        if len(blocks) == 1:  # an account under a slider waits for no thread
            parts = [self._part(blocks[0], placed, strength)]
        else:
            with ThreadPoolExecutor(WORKERS) as pool:
                parts = list(pool.map(lambda block: self._part(block, placed, strength), blocks))
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
        self, where: np.ndarray, placed: tuple[PlacedLever, ...], strength: float
    ) -> dict[str, np.ndarray]:
        book = self.book
        before, simulated = self._simulate_block(where, placed, strength)
        begin = before.begin
        # An account is gone when all of its lines are; given a draw, they leave independently.
        gone = np.multiply.reduceat(1 - simulated.alive, begin[:-1], axis=1)
        stays, due = 1 - gone, account_due(before, book.inputs.months)
        return {
            "accounts": before.accounts,
            "arr": simulated.account.sum(axis=1),
            "flow": simulated.flow.sum(axis=1),
            "expected": simulated.account.mean(axis=0),
            "stays": stays.sum(axis=1),
            "renews": stays[:, np.arange(len(due)), due].sum(axis=1),
            "account_stays": stays.mean(axis=0),
            "due": due,
        }

    def _simulate_block(
        self, where: np.ndarray, placed: tuple[PlacedLever, ...], strength: float
    ) -> tuple[Lines, LineSimulation]:
        """Return some lines as they are, and what becomes of them."""
        book = self.book
        before = book.lines.take(where)
        context = LeverContext(book, before, self.measured, strength)
        lines, change = changed_by(context, placed)
        survived, change = book.survived[:, where], laid_out(context, change)
        return before, simulate_lines(book.inputs, lines, survived, change, flow_together=True)


def _total(parts: list[dict[str, np.ndarray]], name: str) -> np.ndarray:
    return np.sum([part[name] for part in parts], axis=0)


def effort(plan: Plan, catalogue: Catalogue) -> tuple[float, float]:
    """Return the hours and the money that a plan takes.

    Parameters
    ----------
    plan : Plan
        Its actions, demand and win plans count; hours or cost that nobody states count as none.
    catalogue : Catalogue
        States them for actions that do not.
    """
    filled = [catalogue.filled(action) for action in plan.actions]
    holders = [*filled, *plan.demand, *plan.win_plans]
    return (
        float(sum(holder.hours or 0.0 for holder in holders)),
        float(sum(holder.cost or 0.0 for holder in holders)),
    )


def _blocks(lines: Lines, own: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """Cut positions of lines into blocks of about a size, never inside an account."""
    start = 0
    while start < len(own):
        stop = min(start + size, len(own))
        while stop < len(own) and lines.account_id[own[stop]] == lines.account_id[own[stop - 1]]:
            stop += 1
        yield own[start:stop]
        start = stop


def changed_by(context: LeverContext, placed: Iterable[PlacedLever]) -> tuple[Lines, Intervention]:
    """Gather what levers change.

    Parameters
    ----------
    context : LeverContext
    placed : iterable of PlacedLever

    Returns
    -------
    Lines, Change
        The lines under the plan's terms, and the change. With no levers, or a strength of 0: the
        very lines, and `NO_INTERVENTION`.
    """
    change = NO_INTERVENTION
    # New terms first: they say when the renewals are that a price meets.
    ordered = sorted(placed, key=lambda one: not one.lever.changes_lines)
    for one in ordered if context.strength != 0 else ():
        context = one.lever.with_terms(context, one.at)
        change = together(change, one.lever.change(context, one.at))
    return context.lines, change
