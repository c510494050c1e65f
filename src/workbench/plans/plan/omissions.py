"""What a plan leaves unsaid."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.plans.plan.document import Plan


def omissions(plan: Plan, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a plan omits about its customer and its people, as sentences.

    Parameters
    ----------
    plan : Plan
    titles : mapping
        What people call the kinds of action; `workbench.plans.plan.catalogue.Catalogue.titles`.

    >>> omissions(Plan(version=1, name="Keep A1", accounts=("A1",)), {})
    ("The plan names none of the customer's own goals or challenges.",)
    """
    found = []
    if not plan.goals:
        found.append("The plan names none of the customer's own goals or challenges.")
    else:
        idle = [
            titles.get(action.kind, action.kind) for action in plan.actions if not action.serves
        ]
        if idle:
            found.append(f"These actions serve no goal of the customer's: {', '.join(idle)}.")
        served = {name for action in plan.actions for name in action.serves}
        open_goals = [goal.name for goal in plan.goals if goal.name not in served]
        if open_goals:
            found.append(f"No action serves: {', '.join(open_goals)}.")
    unowned = [titles.get(action.kind, action.kind) for action in plan.actions if not action.owner]
    if unowned:
        found.append(f"Nobody is named for: {', '.join(unowned)}.")
    return tuple(found)
