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
        account_id, name, worth (yearly revenue today), renewal (month of the next renewal; empty
        from month to month or beyond the forecast), renews (share of that revenue that is expected
        to renew), at_risk (the rest, in money), in the book's order.
    """
    thin = thinned(book, draws)
    stays = stays_after_renewal(thin.inputs, thin.lines, thin.survived)
    risk = account_risk(thin.lines, stays.mean(axis=0)).set_index("account_id")
    table = book.accounts[["account_id", "name"]].reset_index(drop=True)
    own = risk.loc[table["account_id"]]
    return table.assign(
        worth=own["worth"].to_numpy() / 100,
        renewal=[renewal_month(book, account) for account in table["account_id"]],
        renews=own["renews"].to_numpy(),
        at_risk=own["at_risk"].to_numpy() / 100,
    )


def found_accounts(table: pd.DataFrame, text: str, order: str) -> list[dict[str, Any]]:
    """Return the accounts whose name or key holds a text, in one of the `ORDERS`.

    Parameters
    ----------
    table : DataFrame
        From `revenue_at_risk`.
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
