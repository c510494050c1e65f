"""What each kind of lever must have: nothing about a kind is said outside of its file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from workbench.forecast.simulation.intervention import Intervention
from workbench.plans.levers import effects
from workbench.plans.levers.context import LeverContext, Placement
from workbench.plans.levers.control import Control, range_control
from workbench.plans.levers.part import Part
from workbench.plans.levers.source import ASSOCIATION, ASSUMED, Association, Assumed, Source
from workbench.plans.planbook.book import Planbook

Fault = tuple[tuple[str | int, ...], str, str]  # the way to the place, what is wrong, a hint


@dataclass(frozen=True)
class FastMove:
    """What a lever does in the fast approximation: size x effect on the log-hazard of leaving.

    Parameters
    ----------
    size : ndarray, shape (line,)
    effect : ndarray, shape (draw, month)
    month_idx : ndarray of int, shape (line,), or -1
        The only month in which it acts on a line; -1 for every month.
    log_price : float
        Added to the log of a line's yearly revenue from that month on.
    """

    size: np.ndarray
    effect: np.ndarray
    month_idx: np.ndarray | int = -1
    log_price: float = 0.0


class LeverKind(Part, ABC):
    """A lever, of one kind.

    A kind names itself by its field ``lever``, and states ``month`` (None: that of its action) and
    ``source`` (None: the effect is taken as certain, or as a wide guess).
    """

    if TYPE_CHECKING:  # each kind declares them itself: a plan's file lists fields in their order
        lever: str
        month: str | None
        source: Source | None

    changes_lines: ClassVar[bool] = False  # then it acts before those that ask for renewal dates
    fresh_order: ClassVar[int] = 0  # among levers to pick from; long lists stand last
    effect_unit: ClassVar[str] = "factor"

    @property
    def target(self) -> str:
        """What it moves, where its kind leaves that open; part of its random numbers' name."""
        return ""

    @property
    def provenance(self) -> str:
        """Where its effect comes from: association, assumed or measured."""
        return ASSUMED if self.source is None else self.source.kind

    def faults(self, book: Planbook) -> Iterator[Fault]:
        """Yield what it names that the book does not have.

        Parameters
        ----------
        book : Planbook
        """
        yield from ()

    @abstractmethod
    def change(self, context: LeverContext, at: Placement) -> Intervention:
        """Return what it changes.

        Parameters
        ----------
        context : LeverContext
            Its lines are those that the change is laid out for, under the plan's terms.
        at : Placement
            From which month on, and for which accounts.
        """

    def with_terms(self, context: LeverContext, at: Placement) -> LeverContext:
        """Return the context with the terms that it changes; the same where it changes none.

        Parameters
        ----------
        context : LeverContext
            With the terms that levers before it have changed.
        at : Placement
            From which month on, and for which accounts.
        """
        return context

    @abstractmethod
    def lever_text(self, book: Planbook) -> str:
        """Say what it does, with a signal by what it means.

        Parameters
        ----------
        book : Planbook
            Knows the meaning of signals and the currency.

        Returns
        -------
        str
            A clause, for a list.
        """

    def effect_text(self, measured: effects.Measurements) -> str:
        """Say how large its effect is.

        Parameters
        ----------
        measured : mapping
            Estimates by file, as plans name it, and effect; asked where the source is one of them.

        Returns
        -------
        str
            With the probability that the stated range holds.

        Raises
        ------
        ParameterError
            When a measured effect is not among them.
        """
        if self.provenance == ASSOCIATION:
            return "the model's coefficient"
        if self.source is None or isinstance(self.source, Association):
            return self._unstated_text()
        low, high, prob = effects.range_of(self.source, measured)
        if low == high:
            return f"{self.effect_unit} {low:g}, taken as certain"
        return f"{self.effect_unit} {low:g} to {high:g}, with probability {prob:.0%}"

    def _unstated_text(self) -> str:
        return "as stated, taken as certain"

    @abstractmethod
    def cautions(self, book: Planbook, at: Placement, accounts: np.ndarray) -> Iterator[str]:
        """Yield what speaks against it as sentences, for the accounts that it is for.

        Parameters
        ----------
        book : Planbook
        at : Placement
            From which month on.
        accounts : ndarray of str, shape (account,)
            Those that it is for, all of them in the book.
        """

    def controls(self, book: Planbook, accounts: np.ndarray) -> Iterator[Control]:
        """Yield the numbers that a planner may change.

        Parameters
        ----------
        book : Planbook
            Says where the numbers of a signal end.
        accounts : ndarray of str, shape (account,)
            That it is for: where they stand today.
        """
        yield from self._number_controls(book, accounts)
        if isinstance(self.source, Assumed):
            text, unit, ends = self._range_of_what(book)
            yield range_control(text, unit, ends, self.source)

    @abstractmethod
    def _number_controls(self, book: Planbook, accounts: np.ndarray) -> Iterator[Control]:
        """Yield controls of its own numbers."""

    @abstractmethod
    def _range_of_what(self, book: Planbook) -> tuple[str, str, tuple[float, float]]:
        """Return of what an assumed range is one, its unit, and how far it usually goes."""

    @classmethod
    @abstractmethod
    def fresh(cls, book: Planbook) -> Iterator[tuple[str, Self]]:
        """Yield levers that change nothing yet, by what a planner calls them.

        Parameters
        ----------
        book : Planbook
            Says which signals there are.
        """

    @property
    @abstractmethod
    def is_fast(self) -> bool:
        """Whether the fast approximation knows it."""

    @abstractmethod
    def fast_moves(self, context: LeverContext, at: Placement) -> Iterator[FastMove]:
        """Yield its part in the fast approximation; nothing where that does not know it.

        Parameters
        ----------
        context : LeverContext
            Its lines are those that the moves are laid out for.
        at : Placement
            From which month on, and for which accounts.
        """
