"""`workbench app`: the planner's page in a browser."""

from __future__ import annotations

import secrets
import socket
import webbrowser
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from workbench.apps.plan_store import user_name
from workbench.apps.planner.visitor import Visitor
from workbench.apps.served.access import THIS_MACHINE, Access
from workbench.apps.served.run import serve
from workbench.apps.served.shared import open_shared
from workbench.apps.served.users import Sight, User, UserList, owners_seen
from workbench.apps.served.visits import Visits
from workbench.apps.servers import bound_socket
from workbench.core.errors import ParameterError, Problem
from workbench.report.account_plan.settings import AccountPlanSettings

_IDLE_SECONDS = 1800
_MOST = 50


def app(
    book: Annotated[
        Path | None, typer.Option(help="Planbook of a report; the newest if not given.")
    ] = None,
    plans: Annotated[
        Path | None, typer.Option(help="Folder of plans; outputs/plans if not given.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8866,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    idle: Annotated[
        int, typer.Option(min=1, help="Seconds after which a page that nobody uses is closed.")
    ] = _IDLE_SECONDS,
    most: Annotated[int, typer.Option(min=1, help="Pages at once; who comes later waits.")] = _MOST,
    users: Annotated[
        Path | None,
        typer.Option(help="For a team: the list of users; see `workbench app users --help`."),
    ] = None,
    see: Annotated[
        Sight, typer.Option(help="Whose accounts users see: everybody's, their own, their team's.")
    ] = "all",
    listen: Annotated[
        str, typer.Option(help="Address to listen at; another than this machine's needs users.")
    ] = "127.0.0.1",
    host: Annotated[
        list[str] | None,
        typer.Option(help="Name under which browsers reach it; may be given again."),
    ] = None,
    user_header: Annotated[
        str, typer.Option(help="Header in which a reverse proxy names the user.")
    ] = "",
    proxy: Annotated[
        list[str] | None, typer.Option(help="Address of that proxy; this machine's if not given.")
    ] = None,
) -> None:
    """Open the planner's page, on this machine only and behind a token.

    The page's address is printed; whoever has it may use the page. All pages
    run in this process, on one book that is read once. Ctrl-C ends it.

    For example:

      workbench app

      workbench app --book outputs/net_growth/latest/planbook.zip --plans plans/

      workbench app --users users.yaml --see owner --host plans.example.com
    """
    _require_users(users, listen, user_header, see)
    given = {"planbook": str(book.resolve()) if book else ""}
    given |= {"plans_dir": str(plans.resolve())} if plans else {}
    settings = AccountPlanSettings.model_validate(given)
    listed: Callable[[], Mapping[str, User]] = UserList(users) if users else dict

    def seen(visitor: Visitor) -> frozenset[str] | None:
        return owners_seen(listed(), see, visitor)

    with bound_socket(listen, port) as listening:
        shared = open_shared(settings, Path.cwd(), seen)
        access = Access(
            _hosts(listening, listen, host or []), "" if users else secrets.token_urlsafe(24),
            Visitor(user_name(), "lead"), listed, user_header.lower(),
            frozenset(proxy or THIS_MACHINE),
        )  # fmt: skip
        address = _address(listening, listen, host or [], access.token)
        announce = partial(_announce, address, browser)
        serve(Visits(shared.page_of, most, idle), access, listening, announce)


def _require_users(users: Path | None, listen: str, user_header: str, see: str) -> None:
    asked = (
        (f"--listen {listen}", listen not in {*THIS_MACHINE, "localhost"},
         "Whoever has a token is nobody in particular."),
        ("--user-header", bool(user_header), "It says as what somebody may use the page."),
        (f"--see {see}", see != "all", "It says who has which accounts."),
    )  # fmt: skip
    problems = [
        Problem("needs a list of users", option, "--users FILE", hint=hint)
        for option, given, hint in asked
        if given and users is None
    ]
    if problems:
        raise ParameterError("The page cannot be served like this.", problems)


def _hosts(listening: socket.socket, listen: str, names: list[str]) -> frozenset[str]:
    number = listening.getsockname()[1]
    own = {listen, "127.0.0.1", "localhost", *names}
    return frozenset({*names, *(f"{name}:{number}" for name in own)})


def _address(listening: socket.socket, listen: str, names: list[str], token: str) -> str:
    number = listening.getsockname()[1]
    where = f"https://{names[0]}/" if names else f"http://{listen}:{number}/"
    return f"{where}?token={token}" if token else where


def _announce(address: str, browser: bool) -> None:
    typer.echo(address)
    if browser:
        webbrowser.open(address)
