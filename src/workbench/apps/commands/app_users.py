"""`workbench app users`: who may use the planners' page, and as what."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import rich
import typer

from workbench.apps.planner.visitor import Role
from workbench.apps.served.users import User, hashed, read_users, write_users
from workbench.apps.terminal_table import terminal_table
from workbench.core.errors import ParameterError, Problem

DEFAULT_USERS = Path("users.yaml")


def app_users(
    what: Annotated[Literal["add", "remove", "list"], typer.Argument(help="What to do.")],
    name: Annotated[str, typer.Argument(help="Of the user; under it their plans are saved.")] = "",
    role: Annotated[
        Role, typer.Option(help="Readers look and try; planners save; leads also see their team.")
    ] = "planner",
    owner: Annotated[
        str, typer.Option(help="Whose accounts are theirs in the book; the name if not given.")
    ] = "",
    team: Annotated[str, typer.Option(help="Whose members see one another's accounts.")] = "",
    password: Annotated[
        bool, typer.Option(help="Ask for one; without, a reverse proxy vouches for them.")
    ] = True,
    users: Annotated[Path, typer.Option(help="The list of users.")] = DEFAULT_USERS,
) -> None:
    """Add a user of the planners' page or change one, take one away, or list them.

    The password is asked for, or read from the standard input; only its hash
    is kept. A page that is being served takes the change up by itself.

    For example:

      workbench app users add "Ada Moss" --role lead --team north

      workbench app users list
    """
    _require_right(what, name, users)
    if what == "list":
        listed = read_users(users)
        lines = [(key, one.role, one.owner or key, one.team) for key, one in listed.items()]
        table = pd.DataFrame(lines, columns=["name", "role", "owner", "team"])
        rich.print(terminal_table(table, "Users of the planners' page"))
    elif what == "remove":
        write_users(users, {name: None})
        typer.echo(f"{name} may no longer use the page.")
    else:
        word = hashed(_asked()) if password else ""
        write_users(users, {name: User(role=role, password=word, owner=owner, team=team)})
        typer.echo(f"{name} may use the page as {role}.")


def _require_right(what: str, name: str, users: Path) -> None:
    if what != "list" and not name.strip():
        raise ParameterError("Nobody is named.", [Problem("missing", "NAME", "a user's name")])
    if what == "remove" and name not in read_users(users):
        raise ParameterError("Nobody was removed.", [Problem("not on the list", name)])


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
