"""How accounts stand, the plan left aside: worth, renewal, chance, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.intervals import interval
from workbench.forecast.leaving.explain import CONTRACT
from workbench.forecast.leaving.risk import stays_after_renewal
from workbench.plans.evaluate.outcome import Outcome
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.document import Plan
from workbench.plans.planbook.book import Planbook

MONTHLY = "month to month"
MOST_ACCOUNTS = 6  # a plan for a book lists its largest; the rest are summed up
MOST_DRIVERS = 2  # that raise, and that lower


@dataclass(frozen=True)
class AccountStanding:
    """How one account stands, the plan left aside.

    Parameters
    ----------
    name, account_id : str
    worth : float
        Yearly revenue today.
    products : str
    renewal : str
        Month of the next renewal, in words where there is none.
    due : float or None
        The same, in months after the as-of date.
    probability, low, high : float
        Of still being a customer after it.
    keeps, keeps_low, keeps_high : float
        Share of its revenue that is expected to be there after each subscription's own next
        renewal, added up.
    at_risk : float
        The rest, in money.
    lines : int
        Subscriptions.
    raised, lowered : tuple of str
        Strongest drivers of its hazard, with their factors.
    """

    name: str
    account_id: str
    worth: float
    products: str
    renewal: str
    due: float | None
    probability: float
    low: float
    high: float
    keeps: float
    keeps_low: float
    keeps_high: float
    at_risk: float
    lines: int
    raised: tuple[str, ...]
    lowered: tuple[str, ...]


def standings(planner: Planner, before: Outcome, prob: float) -> list[AccountStanding]:
    """Return how the plan's largest accounts stand.

    Parameters
    ----------
    planner : Planner
    before : Outcome
        The plan's baseline.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    list of AccountStanding
        At most `MOST_ACCOUNTS`, largest first.
    """
    worth = planner.book.worth().loc[list(before.accounts)]
    worth = worth.sort_values(ascending=False, kind="stable")
    found = []
    for account in map(str, worth.index[:MOST_ACCOUNTS]):
        alone = planner.baseline(Plan(version=1, name=account, accounts=(account,)))
        found.append(account_standing(planner.book, alone, prob))
    return found


def account_standing(book: Planbook, alone: Outcome, prob: float) -> AccountStanding:
    """Return how one account stands.

    Parameters
    ----------
    book : Planbook
    alone : Outcome
        Its baseline.
    prob : float
        Probability inside the intervals.
    """
    account = str(alone.accounts[0])
    own = book.lines.take(book.lines_of([account]))
    low, high = interval(alone.renews, prob)
    at = book.lines_of([account])
    stays = stays_after_renewal(book.inputs, own, book.survived[:, at])
    keeps = stays @ own.cents / max(own.cents.sum(), 1)
    keeps_low, keeps_high = interval(keeps, prob)
    due = float(book.facts(account)["months_to_renewal"]) - 1
    if np.isnan(due):
        renewal, position = MONTHLY, None
    elif due >= book.inputs.months:
        renewal, position = f"after {book.months[-1]}", None
    else:
        renewal, position = book.months[int(due)], due
    raised, lowered = factors_of(book, account)
    named = book.accounts.set_index("account_id")["name"]
    return AccountStanding(
        name=str(named[account]),
        account_id=account,
        worth=own.cents.sum() / 100,
        products=", ".join(sorted({str(product) for product in own.product})),
        renewal=renewal,
        due=position,
        probability=float(alone.renews.mean()),
        low=float(low),
        high=float(high),
        keeps=float(keeps.mean()),
        keeps_low=float(keeps_low),
        keeps_high=float(keeps_high),
        at_risk=float((1 - keeps.mean()) * own.cents.sum() / 100),
        lines=len(own),
        raised=raised,
        lowered=lowered,
    )


def drivers_of(book: Planbook, account: str) -> pd.DataFrame:
    """Return the drivers of the hazard of an account's largest subscription; may be empty.

    Parameters
    ----------
    book : Planbook
    account : str
        Account id, one of the book's.
    """
    own = book.drivers[book.drivers["account_id"] == account]
    if own.empty:
        return own
    lines = book.lines.take(book.lines_of([account]))
    return own[own["subscription_id"] == lines.subscription_id[int(np.argmax(lines.cents))]]


def factors_of(book: Planbook, account: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what clearly raises and what clearly lowers an account's hazard.

    Parameters
    ----------
    book : Planbook
    account : str
        Account id, one of the book's.

    Returns
    -------
    raised, lowered : tuple of str
        Strongest first, at most `MOST_DRIVERS` each.
    """
    own = drivers_of(book, account)
    if own.empty:
        return (), ()
    own = own[own["group"] != CONTRACT]
    up = own[own["low"] > 0].nlargest(MOST_DRIVERS, "contribution")
    down = own[own["high"] < 0].nsmallest(MOST_DRIVERS, "contribution")
    return tuple(_factors(book, up)), tuple(_factors(book, down))


def _factors(book: Planbook, rows: pd.DataFrame) -> Iterator[str]:
    for row in rows.itertuples():
        yield f"{book.signal_text(str(row.driver))} (× {np.exp(float(row.contribution)):.2g})"
