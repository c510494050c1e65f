"""The next best action for an account: what an hour is expected to keep, and from where we know.

Every action of the catalogue that applies is valued draw by draw against things as they stand. The
order is made on half of the draws and the values are told from the other half: the best of many,
picked and told on the same draws, looks better than it is. That nothing is worth an hour, and that
contact may do harm, are answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.errors import ParameterError
from workbench.core.intervals import interval
from workbench.plans.evaluate.fast import FastBook, all_fast, approximate, fast_book
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.document import Action, Plan
from workbench.plans.plan.placed import placed_levers

YEAR_MONTHS = 12
COLUMNS = [
    "account_id", "action", "title", "because", "source", "hours", "cost", "gain", "gain_low",
    "gain_high", "per_hour", "harm", "worth_it",
]  # fmt: skip


@dataclass(frozen=True)
class HourRule:
    """When an action is worth doing.

    Parameters
    ----------
    hour_cost : float
        Money that an hour of ours must bring, in the currency's units.
    prob : float
        Probability inside the intervals.
    """

    hour_cost: float = 50.0
    prob: float = 0.9


def next_actions(
    planner: Planner, account_id: str, strength: float, rule: HourRule
) -> pd.DataFrame:
    """Value the actions that apply to an account, the most per hour first.

    Parameters
    ----------
    planner : Planner
        Whose book holds the account; at least a year of months.
    account_id : str
        One of the book's.
    strength : float
        Its chance to renew: the catalogue's ``probability``.
    rule : HourRule

    Returns
    -------
    DataFrame
        account_id, action, title, because (conditions that hold), source (association, assumed,
        measured), hours, cost, gain (revenue kept or grown within a year, less cost), gain_low,
        gain_high, per_hour, harm (probability that it keeps less than doing nothing; missing for
        new terms and amounts, whose interval holds chance as well) and worth_it (by the draws that
        chose, its gain exceeds what its hours cost). Actions whose levers the
        book's model cannot move, or that leave this account as it is, are left out.
    """
    book = planner.book.part(account_id)
    alone = replace(planner, book=book)
    fast = fast_book(book)
    suggested = planner.catalogue.suggested(book.facts(account_id) | {"probability": strength})
    rows = []
    for kind, because in suggested.items():
        gain = _gain(alone, fast, _plan(book.months[0], account_id, kind))
        if gain is not None:
            rows.append(_row(alone, kind, because, gain, rule))
    table = pd.DataFrame(rows, columns=["chosen", *COLUMNS[1:]])
    table.insert(1, "account_id", account_id)
    return table.sort_values("chosen", ascending=False, ignore_index=True)[COLUMNS]


def _plan(month: str, account_id: str, kind: str) -> Plan:
    action = Action(kind=kind, month=month)
    return Plan(version=1, name=kind, accounts=(account_id,), actions=(action,))


def _gain(planner: Planner, fast: FastBook, plan: Plan) -> np.ndarray | None:
    """Return what an action adds to a year's revenue in every draw; None where it moves nothing."""
    nothing = plan.model_copy(update={"actions": ()})
    year = slice(0, YEAR_MONTHS)
    levers = planner.catalogue.filled(plan.actions[0]).levers or ()
    try:
        if all_fast(levers):
            after, before = (approximate(fast, planner, p).revenue for p in (plan, nothing))
        else:
            after, before = planner.evaluate(plan).arr / 100, planner.baseline(plan).arr / 100
    except ParameterError:  # a signal that this book's model does not have
        return None
    gain = (after[:, year] - before[:, year]).sum(axis=1) / 12
    return gain if gain.any() else None


def _row(
    planner: Planner, kind: str, because: tuple[str, ...], gain: np.ndarray, rule: HourRule
) -> tuple[object, ...]:
    entry = planner.catalogue.entries[kind]
    net, hours = gain - entry.cost, max(entry.hours, 0.1)
    chooses, tells = net[::2], net[1::2]
    low, high = interval(tells, rule.prob)
    plan = _plan(planner.book.months[0], planner.book.accounts["account_id"].iloc[0], kind)
    sources = {one.lever.provenance for one in placed_levers(plan, planner.book, planner.catalogue)}
    return (
        chooses.mean() / hours, kind, entry.title, "; ".join(because), ", ".join(sorted(sources)),
        entry.hours, entry.cost, tells.mean(), low, high, tells.mean() / hours,
        _harm(planner, kind, tells), bool(chooses.mean() > hours * rule.hour_cost),
    )  # fmt: skip


def _harm(planner: Planner, kind: str, gain: np.ndarray) -> float:
    by_chance = not all_fast(planner.catalogue.entries[kind].levers)
    return np.nan if by_chance else float((gain < 0).mean())
