"""Messages by mail, Slack, Teams, webhook and whatever else Apprise knows an address of."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import icalendar
from apprise import Apprise, NotifyFormat
from apprise.attachment.file import AttachFile

from workbench.core.masking import mask_passwords
from workbench.operations.outbox import Message

_SECRET = "env:"


def post(message: Message) -> str:
    """Send a message, and return why it could not be sent; empty when it was.

    Parameters
    ----------
    message : Message
        Its address names an environment variable, so that no secret stands in a file, in a log or
        in the list of processes.

    Returns
    -------
    str
        Without the address.
    """
    name = message.address.removeprefix(_SECRET)
    address = os.environ.get(name, "")
    if not message.address.startswith(_SECRET) or not address:
        return f"no address: the environment has no variable {name}"
    ways = Apprise()
    if not ways.add(address):
        return f"the address in {name} is not one of Apprise's forms"
    missing = [path for path in message.attached if not Path(path).exists()]
    if missing:
        return f"not there to be attached: {', '.join(missing)}"
    heard = _Heard()
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    try:
        sent = ways.notify(
            title=message.subject,
            body=f"{message.body}\n\nMessage {message.id}",
            body_format=NotifyFormat.TEXT,
            attach=[_attachment(path) for path in message.attached] or None,
        )
    finally:
        logger.removeHandler(heard)
    return "" if sent else mask_passwords(heard.text.replace(address, name)) or "it was refused"


class _CalendarFile(AttachFile):
    """A calendar file; mail programs act on it when its type names the method that it holds."""

    @property
    def mimetype(self) -> str:
        calendar = icalendar.Calendar.from_ical(Path(str(self.path)).read_bytes())
        return f"text/calendar; method={calendar['METHOD']}; charset=UTF-8"


def _attachment(path: str) -> str | AttachFile:
    return _CalendarFile(path) if path.endswith(".ics") else path


class _Heard(logging.Handler):
    """Keeps what Apprise says of a failure."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())

    @property
    def text(self) -> str:
        return "; ".join(self._lines)
