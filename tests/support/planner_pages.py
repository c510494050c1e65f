"""The planner's page without a browser, its parts found by what stands on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd
from planbooks import make_book

from workbench.apps.planner.briefing import briefing_of
from workbench.apps.planner.page import planner_page
from workbench.apps.planner.visitor import Visitor
from workbench.health.published import PublishedHealth
from workbench.plans.agenda.calls import FROM_HEALTH
from workbench.plans.plan.document import Plan
from workbench.plans.planbook.book import Planbook
from workbench.plans.store.open import open_store
from workbench.plans.store.records import PLANS

OPENED: list[Page] = []


def close_pages() -> None:
    """Let go of all pages: nothing is on its way any more, and no connection stays open."""
    while OPENED:
        page = OPENED.pop()
        page.root.session.end()
        page.store.close()


def published(keys: Sequence[str], as_of: str = "2026-01-01", **given: Any) -> PublishedHealth:
    """Make a health report of some accounts, its columns given; each customer shows no sign."""
    columns = dict.fromkeys(FROM_HEALTH, np.nan) | {"band": "sound", "name": keys} | given
    health = pd.DataFrame({"account_id": list(keys)}).assign(**columns)
    return PublishedHealth(as_of, health)


class Page:
    """The page, and its parts by what stands on them."""

    def __init__(
        self,
        folder: Path,
        name: str = "Customer 0",
        opportunity: Any = None,
        book: Planbook | None = None,
        visitor: Visitor = Visitor("Ada Moss"),  # noqa: B008
        **known: Any,
    ) -> None:
        book = book or make_book()
        opportunities = book.opportunities.assign(**(opportunity or {}))
        named = book.accounts.replace("Customer 0", name)
        self.book = replace(book, accounts=named, opportunities=opportunities)
        self.folder = folder
        self.store = open_store(str(folder / "plans.db"))
        OPENED.append(self)
        briefing = briefing_of(self.book, **known)
        self.root = planner_page(self.book, briefing, self.store, visitor, folder, 0.9)

    def every(self) -> Iterator[Any]:
        waiting: list[Any] = [self.root]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += reversed(getattr(one, "children", ()))

    def labelled(self, label: str) -> Any:
        return next(
            one for one in self.every() if getattr(one, "description", "").startswith(label)
        )

    def press(self, label: str) -> None:
        self.click(self.button(label))

    def button(self, label: str) -> widgets.Button:
        buttons = (one for one in self.every() if isinstance(one, widgets.Button))
        return next(one for one in buttons if one.description.startswith(label))

    def click(self, button: widgets.Button) -> None:
        [act] = button._click_handlers.callbacks  # as `click` does, but faults come through
        act(button)

    def text(self) -> str:
        return "\n".join(one.value for one in self.every() if isinstance(one, widgets.HTML))

    def saved(self) -> list[Plan]:
        every = sorted(self.store.current(PLANS).values(), key=lambda one: one.saved_at)
        return [one.value for one in every if one.value]

    def pick(self, account: str) -> None:
        self.labelled("Account ·").value = account
