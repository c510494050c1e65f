"""Pick an account: search by name, order by revenue at risk."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import pandas as pd

from workbench.apps.planner.controls import control, heard, row, section
from workbench.apps.planner.session import PlanSession
from workbench.plans.evaluate.revenue_at_risk import ORDERS, found_accounts
from workbench.report.plan.markup import account_text, note_html


def picker(session: PlanSession, at_risk: pd.DataFrame) -> widgets.VBox:
    """Return the part of the page that picks an account.

    Parameters
    ----------
    session : PlanSession
    at_risk : DataFrame
        From `workbench.plans.evaluate.revenue_at_risk.revenue_at_risk`.
    """
    currency = session.planner.book.currency
    unit = session.money_unit
    search = control(widgets.Text, "Search (part of a name or key)", placeholder="all accounts")
    order = control(widgets.Dropdown, "Order by", options=list(ORDERS))
    shown = control(
        widgets.Select, f"Account · at stake of yearly revenue ({unit}) · renewal", rows=7
    )
    beside = widgets.HTML()
    filling: list[bool] = []

    def fill(_: Any = None) -> None:
        found = found_accounts(at_risk, search.value, order.value)
        options = [(account_text(one, currency), one["account_id"]) for one in found]
        # Other options select the first one; a browser that had shown that for a moment would
        # begin there, and the arrow keys could not reach the only account found.
        with shown.hold_sync():
            filling.append(True)  # nobody has picked by that
            shown.options = options
            filling.clear()
            follow()
        beside.value = note_html(
            f"{len(found)} of {len(at_risk)} accounts."
            if found
            else "No account's name or key holds this text.",
            wrong=not found,
        )

    def pick(new: str | None) -> None:
        if new and not filling and (new,) != session.plan.accounts:
            session.pick(new)

    def follow() -> None:
        wanted = session.plan.accounts[0]
        there = wanted in [key for _, key in shown.options]
        filling.append(True)
        shown.value = wanted if there else None
        filling.clear()

    fill()
    heard(search, beside, fill)
    heard(order, beside, fill)
    heard(shown, beside, pick)
    session.watch(follow)
    return section("Account", row(search, order), shown, beside)
