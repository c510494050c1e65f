"""Users of the page: a file of names, roles and hashed passwords."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from workbench.apps.planner.visitor import Role, Visitor
from workbench.core.errors import ParameterError, Problem, WorkbenchError
from workbench.core.files import locked, write_text
from workbench.core.validation import read_file
from workbench.plans.levers.part import Name, Part
from workbench.plans.plan.file import yaml_text

_INVALID = "The list of users is not valid."
# Colin Percival's parameters for interactive logins, one power of two higher: 32 MiB and 0.1 s.
_SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 2**26, "dklen": 32}
_SCHEME = "scrypt"
_SHORTEST = 10

Sight = Literal["all", "owner", "team"]


class User(Part):
    """Somebody who may use the page."""

    role: Role = "planner"
    password: Annotated[str, Field(pattern=r"^(scrypt:[\w+/=]+:[\w+/=]+)?$")] = ""
    owner: str = Field("", description="whose accounts are theirs; their own name if empty")
    team: str = Field("", description="whose members see one another's accounts")


class _File(Part):
    users: dict[Name, User]


def hashed(password: str) -> str:
    """Return a password as it is kept: scheme, salt and hash.

    Parameters
    ----------
    password : str
        Of ten characters or more.

    Raises
    ------
    ParameterError
        When it is shorter.
    """
    if len(password) < _SHORTEST:
        problem = Problem("too short", "password", f"{_SHORTEST} characters or more")
        raise ParameterError("The password cannot be taken.", [problem])
    salt = secrets.token_bytes(16)
    kept = hashlib.scrypt(password.encode(), salt=salt, **_SCRYPT)
    return ":".join([_SCHEME, *(base64.b64encode(part).decode() for part in (salt, kept))])


def is_right(password: str, kept: str) -> bool:
    """Return whether a password is the one that was hashed; it takes as long where there is none.

    Parameters
    ----------
    password : str
        As it was given.
    kept : str
        From `hashed`; empty where there is none.
    """
    salt, wanted = (base64.b64decode(part) for part in (kept or _NOBODY).split(":")[1:])
    found = hashlib.scrypt(password.encode(), salt=salt, **_SCRYPT)
    return hmac.compare_digest(found, wanted) and bool(kept)


_NOBODY = f"{_SCHEME}:{base64.b64encode(bytes(16)).decode()}:{base64.b64encode(bytes(32)).decode()}"


def read_users(path: Path) -> dict[str, User]:
    """Read a list of users.

    Parameters
    ----------
    path : Path
        YAML: ``users``, by name, each with role, password as `hashed` writes it, owner and team.

    Returns
    -------
    dict of str to User
        By name.

    Raises
    ------
    DataError
        When it is not valid, or not there.
    """
    return read_file(_File, path, _INVALID).users


def write_users(path: Path, change: Mapping[str, User | None]) -> None:
    """Add users to a list, change them, or take them away.

    Parameters
    ----------
    path : Path
        Made if it is not there, readable by its owner alone.
    change : mapping
        By name; None takes away.

    Raises
    ------
    DataError
        When the list is there and not valid.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.with_name(f".{path.name}.lock")):
        users = {**(read_users(path) if path.exists() else {}), **change}
        content = {name: one.model_dump() for name, one in users.items() if one}
        if not path.exists():
            path.touch(mode=0o600)
        write_text(path, yaml_text({"users": content}))
        path.chmod(0o600)


class UserList:
    """A list of users as it now is; while somebody's edit of it is not valid, as it last was.

    Parameters
    ----------
    path : Path
        See `read_users`.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._users = path, read_users(path)
        self._stamp = self._now()

    def __call__(self) -> Mapping[str, User]:
        """Return the users by name."""
        now = self._now()
        if now != self._stamp:
            self._stamp = now
            try:
                self._users = read_users(self._path)
            except WorkbenchError as error:
                logging.getLogger(__name__).error("%s", error)
        return self._users

    def _now(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size


def owners_seen(users: Mapping[str, User], sight: Sight, visitor: Visitor) -> frozenset[str] | None:
    """Return whose accounts somebody sees.

    Parameters
    ----------
    users : mapping
        By name.
    sight : {"all", "owner", "team"}
        Everybody sees all, their own, or their team's; a lead sees their team's in either case.
    visitor : Visitor
        Somebody who is on no list, as who came by a token, sees all.

    Returns
    -------
    frozenset of str or None
        Owners, as the book names them; None for all accounts: a lead without a team.
    """
    own = users.get(visitor.name)
    if sight == "all" or own is None:
        return None
    if visitor.role == "lead" and not own.team:
        return None
    if own.team and (sight == "team" or visitor.role == "lead"):
        return frozenset(one.owner or name for name, one in users.items() if one.team == own.team)
    return frozenset({own.owner or visitor.name})
