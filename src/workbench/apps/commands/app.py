"""`workbench app`: the planner's page in a browser."""

from __future__ import annotations

import secrets
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from workbench.apps.plan_store import user_name
from workbench.apps.planner.visitor import Visitor
from workbench.apps.served.access import Access
from workbench.apps.served.run import serve
from workbench.apps.served.shared import open_shared
from workbench.apps.served.visits import Visits
from workbench.apps.servers import bound_socket
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
) -> None:
    """Open the planner's page, on this machine only and behind a token.

    The page's address is printed; whoever has it may use the page. All pages
    run in this process, on one book that is read once. Ctrl-C ends it.

    For example:

      workbench app

      workbench app --book outputs/net_growth/latest/planbook.zip --plans plans/
    """
    given = {"planbook": str(book.resolve()) if book else ""}
    given |= {"plans_dir": str(plans.resolve())} if plans else {}
    settings = AccountPlanSettings.model_validate(given)
    with bound_socket("127.0.0.1", port) as listening:
        number = listening.getsockname()[1]
        shared = open_shared(settings, Path.cwd())
        hosts = frozenset({f"127.0.0.1:{number}", f"localhost:{number}"})
        token = secrets.token_urlsafe(24)
        address = f"http://127.0.0.1:{number}/?token={token}"

        def announce() -> None:
            typer.echo(address)
            if browser:
                webbrowser.open(address)

        access = Access(hosts, token, Visitor(user_name(), "lead"))
        serve(Visits(shared.page_of, most, idle), access, listening, announce)
