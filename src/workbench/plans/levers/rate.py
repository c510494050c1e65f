"""A process made likelier or less likely."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np

from workbench.core.processes import (
    CONTRACT,
    EXPAND,
    LEAVE,
    LEAVE_IDX,
    PROCESS_TEXTS,
    PROCESSES,
    ProcessName,
)
from workbench.forecast.simulation.intervention import Intervention
from workbench.plans.levers.context import LeverContext, Placement, kept_up, weight
from workbench.plans.levers.control import Control
from workbench.plans.levers.kind import FastMove, LeverKind
from workbench.plans.levers.part import Lasts, When, kept_up_text
from workbench.plans.levers.source import Assumed, Stated
from workbench.plans.planbook.book import Planbook

_USUAL = (0.05, 3.0)  # ends of a factor's control
LEAVING = (PROCESS_TEXTS[LEAVE].label, "times as often", _USUAL)  # what most ranges are a range of


# Where no term ends there is no renewal to be smaller or larger: a month's spend is.
_OF_SPEND = {CONTRACT: "Spending less", EXPAND: "Spending more"}


def _called(process: ProcessName, book: Planbook) -> str:
    label = PROCESS_TEXTS[process].label
    return label if book.has_terms else _OF_SPEND.get(process, label)


class RateLever(LeverKind):
    """A process made likelier or less likely; see `core.processes`.

    For what has no signal of its own: a shock of the world, an action whose effect was measured.
    Its range is a factor on the named process. It stops when it is no longer kept up.
    """

    fresh_order: ClassVar[int] = 1

    lever: Literal["rate"] = "rate"
    process: ProcessName
    month: When = None
    lasts: Lasts = "sustained"
    source: Stated

    @property
    def target(self) -> str:
        """The process."""
        return self.process

    def change(self, context: LeverContext, at: Placement) -> Intervention:
        """Return the stated factor on its process, for as long as it is kept up.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        factor, process = context.log_factor(self.source, at), PROCESSES.index(self.process)
        return kept_up(context, at, self.lasts, factor, process=process, stops=True)

    def lever_text(self, book: Planbook) -> str:
        """Say what becomes more or less frequent, and for how long.

        Parameters
        ----------
        book : Planbook
        """
        text = PROCESS_TEXTS[self.process].within
        text = text if book.has_terms else _OF_SPEND.get(self.process, text).lower()
        return f"{text}, {kept_up_text(self.lasts)}"

    def cautions(self, book: Planbook, at: Placement, accounts: np.ndarray) -> Iterator[str]:
        """Yield nothing: its range says what is not known.

        Parameters
        ----------
        book : Planbook
        at : Placement
        accounts : ndarray of str, shape (account,)
        """
        yield from ()

    def _number_controls(self, book: Planbook, accounts: np.ndarray) -> Iterator[Control]:
        yield from ()  # its range is its only number

    def _range_of_what(self, book: Planbook) -> tuple[str, str, tuple[float, float]]:
        return _called(self.process, book), "times as often", _USUAL

    @classmethod
    def fresh(cls, book: Planbook) -> Iterator[tuple[str, Self]]:
        """Yield each process, as often as before.

        Parameters
        ----------
        book : Planbook
        """
        sure = Assumed(low=1.0, high=1.0)
        for process in PROCESSES:
            yield _called(process, book), cls.model_validate({"process": process, "source": sure})

    @property
    def is_fast(self) -> bool:
        """Known where its process is leaving."""
        return self.process == LEAVE

    def fast_moves(self, context: LeverContext, at: Placement) -> Iterator[FastMove]:
        """Yield the stated factor on leaving.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        factor = context.log_factor(self.source, at)
        if not self.is_fast or factor is None:
            return
        fade = context.book.inputs.shared.fade[LEAVE_IDX]
        over = weight(fade, at.month_idx, self.lasts, stops=True)
        yield FastMove(context.acts_on_each(at).astype("float32"), factor[:, None] * over)
