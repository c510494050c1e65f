"""Who may pass: whoever has the token that the address carries."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.apps.planner.visitor import Visitor

LOGIN_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Access:
    """How visitors are known.

    Parameters
    ----------
    hosts : frozenset of str
        Under which browsers reach the page, such as ``127.0.0.1:8866``; others are refused.
    token : str
        Whoever has it passes as `local`.
    local : Visitor
        The user of this machine.
    """

    hosts: frozenset[str]
    token: str
    local: Visitor

    def by_token(self, token: str) -> Visitor | None:
        """Return who logs in by a token, of the address or of the form.

        Parameters
        ----------
        token : str
            As it was given; whether it is right is found in constant time.
        """
        return self.local if hmac.compare_digest(token.encode(), self.token.encode()) else None


@dataclass
class Logins:
    """Logins that hold, by the value of their cookie; they end by themselves.

    Parameters
    ----------
    seconds : float
        For which a login holds.
    clock : callable
        Seconds that only grow.
    """

    seconds: float = LOGIN_SECONDS
    clock: Callable[[], float] = time.monotonic
    _until: dict[str, tuple[Visitor, float]] = field(default_factory=dict)

    def begin(self, visitor: Visitor) -> str:
        """Return the value of a new login's cookie.

        Parameters
        ----------
        visitor : Visitor
        """
        now = self.clock()
        self._until = {key: one for key, one in self._until.items() if one[1] > now}
        key = secrets.token_urlsafe(32)
        self._until[key] = (visitor, now + self.seconds)
        return key

    def of(self, key: str) -> Visitor | None:
        """Return whose login a cookie is; None once it has ended.

        Parameters
        ----------
        key : str
            The cookie's value.
        """
        visitor, until = self._until.get(key, (None, 0.0))
        return visitor if until > self.clock() else None

    def end(self, key: str) -> None:
        """End a login.

        Parameters
        ----------
        key : str
            The cookie's value.
        """
        self._until.pop(key, None)
