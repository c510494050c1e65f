"""More or fewer seats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

import numpy as np

from workbench.forecast.simulation.intervention import Intervention
from workbench.plans.levers.context import LeverContext, Placement
from workbench.plans.levers.control import Control, number_control
from workbench.plans.levers.kind import FastMove, LeverKind
from workbench.plans.levers.part import Percent, When
from workbench.plans.levers.source import Stated
from workbench.plans.planbook.book import Planbook


class SeatsLever(LeverKind):
    """More or fewer seats (units) at the same price each, from its month on.

    A stated range is a factor on the quantity, and with it on revenue.
    """

    lever: Literal["seats"] = "seats"
    change_percent: Percent
    month: When = None
    source: Stated | None = None

    def change(self, context: LeverContext, at: Placement) -> Intervention:
        """Return the factor on the quantity in its month.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        factor = context.log_factor(self.source, at)
        if factor is None:
            percent = np.maximum(self.change_percent * context.strength, -99.0)
            factor = np.array([np.log1p(percent / 100)])
        now = (np.arange(context.months) == at.month_idx) & context.acts_on_each(at)[:, None]
        return Intervention(amend=factor[:, None, None] * now)

    def lever_text(self, book: Planbook) -> str:
        """Say by how much the quantity changes.

        Parameters
        ----------
        book : Planbook
        """
        return f"seats {self.change_percent:+g} %"

    def cautions(self, book: Planbook, at: Placement, accounts: np.ndarray) -> Iterator[str]:
        """Yield that the change is taken as certain.

        Parameters
        ----------
        book : Planbook
        at : Placement
        accounts : ndarray of str, shape (account,)
        """
        if self.source is None:
            yield "Taken as certain: the plan states no range."

    def _number_controls(self, book: Planbook, accounts: np.ndarray) -> Iterator[Control]:
        yield number_control(
            "change_percent", "Seats", "% more or less", (-30, 30, 0.5), self.change_percent
        )

    def _range_of_what(self, book: Planbook) -> tuple[str, str, tuple[float, float]]:
        return "Seats really bought, against that", "times as many", (0.05, 3.0)

    @classmethod
    def fresh(cls, book: Planbook) -> Iterator[tuple[str, Self]]:
        """Yield as many seats as before.

        Parameters
        ----------
        book : Planbook
        """
        yield "Seats", cls(change_percent=0.0)

    @property
    def is_fast(self) -> bool:
        """Not known: revenue counts as today's."""
        return False

    def fast_moves(self, context: LeverContext, at: Placement) -> Iterator[FastMove]:
        """Yield nothing.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        yield from ()
