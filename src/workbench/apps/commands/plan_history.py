"""`workbench plan history`: who changed what when, and an old version brought back."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import typer

from workbench.apps.plan_store import (
    AUTHOR_HELP,
    STORE_HELP,
    STORE_VARIABLE,
    open_plan_store,
    user_name,
)
from workbench.core.errors import ParameterError, Problem, nearest
from workbench.core.plain_text import printable
from workbench.plans.store.conflict import path_text, value_text
from workbench.plans.store.records import PLANS
from workbench.plans.store.rows import Stored
from workbench.plans.store.store import Store, differences


def plan_history(
    key: Annotated[str | None, typer.Argument(help="Key of a plan; none lists all.")] = None,
    bring_back: Annotated[
        int | None, typer.Option(min=1, help="Make this version the newest again.")
    ] = None,
    store: Annotated[str | None, typer.Option(envvar=STORE_VARIABLE, help=STORE_HELP)] = None,
    author: Annotated[str | None, typer.Option(help=AUTHOR_HELP)] = None,
) -> None:
    """Show who changed what when in a plan, or list the plans.

    For example:

      workbench plan history

      workbench plan history keep-yarrowhaven --bring-back 3
    """
    with open_plan_store(store) as opened:
        if key is None:
            _list(opened)
            return
        if bring_back is not None:
            opened.bring_back(PLANS, key, bring_back, author or user_name())
        _show(opened, key)


def _list(store: Store) -> None:
    for one in store.current(PLANS).values():
        name = one.value.name if one.value else ""
        _print(f"{one.key}: {name}, version {one.version}, {one.author}, {_moment(one)}")


def _show(store: Store, key: str) -> None:
    every = store.history(PLANS, key)
    if not every:
        known = store.current(PLANS)
        hint = nearest(key, known) if known else "The store holds no plan yet."
        raise ParameterError("There is no history.", [Problem("no such plan", key, hint=hint)])
    before: list[Stored[Any] | None] = [None, *every]
    for old, new in pairwise(before):
        assert new is not None
        remark = f", {new.remark}" if new.remark else ""
        _print(f"version {new.version}, {_moment(new)}, {new.author}{remark}")
        for change in differences(old, new) if old else ():
            was, now = value_text(change.before), value_text(change.after)
            _print(f"  {path_text(change.path) or 'plan'}: {was} → {now}")


def _moment(one: Stored[Any]) -> str:
    return one.saved_at[:16].replace("T", " ") + " UTC"


def _print(text: str) -> None:
    typer.echo(printable(text))
