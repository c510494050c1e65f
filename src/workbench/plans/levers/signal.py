"""A signal set to a value or shifted by an amount."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from workbench.core.errors import nearest
from workbench.core.processes import LEAVE_IDX
from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.plans.levers.context import LeverContext, Placement, kept_up, weight
from workbench.plans.levers.control import STEPS, Control, round_step, sentence_case
from workbench.plans.levers.kind import FastMove, Fault, LeverKind
from workbench.plans.levers.part import Lasts, Name, When, kept_up_text
from workbench.plans.levers.rate import LEAVING
from workbench.plans.levers.source import ASSOCIATION, Association, Source
from workbench.plans.planbook.book import Planbook, coded_change

_CAUTION = (
    "Association, not cause: accounts that differ in “{signal}” fared differently; that does not "
    "show that moving it moves them."
)


class SignalLever(LeverKind):
    """A signal set to a value or shifted by an amount, in its own unit.

    As an association it adds b x to every predictor of the model, for each process with its own
    coefficient b, where x is the change of the signal in coded units. It acts from the first day of
    its month, with its full weight for as long as it is kept up, then fades: f ** k after k months.
    Nothing else of an account changes: it keeps its history, its frailty and its random numbers.
    A stated range is a factor on the monthly hazard of leaving: 0.8 means a fifth fewer leave.

    Parameters
    ----------
    signal : str
        A signal of the model.
    set, shift : float
        Exactly one of them.
    month : str or None
        From whose first day it acts; None: the month of its action.
    lasts : "once", "sustained" or int
        For how many months it is kept up; once is one. After that the effect fades as every
        signal's does.
    source : Source
    """

    fresh_order: ClassVar[int] = 2

    lever: Literal["signal"] = "signal"
    signal: Name
    set: float | None = None
    shift: float | None = None
    month: When = None
    lasts: Lasts = "once"
    source: Source = Association()

    @model_validator(mode="after")
    def _one_change(self) -> SignalLever:
        if (self.set is None) == (self.shift is None):
            raise ValueError("give either set or shift")
        return self

    @property
    def target(self) -> str:
        """The signal."""
        return self.signal

    def faults(self, book: Planbook) -> Iterator[Fault]:
        """Yield that the model has no such signal.

        Parameters
        ----------
        book : Planbook
        """
        if self.signal not in book.signal_names:
            hint = nearest(self.signal, book.signal_names)
            yield ("signal",), f"the model has no signal {self.signal}", hint

    def change(self, context: LeverContext, at: Placement) -> Intervention:
        """Return b x for every process, or the stated factor on leaving.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        factor = context.log_factor(self.source, at)
        if factor is not None:
            return kept_up(context, at, self.lasts, factor)
        inputs = context.book.inputs
        columns, moved = self.coded_move(context, at)
        if not len(columns):
            return NO_INTERVENTION  # the model has no such signal, and a caution says so
        parts = inputs.predictors
        shift = np.empty((len(parts), len(inputs), len(moved), context.months), "float32")
        for process, part in enumerate(parts):
            effect = part.signal[:, columns].astype("float32") @ moved.T
            over = weight(inputs.shared.fade[process], at.month_idx, self.lasts).astype("float32")
            np.multiply(effect[:, :, None], over[:, None, :], out=shift[process])
        return Intervention(log_rate_shift=shift)

    def coded_move(self, context: LeverContext, at: Placement) -> tuple[np.ndarray, np.ndarray]:
        """Return by how much it moves each line's coded signal.

        Parameters
        ----------
        context : LeverContext
            A strength other than 1 moves it by that share of the way.
        at : Placement
            Lines of accounts that it is not for do not move.

        Returns
        -------
        columns : ndarray of int, shape (column,)
            Among the model's coded signals; none where the model has no such signal.
        moved : ndarray of float32, shape (line, column)
        """
        book = context.book
        if self.signal not in book.signal_names:
            return np.empty(0, int), np.empty((len(context.lines), 0), "float32")
        position = book.account_index.get_indexer(context.lines.account_id)
        now = book.signals[self.signal].to_numpy(float)[position]
        goal, start = self._goal(now), now
        if self.set is not None and context.strength != 1:
            start = np.where(np.isnan(now), _book_mean(book, self.signal), now)
        after = goal if context.strength == 1 else start + context.strength * (goal - start)
        columns, moved = coded_change(book, self.signal, now, after)
        return columns, (moved * context.acts_on(at)[:, None]).astype("float32")

    def _goal(self, now: np.ndarray) -> np.ndarray:
        return now + self.shift if self.shift is not None else np.full(len(now), self.set)

    def lever_text(self, book: Planbook) -> str:
        """Say by how much the signal moves, and for how long.

        Parameters
        ----------
        book : Planbook
        """
        moved = f"{self.shift:+g}" if self.shift is not None else f"set to {self.set:g}"
        return f"{book.signal_text(self.signal)}: {moved}, {kept_up_text(self.lasts)}"

    def cautions(self, book: Planbook, at: Placement, accounts: np.ndarray) -> Iterator[str]:
        """Yield that it is no cause, that values are not known, or that the data end before.

        Parameters
        ----------
        book : Planbook
        at : Placement
        accounts : ndarray of str, shape (account,)
        """
        if self.signal not in book.signal_names:
            yield f"The model does not know “{book.signal_text(self.signal)}”: nothing is counted."
            return
        if self.provenance == ASSOCIATION:
            yield _CAUTION.format(signal=book.signal_text(self.signal))
        seen = book.support.set_index("signal").loc[self.signal]
        now = book.signals[self.signal].to_numpy(float)[book.account_index.get_indexer(accounts)]
        unknown = int(np.isnan(now).sum())
        if unknown and self.shift is not None:
            yield f"Not known of {unknown} of {len(now)} accounts: nothing is counted there."
        goal = now + self.shift if self.shift is not None else np.array([self.set], float)
        outside = int(((goal < seen["low"]) | (goal > seen["high"])).sum())
        if outside:
            of = f"{outside} of {len(goal)} accounts" if len(goal) > 1 else "this"
            yield (
                f"Outside of what the data hold ({seen['low']:.3g} to {seen['high']:.3g}) for {of}:"
                " an extrapolation."
            )

    def _number_controls(self, book: Planbook, accounts: np.ndarray) -> Iterator[Control]:
        if self.signal not in book.signal_names:
            return
        seen = book.support.set_index("signal").loc[self.signal]
        now = _middle(book, self.signal, accounts)
        ends = (
            (seen["q05"], seen["q95"]) if seen["q05"] < seen["q95"] else (seen["low"], seen["high"])
        )
        step = round_step((float(ends[1] - ends[0]) or 1.0) / STEPS)
        text, unit = sentence_case(book.signal_text(self.signal)), str(seen["unit"])
        if self.shift is not None:
            # From the typical value where nobody knows today's: then nothing is counted anyway.
            start = float(seen["median"]) if now is None else now
            field, value, text = "shift", self.shift, f"{text} – changed by"
        else:
            start, field, value, text = 0.0, "set", self.set or 0.0, f"{text} – set to"
        usual = (float(ends[0]) - start, float(ends[1]) - start)
        today = None if now is None else now - start
        places = [value, *usual, *([] if today is None else [today])]
        low = float(np.floor(min(places) / step + 1e-9) * step)
        high = float(np.ceil(max(places) / step - 1e-9) * step)
        yield Control(field, text, unit, low, high, step, value, today, usual,
                      self._marks_text(now, ends, len(accounts)))  # fmt: skip

    def _marks_text(self, now: float | None, ends: tuple[float, float], accounts: int) -> str:
        usual = f"Nine in ten accounts have {ends[0]:.3g} to {ends[1]:.3g}."
        if now is None:
            return f"Today's value is not known. {usual}"
        after = now + self.shift if self.shift is not None else self.set
        who = "Today" if accounts == 1 else f"Today, in the middle of {accounts} accounts,"
        return f"{who} {now:.3g}; with this {after:.3g}. {usual}"

    def _range_of_what(self, book: Planbook) -> tuple[str, str, tuple[float, float]]:
        return LEAVING

    @classmethod
    def fresh(cls, book: Planbook) -> Iterator[tuple[str, Self]]:
        """Yield each signal of the model, shifted by nothing.

        Parameters
        ----------
        book : Planbook
        """
        for signal in book.signal_names:
            lever = cls(signal=signal, shift=0.0, lasts="sustained")
            yield sentence_case(book.signal_text(signal)), lever

    @property
    def is_fast(self) -> bool:
        """Known: it moves the hazard of leaving."""
        return True

    def fast_moves(self, context: LeverContext, at: Placement) -> Iterator[FastMove]:
        """Yield a move for each coded column, or the stated factor.

        Parameters
        ----------
        context : LeverContext
        at : Placement
        """
        inputs = context.book.inputs
        over = weight(inputs.shared.fade[LEAVE_IDX], at.month_idx, self.lasts)
        factor = context.log_factor(self.source, at)
        if factor is not None:
            yield FastMove(context.acts_on_each(at).astype("float32"), factor[:, None] * over)
            return
        columns, moved = self.coded_move(context, at)
        for nth, column in enumerate(columns):
            if moved[:, nth].any():
                yield FastMove(moved[:, nth], inputs.hazard.signal[:, column][:, None] * over)


def _middle(book: Planbook, signal: str, accounts: np.ndarray) -> float | None:
    """Return today's value of a signal, in the middle where there are several accounts."""
    now = book.signals[signal].to_numpy(float)[book.account_index.get_indexer(accounts)]
    known = now[~np.isnan(now)]
    return float(np.median(known)) if len(known) else None


def _book_mean(book: Planbook, signal: str) -> float:
    """Return the mean of a signal in the model's rows: what stands in for a missing value."""
    columns = book.inputs.coding.signals.columns
    return next((c.mean for c in columns if c.source == signal and c.kind == "number"), 0.0)
