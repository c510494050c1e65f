"""Alerts on file: their state, and which data they have been looked at with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from workbench.core.errors import ParameterError, Problem, nearest
from workbench.operations.alerts.state import Alert
from workbench.operations.database import open_database

_TABLES = sa.MetaData()
_ALERTS = sa.Table(
    "alerts",
    _TABLES,
    sa.Column("rule", sa.String, primary_key=True),
    sa.Column("account_id", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("runs", sa.Integer, nullable=False),
    sa.Column("says", sa.String, nullable=False),
    sa.Column("acknowledged_by", sa.String, nullable=False),
    sa.Column("silenced_until", sa.Date),
    sa.Column("told_on", sa.Date),
    sa.Column("told_end", sa.Boolean, nullable=False),
)
_LOOKS = sa.Table(
    "looks",
    _TABLES,
    sa.Column("data", sa.String, primary_key=True),
    sa.Column("as_of", sa.Date, primary_key=True),
)


class AlertBook:
    """All alerts of a project, kept in one SQLite file beside the journal.

    Parameters
    ----------
    folder : Path
        Holds the file; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._engine = open_database(folder, "alerts", _TABLES)

    def read(self) -> dict[tuple[str, str], Alert]:
        """Return all alerts by rule and account."""
        with self._engine.begin() as session:
            rows = session.execute(sa.select(_ALERTS)).mappings().all()
        alerts = [Alert(**row) for row in rows]
        return {alert.key: alert for alert in alerts}

    def has_seen(self, data: str, as_of: date) -> bool:
        """Return whether the alerts have been looked at with some data, or with later ones.

        Parameters
        ----------
        data : str
            Digest of the rows and of the rules.
        as_of : date
            Their as-of day.
        """
        seen = sa.or_(
            sa.and_(_LOOKS.c.data == data, _LOOKS.c.as_of == as_of), _LOOKS.c.as_of > as_of
        )
        with self._engine.begin() as session:
            return session.execute(sa.select(_LOOKS.c.data).where(seen)).first() is not None

    def write(
        self, alerts: Mapping[tuple[str, str], Alert], seen: tuple[str, date] | None = None
    ) -> None:
        """Replace all alerts, in one step with the note of which data they were looked at with.

        Parameters
        ----------
        alerts : mapping of (rule, account) to Alert
        seen : tuple of str and date, optional
            See `has_seen`.
        """
        rows = [asdict(alert) for alert in alerts.values()]
        with self._engine.begin() as session:
            session.execute(sa.delete(_ALERTS))
            if rows:
                session.execute(sa.insert(_ALERTS), rows)
            if seen is not None:
                data, as_of = seen
                session.execute(sa.insert(_LOOKS).values(data=data, as_of=as_of))

    def change(self, rule: str, account_id: str, **facts: object) -> Alert:
        """Change one alert, as when somebody takes it up.

        Parameters
        ----------
        rule, account_id : str
            Which.
        **facts : object
            Attributes of `Alert`.

        Returns
        -------
        Alert
            As it is now.

        Raises
        ------
        ParameterError
            When there is no such alert.
        """
        alerts = self.read()
        if (rule, account_id) not in alerts:
            known = [f"{one} {other}" for one, other in alerts] or ["none"]
            hint = nearest(f"{rule} {account_id}", known)
            problem = Problem("no such alert", f"{rule} {account_id}", hint=hint)
            raise ParameterError("The alert cannot be changed.", [problem])
        changed = replace(alerts[rule, account_id], **facts)  # pyright: ignore[reportArgumentType]
        self.write(alerts | {changed.key: changed})
        return changed
