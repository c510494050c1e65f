"""What an allocation is worth, told from draws that did not choose it, beside simple rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.plans.allocation.bundles import BookProblem
from workbench.plans.allocation.coin import Toss, with_coin
from workbench.plans.allocation.problem import NONE, SLACK, AllocationProblem, used
from workbench.plans.allocation.solve import USUAL, Allocation, SolveSettings, allocate, totals

CHOOSE, TELL = slice(0, None, 2), slice(1, None, 2)
RULES = {"work the top-risk list": "at_risk", "work the largest accounts": "worth"}


@dataclass(frozen=True)
class AllocationReport:
    """Where the hours go, and what that is worth.

    Parameters
    ----------
    allocation : Allocation
    accounts : DataFrame
        One row per account that is worked for: account_id, name, owner, actions, hours, cost, gain,
        gain_low, gain_high; the largest gain first.
    owners : DataFrame
        owner, hours, hours_used, accounts, one_more_hour (what it is worth at the margin).
    values : DataFrame
        One row per way of working, this one first: way, gain, gain_low, gain_high, regret (by how
        much this one is better), regret_low, regret_high, accounts, hours.
    tosses : tuple of Toss
        Near-ties that a coin decided; empty where none was asked for.
    prob : float
        Probability inside the intervals.
    optimism : float
        By how much the draws that chose promise more than the others tell.
    """

    allocation: Allocation
    accounts: pd.DataFrame
    owners: pd.DataFrame
    values: pd.DataFrame
    tosses: tuple[Toss, ...]
    prob: float
    optimism: float


def allocation_report(
    book: BookProblem,
    settings: SolveSettings = USUAL,
    prob: float = 0.9,
    *,
    near_tie: float = 0.0,
    seed: int = 0,
) -> AllocationReport:
    """Choose on one half of the draws, and tell from the other.

    Parameters
    ----------
    book : BookProblem
    settings : SolveSettings
    prob : float
        Probability inside the intervals, between 0 and 1.
    near_tie : float
        Two best options of an account whose values differ by less than this, in money, are left
        to a coin; 0 for none.
    seed : int
        Of the coin.

    Returns
    -------
    AllocationReport
    """
    choosing, telling = book.problem.of_draws(CHOOSE), book.problem.of_draws(TELL)
    found = allocate(choosing, settings)
    keys = book.accounts["account_id"].tolist()
    found, tosses = with_coin(choosing, found, settings, keys, near_tie, seed)
    gained = totals(telling, found.chosen)
    ways = {"this allocation": found.chosen}
    for name, column in RULES.items():
        order = np.argsort(-book.accounts[column].to_numpy(), kind="stable")
        ways[name] = in_order(choosing, order)
    rows = [_way(name, telling, chosen, gained, prob) for name, chosen in ways.items()]
    weaker = book.halved.of_draws(TELL)
    other = allocate(book.halved.of_draws(CHOOSE), settings).chosen
    at_half = totals(weaker, found.chosen)
    rows.append(_way("if assumed effects are half", weaker, found.chosen, at_half, prob))
    rows.append(_way("chosen for half the assumed effects", weaker, other, at_half, prob))
    return AllocationReport(
        allocation=found,
        accounts=_accounts(book, telling, found.chosen, prob),
        owners=_owners(book, found),
        values=pd.DataFrame(rows),
        tosses=tosses,
        prob=prob,
        optimism=float(totals(choosing, found.chosen).mean() - gained.mean()),
    )


def in_order(problem: AllocationProblem, order: np.ndarray) -> np.ndarray:
    """Return what somebody does who works a list from its top: the best bundle that still fits.

    Parameters
    ----------
    problem : AllocationProblem
    order : ndarray of int, shape (account,)
        Accounts, the first to work for first.

    Returns
    -------
    ndarray of int, shape (account,)
        Option by account, or -1.
    """
    mean = problem.value.mean(axis=0, dtype="float64")
    chosen = np.full(len(problem.owner), NONE)
    left, money = problem.owner_hours.astype(float).copy(), problem.budget
    begin = np.searchsorted(problem.account, np.arange(len(problem.owner) + 1))
    for account in order.tolist():
        options = np.arange(int(begin[account]), int(begin[account + 1]))
        owner = problem.owner[account]
        fits = (problem.hours[options] <= left[owner] + SLACK) & (mean[options] > 0)
        fits &= problem.cost[options] <= money + SLACK
        if fits.any():
            best = options[np.argmax(np.where(fits, mean[options], -np.inf))]
            chosen[account] = best
            left[owner] -= problem.hours[best]
            money -= problem.cost[best]
    return chosen


def _way(
    name: str, problem: AllocationProblem, chosen: np.ndarray, ours: np.ndarray, prob: float
) -> dict[str, object]:
    total = totals(problem, chosen)
    hours, _ = used(problem, chosen)
    return {
        "way": name,
        **_mean_and_interval("gain", total, prob),
        **_mean_and_interval("regret", ours - total, prob),
        "accounts": int((chosen >= 0).sum()),
        "hours": float(hours.sum()),
    }


def _mean_and_interval(name: str, values: np.ndarray, prob: float) -> dict[str, float]:
    low, high = interval(values, prob)
    return {name: float(values.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}


def _accounts(
    book: BookProblem, telling: AllocationProblem, chosen: np.ndarray, prob: float
) -> pd.DataFrame:
    at = np.flatnonzero(chosen >= 0)
    options = chosen[at]
    own = book.accounts.iloc[at]
    value = telling.value[:, options]
    low, high = interval(value, prob) if len(at) else (np.zeros(0), np.zeros(0))
    table = pd.DataFrame(
        {
            "account_id": own["account_id"].to_numpy(),
            "name": own["name"].to_numpy(),
            "owner": own["owner"].to_numpy(),
            "actions": [", ".join(book.bundles[option]) for option in options.tolist()],
            "hours": telling.hours[options],
            "cost": telling.cost[options],
            "gain": value.mean(axis=0),
            "gain_low": low,
            "gain_high": high,
        }
    )
    return table.sort_values("gain", ascending=False, kind="stable", ignore_index=True)


def _owners(book: BookProblem, found: Allocation) -> pd.DataFrame:
    hours, _ = used(book.problem, found.chosen)
    worked = book.problem.owner[found.chosen >= 0]
    return pd.DataFrame(
        {
            "owner": list(book.owners),
            "hours": book.problem.owner_hours,
            "hours_used": hours,
            "accounts": np.bincount(worked, minlength=len(book.owners)),
            "one_more_hour": found.hour_price,
        }
    )


def toss_tables(book: BookProblem, report: AllocationReport) -> dict[str, pd.DataFrame]:
    """Return the tosses as tables to keep; none where no coin was asked for.

    Parameters
    ----------
    book : BookProblem
    report : AllocationReport
        Of the same book.

    Returns
    -------
    dict of DataFrame
        `tosses`: where the coin decided whether something is done, as `plan_impact` reads it:
        account_id, tossed_on (first day of the month in which it is done), probability (that
        something is), taken (whether something is to be), actions, seed. `tosses_between`: where
        it chose between two bundles, so that something is done either way: account_id, tossed_on,
        actions, instead_of, probability, seed.
    """
    names = ["", *map(", ".join, book.bundles)]  # the option -1 is doing nothing
    whether, between = [], []
    for toss in report.tosses:
        other = toss.second if toss.taken == toss.first else toss.first
        base = {"account_id": toss.account_id, "tossed_on": f"{book.month}-01"}
        actions, instead = names[toss.taken + 1], names[other + 1]
        if NONE in (toss.first, toss.second):
            does = toss.probability if toss.first != NONE else 1 - toss.probability
            done = {"probability": does, "taken": toss.taken != NONE, "actions": actions or instead}
            whether.append({**base, **done, "seed": toss.seed})
        else:
            given = toss.probability if toss.taken == toss.first else 1 - toss.probability
            chosen = {"actions": actions, "instead_of": instead, "probability": given}
            between.append({**base, **chosen, "seed": toss.seed})
    tables = {"tosses": pd.DataFrame(whether), "tosses_between": pd.DataFrame(between)}
    return {name: table for name, table in tables.items() if len(table)}
