"""What rules accept by themselves: a task and a planned action, once per contract and rule."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pandas as pd

from workbench.apps.alerting import Look
from workbench.apps.plan_store import STORE_VARIABLE, open_plan_store
from workbench.apps.telling import Messenger
from workbench.operations.alerts.rules import AlertRule
from workbench.plans.agenda.accept import Acceptance, Accepted, accept
from workbench.plans.plan.catalogue import read_catalogue
from workbench.plans.store.records import RECOMMENDATIONS

DUE_DAYS = 14
NO_TERM = "month to month"


def accept_by_rules(
    look: Look, rules: Mapping[str, AlertRule], outputs: Path, messenger: Messenger
) -> list[Accepted]:
    """Accept what the rules of alerts that fire ask for, and tell the account's team.

    Parameters
    ----------
    look : Look
        The last one at the alerts.
    rules : mapping of str to AlertRule
        Those with ``accept`` act.
    outputs : Path
        The folder of all runs, in which the plan store lies unless the environment names another.
    messenger : Messenger

    Returns
    -------
    list of Accepted
        What was not accepted before; an alert that somebody has taken up or silenced is theirs.

    Raises
    ------
    StoreError
        When the plan store cannot be opened or written.
    """
    wishes = _wishes(look, rules)
    if not wishes:
        return []
    place = os.environ.get(STORE_VARIABLE) or str(outputs / "plans" / "plans.db")
    found = []
    with open_plan_store(place) as store:
        for wish, owner in wishes:
            if store.history(RECOMMENDATIONS, wish.key):
                continue
            found.append(accept(store, wish))
            messenger.tell(store, found[-1].made, owner, wish.by)
    return found


def _wishes(look: Look, rules: Mapping[str, AlertRule]) -> list[tuple[Acceptance, str]]:
    titles, wishes = read_catalogue().titles, []
    rows = look.health.set_index("account_id").to_dict("index")
    for alert in look.alerts.values():
        rule, row = rules.get(alert.rule), rows.get(alert.account_id)
        silenced = alert.silenced_until is not None and look.as_of < alert.silenced_until
        theirs = bool(alert.acknowledged_by) or silenced
        if rule is None or not rule.accept or row is None or alert.state != "firing" or theirs:
            continue
        owner = _text(row, "owner")
        wish = Acceptance(
            account_id=alert.account_id, name=_text(row, "name") or alert.account_id,
            action=rule.accept, title=titles[rule.accept], month=f"{look.as_of:%Y-%m}",
            by=f"rule {alert.rule}", on=look.as_of, owner=owner, reason=alert.says,
            due_on=look.as_of + timedelta(days=DUE_DAYS), rule=alert.rule,
            contract=_text(row, "term_ends") or NO_TERM,
        )  # fmt: skip
        wishes.append((wish, owner))
    return wishes


def _text(row: Mapping, name: str) -> str:
    value = row.get(name)
    return "" if value is None or pd.isna(value) else str(value)
