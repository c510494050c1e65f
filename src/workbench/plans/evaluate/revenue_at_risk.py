"""Revenue at risk with each account: to look through a book and pick from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import ALL, Plan
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
        it, or after the first month), at_risk (worth times the probability of not), in the
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
    return table.assign(at_risk=table["worth"] * (1 - table["renews"]))


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
