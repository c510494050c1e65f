"""Where levers are placed, and how an effect spreads over draws, lines and months."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from workbench.core.processes import LEAVE_IDX, PROCESSES
from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.forecast.simulation.lines import Lines
from workbench.plans.levers import effects
from workbench.plans.levers.part import Lasts
from workbench.plans.levers.source import Association, Source
from workbench.plans.planbook.book import Planbook


@dataclass(frozen=True)
class Placement:
    """When a lever begins to act, and for whom.

    Parameters
    ----------
    month_idx : int
        Position among the months to come.
    accounts : frozenset of str or None
        None for all accounts of the plan.
    name : str
        By which its random numbers go: the same in every plan that places it for the same reason.
    """

    month_idx: int
    accounts: frozenset[str] | None
    name: str


@dataclass(frozen=True)
class LeverContext:
    """What levers act upon.

    Parameters
    ----------
    book : Planbook
    lines : Lines
        Whole accounts of the book, under the terms that levers have signed so far.
    measured : mapping
        Estimates by file and effect.
    strength : float
        How much of every lever there is: 0 nothing, 1 as planned, 2 twice as much. A term is
        signed or not.
    signed_month : ndarray of int, shape (line,), or -1
        Position of the month in which a line signed a new term, -1 for none.
    """

    book: Planbook
    lines: Lines
    measured: effects.Measurements
    strength: float = 1.0
    signed_month: np.ndarray | int = -1

    @property
    def months(self) -> int:
        """How many months there are to come."""
        return self.book.inputs.months

    def acts_on(self, at: Placement) -> np.ndarray:
        """Tell which lines a lever is for; of length 1 where it is for all.

        Parameters
        ----------
        at : Placement

        Returns
        -------
        ndarray of bool, shape (line,) or (1,)
        """
        if at.accounts is None:
            return np.ones(1, bool)
        return np.isin(self.lines.account_id, list(at.accounts))

    def acts_on_each(self, at: Placement) -> np.ndarray:
        """Tell of each line whether a lever is for it.

        Parameters
        ----------
        at : Placement

        Returns
        -------
        ndarray of bool, shape (line,)
        """
        return np.broadcast_to(self.acts_on(at), len(self.lines))

    def log_factor(self, source: Source | None, at: Placement) -> np.ndarray | None:
        """Return draws of the log factor that a source states, shape (draw,), if it states one.

        Parameters
        ----------
        source : Source or None
            None, and an association, state no factor.
        at : Placement
            Its name decides the draws.
        """
        if source is None or isinstance(source, Association):
            return None
        z = effects.belief(self.book.inputs, at.name)
        stated = effects.range_of(source, self.measured)
        return effects.log_factor(stated, z) * self.strength


def together(one: Intervention, other: Intervention) -> Intervention:
    """Return two changes at once.

    Parameters
    ----------
    one, other : Intervention
        On the same lines. Log-rate shifts, log factors and cents add up, and plans change no more.
    """
    both = {}
    for field in fields(Intervention):
        pair = [getattr(one, field.name), getattr(other, field.name)]
        given = [values for values in pair if values is not None]
        both[field.name] = sum(given[1:], given[0]) if given else None
    return Intervention(**both)


def laid_out(context: LeverContext, change: Intervention) -> Intervention:
    """Return a change with every array in full.

    The compiled simulation knows arrays by their layout: with one layout only, no slider ever waits
    for a compiler.

    Parameters
    ----------
    context : LeverContext
        Says how many draws, lines and months are full.
    change : Intervention
        Arrays may have length 1 where all are alike. Factors on newcomers and arrivals are dropped.
    """
    full = (len(context.book.inputs), len(context.lines), context.months)
    return Intervention(
        log_rate_shift=_filled(change.log_rate_shift, (len(PROCESSES), *full), "float32"),
        renewal_price=_filled(change.renewal_price, full[1:], "float64"),
        amend=_filled(change.amend, full, "float64"),
        sale_cents=_filled(change.sale_cents, full, "int64"),
    )


def _filled(values: np.ndarray | None, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    every = np.zeros(shape, dtype)
    if values is not None:
        every[:] = values
    return every


def weight(fade: np.ndarray, month_idx: int, lasts: Lasts, *, stops: bool = False) -> np.ndarray:
    """Return how much of an effect is there in each month.

    Parameters
    ----------
    fade : ndarray, shape (draw, month)
        What is left after 0, 1, 2 ... months.
    month_idx : int
        The first month in which it acts.
    lasts : "once", "sustained" or int
        Months for which it is kept up.
    stops : bool
        It is gone after that, instead of fading.

    Returns
    -------
    ndarray, shape (draw, month)

    Examples
    --------
    >>> weight(0.5 ** np.arange(5)[None], 1, 2).tolist()
    [[0.0, 1.0, 1.0, 0.5, 0.25]]
    """
    months = fade.shape[1]
    kept = {"once": 1, "sustained": months}.get(str(lasts), lasts)
    age = np.arange(months) - (month_idx + int(kept) - 1)
    left = np.where(age > 0, 0.0 if stops else fade[:, np.maximum(age, 0)], 1.0)
    return np.where(np.arange(months) >= month_idx, left, 0.0)


def log_rate_shift(process: int, values: np.ndarray) -> Intervention:
    """Return a change of one process's log-rate by values of shape (draw, line or 1, month).

    Parameters
    ----------
    process : int
        Position among `core.processes.PROCESSES`.
    values : ndarray, shape (draw, line or 1, month)
        Added to the log-rate or the log-odds.
    """
    every = np.zeros((len(PROCESSES), *values.shape), "float32")
    every[process] = values
    return Intervention(log_rate_shift=every)


def kept_up(
    context: LeverContext,
    at: Placement,
    lasts: Lasts,
    factor: np.ndarray | None,
    *,
    process: int = LEAVE_IDX,
    stops: bool = False,
) -> Intervention:
    """Return a log factor on a process, shape (draw,), for as long as it is kept up.

    Parameters
    ----------
    context : LeverContext
    at : Placement
    lasts : "once", "sustained" or int
        For how many months it is kept up; once is one.
    factor : ndarray, shape (draw,), or None
        On the log-rate or the log-odds; without one nothing changes.
    process : int
        Position among `core.processes.PROCESSES`.
    stops : bool
        Whether it stops when it is no longer kept up, rather than fading as a signal does.
    """
    if factor is None:
        return NO_INTERVENTION
    over = weight(context.book.inputs.shared.fade[LEAVE_IDX], at.month_idx, lasts, stops=stops)
    own = context.acts_on(at)
    return log_rate_shift(process, (factor[:, None] * over)[:, None, :] * own[:, None])
