"""An allocation as a plan: to evaluate in full, to share, and to work from."""

from __future__ import annotations

from workbench.plans.allocation.bundles import UNOWNED, BookProblem
from workbench.plans.allocation.report import AllocationReport
from workbench.plans.plan.document import Action, Plan


def allocation_plan(book: BookProblem, report: AllocationReport) -> Plan | None:
    """Return what is to be done as a plan, an action per kind and owner; None where nothing is.

    Parameters
    ----------
    book : BookProblem
    report : AllocationReport
        Of the same book.
    """
    whose: dict[tuple[str, str], list[str]] = {}
    hours: dict[tuple[str, str], float] = {}
    for row in report.accounts.to_dict("records"):
        for kind in row["actions"].split(", "):
            at = (kind, "" if row["owner"] == UNOWNED else row["owner"])
            whose.setdefault(at, []).append(row["account_id"])
            hours[at] = hours.get(at, 0.0) + book.hours_of[kind]
    if not whose:
        return None
    actions = tuple(
        Action(
            kind=kind, owner=owner, month=book.month, accounts=tuple(accounts),
            hours=hours[kind, owner], cost=book.cost_of[kind] * len(accounts),
        )
        for (kind, owner), accounts in sorted(whose.items())
    )  # fmt: skip
    accounts = tuple(report.accounts["account_id"])
    return Plan(version=1, name="Where the hours go", accounts=accounts, actions=actions)
