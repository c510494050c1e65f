"""What a round leaves to be told: failures, published reports, alerts; all through the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog

from workbench.apps.alerting import REPORT, look_at_alerts
from workbench.operations.alerts.rules import read_rules
from workbench.operations.journal import Entry
from workbench.operations.outbox import Message, Outbox
from workbench.operations.post import post
from workbench.operations.schedule import Schedule
from workbench.report.output.pdf import print_page


def deliver_round(
    schedule: Schedule, entries: Sequence[Entry], outputs: Path, folder: Path, now: datetime
) -> list[Message]:
    """Queue what is to be told of a round, send what waits, and return what could not be sent.

    Parameters
    ----------
    schedule : Schedule
        Says who is told.
    entries : sequence of Entry
        What came of each job.
    outputs, folder : Path
        The folder of all runs, and that of the outbox.
    now : datetime
        With a time zone.

    Returns
    -------
    list of Message
        With the reason; they stay in the outbox.
    """
    delivery = schedule.deliver
    outbox = Outbox(folder)
    failed = [entry for entry in entries if entry.state == "failed"]
    if delivery.notices:
        for entry in failed:
            text = (
                f"{entry.job} failed",
                f"{entry.reason}\n\nIts folder: {entry.folder or 'none'}",
            )
            outbox.put(f"failed {entry.job} {entry.occasion}", delivery.notices, text, now)
    if delivery.reports:
        for entry in entries:
            if entry.state == "done" and entry.folder:
                attached = _attached(Path(entry.folder), delivery.attach)
                text = (
                    f"{entry.job} is there",
                    f"The report {Path(entry.folder).parents[1].name}.",
                )
                outbox.put(f"made {entry.folder}", delivery.reports, text, now, attached)
    if (delivery.alerts or delivery.owners) and (outputs / REPORT / "latest").exists():
        rules = read_rules(Path(schedule.rules) if schedule.rules else None)
        look_at_alerts(outputs, folder, rules, delivery, now)
    left = outbox.send(post, now)
    for message in left:
        structlog.get_logger().error("not sent", subject=message.subject, reason=message.error)
    return left


def _attached(run: Path, kinds: Sequence[str]) -> list[Path]:
    pages = sorted(run.glob("*.html"))[:1]
    found = {"html": pages, "xlsx": sorted(run.glob("tables/*.xlsx"))}
    if "pdf" in kinds:
        found["pdf"] = [pdf for page in pages if (pdf := print_page(page)) is not None]
    return [path for kind in kinds for path in found[kind]]
