"""Open pages: how many there may be at once, and those that were left."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from workbench.apps.planner.controls import refill
from workbench.apps.planner.page import PlannerPage
from workbench.apps.planner.visitor import Visitor
from workbench.core.errors import WorkbenchError
from workbench.report.plan.markup import note_html

FULL = (
    "As many people are planning right now as this machine can serve. Your drafts are safe. "
    "Please try again in a few minutes."
)
_FAILED = "The page could not be made; the server's log says why. Others are not affected."
_LEFT = "Nobody used this page for {}, so it was closed. What you changed is kept as your draft."
_LOG = logging.getLogger(__name__)


class Visit:
    """One open page: a planner's page while it is used, a sentence and a button once it was left.

    Parameters
    ----------
    visits : Visits
    visitor : Visitor
    kernel : object
        Solara's context of the page.
    """

    def __init__(self, visits: Visits, visitor: Visitor, kernel: Any) -> None:
        self.visitor, self.used = visitor, visits.clock()
        self.page: PlannerPage | None = None
        self.box = widgets.VBox(layout={"overflow": "visible"})
        self._visits, self._kernel = visits, kernel
        self._view, self._first = "", ""
        self._tell: Callable[[str], None] = lambda key: None
        self.begin()

    def begin(self) -> None:
        """Show the planner's page, or why there is none."""
        if not self._visits.take_seat(self):
            self._say(FULL, "Try again")
            return
        try:
            self.page = self._visits.make(self.visitor)
        except WorkbenchError as error:
            self._visits.leave_seat(self)
            self._say(" ".join([error.headline, *map(str, error.problems)]), "Try again")
            return
        except Exception:
            # The pages of others go on; this one's reader gets words instead of a traceback.
            _LOG.exception("The page of %s could not be made.", self.visitor.name)
            self._visits.leave_seat(self)
            self._say(_FAILED, "Try again")
            return
        views = self.page.views
        self._first = views.current
        views.observe(lambda change: self._tell(change["new"]), "current")
        self._turn()
        refill(self.box, [self.page])

    def follow(self, view: str, tell: Callable[[str], None]) -> None:
        """Show the view that the address names, and tell the address of others that are picked.

        Parameters
        ----------
        view : str
            Its key; empty for the one with which the page begins.
        tell : callable
            Takes the key of a view.
        """
        self._view, self._tell = view, tell
        self._turn()

    def _turn(self) -> None:
        wanted = self._view or self._first
        if self.page and self.page.views.current != wanted:
            self.page.views.show(wanted)

    def close_if_left(self) -> bool:
        """Close the page if nobody has used it for long enough, and say so in its place.

        Returns
        -------
        bool
            Whether it was closed.
        """
        kernel = self._kernel
        with kernel.lock:
            long_ago = self._visits.clock() - self.used >= self._visits.idle
            if not (self.page and long_ago) or kernel.closed_event.is_set():
                return False
            with kernel:
                self.end()
                self._say(_LEFT.format(_duration(self._visits.idle)), "Go on")
        return True

    def end(self) -> None:
        """Keep what is on its way to the drafts, and make room for somebody else."""
        if self.page:
            self.page.session.end()
        self.page = None
        self._visits.leave_seat(self)

    def _say(self, text: str, label: str) -> None:
        again = widgets.Button(description=label, button_style="primary")
        again.on_click(lambda _: self.begin())
        refill(self.box, [widgets.HTML(f"<div role='status'>{note_html(text)}</div>"), again])


class Visits:
    """The open pages of a server.

    Parameters
    ----------
    make : callable
        Takes a visitor, returns their page.
    most : int
        Planner's pages at once.
    idle : float
        Seconds after which a page that nobody uses is closed.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        make: Callable[[Visitor], PlannerPage],
        most: int,
        idle: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.make, self.most, self.idle, self.clock = make, most, idle, clock
        self._open: dict[str, Visit] = {}
        self._seated: set[Visit] = set()
        self._lock = threading.Lock()

    def open(self, visitor: Visitor, kernel: Any) -> Visit:
        """Return a new page; it ends with its kernel.

        Parameters
        ----------
        visitor : Visitor
        kernel : object
            Solara's context of the page.
        """
        visit = self._open[kernel.id] = Visit(self, visitor, kernel)

        def forget() -> None:
            self._open.pop(kernel.id, None)
            visit.end()

        kernel.on_close(forget)
        return visit

    def used(self, kernel_id: str) -> None:
        """Note that somebody uses a page.

        Parameters
        ----------
        kernel_id : str
            Of the page.
        """
        if visit := self._open.get(kernel_id):
            visit.used = self.clock()

    def take_seat(self, visit: Visit) -> bool:
        """Return whether there is room for one more planner's page, and keep it.

        Parameters
        ----------
        visit : Visit
        """
        with self._lock:
            if len(self._seated) >= self.most:
                return False
            self._seated.add(visit)
            return True

    def leave_seat(self, visit: Visit) -> None:
        """Make room for somebody else.

        Parameters
        ----------
        visit : Visit
        """
        with self._lock:
            self._seated.discard(visit)

    def is_full(self, visitor: Visitor) -> bool:
        """Return whether there is no room for somebody who comes anew.

        Whoever has a page already may load it again, and does so before the old one is gone.

        Parameters
        ----------
        visitor : Visitor
        """
        with self._lock:
            known = any(visit.visitor == visitor for visit in self._seated)
            return len(self._seated) >= self.most and not known

    def close_left(self) -> None:
        """Close the pages that nobody uses."""
        closed = [visit.close_if_left() for visit in list(self._open.values())]
        if any(closed):
            gc.collect()  # widgets refer to one another


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes > 1 else f"{seconds:.0f} seconds"
