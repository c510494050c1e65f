"""What answers every request first: host, origin, login, and what may be asked for at all."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from workbench.apps.planner.visitor import Visitor
from workbench.apps.served.access import Access, Logins
from workbench.apps.served.front import form, refusal
from workbench.apps.served.visits import FULL, Visits

VISITOR_HEADER = "x-workbench-visitor"
_OWNER_COOKIE = "solara-session-id"  # by which the server behind tells whose a page is
_STATIC = re.compile(r"/(static|jupyter/nbextensions)/.+")
_ASSET = re.compile(r"/_solara/cdn/(.+)")
_SOCKET = re.compile(r"/jupyter/api/kernels/([\w-]{1,64})/channels")
_CLOSING = re.compile(r"/_solara/api/close/([\w-]{1,64})")
_WRONG_SECONDS = 1.0
_GUESSES_AT_ONCE = 2
_PAGES_PER_SEAT = 4  # those that were left, and those that wait, keep a small page each
_MOST_FORM_BYTES = 4096
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "same-origin",  # without one, a form of this page comes from nowhere
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True)
class Behind:
    """The server behind the gate.

    Parameters
    ----------
    app : callable
        An ASGI application.
    root : callable
        Returns its page.
    owners : callable
        Returns whose the open pages are, by id.
    assets : Path
        What it serves of what browsers fetch; it would fetch what is missing from a public server,
        and removes folders that are asked for.
    """

    app: Any
    root: Callable[[], str]
    owners: Callable[[], Mapping[str, str]]
    assets: Path


@dataclass(frozen=True)
class AccessGate:
    """An ASGI application before another one.

    Parameters
    ----------
    behind : Behind
    access : Access
    visits : Visits
    cookie : str
        Name of the cookie of logins; browsers share cookies between ports.
    logins : Logins
    """

    behind: Behind
    access: Access
    visits: Visits
    cookie: str
    logins: Logins = field(default_factory=Logins)
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _guesses: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_GUESSES_AT_ONCE))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, or let it pass with the visitor's name in a header of the gate's own.

        Parameters
        ----------
        scope, receive, send
            See the ASGI specification.
        """
        if scope["type"] == "lifespan":
            await self.behind.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        answer = self._refused(asked) or await self._login(scope, receive, asked)
        if answer is None:
            visitor = self._visitor(asked)
            answer = self._unknown(asked) if visitor is None else self._own(asked, visitor)
        if answer is None and visitor is not None:
            await self.behind.app(
                self._named(scope, visitor), self._noted(asked, receive), _guarded(send)
            )
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif answer is not None:
            await answer(scope, receive, _guarded(send))

    def _refused(self, asked: HTTPConnection) -> Response | None:
        """Refuse another host's name and another page's request."""
        host, origin = asked.headers.get("host", ""), asked.headers.get("origin")
        if host not in self.access.hosts:
            return refusal(403, "This page is not served under that name.")
        if asked.scope["type"] == "http" and asked.scope["method"] in ("GET", "HEAD"):
            return None
        # A browser names the page that a socket or a form comes from; others may leave it out.
        own = urlsplit(origin or "").netloc in self.access.hosts
        if own or (origin is None and asked.scope["type"] == "http"):
            return None
        return refusal(403, "That came from another page.")

    async def _login(self, scope: Any, receive: Any, asked: HTTPConnection) -> Response | None:
        """Answer what is about logging in and out."""
        if scope["type"] != "http":
            return None
        name, word = "", asked.query_params.get("token", "") if asked.url.path == "/" else ""
        if asked.url.path == "/logout":
            self.logins.end(asked.cookies.get(self.cookie, ""))
            gone = RedirectResponse("/", 303)
            gone.delete_cookie(self.cookie)
            return gone
        if asked.url.path == "/login" and scope["method"] == "POST":
            name, word = await _filled_in(Request(scope, receive))
        elif not word:
            return None
        async with self._guesses:  # guessing takes time
            visitor = await run_in_threadpool(self.access.by_form, name, word)
            if visitor is None:
                await asyncio.sleep(_WRONG_SECONDS)
                return form(not self.access.token, "That is not right.")
        passed = RedirectResponse("/", 303)
        passed.set_cookie(self.cookie, self.logins.begin(visitor), httponly=True, samesite="lax",
                          secure=self._is_encrypted(asked))  # fmt: skip
        return passed

    def _visitor(self, asked: HTTPConnection) -> Visitor | None:
        if self.access.header:
            return self.access.by_proxy(asked.headers, _client(asked))
        return self.access.current(self.logins.of(asked.cookies.get(self.cookie, "")))

    def _is_encrypted(self, asked: HTTPConnection) -> bool:
        return self.access.is_encrypted(asked.url.scheme, asked.headers, _client(asked))

    def _unknown(self, asked: HTTPConnection) -> Response:
        if asked.url.path not in ("/", "/login"):
            return refusal(403, "Log in first.")
        if self.access.header:
            return refusal(403, "You are not on the list of this page's users.")
        return form(not self.access.token)

    def _own(self, asked: HTTPConnection, visitor: Visitor) -> Response | None:
        """Answer what the server behind need not; None lets the request pass."""
        path = asked.url.path
        if asked.scope["type"] == "websocket":
            page, there = _SOCKET.fullmatch(path), self.behind.owners()
            room = page and (page[1] in there or len(there) < _PAGES_PER_SEAT * self.visits.most)
            return None if room else refusal(404, _NOTHING)
        if asked.scope["method"] == "POST":
            closing = _CLOSING.fullmatch(path)
            own = closing and self.behind.owners().get(closing[1]) == self._owner(visitor)
            return None if own else refusal(404, _NOTHING)
        if path == "/":
            if self.visits.is_full(visitor):
                return refusal(503, FULL)
            return HTMLResponse(self.behind.root(), headers={"cache-control": "no-store"})
        if asset := _ASSET.fullmatch(path):
            where = (self.behind.assets / asset[1]).resolve()
            there = where.is_relative_to(self.behind.assets) and where.is_file()
            return None if there else refusal(404, _NOTHING)
        return None if _STATIC.fullmatch(path) else refusal(404, _NOTHING)

    def _owner(self, visitor: Visitor) -> str:
        return hmac.new(self._secret, visitor.name.encode(), hashlib.sha256).hexdigest()

    def _named(self, scope: Any, visitor: Visitor) -> Any:
        """Return the request with the gate's own words on who asks, and none from outside."""
        told = quote(json.dumps({"name": visitor.name, "role": visitor.role}))
        own = {VISITOR_HEADER: told, "cookie": f"{_OWNER_COOKIE}={self._owner(visitor)}"}
        kept = [pair for pair in scope["headers"] if pair[0].decode("latin-1").lower() not in own]
        return {**scope, "headers": kept + [(key.encode(), own[key].encode()) for key in own]}

    def _noted(self, asked: HTTPConnection, receive: Any) -> Any:
        page = _SOCKET.fullmatch(asked.url.path)

        async def noted() -> Any:
            message = await receive()
            if page and message["type"] == "websocket.receive":
                self.visits.used(page[1])
            return message

        return noted


_NOTHING = "There is nothing here."


def visitor_of(text: str) -> Visitor:
    """Return the visitor whom the gate has let pass.

    Parameters
    ----------
    text : str
        Value of its header.
    """
    return Visitor(**json.loads(unquote(text)))


def _client(asked: HTTPConnection) -> str:
    return asked.client.host if asked.client else ""


async def _filled_in(request: Request) -> tuple[str, str]:
    """Return the name and the password, or token, of a form."""
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _MOST_FORM_BYTES:
            return "", ""
    fields = parse_qs(content.decode("utf-8", "replace"))
    name, word = (fields.get(key, [""])[0] for key in ("name", "password"))
    return name, word


def _guarded(send: Any) -> Any:
    more = [(key.encode(), value.encode()) for key, value in _HEADERS.items()]

    async def guarded(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return guarded
