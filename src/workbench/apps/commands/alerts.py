"""`workbench alerts`: what fires, who is told, and what is taken up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import structlog
import typer
from rich.console import Console

from workbench.apps.accepting import accept_by_rules
from workbench.apps.alerting import look_at_alerts
from workbench.apps.reports import KNOWN
from workbench.apps.telling import Messenger
from workbench.apps.terminal_table import terminal_table
from workbench.core.errors import MachineError
from workbench.core.plain_text import printable
from workbench.core.project import find_project_root
from workbench.operations.alerts.book import AlertBook
from workbench.operations.alerts.rules import read_rules
from workbench.operations.database import FOLDER
from workbench.operations.outbox import Outbox
from workbench.operations.post import post
from workbench.operations.schedule import Delivery, read_schedule


def alerts(
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="Schedule that says who is told; params/schedule.yaml."),
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help="Rules in YAML; the schedule's, or the shipped ones.")
    ] = None,
    acknowledge: Annotated[
        tuple[str, str, str] | None,
        typer.Option(metavar="RULE ACCOUNT WHO", help="Somebody has taken it up."),
    ] = None,
    silence: Annotated[
        tuple[str, str, str] | None,
        typer.Option(metavar="RULE ACCOUNT DATE", help="Do not tell of it before a date."),
    ] = None,
    send: Annotated[bool, typer.Option(help="Send what is in the outbox.")] = True,
) -> None:
    """Look at the alerts with the last published account_health, and tell the owners.

    An alert is told once when it fires, again after a while, and once when it is
    over; not while somebody has taken it up or it is silenced. Messages wait in
    the outbox until they have gone out.

    For example:

      workbench alerts

      workbench alerts --acknowledge weak_renewal A000117 "Emre Rao"

      workbench alerts --silence low_satisfaction A000117 2026-03-01
    """
    root = find_project_root(Path.cwd())
    folder = root / "outputs" / FOLDER
    if acknowledge:
        AlertBook(folder).change(*acknowledge[:2], acknowledged_by=acknowledge[2])
        return
    if silence:
        until = date.fromisoformat(silence[2])
        AlertBook(folder).change(*silence[:2], silenced_until=until)
        return
    path = file or root / "params" / "schedule.yaml"
    schedule = read_schedule(path, KNOWN) if path.exists() else None
    deliver = schedule.deliver if schedule else Delivery.model_validate({})
    stated = Path(schedule.rules) if schedule and schedule.rules else None
    known = read_rules(rules or stated)
    now = datetime.now(UTC)
    found = look_at_alerts(root / "outputs", folder, known, deliver, now)
    accepted = accept_by_rules(found, known, root / "outputs", Messenger(folder, deliver))
    rows = [
        (one.rule, one.account_id, "taken up" if one.acknowledged_by else one.state, one.since,
         one.says)
        for one in sorted(found.alerts.values(), key=lambda one: (one.state, one.key))
        if one.state != "resolved"
    ]  # fmt: skip
    shown = pd.DataFrame(rows, columns=["rule", "account", "state", "since", "says"])
    Console().print(terminal_table(shown, f"Alerts as of {found.as_of.isoformat()}"))
    for one in accepted:
        title = one.made.value.title if one.made.value else one.key
        typer.echo(printable(f"Accepted by {one.made.author}: {title}"))
    if found.unknown:
        names = ", ".join(found.unknown)
        typer.echo(f"Not looked at, since their columns are not there: {names}")
    _send(Outbox(folder), found.queued, send, now)


def _send(outbox: Outbox, queued: int, send: bool, now: datetime) -> None:
    left = outbox.send(post, now) if send else outbox.waiting()
    structlog.get_logger().info("outbox", queued=queued, waiting=len(left))
    for message in left if send else ():
        typer.echo(f"Not sent: {message.subject}: {message.error}", err=True)
    if send and left:
        raise typer.Exit(MachineError.exit_status)
