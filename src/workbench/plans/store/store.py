"""The store: save, load, what was before, and who changed what when."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from workbench.core.errors import Problem
from workbench.plans.levers.part import Part
from workbench.plans.plan.file import bare
from workbench.plans.store.conflict import merged_save
from workbench.plans.store.engine import PATIENCE, StoreError, run_patiently
from workbench.plans.store.merge import ABSENT, Change, changes
from workbench.plans.store.records import Kind
from workbench.plans.store.rows import (
    UNSAVED,
    Stored,
    authors_since,
    content_of,
    head_of,
    row_of,
    storable,
    stored_of,
    text_of,
)
from workbench.plans.store.schema import VERSIONS

_TRIES = 200
_LONGEST_KEY = 60


@dataclass(frozen=True)
class Store:
    """A store that is open; see `workbench.plans.store.open.open_store`.

    Parameters
    ----------
    engine : Engine
    patience : float
        Seconds for which a database that is away is waited for.
    """

    engine: sa.Engine
    patience: float = PATIENCE

    def save[Kept: Part](
        self, kind: Kind[Kept], key: str, value: Kept | None, author: str, began_from: int
    ) -> Stored[Kept]:
        """Add a version; what others changed meanwhile in other fields is merged into it.

        Parameters
        ----------
        kind : Kind
        key : str
            Of the record.
        value : Part or None
            None takes it away; it can be brought back.
        author : str
            Who saves.
        began_from : int
            The version that `value` was made from; 0 for a new record.

        Returns
        -------
        Stored
            As it now stands; the version that is there already where nothing differs.

        Raises
        ------
        EditConflict
            When others changed the same fields; nothing is written.
        StoreAway
            When the database cannot be reached.
        StoreError
            When there is no such version, or another record of that key.
        """
        own = ABSENT if value is None else storable(bare(value), key)
        save_id = secrets.token_hex(16)
        for _ in range(_TRIES):
            try:
                return run_patiently(
                    self.engine,
                    lambda connection: self._add(
                        connection, kind, _Save(key, own, author, began_from, save_id)
                    ),
                    self.patience,
                )
            except IntegrityError:  # somebody else's version came in between: look again
                continue
        raise StoreError(UNSAVED, [Problem("too many save at once", key, hint="Save again.")])

    def _add[Kept: Part](
        self, connection: sa.Connection, kind: Kind[Kept], save: _Save
    ) -> Stored[Kept]:
        table = VERSIONS[kind.table]
        # A save whose answer was lost on the way is not written twice.
        if done := connection.execute(table.select().where(table.c.save_id == save.id)).first():
            return stored_of(kind, done)
        head = head_of(connection, table, save.key)
        newest = head.version if head else 0
        base = row_of(connection, table, save.key, save.began_from)
        theirs = content_of(head)
        if base is None and (save.began_from or save.content is ABSENT):
            problem = Problem("no such version", f"{save.key}, {save.began_from}",
                              f"1 to {newest}" if newest else "a saved one")  # fmt: skip
            raise StoreError(UNSAVED, [problem])
        if head and save.began_from == 0 and theirs not in (save.content, ABSENT):
            hint = "Choose another name, or open that one."
            problem = Problem(f"a {kind.called} of this name is there already", save.key, hint=hint)
            raise StoreError(UNSAVED, [problem])
        began = newest if save.began_from == 0 else save.began_from
        first = theirs if save.began_from == 0 else content_of(base)
        since = authors_since(connection, table, save.key, began)
        merged = merged_save(kind, (first, save.content, theirs), began, (newest, since))
        if head and merged.content == theirs:
            return stored_of(kind, head, merged.taken)
        row = {
            "key": save.key, "version": newest + 1, "content": text_of(merged.content),
            "author": save.author, "saved_at": datetime.now(UTC).isoformat(),
            "began_from": save.began_from, "save_id": save.id,
            "remark": f"with version {newest}" if merged.taken else save.remark,
        }  # fmt: skip
        connection.execute(table.insert().values(**row))
        return stored_of(kind, row, merged.taken)

    def close(self) -> None:
        """Close its connections; it opens new ones when it is used again."""
        self.engine.dispose()

    def new_key(self, kind: Kind[Any], name: str) -> str:
        """Return a key that nobody has used: from a name, readable.

        Parameters
        ----------
        kind : Kind
        name : str
            Any text.
        """
        plain = key_of(name)
        table = VERSIONS[kind.table]
        taken = self._read(lambda c: set(c.scalars(sa.select(table.c.key).distinct())))
        numbered = (f"{plain}-{nth}" for nth in range(2, len(taken) + 3))
        return next(key for key in (plain, *numbered) if key not in taken)

    def load[Kept: Part](
        self, kind: Kind[Kept], key: str, version: int | None = None
    ) -> Stored[Kept]:
        """Return a record as it stands, or as it was.

        Parameters
        ----------
        kind : Kind
        key : str
            Of the record.
        version : int, optional
            The newest if not given.

        Raises
        ------
        StoreError
            When there is none.
        """
        table = VERSIONS[kind.table]

        def read(connection: sa.Connection) -> Any:
            if version is None:
                return head_of(connection, table, key)
            return row_of(connection, table, key, version)

        row = self._read(read)
        if row is None:
            what = key if version is None else f"{key}, version {version}"
            problem = Problem(f"no such {kind.called}", what)
            raise StoreError("There is nothing to load.", [problem])
        return stored_of(kind, row)

    def current[Kept: Part](self, kind: Kind[Kept]) -> dict[str, Stored[Kept]]:
        """Return every record of a kind as it stands, by key, without those taken away.

        Parameters
        ----------
        kind : Kind
        """
        table = VERSIONS[kind.table]
        newest = (
            sa.select(table.c.key, sa.func.max(table.c.version).label("version"))
            .group_by(table.c.key)
            .subquery()
        )
        found = (
            table.select()
            .join(newest, (table.c.key == newest.c.key) & (table.c.version == newest.c.version))
            .order_by(table.c.key)
        )
        rows = self._read(lambda c: c.execute(found).all())
        return {row.key: stored_of(kind, row) for row in rows if row.content is not None}

    def history[Kept: Part](self, kind: Kind[Kept], key: str) -> list[Stored[Kept]]:
        """Return every version of a record, the oldest first; of an unknown key none.

        Parameters
        ----------
        kind : Kind
        key : str
            Of the record.
        """
        table = VERSIONS[kind.table]
        asked = table.select().where(table.c.key == key).order_by(table.c.version)
        return [stored_of(kind, row) for row in self._read(lambda c: c.execute(asked).all())]

    def bring_back[Kept: Part](
        self, kind: Kind[Kept], key: str, version: int, author: str
    ) -> Stored[Kept]:
        """Add a version that says what an older one said; those in between stay on record.

        Parameters
        ----------
        kind : Kind
        key : str
            Of the record.
        version : int
            From 1.
        author : str
            Who brings it back.

        Returns
        -------
        Stored
            As it now stands.
        """
        old = self.load(kind, key, version)
        own = ABSENT if old.value is None else bare(old.value)
        save_id = secrets.token_hex(16)

        def add(connection: sa.Connection) -> Stored[Kept]:
            head = head_of(connection, VERSIONS[kind.table], key)
            save = _Save(key, own, author, head.version, save_id, f"version {version} brought back")
            return self._add(connection, kind, save)

        return run_patiently(self.engine, add, self.patience)

    def _read(self, ask: Callable[[sa.Connection], Any]) -> Any:
        return run_patiently(self.engine, ask, self.patience, writes=False)


@dataclass(frozen=True)
class _Save:
    key: str
    content: Any
    author: str
    began_from: int
    id: str
    remark: str = ""


def differences(before: Stored[Any] | None, after: Stored[Any]) -> tuple[Change, ...]:
    """Return what one version changed against another.

    Parameters
    ----------
    before : Stored or None
        None: against nothing.
    after : Stored
    """
    values = [one.value if one else None for one in (before, after)]
    old, new = (ABSENT if value is None else bare(value) for value in values)
    return tuple(changes(old, new))


def key_of(name: str) -> str:
    """Return a name as a key: lower-case letters, digits and hyphens.

    Parameters
    ----------
    name : str
        Any text; one in another script comes to its code points.

    Examples
    --------
    >>> key_of("Keep Müller & Söhne, 2026!")
    'keep-muller-sohne-2026'
    >>> key_of("日本")
    'u65e5-u672c'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    slug = slug or "-".join(f"u{ord(letter):x}" for letter in name)
    return slug[:_LONGEST_KEY].strip("-") or "unnamed"
