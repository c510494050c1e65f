"""Rows of the plan store: found, checked, and read back as what they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workbench.core.errors import DataError, Problem
from workbench.plans.levers.part import Part
from workbench.plans.store.engine import StoreError
from workbench.plans.store.merge import ABSENT, Change
from workbench.plans.store.records import Kind

UNSAVED = "It could not be saved."


@dataclass(frozen=True)
class Stored[Kept: Part]:
    """One version of a record.

    Parameters
    ----------
    key : str
    version : int
        From 1.
    value : Part or None
        None where it was taken away.
    author : str
    saved_at : str
        ISO 8601, UTC.
    began_from : int
        The version that its author had before them; 0 for a new one.
    remark : str
        What the store says about it, such as that it merges two versions.
    merged : tuple of Change
        What a save took over from others; known right after it only.
    """

    key: str
    version: int
    value: Kept | None
    author: str
    saved_at: str
    began_from: int
    remark: str = ""
    merged: tuple[Change, ...] = ()


def head_of(connection: sa.Connection, table: sa.Table, key: str) -> Any:
    """Return the newest version's row, or None.

    Parameters
    ----------
    connection : Connection
    table : Table
        Of the store's versions.
    key : str
        Of the record.

    Returns
    -------
    Row or None
    """
    asked = table.select().where(table.c.key == key).order_by(table.c.version.desc()).limit(1)
    return connection.execute(asked).first()


def row_of(connection: sa.Connection, table: sa.Table, key: str, version: int) -> Any:
    """Return one version's row, or None.

    Parameters
    ----------
    connection : Connection
    table : Table
        Of the store's versions.
    key : str
        Of the record.
    version : int
        From 1.

    Returns
    -------
    Row or None
    """
    asked = table.select().where(table.c.key == key, table.c.version == version)
    return connection.execute(asked).first()


def authors_since(connection: sa.Connection, table: sa.Table, key: str, version: int) -> str:
    """Return who has saved since a version, by name.

    Parameters
    ----------
    connection : Connection
    table : Table
        Of the store's versions.
    key : str
        Of the record.
    version : int
        From 1; whoever saved a later one is named.

    Returns
    -------
    str
    """
    later = (table.c.key == key) & (table.c.version > version)
    asked = sa.select(table.c.author).where(later).distinct().order_by(table.c.author)
    return ", ".join(connection.scalars(asked))


def content_of(row: Any) -> Any:
    """Return what a row holds, or `ABSENT` where it holds nothing.

    Parameters
    ----------
    row : Row or None
        Of the store's versions.

    Returns
    -------
    object
    """
    return ABSENT if row is None or row.content is None else json.loads(row.content)


def storable(content: Any, key: str) -> Any:
    """Return a content as it is; refuse a text that no database can hold.

    Parameters
    ----------
    content : object
        As JSON would hold it.
    key : str
        Of the record.

    Returns
    -------
    object

    Raises
    ------
    StoreError
        When a text holds half of a character.
    """
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        problem = Problem("a text with half of a character", key, hint="Type it anew.")
        raise StoreError(UNSAVED, [problem]) from None
    return content


def text_of(content: Any) -> str | None:
    """Return a content as text for the database; None where it is absent.

    Parameters
    ----------
    content : object
        As JSON would hold it, or `ABSENT`.

    Returns
    -------
    str or None
    """
    # ASCII, since PostgreSQL takes neither NUL nor half of a pair.
    return None if content is ABSENT else json.dumps(content)


def stored_of(kind: Kind[Any], row: Any, merged: tuple[Change, ...] = ()) -> Stored[Any]:
    """Read a row back as what it holds.

    Parameters
    ----------
    kind : Kind
    row : Row or mapping
        Of the store's versions.
    merged : tuple of Change
        What others changed meanwhile.

    Returns
    -------
    Stored

    Raises
    ------
    DataError
        When another workbench wrote it and this one cannot read it.
    """
    known = row if isinstance(row, Mapping) else row._mapping
    text = known["content"]
    try:
        value = None if text is None else kind.part.model_validate_json(text)
    except ValueError as error:
        where = f"{kind.called} {known['key']}, version {known['version']}"
        hint = "It was written by another workbench; an older version can be brought back."
        problem = Problem("not readable", where, found=str(error).splitlines()[0], hint=hint)
        raise DataError(
            "The plan store holds what this workbench cannot read.", [problem]
        ) from None
    rest = {name: known[name] for name in ("author", "saved_at", "began_from", "remark")}
    return Stored(key=known["key"], version=known["version"], value=value, merged=merged, **rest)
