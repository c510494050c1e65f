"""A new term that moves the next renewal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from workbench.forecast.simulation.intervention import Intervention
from workbench.forecast.simulation.lines import term_groups
from workbench.plans.levers.context import LeverContext, Placement, kept_up
from workbench.plans.levers.control import Control, number_control
from workbench.plans.levers.kind import FastMove, LeverKind
from workbench.plans.levers.part import When
from workbench.plans.levers.rate import LEAVING
from workbench.plans.levers.source import Stated
from workbench.plans.planbook.book import Planbook


class TermLever(LeverKind):
    """A new term that begins in its month and moves the next renewal: early renewal, extension.

    A stated range is a factor on the hazard of leaving, from its month on.
    """

    changes_lines: ClassVar[bool] = True

    lever: Literal["term"] = "term"
    term_months: Annotated[int, Field(ge=1, le=120)]
    month: When = None
    source: Stated | None = None

    def with_terms(self, context: LeverContext, at: Placement) -> LeverContext:
        """Return the context with its lines under the new term.

        A line that comes up for renewal before the lever's month renews first and keeps its date.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        lines, months, begins = context.lines, self.term_months, at.month_idx
        own = context.acts_on_each(at)
        signs = own & ((lines.term_group == 0) | (lines.months_to_end >= begins))
        signs &= lines.sure_until < begins  # what is signed for later stands
        term = np.where(own, months, lines.term_months)
        monthly = (lines.term_group == 0) & ~own
        changed = replace(
            lines,
            months_to_end=np.where(signs, begins + months, lines.months_to_end),
            term_months=term,
            term_group=term_groups(term, monthly),
        )
        signed = np.maximum(context.signed_month, np.where(signs, begins, -1))
        return replace(context, lines=changed, signed_month=signed)

    def change(self, context: LeverContext, at: Placement) -> Intervention:
        """Return the stated factor on leaving; nothing where none is stated.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        return kept_up(context, at, "sustained", context.log_factor(self.source, at))

    def lever_text(self, book: Planbook) -> str:
        """Say how long the term is.

        Parameters
        ----------
        book : Planbook
        """
        return f"a term of {self.term_months} months, signed now"

    def cautions(self, book: Planbook, at: Placement, accounts: np.ndarray) -> Iterator[str]:
        """Yield that signing is assumed, and who renews before.

        Parameters
        ----------
        book : Planbook
        at : Placement
        accounts : ndarray of str, shape (account,)
        """
        yield "That the customer signs is assumed."
        lines = book.lines.take(book.lines_of(accounts))
        early = int(((lines.term_group > 0) & (lines.months_to_end < at.month_idx)).sum())
        if early:
            yield (
                f"{early} of {len(lines)} subscriptions renew before: they keep that date, and "
                "take the new term from there."
            )

    def _number_controls(self, book: Planbook, accounts: np.ndarray) -> Iterator[Control]:
        yield number_control("term_months", "New term", "months", (1, 60, 1), self.term_months)

    def _range_of_what(self, book: Planbook) -> tuple[str, str, tuple[float, float]]:
        return LEAVING

    @classmethod
    def fresh(cls, book: Planbook) -> Iterator[tuple[str, Self]]:
        """Yield a term of a year; nothing where no subscription has a term.

        Parameters
        ----------
        book : Planbook
        """
        if book.has_terms:
            yield "Length of the term", cls(term_months=12)

    @property
    def is_fast(self) -> bool:
        """Not known: other renewal dates are other hazards."""
        return False

    def fast_moves(self, context: LeverContext, at: Placement) -> Iterator[FastMove]:
        """Yield nothing.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        yield from ()
