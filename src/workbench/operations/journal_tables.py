"""The journal's tables, and what one entry says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

TABLES = sa.MetaData()
JOBS = sa.Table(
    "jobs",
    TABLES,
    sa.Column("job", sa.String, primary_key=True),
    sa.Column("occasion", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False),  # running, waiting, done, failed, blocked
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("host", sa.String, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),  # seconds since 1970: the claim's sign of life
    sa.Column("not_before", sa.Float, nullable=False),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("seconds", sa.Float),
    sa.Column("exit_status", sa.Integer),
    sa.Column("reason", sa.String),
    sa.Column("folder", sa.String),
)
ROUNDS = sa.Table(
    "rounds",
    TABLES,
    sa.Column("occasion", sa.String, primary_key=True),
    sa.Column("content", sa.String, nullable=False),
    sa.Column("ended", sa.Boolean, nullable=False),
)


@dataclass(frozen=True)
class Entry:
    """What the journal knows of a job on one occasion.

    Parameters
    ----------
    job, occasion : str
        Which.
    state : str
        ``running``, ``waiting`` (to be tried again), ``done``, ``failed`` or ``blocked``.
    tries : int
        Tries begun.
    not_before : float
        Seconds since 1970 before which it is not tried again.
    seconds : float or None
        The last try's time.
    exit_status : int or None
        Of the last try.
    reason, folder : str
        Why it failed, and where the run's folder is; empty where there is nothing to say.
    """

    job: str
    occasion: str
    state: str
    tries: int
    not_before: float
    seconds: float | None
    exit_status: int | None
    reason: str
    folder: str

    @property
    def finished(self) -> bool:
        """Whether nothing more will be tried."""
        return self.state in ("done", "failed", "blocked")


def entry_of(row: Any) -> Entry:
    """Return a row of `JOBS` as an entry.

    Parameters
    ----------
    row : mapping
        By column.

    Returns
    -------
    Entry
    """
    return Entry(
        row["job"], row["occasion"], row["state"], row["tries"], row["not_before"],
        row["seconds"], row["exit_status"], row["reason"] or "", row["folder"] or "",
    )  # fmt: skip
