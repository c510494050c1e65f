"""What a round leaves to be told: failures, published reports, alerts; all through the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from workbench.apps.accepting import accept_by_rules
from workbench.apps.alerting import REPORT, look_at_alerts
from workbench.apps.telling import Messenger
from workbench.core.errors import GateError
from workbench.core.project import read_manifest
from workbench.operations.alerts.rules import read_rules
from workbench.operations.journal_tables import Entry
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
    if delivery.notices:
        for key, text in _notices(entries):
            outbox.put(key, delivery.notices, text, now)
    if delivery.reports:
        for entry in entries:
            if entry.state == "done" and entry.folder:
                attached = _attached(Path(entry.folder), delivery.attach)
                text = (
                    f"{entry.job} is there",
                    f"The report {Path(entry.folder).parents[1].name}.",
                )
                outbox.put(f"made {entry.folder}", delivery.reports, text, now, attached)
    rules = read_rules(Path(schedule.rules) if schedule.rules else None)
    acts = any(rule.accept for rule in rules.values())
    if (delivery.alerts or delivery.owners or acts) and (outputs / REPORT / "latest").exists():
        look = look_at_alerts(outputs, folder, rules, delivery, now)
        accept_by_rules(look, rules, outputs, Messenger(folder, delivery))
    left = outbox.send(post, now)
    for message in left:
        structlog.get_logger().error("not sent", subject=message.subject, reason=message.error)
    return left


def _notices(entries: Sequence[Entry]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield key, subject and text of what somebody should look at."""
    for entry in entries:
        if entry.state == "failed":
            what = (
                "was stopped by a gate" if entry.exit_status == GateError.exit_status else "failed"
            )
            text = f"{entry.reason}\n\nIts folder: {entry.folder or 'none'}"
            yield f"failed {entry.job} {entry.occasion}", (f"{entry.job} {what}", text)
        elif entry.state == "done" and entry.folder:
            facts = read_manifest(Path(entry.folder)).get("facts", {})
            warnings = facts.get("ledger", {}).get("warnings", [])
            if warnings:
                text = "\n".join([*warnings, f"\nIts folder: {entry.folder}"])
                yield f"drift {entry.folder}", (f"{entry.job}: earlier forecasts drift", text)


def _attached(run: Path, kinds: Sequence[str]) -> list[Path]:
    pages = sorted(run.glob("*.html"))[:1]
    found = {"html": pages, "xlsx": sorted(run.glob("tables/*.xlsx"))}
    if "pdf" in kinds:
        found["pdf"] = [pdf for page in pages if (pdf := print_page(page)) is not None]
    return [path for kind in kinds for path in found[kind]]
