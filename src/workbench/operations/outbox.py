"""Messages that are to go out, kept until they have: at least once each, under an id of its own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from workbench.core.files import hold
from workbench.operations.database import open_database

_TABLES = sa.MetaData()
_OUTBOX = sa.Table(
    "outbox",
    _TABLES,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("purpose", sa.String, nullable=False, unique=True),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("body", sa.String, nullable=False),
    sa.Column("attached", sa.String, nullable=False),
    sa.Column("written", sa.DateTime, nullable=False),
    sa.Column("sent", sa.DateTime),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("error", sa.String, nullable=False),
)


@dataclass(frozen=True)
class Message:
    """A message.

    Parameters
    ----------
    id : str
        Its own; a message that comes twice has the same.
    purpose : str
        What it is for: of one purpose there is one message.
    address : str
        ``env:NAME``, an environment variable with an address in Apprise's form.
    subject, body : str
        Plain text.
    attached : tuple of str
        Paths.
    tries : int
    error : str
        Why the last try failed.
    """

    id: str
    purpose: str
    address: str
    subject: str
    body: str
    attached: tuple[str, ...] = ()
    tries: int = 0
    error: str = ""


class Outbox:
    """The messages of a project, kept in one SQLite file beside the journal.

    Parameters
    ----------
    folder : Path
        Holds the file; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._engine = open_database(folder, "outbox", _TABLES)
        self._lock = folder / "sending.lock"

    def put(
        self,
        purpose: str,
        address: str,
        text: tuple[str, str],
        now: datetime,
        attached: Sequence[Path] = (),
    ) -> bool:
        """Put a message in, unless one of the same purpose is there or has gone out.

        Parameters
        ----------
        purpose, address : str
            See `Message`.
        text : tuple of str
            Subject and body.
        now : datetime
            With a time zone.
        attached : sequence of Path
            Files to go with it.

        Returns
        -------
        bool
            Whether it was put in.
        """
        row = {
            "id": secrets.token_hex(8), "purpose": purpose, "address": address,
            "subject": text[0], "body": text[1], "attached": json.dumps([*map(str, attached)]),
            "written": now.replace(tzinfo=None), "tries": 0, "error": "",
        }  # fmt: skip
        try:
            with self._engine.begin() as session:
                session.execute(sa.insert(_OUTBOX).values(row))
        except IntegrityError:
            return False
        return True

    def waiting(self) -> list[Message]:
        """Return what has not gone out yet, the oldest first."""
        query = sa.select(_OUTBOX).where(_OUTBOX.c.sent.is_(None)).order_by(_OUTBOX.c.written)
        with self._engine.begin() as session:
            rows = session.execute(query).mappings().all()
        return [
            Message(
                row["id"], row["purpose"], row["address"], row["subject"], row["body"],
                tuple(json.loads(row["attached"])), row["tries"], row["error"],
            )
            for row in rows
        ]  # fmt: skip

    def send(self, post: Callable[[Message], str], now: datetime) -> list[Message]:
        """Send what is waiting; nobody else sends meanwhile.

        Killed between a message's way out and the note of it, the next call sends it once more.

        Parameters
        ----------
        post : callable
            Takes a `Message`; returns why it could not be sent, empty when it was.
        now : datetime
            With a time zone.

        Returns
        -------
        list of Message
            What could not be sent, with the reason; it stays in the outbox.
        """
        with hold(self._lock):
            for message in self.waiting():
                error = post(message)
                facts = {"tries": message.tries + 1, "error": error}
                if not error:
                    facts["sent"] = now.replace(tzinfo=None)
                where = sa.update(_OUTBOX).where(_OUTBOX.c.id == message.id)
                with self._engine.begin() as session:
                    session.execute(where.values(facts))
        return self.waiting()
