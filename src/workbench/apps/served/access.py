"""Who may pass: whoever has the token, is on the list of users, or is named by a proxy."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workbench.apps.planner.visitor import Visitor
from workbench.apps.served.users import User, is_right

LOGIN_SECONDS = 12 * 3600
THIS_MACHINE = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True)
class Access:
    """How visitors are known.

    Parameters
    ----------
    hosts : frozenset of str
        Under which browsers reach the page, such as ``127.0.0.1:8866``; others are refused.
    token : str
        Whoever has it passes as `local`; empty: there is a list of users instead.
    local : Visitor
        The user of this machine.
    users : callable, optional
        Returns the users by name, as they now are.
    header : str
        In which a reverse proxy names the user, lower case; empty: no proxy is believed.
    proxies : frozenset of str
        Addresses of the proxies that are believed.
    """

    hosts: frozenset[str]
    token: str
    local: Visitor
    users: Callable[[], Mapping[str, User]] = dict
    header: str = ""
    proxies: frozenset[str] = THIS_MACHINE

    @property
    def can_log_out(self) -> bool:
        """Whether somebody logged in by name, so that somebody else could."""
        return not (self.token or self.header)

    def by_form(self, name: str, word: str) -> Visitor | None:
        """Return who logs in by a form, or by an address with a token.

        Parameters
        ----------
        name : str
            Empty where the token is asked for.
        word : str
            The password, or the token; whether it is right is found in constant time.

        Returns
        -------
        Visitor or None
            None: they may not pass.
        """
        if self.token:
            right = hmac.compare_digest(word.encode(), self.token.encode())
            return self.local if right else None
        user = self.users().get(name)
        right = is_right(word, user.password if user else "")
        return Visitor(name, user.role) if user and right else None

    def by_proxy(self, headers: Mapping[str, str], client: str) -> Visitor | None:
        """Return whom a reverse proxy vouches for.

        Parameters
        ----------
        headers : mapping
            Of the request.
        client : str
            Address of whoever asks.

        Returns
        -------
        Visitor or None
            None where the address is none of the proxies', or the user is not on the list.
        """
        name = headers.get(self.header, "") if self.header and client in self.proxies else ""
        return self.current(Visitor(name)) if name else None

    def current(self, visitor: Visitor | None) -> Visitor | None:
        """Return somebody who has logged in as the list now has them.

        Parameters
        ----------
        visitor : Visitor or None
            As they were when they logged in.

        Returns
        -------
        Visitor or None
            None where they were taken off the list meanwhile.
        """
        if visitor is None or self.token:
            return visitor
        user = self.users().get(visitor.name)
        return Visitor(visitor.name, user.role) if user else None

    def is_encrypted(self, scheme: str, headers: Mapping[str, str], client: str) -> bool:
        """Return whether browsers reach the page by https.

        Parameters
        ----------
        scheme : str
            Of the request.
        headers : mapping
            Of the request.
        client : str
            Address of whoever asks.
        """
        told = headers.get("x-forwarded-proto") if client in self.proxies else None
        return (told or scheme) == "https"


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
