"""Revenue at risk with each account: to look through a book and pick from it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.forecast.leaving.risk import account_risk, stays_after_renewal
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.renewal_dates import renewal_month
from workbench.plans.planbook.thinned import thinned

DRAWS = 200  # an order needs few; what is told of the account that is picked rests on all of them
ORDERS = {
    "money at stake": ("at_risk", False),
    "yearly revenue": ("worth", False),
    "next renewal": ("renewal", True),
    "probability to renew": ("renews", True),
    "name": ("name", True),
}
STRENGTH_ORDER = {"renewal strength": ("strength", True)}


def revenue_at_risk(book: Planbook, draws: int = DRAWS) -> pd.DataFrame:
    """Tell of each account what it is worth, when it renews and what may be lost then.

    The rule is that of the reports, `forecast.leaving.risk`: each line at its own next renewal,
    added up.

    Parameters
    ----------
    book : Planbook
    draws : int
        At most so many of its draws are used, evenly spaced.

    Returns
    -------
    DataFrame
        account_id, name, label (the name, with the key where others are called the same), owner
        (empty where nobody is named), worth (yearly revenue today), renewal (month of the next
        renewal; empty from month to month or beyond the forecast), renews (share of that revenue
        that is expected to renew), at_risk (the rest, in money), in the book's order.
    """
    thin = thinned(book, draws)
    stays = stays_after_renewal(thin.inputs, thin.lines, thin.survived)
    risk = account_risk(thin.lines, stays.mean(axis=0)).set_index("account_id")
    table = book.accounts[["account_id", "name"]].reset_index(drop=True)
    again = table["name"].astype(str).str.strip().str.casefold().duplicated(keep=False)
    owner = book.accounts["owner"] if "owner" in book.accounts else pd.Series("", table.index)
    own = risk.loc[table["account_id"]]
    return table.assign(
        label=table["name"].where(~again, table["name"] + " (" + table["account_id"] + ")"),
        owner=owner.reset_index(drop=True).astype(object).fillna("").astype(str),
        worth=own["worth"].to_numpy() / 100,
        renewal=[renewal_month(book, account) for account in table["account_id"]],
        renews=own["renews"].to_numpy(),
        at_risk=own["at_risk"].to_numpy() / 100,
    )


def found_accounts(
    table: pd.DataFrame, text: str, order: str, owner: str | None = None
) -> list[dict[str, Any]]:
    """Return the accounts whose name, key or owner holds a text, in one of the `ORDERS`.

    Parameters
    ----------
    table : DataFrame
        From `revenue_at_risk`.
    text : str
        Upper and lower case are the same.
    order : str
        A key of `ORDERS`, or "renewal strength" where the table has it.
    owner : str, optional
        Only this one's accounts; an empty text: those that nobody owns.
    """
    wanted = text.strip().casefold()
    searched = table["name"].astype(str) + "\n" + table["account_id"] + "\n" + table["owner"]
    own = table[searched.str.casefold().str.contains(wanted, regex=False)]
    if owner is not None:
        own = own[own["owner"] == owner]
    by, ascending = (ORDERS | STRENGTH_ORDER)[order]
    # Without a date, an account stands last.
    key = (lambda dates: dates.replace("", "9999")) if by == "renewal" else None
    return own.sort_values(by, ascending=ascending, kind="stable", key=key).to_dict("records")
