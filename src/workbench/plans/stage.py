"""Where levers are pulled, and how an effect spreads over draws, lines and months."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from workbench.forecast.simulation.intervention import NO_INTERVENTION, Intervention
from workbench.forecast.simulation.lines import Lines
from workbench.forecast.simulation.months import PROCESSES
from workbench.plans import effects
from workbench.plans.levers import Association, Lasts
from workbench.plans.planbook import Planbook
from workbench.plans.pulls import Pull

LEAVE = PROCESSES.index("leave")


@dataclass(frozen=True)
class Stage:
    """Where levers are pulled.

    Parameters
    ----------
    book : Planbook
    lines : Lines
        Whole accounts of the book.
    measured : mapping
        Estimates by file and effect.
    strength : float
        How much of every lever is pulled: 0 nothing, 1 as planned, 2 twice as much. A term is
        signed or not.
    """

    book: Planbook
    lines: Lines
    measured: effects.Measurements
    strength: float = 1.0

    @property
    def months(self) -> int:
        """How many months there are to come."""
        return self.book.inputs.months

    def own(self, pull: Pull) -> np.ndarray:
        """Tell which lines a lever is for; of length 1 where it is for all."""
        if pull.accounts is None:
            return np.ones(1, bool)
        return np.isin(self.lines.account_id, list(pull.accounts))

    def factor(self, pull: Pull) -> np.ndarray | None:
        """Return draws of the log factor that a lever states, if it states one."""
        source = pull.lever.source
        if source is None or isinstance(source, Association):
            return None
        z = effects.belief(self.book.inputs, pull.name)
        stated = effects.range_of(source, self.measured)
        return effects.log_factor(stated, z) * self.strength


def together(one: Intervention, other: Intervention) -> Intervention:
    """Return two changes at once."""
    both = {}
    for field in fields(Intervention):
        pair = [getattr(one, field.name), getattr(other, field.name)]
        given = [values for values in pair if values is not None]
        both[field.name] = sum(given[1:], given[0]) if given else None
    return Intervention(**both)


def laid_out(stage: Stage, change: Intervention) -> Intervention:
    """Return a change with every array in full.

    The compiled course knows arrays by their layout: with one layout only, no slider ever waits
    for a compiler.
    """
    full = (len(stage.book.inputs), len(stage.lines), stage.months)
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

    >>> weight(0.5 ** np.arange(5)[None], 1, 2).tolist()
    [[0.0, 1.0, 1.0, 0.5, 0.25]]
    """
    months = fade.shape[1]
    kept = {"once": 1, "sustained": months}.get(str(lasts), lasts)
    age = np.arange(months) - (month_idx + int(kept) - 1)
    left = np.where(age > 0, 0.0 if stops else fade[:, np.maximum(age, 0)], 1.0)
    return np.where(np.arange(months) >= month_idx, left, 0.0)


def log_rate_shift(stage: Stage, process: int, values: np.ndarray) -> Intervention:
    """Return a change of one process by values of shape (draw, line or 1, month)."""
    every = np.zeros((len(PROCESSES), *values.shape), "float32")
    every[process] = values
    return Intervention(log_rate_shift=every)


def kept_up(
    stage: Stage,
    pull: Pull,
    lasts: Lasts,
    factor: np.ndarray | None,
    *,
    process: int = LEAVE,
    stops: bool = False,
) -> Intervention:
    """Return a log factor on a process, shape (draw,), for as long as it is kept up."""
    if factor is None:
        return NO_INTERVENTION
    over = weight(stage.book.inputs.world.fade[LEAVE], pull.month_idx, lasts, stops=stops)
    own = stage.own(pull)
    return log_rate_shift(stage, process, (factor[:, None] * over)[:, None, :] * own[:, None])
