"""Alerts put into words: one message per owner, what is new first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from workbench.core.plain_text import printable
from workbench.operations.alerts.rules import AlertRule
from workbench.operations.alerts.state import Alert

NOBODY = "nobody"


@dataclass(frozen=True)
class Digest:
    """What one owner is told.

    Parameters
    ----------
    owner : str
        `NOBODY` where an account has none.
    subject, body : str
        Plain text.
    firing, over : tuple of Alert
        What it tells.
    """

    owner: str
    subject: str
    body: str
    firing: tuple[Alert, ...]
    over: tuple[Alert, ...]


def digests(
    rules: Mapping[str, AlertRule],
    health: pd.DataFrame,
    firing: Sequence[Alert],
    over: Sequence[Alert],
    as_of: date,
) -> list[Digest]:
    """Return one message per owner who has something to be told.

    Parameters
    ----------
    rules : mapping of str to Rule
    health : DataFrame
        account_id; name, owner, at_risk where known.
    firing, over : sequence of Alert
        What to tell; see `workbench.operations.alerts.state.to_tell`.
    as_of : date
        The day of the data.

    Returns
    -------
    list of Digest
        By owner; within one, accounts with most money at stake first.
    """
    rows = {str(row["account_id"]): row for row in health.to_dict("records")}
    by_owner: dict[str, tuple[list[Alert], list[Alert]]] = defaultdict(lambda: ([], []))
    for which, alerts in enumerate((firing, over)):
        for alert in alerts:
            owner = rows.get(alert.account_id, {}).get("owner")
            by_owner[NOBODY if pd.isna(owner) or not owner else str(owner)][which].append(alert)
    return [
        Digest(owner, *_text(rules, rows, new, ended, as_of), tuple(new), tuple(ended))
        for owner, (new, ended) in sorted(by_owner.items())
    ]


def _text(
    rules: Mapping[str, AlertRule],
    rows: Mapping[str, Mapping],
    firing: Sequence[Alert],
    over: Sequence[Alert],
    as_of: date,
) -> tuple[str, str]:
    accounts = sorted({alert.account_id for alert in firing}, key=lambda one: -_stake(rows, one))
    lines = [f"As of {as_of.isoformat()}."]
    for account in accounts:
        lines += ["", _name(rows, account)]
        lines += [
            f"  - {rules[alert.rule].title}: {alert.says}"
            for alert in firing
            if alert.account_id == account
        ]
    if over:
        lines += ["", "Over:"]
        lines += [f"  - {_name(rows, one.account_id)}: {_title(rules, one)}" for one in over]
    count = len(accounts)
    what = f"{count} account{'' if count == 1 else 's'} to look at" if count else "alerts are over"
    return what, printable("\n".join(lines))


def _title(rules: Mapping[str, AlertRule], alert: Alert) -> str:
    rule = rules.get(alert.rule)
    return rule.title if rule else alert.rule


def _name(rows: Mapping[str, Mapping], account: str) -> str:
    name = rows.get(account, {}).get("name")
    # In one line: a customer's name must not look like a line of ours.
    return account if pd.isna(name) or not name else f"{' '.join(str(name).split())} ({account})"


def _stake(rows: Mapping[str, Mapping], account: str) -> float:
    stake = rows.get(account, {}).get("at_risk", 0.0)
    return 0.0 if pd.isna(stake) else float(stake)
