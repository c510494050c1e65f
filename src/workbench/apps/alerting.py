"""Alerts looked at with the last published health of the accounts, and told to their owners."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from workbench.core.errors import DataError, Problem
from workbench.operations.alerts.book import AlertBook
from workbench.operations.alerts.digest import digests
from workbench.operations.alerts.rules import SIGN, AlertRule
from workbench.operations.alerts.state import Alert, advance, due_notices, mark_notified
from workbench.operations.outbox import Outbox
from workbench.operations.runs import read_run
from workbench.operations.schedule import Delivery

REPORT = "account_health"


@dataclass(frozen=True)
class Look:
    """What a look at the alerts found.

    Parameters
    ----------
    as_of : date
        Of the health that was looked at.
    alerts : dict of (str, str) to Alert
        By rule and account.
    unknown : tuple of str
        Rules whose column is not in the table.
    queued : int
        Messages that were put into the outbox.
    health : DataFrame
        That was looked at; see `health_with_signs`.
    """

    as_of: date
    alerts: dict[tuple[str, str], Alert]
    unknown: tuple[str, ...]
    queued: int
    health: pd.DataFrame


def look_at_alerts(
    outputs: Path, folder: Path, rules: Mapping[str, AlertRule], deliver: Delivery, now: datetime
) -> Look:
    """Bring the alerts up to the last published health, and queue what is to be told.

    Parameters
    ----------
    outputs : Path
        The folder of all runs.
    folder : Path
        Holds the alerts' file and the outbox.
    rules : mapping of str to Rule
        By name.
    deliver : Delivery
        Who is told.
    now : datetime
        With a time zone.

    Returns
    -------
    Look

    Raises
    ------
    DataError
        When no health has been published.
    """
    run = read_run(outputs / REPORT / "latest")
    health = health_with_signs(run.folder)
    as_of = date.fromisoformat(run.as_of)
    book = AlertBook(folder)
    alerts = book.read()
    seen = _digest(run.data, rules), as_of
    if not book.has_seen(*seen):
        alerts = advance(rules, health, alerts, as_of)
        book.write(alerts, seen)
    firing, over = due_notices(rules, alerts, now.date())
    outbox = Outbox(folder)
    queued = 0
    for digest in digests(rules, health, firing, over, as_of):
        address = deliver.owners.get(digest.owner) or deliver.alerts
        if address:
            notices = (*digest.firing, *digest.over)
            keys = sorted(f"{a.rule}/{a.account_id}/{a.since}/{a.state}" for a in notices)
            purpose = f"alerts {digest.owner} {as_of} {_digest(*keys)} {now.date()}"
            text = (f"{digest.owner}: {digest.subject}", digest.body)
            queued += outbox.put(purpose, address, text, now)
            # Who has no address is told once there is one.
            alerts = mark_notified(alerts, digest.firing, digest.over, now.date())
            book.write(alerts)
    unknown = tuple(name for name, rule in rules.items() if rule.column not in health)
    return Look(as_of, alerts, unknown, queued, health)


def health_with_signs(folder: Path) -> pd.DataFrame:
    """Return the health of a run's accounts, with what rules ask of it besides.

    A column ``sign:NAME`` for each sign that shows, and strength_change_quarter: by how much the
    renewal strength has changed in a quarter.

    Parameters
    ----------
    folder : Path
        Of a run of account_health.

    Raises
    ------
    DataError
        When the run left no such table.
    """
    path = folder / "tables" / "health.parquet"
    if not path.exists():
        problem = Problem("no table health", str(folder), hint="Run account_health first.")
        raise DataError("There is no health of accounts to look at.", [problem])
    health = pd.read_parquet(path)
    if {"strength", "strength_quarter"} <= {*health}:
        health["strength_change_quarter"] = health["strength"] - health["strength_quarter"]
    signs = folder / "tables" / "signs.parquet"
    if signs.exists():
        shown = pd.read_parquet(signs)
        for name, part in shown.groupby("sign"):
            health[f"{SIGN}{name}"] = health["account_id"].isin(part["account_id"])
    return health


def _digest(*parts: object) -> str:
    content = json.dumps(
        [
            {name: rule.model_dump() for name, rule in part.items()}
            if isinstance(part, Mapping)
            else part
            for part in parts
        ]
    )
    return hashlib.sha256(content.encode()).hexdigest()[:16]
