"""Pick an account: search, keep to one owner's, order by revenue at risk."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import pandas as pd

from workbench.apps.planner.controls import control, heard, row, section
from workbench.apps.planner.session import PlanSession
from workbench.plans.evaluate.revenue_at_risk import ORDERS, STRENGTH_ORDER, found_accounts
from workbench.report.plan.markup import account_text, note_html

_NOBODY = "(without an owner)"


def picker(session: PlanSession, at_risk: pd.DataFrame) -> widgets.VBox:
    """Return the part of the page that picks an account.

    Parameters
    ----------
    session : PlanSession
    at_risk : DataFrame
        From `workbench.plans.evaluate.revenue_at_risk.revenue_at_risk`; it may have a column
        strength (renewal strength).
    """
    book = session.planner.book
    search = control(
        widgets.Text, "Search (part of a name, key or owner)", placeholder="all accounts"
    )
    whose = control(widgets.Dropdown, "Whose accounts", options=_owners(at_risk))
    order = control(widgets.Dropdown, "Order by", options=_orders(at_risk, book.has_terms))
    shown = control(widgets.Select, _columns_text(at_risk, session), rows=7)
    beside = widgets.HTML()
    filling: list[bool] = []

    def fill(_: Any = None) -> None:
        found = found_accounts(at_risk, search.value, order.value, *whose.value)
        options = [
            (account_text(one, book.currency, has_terms=book.has_terms), one["account_id"])
            for one in found
        ]
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
            else "No account's name, key or owner holds this text.",
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
    for one in (search, whose, order):
        heard(one, beside, fill)
    heard(shown, beside, pick)
    session.watch(follow)
    asked = [search, *([whose] if len(whose.options) > 1 else []), order]
    return section("Account", row(*asked), shown, beside)


def _owners(at_risk: pd.DataFrame) -> list[tuple[str, tuple[str, ...]]]:
    names = sorted(set(at_risk["owner"]) - {""}, key=str.casefold)
    without = [(_NOBODY, ("",))] if names and (at_risk["owner"] == "").any() else []
    return [("everybody's", ()), *((name, (name,)) for name in names), *without]


def _orders(at_risk: pd.DataFrame, has_terms: bool) -> list[tuple[str, str]]:
    """Return the orders by what they are called in this book."""
    called = {} if has_terms else {"probability to renew": "probability to stay next month"}
    names = [name for name in ORDERS if has_terms or name != "next renewal"]
    more = list(STRENGTH_ORDER) if "strength" in at_risk else []
    return [(called.get(name, name), name) for name in [*names, *more]]


def _columns_text(at_risk: pd.DataFrame, session: PlanSession) -> str:
    has_terms = session.planner.book.has_terms
    parts = [f"Account · at stake of yearly revenue ({session.money_unit})",
             "probability to renew" if has_terms else "probability to stay next month",
             *(["renewal strength"] if "strength" in at_risk else []),
             *(["renewal"] if has_terms else [])]  # fmt: skip
    return " · ".join(parts)
