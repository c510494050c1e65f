"""A book at a glance: what falls due month by month, and whose plans are stale or missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from workbench.forecast.leaving.risk import stays_after_renewal
from workbench.plans.evaluate.compare import compare
from workbench.plans.evaluate.planner import Planner
from workbench.plans.plan.catalogue import Catalogue
from workbench.plans.plan.document import ALL, Plan
from workbench.plans.planbook.book import Planbook
from workbench.plans.planbook.thinned import thinned
from workbench.plans.store.records import PLANS
from workbench.plans.store.store import Store

DRAWS = 200
STALE_DAYS = 30
DUE_MONTHS = 6
TEAM_COLUMNS = [
    "account_id", "name", "owner", "worth", "at_risk", "renewal", "plan", "touched", "by", "stale",
    "due",
]  # fmt: skip


def renewal_calendar(book: Planbook, draws: int = DRAWS) -> pd.DataFrame:
    """Add up, month by month, the renewals that are to be decided.

    Parameters
    ----------
    book : Planbook
    draws : int
        At most so many of its draws are used, evenly spaced.

    Returns
    -------
    DataFrame
        month, accounts, lines, arr (yearly revenue that falls due), at_risk (what of it is expected
        to be lost: of every line, its money times the probability of losing it then); months in
        which nothing falls due are left out.
    """
    thin = thinned(book, draws)
    lines = thin.lines.at_risk  # what is signed is decided, and so is what notice is given of
    due = (lines.term_group > 0) & (lines.months_to_end < book.inputs.months)
    due &= thin.lines.gone_from < 0
    stays = stays_after_renewal(thin.inputs, thin.lines, thin.survived).mean(axis=0)
    table = pd.DataFrame(
        {
            "month": np.array(book.months)[lines.months_to_end[due]],
            "account": thin.lines.account_id[due],
            "arr": thin.lines.cents[due] / 100,
            "at_risk": thin.lines.cents[due] / 100 * (1 - stays[due]),
        }
    )
    added_up = table.groupby("month", as_index=False).agg(
        accounts=("account", "nunique"), lines=("account", "size"), arr=("arr", "sum"),
        at_risk=("at_risk", "sum"),
    )  # fmt: skip
    return added_up.sort_values("month", ignore_index=True)


def book_bridge(planner: Planner, draws: int = DRAWS) -> dict[str, float]:
    """Return how the book's yearly revenue is expected to move to the horizon, no plan made.

    Parameters
    ----------
    planner : Planner
    draws : int
        At most so many of its draws are used, evenly spaced.

    Returns
    -------
    dict of str to float
        opening, each kind of movement, closing: means over the draws, which add up.
    """
    whole = Plan(version=1, name="as things stand", accounts=(ALL,))
    thin = Planner(thinned(planner.book, draws), planner.catalogue, {})
    table = compare(thin.baseline(whole), [], thin.book.months).bridge
    return {str(name): float(value) for name, value in table.iloc[0].drop("plan").items()}


@dataclass(frozen=True)
class BookOutlook:
    """What the whole book is expected to do, no plan made.

    Parameters
    ----------
    calendar : DataFrame or None
        See `renewal_calendar`; None where the book has no terms.
    bridge : dict of str to float
        See `book_bridge`.
    """

    calendar: pd.DataFrame | None
    bridge: dict[str, float]


def book_outlook(book: Planbook, catalogue: Catalogue) -> BookOutlook:
    """Return what a book is expected to do.

    Parameters
    ----------
    book : Planbook
    catalogue : Catalogue

    Returns
    -------
    BookOutlook
    """
    calendar = renewal_calendar(book) if book.has_terms else None
    return BookOutlook(calendar, book_bridge(Planner(book, catalogue, {})))


def team_table(
    store: Store, accounts: pd.DataFrame, months: list[str], now: datetime
) -> pd.DataFrame:
    """Say of each account whether it has a plan, when it was touched last, and what falls due.

    Parameters
    ----------
    store : Store
    accounts : DataFrame
        From `workbench.plans.evaluate.revenue_at_risk.revenue_at_risk`.
    months : list of str
        See `workbench.plans.planbook.book.Planbook.months`.
    now : datetime
        With a time zone.

    Returns
    -------
    DataFrame
        `TEAM_COLUMNS`: plan (its name; empty where there is none), touched (day of its last
        version), by, stale (a plan that nobody has touched for `STALE_DAYS`), due (a renewal within
        `DUE_MONTHS`); most money at stake first. A plan for a whole book counts for nobody.
    """
    latest: dict[str, tuple[str, datetime, str]] = {}
    for one in store.current(PLANS).values():
        if one.value is None or one.value.accounts == (ALL,) or one.value.where:
            continue
        saved = datetime.fromisoformat(one.saved_at)
        for account in one.value.accounts:
            if account not in latest or latest[account][1] < saved:
                latest[account] = (one.value.name, saved, one.author)
    limit = months[min(DUE_MONTHS, len(months)) - 1]
    rows = []
    for one in accounts.sort_values("at_risk", ascending=False).itertuples():
        name, saved, by = latest.get(str(one.account_id), ("", None, ""))
        rows.append(
            (one.account_id, one.label, one.owner, one.worth, one.at_risk, one.renewal, name,
             saved.date().isoformat() if saved else "", by,
             bool(saved and now - saved > timedelta(days=STALE_DAYS)),
             bool(one.renewal and one.renewal <= limit))
        )  # fmt: skip
    return pd.DataFrame(rows, columns=TEAM_COLUMNS)


def owner_table(team: pd.DataFrame) -> pd.DataFrame:
    """Add the team's table up by owner.

    Parameters
    ----------
    team : DataFrame
        From `team_table`.

    Returns
    -------
    DataFrame
        owner, accounts, planned, stale, due, unplanned (renewals within `DUE_MONTHS` that have no
        plan) and at_risk (money at stake with those); most money first.
    """
    open_ = team["due"] & (team["plan"] == "")
    marked = team.assign(
        planned=team["plan"] != "", unplanned=open_, open_risk=team["at_risk"].where(open_, 0.0)
    )
    table = marked.groupby("owner", as_index=False).agg(
        accounts=("account_id", "size"), planned=("planned", "sum"), stale=("stale", "sum"),
        due=("due", "sum"), unplanned=("unplanned", "sum"), at_risk=("open_risk", "sum"),
    )  # fmt: skip
    return table.sort_values("at_risk", ascending=False, kind="stable", ignore_index=True)
