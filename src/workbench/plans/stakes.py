"""What is at stake with each account: to look through a book and pick from it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.forecast.posterior.revenue import Effects, RevenueDraws
from workbench.plans.catalogue import Catalogue
from workbench.plans.outcome import Planner
from workbench.plans.plan import ALL, Plan
from workbench.plans.planbook import Planbook

DRAWS = 200  # an order needs few; what is told of the account that is picked rests on all of them
ORDERS = {
    "money at stake": ("at_stake", False),
    "yearly revenue": ("worth", False),
    "next renewal": ("renewal", True),
    "probability to renew": ("renews", True),
    "name": ("name", True),
}
_BY_KIND = ("size_mean", "size_sd", "size_group")  # their first dimension is not the draw


def stakes(book: Planbook, draws: int = DRAWS) -> pd.DataFrame:
    """Tell of each account what it is worth, when it renews and what may be lost then.

    Parameters
    ----------
    book : Planbook
    draws : int
        At most so many of its draws are used, evenly spaced.

    Returns
    -------
    DataFrame
        account_id, name, worth (yearly revenue today), renewal (month of the next renewal; empty
        from month to month or beyond the forecast), renews (probability of being a customer after
        it, or after the first month), at_stake (worth times the probability of not), in the
        book's order.
    """
    thin = thinned(book, draws)
    everybody = Plan(version=1, name=ALL, accounts=(ALL,))
    now = Planner(thin, Catalogue({}), {}).baseline(everybody)
    place = book.account_index.get_indexer(pd.Index(now.accounts))
    table = book.accounts.iloc[place][["account_id", "name"]].reset_index(drop=True)
    table["worth"] = book.worth().loc[table["account_id"]].to_numpy()
    table["renewal"] = [renewal_month(book, account) for account in table["account_id"]]
    table["renews"] = now.account_stays[np.arange(len(table)), now.due]
    return table.assign(at_stake=table["worth"] * (1 - table["renews"]))


def found_accounts(table: pd.DataFrame, text: str, order: str) -> list[dict[str, Any]]:
    """Return the accounts whose name or key holds a text, in one of the `ORDERS`.

    Parameters
    ----------
    table : DataFrame
        From `stakes`.
    text : str
        Upper and lower case are the same.
    order : str
    """
    wanted = text.strip().casefold()
    named = (table["name"].astype(str) + "\n" + table["account_id"]).str.casefold()
    own = table[named.str.contains(wanted, regex=False)]
    by, ascending = ORDERS[order]
    # Without a date, an account stands last.
    key = (lambda dates: dates.replace("", "9999")) if by == "renewal" else None
    return own.sort_values(by, ascending=ascending, kind="stable", key=key).to_dict("records")


def renewal_month(book: Planbook, account_id: str) -> str:
    """Return the month of an account's next renewal; empty where the forecast holds none."""
    own = book.lines.take(book.lines_of([account_id])).at_risk
    ends = own.months_to_end[own.term_group > 0]
    return book.months[ends.min()] if len(ends) and ends.min() < book.inputs.months else ""


def thinned(book: Planbook, draws: int) -> Planbook:
    """Return a book with at most so many draws, evenly spaced."""
    step = slice(None, None, max(len(book.inputs) // draws, 1))
    inputs = book.inputs
    return replace(
        book,
        inputs=replace(
            inputs, hazard=inputs.hazard.take(step), revenue=_thinned(inputs.revenue, step)
        ),
        survived=book.survived[step],
    )


def _thinned(revenue: RevenueDraws, step: slice) -> RevenueDraws:
    new = {
        name: getattr(revenue.new, name)[step]
        for name in ("rate", "dispersion", "size_mean", "size_sd")
    }
    taken: dict[str, Any] = {"new": replace(revenue.new, **new)}
    for field in fields(revenue):
        part = getattr(revenue, field.name)
        if isinstance(part, Effects):
            columns = {one.name: getattr(part, one.name)[step] for one in fields(Effects)}
            taken[field.name] = Effects(**columns)
        elif isinstance(part, np.ndarray):
            taken[field.name] = part[:, step] if field.name in _BY_KIND else part[step]
    return RevenueDraws(**taken)
