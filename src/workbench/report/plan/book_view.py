"""The book and the team as HTML: renewal calendar, bridge, where hours go, stale plans."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.plans.agenda.book_calendar import DUE_MONTHS, STALE_DAYS
from workbench.report.amounts import money
from workbench.report.plan.markup import escaped, note_html, signed_text
from workbench.report.plan.tables import table_html

MOST = 15
_HOW = "workbench plan allocate --hours 40 --out {}"


def calendar_html(calendar: pd.DataFrame, currency: str) -> str:
    """Return the renewal calendar: a bar per month, what is at stake darker.

    Parameters
    ----------
    calendar : DataFrame
        From `workbench.plans.agenda.book_calendar.renewal_calendar`.
    currency : str
        Code shown with amounts; may be empty.
    """
    if calendar.empty:
        return note_html("No renewal is to be decided within the forecast.")
    most = float(calendar["arr"].max()) or 1.0
    rows = "".join(
        f"<div class='wb-month'><span>{escaped(one.month)}</span>"
        f"<i aria-hidden='true'><b style='width:{100 * one.arr / most:.1f}%'>"
        f"<u style='width:{100 * one.at_risk / (one.arr or 1.0):.1f}%'></u></b></i>"
        f"<strong>{money(one.arr, currency)}</strong>"
        f"<small>{one.accounts} account{'' if one.accounts == 1 else 's'}, "
        f"{money(one.at_risk, currency)} at stake</small></div>"
        for one in calendar.itertuples()
    )
    worth, lost = (money(float(calendar[name].sum()), currency) for name in ("arr", "at_risk"))
    return f"{note_html(f'{worth} a year falls due, {lost} of it at stake (dark).')}{rows}"


def bridge_html(bridge: Mapping[str, float], currency: str, end: str) -> str:
    """Return how the book's yearly revenue is expected to move.

    Parameters
    ----------
    bridge : mapping of str to float
        From `workbench.plans.agenda.book_calendar.book_bridge`.
    currency : str
        Code shown with amounts; may be empty.
    end : str
        Month of the horizon.
    """
    ends = ("opening", "closing")
    rows = [
        (
            name.replace("_", " "),
            money(value, currency) if name in ends else signed_text(value, currency),
        )
        for name, value in bridge.items()
    ]
    caption = f"Expected of today's customers, no plan made, to the end of {end}; it adds up."
    return table_html(caption, ("part", "yearly revenue"), rows)


def hours_html(owners: pd.DataFrame | None, folder: str, currency: str) -> str:
    """Return where the hours go by the last allocation, or how to make one.

    Parameters
    ----------
    owners : DataFrame, optional
        Of `workbench.plans.allocation.report.AllocationReport`.
    folder : str
        Where the allocation is looked for.
    currency : str
        Code shown with amounts; may be empty.
    """
    if owners is None or owners.empty:
        return note_html(f"No allocation is there yet: {_HOW.format(folder)} makes one.")
    rows = [
        (str(one["owner"]), f"{one['hours_used']:,.0f} of {one['hours']:,.0f}",
         str(one["accounts"]), money(one["one_more_hour"], currency))
        for one in owners.head(MOST).to_dict("records")
    ]  # fmt: skip
    heads = ("owner", "hours used", "accounts", "one more hour is worth")
    return table_html("As last allocated.", heads, rows)


def team_html(owners: pd.DataFrame, currency: str) -> str:
    """Return, owner by owner, what is planned; whose plans are stale, whose renewals have none.

    Parameters
    ----------
    owners : DataFrame
        From `workbench.plans.agenda.book_calendar.owner_table`.
    currency : str
        Code shown with amounts; may be empty.
    """
    by_owner = [
        (one.owner or "(without an owner)", str(one.accounts), str(one.planned), str(one.stale),
         str(one.due), str(one.unplanned), money(one.at_risk, currency))
        for one in owners.itertuples()
    ]  # fmt: skip
    heads = (
        "owner", "accounts", "with a plan", f"stale ({STALE_DAYS} days)",
        f"renew in {DUE_MONTHS} months", "of these without a plan", "at stake with them",
    )  # fmt: skip
    return table_html("By owner, most money at stake without a plan first.", heads, by_owner)


def stale_html(team: pd.DataFrame) -> str:
    """Return the plans that nobody has touched for long.

    Parameters
    ----------
    team : DataFrame
        From `workbench.plans.agenda.book_calendar.team_table`.
    """
    stale = team[team["stale"]]
    if stale.empty:
        return note_html(f"Every plan was touched within {STALE_DAYS} days.")
    rows = [(one.plan, one.name, one.owner or "–", one.touched, one.by)
            for one in stale.head(MOST).itertuples()]  # fmt: skip
    heads = ("plan", "account", "owner", "last touched", "by")
    return table_html(f"The first {len(rows)} of {len(stale)}.", heads, rows)


def unplanned_html(team: pd.DataFrame, currency: str) -> str:
    """Return the renewals of the coming months that have no plan.

    Parameters
    ----------
    team : DataFrame
        From `workbench.plans.agenda.book_calendar.team_table`.
    currency : str
        Code shown with amounts; may be empty.
    """
    missing = team[team["due"] & (team["plan"] == "")]
    if missing.empty:
        return note_html(f"Every renewal of the next {DUE_MONTHS} months has a plan.")
    rows = [
        (one.name, one.owner or "–", one.renewal, money(one.worth, currency),
         money(one.at_risk, currency))
        for one in missing.head(MOST).itertuples()
    ]  # fmt: skip
    heads = ("account", "owner", "renews", "yearly revenue", "at stake")
    return table_html(f"The first {len(rows)} of {len(missing)}.", heads, rows)
