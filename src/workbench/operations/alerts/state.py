"""What becomes of alerts from run to run: pending, firing, acknowledged, silenced, resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from workbench.operations.alerts.rules import AlertRule, holds

OPEN = ("pending", "firing")


@dataclass(frozen=True)
class Alert:
    """A rule that holds, or held, for an account.

    Parameters
    ----------
    rule, account_id : str
        Which.
    state : str
        ``pending``, ``firing`` or ``resolved``.
    since : date
        Of the as-of day at which it came into this state.
    runs : int
        Runs on new data in a row for which it has held.
    says : str
        What there was to say when it was last looked at.
    acknowledged_by : str
        Who has taken it up; empty while nobody has.
    silenced_until : date or None
        Until when nobody wants to hear of it.
    told_on : date or None
        When it was last put into a message.
    told_end : bool
        Whether its end has been told.
    """

    rule: str
    account_id: str
    state: str
    since: date
    runs: int = 0
    says: str = ""
    acknowledged_by: str = ""
    silenced_until: date | None = None
    told_on: date | None = None
    told_end: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Rule and account."""
        return self.rule, self.account_id


Alerts = Mapping[tuple[str, str], Alert]


def advance(
    rules: Mapping[str, AlertRule], health: pd.DataFrame, alerts: Alerts, as_of: date
) -> dict[tuple[str, str], Alert]:
    """Return all alerts after a look at new data.

    It is called once per state of the data: what another seed gives on the same data changes
    nothing. Where a rule's column is not known, its alerts stay as they are. An account that is no
    longer in the table is no customer any more; its alerts are resolved.

    Parameters
    ----------
    rules : mapping of str to Rule
        By name.
    health : DataFrame
        One row per account: account_id and the columns of the rules; see docs/alerts.md.
    alerts : mapping of (rule, account) to Alert
        As they stood.
    as_of : date
        The day of the data.

    Returns
    -------
    dict of (str, str) to Alert
    """
    after = dict(alerts)
    rows = {str(row["account_id"]): row for row in health.to_dict("records")}
    for name, rule in rules.items():
        if rule.column not in health:
            continue
        for account, row in rows.items():
            known = alerts.get((name, account))
            step = _step(rule, row, known or Alert(name, account, "resolved", as_of), as_of)
            if known is not None or step.state != "resolved":
                after[name, account] = step
    for key, alert in after.items():
        if alert.state in OPEN and alert.account_id not in rows:
            after[key] = replace(alert, state="resolved", since=as_of, runs=0)
    return after


def _step(rule: AlertRule, row: Mapping[str, object], alert: Alert, as_of: date) -> Alert:
    value = row[rule.column]
    held = holds(rule, value, alert.state == "firing")  # pyright: ignore[reportArgumentType]
    if held is None:
        return alert
    if not held:
        if alert.state == "resolved":
            return replace(alert, runs=0)
        told = alert.state == "pending"  # what never fired has no end to be told
        return replace(alert, state="resolved", since=as_of, runs=0, told_end=told)
    runs = alert.runs + 1
    says = sentence(rule, row)
    state = "firing" if runs >= rule.runs or alert.state == "firing" else "pending"
    if state == alert.state:
        return replace(alert, runs=runs, says=says)
    fresh = Alert(alert.rule, alert.account_id, state, as_of, runs, says)
    return fresh if alert.state == "resolved" else replace(alert, state=state, since=as_of,
                                                          runs=runs, says=says)  # fmt: skip


def sentence(rule: AlertRule, row: Mapping[str, object]) -> str:
    """Return what a rule says of an account; numbers that are not known are a dash.

    Parameters
    ----------
    rule : Rule
    row : mapping
        Of the table that the rule reads.
    """
    known = {name: value for name, value in row.items() if isinstance(name, str)}
    text = rule.says
    try:
        return text.format_map(known)
    except (KeyError, ValueError, TypeError):
        return rule.title


def to_tell(
    rules: Mapping[str, AlertRule], alerts: Alerts, today: date
) -> tuple[list[Alert], list[Alert]]:
    """Return what is to be told today: alerts that fire, and those that are over.

    Parameters
    ----------
    rules : mapping of str to Rule
        By name.
    alerts : mapping of (rule, account) to Alert
        As they stand.
    today : date
        The day on which they are told.

    Returns
    -------
    firing : list of Alert
        Not told yet, or so long ago that it is time again; neither acknowledged nor silenced, nor
        made moot by another that fires.
    over : list of Alert
        Told when they fired and resolved since; each once.
    """
    firing = {alert.key for alert in alerts.values() if alert.state == "firing"}
    fresh = [
        alert
        for alert in alerts.values()
        if alert.key in firing
        and alert.rule in rules
        and not alert.acknowledged_by
        and not (alert.silenced_until and today < alert.silenced_until)
        and not any((other, alert.account_id) in firing for other in rules[alert.rule].silenced_by)
        and _is_time(rules[alert.rule], alert, today)
    ]
    over = [
        alert
        for alert in alerts.values()
        if alert.state == "resolved" and alert.told_on is not None and not alert.told_end
    ]
    return fresh, over


def _is_time(rule: AlertRule, alert: Alert, today: date) -> bool:
    return alert.told_on is None or today >= alert.told_on + timedelta(days=rule.repeat_days)


def told(alerts: Alerts, firing: Iterable[Alert], over: Iterable[Alert], today: date) -> dict:
    """Return all alerts once some have been put into a message.

    Parameters
    ----------
    alerts : mapping of (rule, account) to Alert
    firing, over : iterable of Alert
        Some of those that `to_tell` returned.
    today : date
        The day on which they were told.

    Returns
    -------
    dict of (str, str) to Alert
    """
    after = dict(alerts)
    after |= {alert.key: replace(alert, told_on=today) for alert in firing}
    after |= {alert.key: replace(alert, told_end=True) for alert in over}
    return after
