"""Pick an account: search by name, order by money at stake."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import pandas as pd

from workbench.apps.planner.controls import control, heard, row, section
from workbench.apps.planner.desk import Desk
from workbench.plans.stakes import ORDERS, found_accounts
from workbench.report.plan_markup import account_line, note


def picker(desk: Desk, stakes: pd.DataFrame) -> widgets.VBox:
    """Return the part of the page that picks an account.

    Parameters
    ----------
    desk : Desk
    stakes : DataFrame
        From `workbench.plans.stakes.stakes`.
    """
    currency = desk.planner.book.currency
    unit = desk.money_unit
    search = control(widgets.Text, "Search (part of a name or key)", placeholder="all accounts")
    order = control(widgets.Dropdown, "Order by", options=list(ORDERS))
    shown = control(
        widgets.Select, f"Account · at stake of yearly revenue ({unit}) · renewal", rows=7
    )
    beside = widgets.HTML()
    filling: list[bool] = []

    def fill(_: Any = None) -> None:
        found = found_accounts(stakes, search.value, order.value)
        options = [(account_line(one, currency), one["account_id"]) for one in found]
        # Other options select the first one; a browser that had shown that for a moment would
        # begin there, and the arrow keys could not reach the only account found.
        with shown.hold_sync():
            filling.append(True)  # nobody has picked by that
            shown.options = options
            filling.clear()
            follow()
        beside.value = note(
            f"{len(found)} of {len(stakes)} accounts."
            if found
            else "No account's name or key holds this text.",
            wrong=not found,
        )

    def pick(new: str | None) -> None:
        if new and not filling and (new,) != desk.plan.accounts:
            desk.pick(new)

    def follow() -> None:
        wanted = desk.plan.accounts[0]
        there = wanted in [key for _, key in shown.options]
        filling.append(True)
        shown.value = wanted if there else None
        filling.clear()

    fill()
    heard(search, beside, fill)
    heard(order, beside, fill)
    heard(shown, beside, pick)
    desk.watch(follow)
    return section("Account", row(search, order), shown, beside)
