"""The journal of jobs: who claimed what, when, and what came of it; survives whoever writes it."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from workbench.core.files import hold, is_held
from workbench.operations.database import open_database
from workbench.operations.journal_tables import JOBS, ROUNDS, TABLES, Entry, entry_of

LEASE = timedelta(minutes=2)
"""After which a claim of another machine that has given no sign of life may be taken over."""


class Journal:
    """The jobs of a project's schedules, kept in one SQLite file.

    On one machine, a claim is a lock that the job's own process holds too: it is free the moment
    both are gone, and held while either lives. For other machines, a claim is alive as long as it
    was seen within `LEASE`.

    Parameters
    ----------
    folder : Path
        Holds the file and the locks; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._engine = open_database(folder, "journal", TABLES)
        (folder / "locks").mkdir(exist_ok=True)

    def open_round(self, content: Any, now: datetime) -> str:
        """Return the occasion of a run by hand: the unfinished one of its content, or a new one.

        Parameters
        ----------
        content : any
            What JSON can hold: the schedule and the parameters.
        now : datetime
            With a time zone.

        Returns
        -------
        str
        """
        digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode())
        with self._engine.begin() as session:
            # Begun as a writer, so that two who ask at once get one answer.
            session.execute(sa.update(ROUNDS).where(sa.false()).values(ended=True))
            query = sa.select(ROUNDS.c.occasion).where(
                ROUNDS.c.content == digest.hexdigest(), ROUNDS.c.ended.is_(False)
            )
            found = session.execute(query).scalars().first()
            if found is None:
                found = now.isoformat(timespec="microseconds")
                row = {"occasion": found, "content": digest.hexdigest(), "ended": False}
                session.execute(sa.insert(ROUNDS).values(row))
        return found

    def end_round(self, occasion: str) -> None:
        """Say that all jobs of an occasion are settled.

        Parameters
        ----------
        occasion : str
            As `open_round` returned it.
        """
        where = sa.update(ROUNDS).where(ROUNDS.c.occasion == occasion)
        with self._engine.begin() as session:
            session.execute(where.values(ended=True))

    def claim(self, job: str, occasion: str, now: datetime) -> IO[bytes] | None:
        """Claim a job, or return None when somebody is at it or it is settled.

        Parameters
        ----------
        job, occasion : str
            Which.
        now : datetime
            With a time zone.

        Returns
        -------
        file or None
            The lock's open file: held until it is closed here and in every process that was given
            it.
        """
        try:
            lock = hold(self._lock(job), wait=False)
        except BlockingIOError:
            return None
        if not self._claim_row(job, occasion, now.timestamp()):
            lock.close()
            return None
        return lock

    def is_at_work(self, job: str) -> bool:
        """Return whether a process of this machine works on a job.

        Parameters
        ----------
        job : str
            Its name.
        """
        return is_held(self._lock(job))

    def beat(self, job: str, occasion: str, now: datetime) -> None:
        """Renew a claim's sign of life.

        Parameters
        ----------
        job, occasion : str
            Which.
        now : datetime
            With a time zone.
        """
        self._write(job, occasion, {"seen": now.timestamp()})

    def begin_try(self, job: str, occasion: str, now: datetime) -> None:
        """Count a try that begins.

        Parameters
        ----------
        job, occasion : str
            Which.
        now : datetime
            With a time zone.
        """
        self._write(job, occasion, {"tries": JOBS.c.tries + 1, "started": now.timestamp()})

    def finish(self, job: str, occasion: str, **facts: Any) -> None:
        """Write down what came of a try.

        Parameters
        ----------
        job, occasion : str
            Which.
        **facts : any
            Columns: ``state``, ``seconds``, ``exit_status``, ``reason``, ``folder``,
            ``not_before``.
        """
        self._write(job, occasion, facts)

    def block(self, job: str, occasion: str, reason: str) -> None:
        """Write down that a job is not tried.

        Parameters
        ----------
        job, occasion : str
            Which.
        reason : str
            Why.
        """
        with suppress(IntegrityError), self._engine.begin() as session:
            session.execute(sa.insert(JOBS).values(self._new(job, occasion, 0.0)))
        self._write(job, occasion, {"state": "blocked", "reason": reason})

    def read(self, job: str, occasion: str) -> Entry | None:
        """Return what is known of a job on an occasion; None where nothing is.

        Parameters
        ----------
        job, occasion : str
            Which.
        """
        query = sa.select(JOBS).where(JOBS.c.job == job, JOBS.c.occasion == occasion)
        with self._engine.begin() as session:
            row = session.execute(query).mappings().first()
        return None if row is None else entry_of(row)

    def read_all(self, occasions: Collection[str]) -> dict[tuple[str, str], Entry]:
        """Return what is known of all jobs on some occasions, by job and occasion.

        Parameters
        ----------
        occasions : collection of str
            Which.
        """
        query = sa.select(JOBS).where(JOBS.c.occasion.in_(occasions))
        with self._engine.begin() as session:
            rows = session.execute(query).mappings().all()
        return {(row["job"], row["occasion"]): entry_of(row) for row in rows}

    def usual_seconds(self, job: str) -> float | None:
        """Return how long a job took when it was last done; None before that.

        Parameters
        ----------
        job : str
            Its name.
        """
        query = (
            sa.select(JOBS.c.seconds)
            .where(JOBS.c.job == job, JOBS.c.state == "done", JOBS.c.seconds.is_not(None))
            .order_by(JOBS.c.started.desc())
            .limit(1)
        )
        with self._engine.begin() as session:
            return session.execute(query).scalars().first()

    def log_of(self, job: str) -> Path:
        """Return where the last try's log of a job is kept.

        Parameters
        ----------
        job : str
            Its name.
        """
        return self.folder / "logs" / f"{_file_name(job)}.log"

    def _lock(self, job: str) -> Path:
        return self.folder / "locks" / f"{_file_name(job)}.lock"

    def _claim_row(self, job: str, occasion: str, now: float) -> bool:
        mine = {"state": "running", "host": socket.gethostname()}
        with suppress(IntegrityError), self._engine.begin() as session:
            session.execute(sa.insert(JOBS).values(self._new(job, occasion, now)))
            return True
        free = sa.or_(
            sa.and_(JOBS.c.state == "waiting", JOBS.c.not_before <= now),
            # The lock is ours: whoever ran it on this machine is gone.
            sa.and_(JOBS.c.state == "running", JOBS.c.host == mine["host"]),
            sa.and_(JOBS.c.state == "running", JOBS.c.seen < now - LEASE.total_seconds()),
        )
        where = sa.update(JOBS).where(JOBS.c.job == job, JOBS.c.occasion == occasion, free)
        with self._engine.begin() as session:
            return session.execute(where.values(mine | {"seen": now})).rowcount == 1

    def _new(self, job: str, occasion: str, now: float) -> dict[str, Any]:
        return {
            "job": job, "occasion": occasion, "state": "running", "tries": 0,
            "host": socket.gethostname(), "seen": now, "not_before": 0.0, "started": now,
        }  # fmt: skip

    def _write(self, job: str, occasion: str, facts: dict[str, Any]) -> None:
        where = sa.update(JOBS).where(JOBS.c.job == job, JOBS.c.occasion == occasion)
        with self._engine.begin() as session:
            session.execute(where.values(facts))


def _file_name(job: str) -> str:
    # A job may be made for a customer's text, which need not do as a file's name.
    return hashlib.sha256(job.encode()).hexdigest()[:16]
